"""Whether the cells that nobody has reviewed can still change on which side of a threshold a count lies.

A cell that was not reviewed counts as what the classifier proposes. How the count would stand after the
review of all cells is drawn many times from what is known: each such cell gets a class by its probabilities,
which carry the confusion that was measured on held-out cells. Those hold for equally frequent classes; a
slide has its own shares, so these are drawn too, in turn with the classes of the cells: a Gibbs sampler
(Geman and Geman 1984) of the model whose point estimate is the prior adjustment of Saerens, Latinne and
Decaestecker (Neural Computation 2002). How far the shares bear on a single cell, from in part to fully, is
drawn as well, for a classifier is never quite as well calibrated as that model supposes. Reviewed cells take
part with the reader's class. Which cells a reader reviews first depends on their proposals alone, so their
choice biases nothing.

The result does not cover a classifier whose confusion on this slide is another than on the cells it was
measured on; cells that it calls unfamiliar are therefore taken as if it had said nothing about them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from marrowdesk.core.intervals import mixed_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.counting import Threshold
    from marrowdesk.core.taxonomy import Scheme

Side = Literal["below", "crosses", "above"]
SIDES: tuple[Side, Side, Side] = ("below", "crosses", "above")

SURE = 0.95
"""Probability from which a side counts as settled."""

_OFTEN = 0.9
"""Share of the possible outcomes of a review in which a list of cells must settle the side."""

_MOST_DRAWS, _FEWEST_DRAWS, _BURN = 400, 100, 40
_WORK = 800_000
"""How many cells are drawn in all, so that a large case takes no longer than a second."""

_BLOCK = 8192
"""Cells that are drawn together: few enough for the processor's cache."""

_BEARING = 0.4
"""Least power to which the shares of a slide bear on a single cell."""

