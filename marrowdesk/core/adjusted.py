"""The count adjusted for the classifier's known mistakes, where cells are not reviewed.

A classifier that misses a class more often than it takes other cells for it counts too few of that class, and
the other way round: predicted over true cells is recall over precision. What every cell that nobody has
reviewed may be instead is drawn many times from its calibrated probabilities, which carry the confusion that
was measured on held-out cells, and from the shares of the slide (``outlook.drawn_classes``: a Gibbs sampler
of the model whose point estimate is the prior adjustment of Saerens, Latinne and Decaestecker, Neural
Computation 2002). The adjusted count is the mean of what was drawn. Reviewed cells count as what the reader
said.

The interval holds sampling and what is open together: the limits of Clopper and Pearson (1934) are quantiles
of beta distributions, mixed here over what the count may be (``intervals.mixed_interval``). It
does not cover a classifier that errs otherwise on this slide than on the cells that it was measured on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.intervals import mixed_interval
from marrowdesk.core.outlook import drawn_classes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.outlook import Evidence
    from marrowdesk.core.taxonomy import Scheme


@dataclass(frozen=True, slots=True)
class Estimate:
    """An adjusted share.

    Attributes:
        count: cells expected after the review of all; seldom a whole number.
        percent: of the counted cells, in [0, 100].
        low: lower limit of the interval, percent.
        high: upper limit of the interval, percent.
    """

    count: float
    percent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """What a count may be after the review of all cells.

    Attributes:
        codes: the C counted classes.
        counts: (draws, C) cells of each class.
        confidence: level of the intervals.
    """

    codes: tuple[str, ...]
    counts: np.ndarray
    confidence: float = 0.95

    def of(self, codes: Collection[str]) -> Estimate | None:
        """Give the share of some classes together; None where no cell is counted."""
        inside = np.array([code in codes for code in self.codes], bool)
        count, total = self.counts[:, inside].sum(1), self.counts.sum(1)
        if not total.all():
            return None
        low, high = mixed_interval(count, total - count, self.confidence)
        percent = float(100 * (count / total).mean())
        return Estimate(float(count.mean()), percent, min(100 * low, percent), max(100 * high, percent))

    def without(self, codes: Collection[str]) -> Adjusted:
        """Give the same with some classes not counted."""
        kept = [at for at, code in enumerate(self.codes) if code not in codes]
        return replace(self, codes=tuple(self.codes[at] for at in kept), counts=self.counts[:, kept])


def mistakes_known(cells: Iterable[Cell], measured: Collection[str]) -> bool:
    """Say whether a count can be adjusted.

    Args:
        cells: the cells of a case.
        measured: sha256 of the models whose mistakes were measured.

    Returns:
        Whether there are cells that nobody has reviewed, and all of them were proposed by one measured model.
    """
    models = {
        None if cell.prediction is None else cell.prediction.model for cell in cells if cell.review is None
    }
    return len(models) == 1 and models <= set(measured)


def adjusted(evidence: Evidence, scheme: Scheme, confidence: float = 0.95, seed: int = 0) -> Adjusted:
    """Adjust a count; the cost grows with the number of cells not reviewed.

    Args:
        evidence: what is known of the cells; see :func:`mistakes_known`.
        scheme: says which classes are counted.
        confidence: level of the intervals.
        seed: source of chance; the same evidence gives the same result.
    """
    drawn = drawn_classes(evidence, np.random.default_rng(seed))
    codes = tuple(each.code for each in scheme.classes if each.counted)
    known = {code: at for at, code in enumerate(evidence.codes)}
    counts = np.empty((len(drawn), len(codes)), np.int64)
    for place, code in enumerate(codes):
        found = (drawn == known[code]).sum(1) if code in known else 0
        counts[:, place] = evidence.reviewed.get(code, 0) + found
    return Adjusted(codes, counts, confidence)