_LEAST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of a case's cells.

    Attributes:
        codes: the K classes that the classifier can propose.
        ids: (N,) numbers of the cells that nobody has reviewed.
        probabilities: (N, K) of those cells, calibrated for equally frequent classes; rows of unfamiliar
            cells may hold anything.
        unfamiliar: (N,) whether the classifier calls a cell unfamiliar.
        reviewed: cells by the class that a reader gave them or confirmed.
    """

    codes: tuple[str, ...]
    ids: np.ndarray
    probabilities: np.ndarray
    unfamiliar: np.ndarray
    reviewed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the review of the rest can still do at one threshold.

    Attributes:
        threshold: the threshold.
        known: whether the classifier knows all classes that it sums; without that only a review tells, and
            the numbers below are those of a case without such cells among those not reviewed.
        side: the side on which the count will most probably lie after the review of all cells.
        sure: probability of that, in [0, 1].
        low: lower limit of the share in the patient, percent: sampling and what is open together.
        high: its upper limit, percent.
        decisive: numbers of the cells whose review would settle the side, the most telling first; empty where
            it is settled, and where the classifier does not know the classes.
    """

    threshold: Threshold
    known: bool
    side: Side
    sure: float
    low: float
    high: float
    decisive: tuple[int, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether a review of the rest will hardly change the side."""
        return self.known and self.sure >= SURE


def evidence_of(cells: Iterable[Cell]) -> Evidence:
    """Gather what is known of a case's cells; those that a reader excluded take no part.

    The classes are those of the model that proposed last. Where another one proposed, or none yet, nothing is
    known of a cell.
    """
    reviewed: Counter[str] = Counter()
    open_cells = []
    for cell in cells:
        if cell.review is None:
            open_cells.append(cell)
        elif cell.review.code is not None:
            reviewed[cell.review.code] += 1
    told = [each.prediction for each in open_cells]
    codes = next((each.codes for each in reversed(told) if each is not None), ())
    known = np.array([each is not None and each.codes == codes for each in told], bool)
    odds = np.zeros((len(told), len(codes)), np.float32)
    if known.any():
        odds[known] = np.stack(
            [each.probabilities for each in told if each is not None and each.codes == codes]
        )
    strange = ~known | np.array([each is not None and each.unfamiliar for each in told], bool)
    return Evidence(codes, np.array([each.id for each in open_cells], np.int64), odds, strange, reviewed)


def outlooks(
    evidence: Evidence,
    scheme: Scheme,
    thresholds: Sequence[Threshold],
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[Outlook, ...]:
    """Judge each threshold; the cost grows with the number of cells not reviewed.

    Args:
        evidence: what is known of the cells.
        scheme: says which classes are counted.
        thresholds: what to judge.
        confidence: level of the intervals, as in the differential.
        seed: source of chance; the same evidence gives the same result.

    Returns:
        One for each threshold, in their order; none where no cell is counted, or nothing was proposed yet.
    """
    if not evidence.codes and len(evidence.ids):
        return ()
    drawn = drawn_classes(evidence, np.random.default_rng(seed))
    counted = {each.code for each in scheme.classes if each.counted}
    fixed = sum(number for code, number in evidence.reviewed.items() if code in counted)
    of = np.array([code in counted for code in evidence.codes], bool)
    total = fixed + of[drawn].sum(1)
    if not total.any():
        return ()
    return tuple(_outlook(evidence, drawn, total, each, confidence) for each in thresholds)


def drawn_classes(evidence: Evidence, rng: np.random.Generator) -> np.ndarray:
    """Draw the classes of the cells not reviewed many times.

    Args:
        evidence: what is known of the cells.
        rng: source of chance.

    Returns:
        (draws, N) index into ``evidence.codes``.
    """
    if not len(evidence.ids):
        return np.empty((_FEWEST_DRAWS, 0), np.int16)
    odds = np.where(evidence.unfamiliar[:, None], 1.0, np.maximum(evidence.probabilities, _LEAST))
    known = np.array([evidence.reviewed.get(code, 0) for code in evidence.codes], float)
    classes, cells = len(evidence.codes), len(odds)
    # A cell in all for the classes together (Perks 1947): next to nothing beside the cells of a slide.
    before = known + 1.0 / classes
    columns = np.ascontiguousarray(odds.T, float)
    shares = _estimate(columns, before)
    draws = int(np.clip(_WORK // max(1, cells), _FEWEST_DRAWS, _MOST_DRAWS))
    found = np.empty((draws, cells), np.int16)
    for draw in range(-_BURN, draws):
        at = _picked(columns, shares ** rng.uniform(_BEARING, 1.0), rng.random(cells))
        shares = rng.dirichlet(before + np.bincount(at, minlength=classes))
        if draw >= 0:
            found[draw] = at
    return found


def _picked(columns: np.ndarray, shares: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """Draw a class for each cell; class by class, for whole columns are five times as fast as rows.

    Args:
        columns: (K, N) probabilities of the cells, up to a factor for each.
        shares: (K,) by which they are weighed.
        dice: (N,) in [0, 1).

    Returns:
        (N,) int16 index of the class.
    """
    at = np.zeros(len(dice), np.int16)
    for start in range(0, len(dice), _BLOCK):
        part = slice(start, start + _BLOCK)
        aim = dice[part] * (shares @ columns[:, part])
        reached = np.zeros(len(aim))
        for column, share in zip(columns[:-1, part], shares, strict=False):
            reached += share * column
            at[part] += aim > reached
    return at


def _estimate(columns: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Find shares to start from by expectation and maximisation; (K,), sum 1.

    Args:
        columns: (K, N) probabilities of the cells, up to a factor for each.
        before: (K,) what is known beforehand, in cells.
    """
    shares = np.full(len(before), 1.0 / len(before))
    for _ in range(40):
        total = before + shares * (columns @ (1.0 / (shares @ columns)))
        shares = total / total.sum()
    return shares


def _outlook(
    evidence: Evidence,
    drawn: np.ndarray,
    total: np.ndarray,
    threshold: Threshold,
    confidence: float,
) -> Outlook:
    inside = np.array([code in threshold.codes for code in evidence.codes], bool)[drawn]
    fixed = sum(evidence.reviewed.get(code, 0) for code in threshold.codes)
    count = fixed + inside.sum(1)
    sides = np.bincount(_sides(count, total, threshold.percent, confidence), minlength=3)
    most = int(sides.argmax())
    known = set(threshold.codes) <= set(evidence.codes) or not len(evidence.ids)
    low, high = mixed_interval(count, np.maximum(total - count, 0), confidence)
    outlook = Outlook(threshold, known, SIDES[most], float(sides[most] / sides.sum()), 100 * low, 100 * high)
    if outlook.settled or not known:
        return outlook
    chosen = _decisive(inside, fixed, float(total.mean()), threshold.percent, confidence)
    return Outlook(
        threshold, known, outlook.side, outlook.sure, outlook.low, outlook.high,
        tuple(int(each) for each in evidence.ids[chosen]),
    )  # fmt: skip


def _sides(count: np.ndarray, total: np.ndarray, percent: float, confidence: float) -> np.ndarray:
    """Say on which side of a threshold counts lie with their interval (Clopper and Pearson 1934).

    The upper limit lies below a share p just when so few cells or fewer would have less than half of the
    error probability under p, and the lower one at or above it when so many or more would.

    Returns:
        Index of :data:`SIDES` for each count.
    """
    from scipy.special import bdtr, bdtrc

    share, tail = percent / 100, (1 - confidence) / 2
    few = bdtr(count, total, share) < tail
    many = np.where(count > 0, bdtrc(np.maximum(count - 1, 0), total, share), 1.0) <= tail
    return np.where(few, 0, np.where(many, 2, 1))


def _decisive(inside: np.ndarray, fixed: int, total: float, percent: float, confidence: float) -> np.ndarray:
    """Choose the fewest cells whose review would settle the side in nine of ten outcomes.

    The cells whose membership is least certain come first. What the others add is taken as normal.

    Args:
        inside: (draws, N) whether a cell is one of those summed.
        fixed: reviewed cells among those summed.
        total: cells counted, on average.
        percent: the threshold.
        confidence: level of the interval.

    Returns:
        Indices of the cells, the most telling first.
    """
    shares = inside.mean(0)
    spread = shares * (1 - shares)
    order = np.argsort(-spread, kind="stable")
    order = order[: int((spread > 0).sum())]
    known = fixed + np.cumsum(inside[:, order], axis=1, dtype=np.int32)
    certain = float(shares[spread == 0].sum())
    rest = certain + shares[order].sum() - np.cumsum(shares[order])
    width = np.sqrt(np.maximum(spread[order].sum() - np.cumsum(spread[order]), 1e-9))
    limits = _limits(round(total), percent, confidence)

    def settles(cells: int) -> bool:
        sums = known[:, cells - 1] + rest[cells - 1]
        below = _normal((limits[0] + 0.5 - sums) / width[cells - 1])
        above = 1 - _normal((limits[1] - 0.5 - sums) / width[cells - 1])
        sure = np.maximum.reduce([below, above, 1 - below - above])
        return bool((sure >= SURE).mean() >= _OFTEN)

    first, last = 1, len(order)
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if settles(middle) else (middle + 1, last)
    return np.asarray(order[:last])


def _limits(total: int, percent: float, confidence: float) -> tuple[int, int]:
    """Give the most cells of ``total`` that lie below a threshold, -1 for none, and the fewest above it."""
    sides = _sides(np.arange(total + 1), np.full(total + 1, total), percent, confidence)
    return int((sides == 0).sum()) - 1, total + 1 - int((sides == 2).sum())


def _normal(values: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray(ndtr(values))
