"""Two readers of one case: how far they agree, and on which cells they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.core.cell import Cell, Review
    from marrowdesk.core.taxonomy import Scheme

EXCLUDED = "excluded"
"""Stands for the class of a cell that a reader took out of the count."""

KAPPA_CELLS = 10
"""Fewer cells in common get no kappa. The line is ours: the standard error is one for large samples, and with
a handful of cells it gives intervals that hold nothing, such as 0.00 to 0.00."""

_NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """How far two readers agree on one class.

    Attributes:
        name: of the class, or :data:`EXCLUDED`.
        first: cells that the first reader gave it.
        second: cells that the second reader gave it.
        both: cells that both gave it.
    """

    name: str
    first: int
    second: int
    both: int

    @property
    def share(self) -> float:
        """Specific agreement in [0, 1]: 2 both / (first + second) (Dice 1945; Fleiss 1981)."""
        return 2.0 * self.both / (self.first + self.second)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree, on the cells that both decided on.

    Attributes:
        compared: cells that both decided on.
        agreed: those of them with the same class.
        kappa: Cohen's kappa; None for fewer than :data:`KAPPA_CELLS` cells, and where a reader gave all of
            them one class: it is 0 then, or not defined, however far they agree (Feinstein and Cicchetti
            1990, "High agreement but low kappa").
        low: lower limit of its 95 % interval; None as kappa.
        high: upper limit; None as kappa.
        classes: one entry a class that either gave, in the order of the scheme.
        differing: numbers of the cells with two classes, in the order of the case.
        only_first: cells that only the first reader decided on.
        only_second: cells that only the second reader decided on.
    """

    compared: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None
    classes: tuple[ClassAgreement, ...]
    differing: tuple[int, ...]
    only_first: int
    only_second: int


def compare(first: Iterable[Cell], second: Iterable[Cell], scheme: Scheme) -> Agreement:
    """Compare two readings of the same cells.

    Args:
        first: the cells with the first reader's decisions.
        second: the same cells, in the same order, with the second reader's.
        scheme: the classes, for names and order.
    """
    pairs: list[tuple[int, str, str]] = []
    only = [0, 0]
    for one, other in zip(first, second, strict=True):
        if one.review is not None and other.review is not None:
            pairs.append((one.id, _label(one.review), _label(other.review)))
        else:
            only[0] += one.review is not None
            only[1] += other.review is not None
    given = {label for _, *labels in pairs for label in labels}
    order = [code for code in (*scheme.codes, EXCLUDED) if code in given]
    order += sorted(given - set(order))
    table = np.zeros((len(order), len(order)), np.int64)
    for _, one_label, other_label in pairs:
        table[order.index(one_label), order.index(other_label)] += 1
    names = {each.code: each.name for each in scheme.classes}
    told = len(pairs) >= KAPPA_CELLS and min(np.count_nonzero(table.sum(axis)) for axis in (0, 1)) > 1
    kappa, low, high = cohen_kappa(table) if told else (None, None, None)
    return Agreement(
        compared=len(pairs),
        agreed=int(np.trace(table)),
        kappa=kappa,
        low=low,
        high=high,
        classes=tuple(
            ClassAgreement(
                names.get(code, code),
                int(table[at].sum()),
                int(table[:, at].sum()),
                int(table[at, at]),
            )
            for at, code in enumerate(order)
        ),
        differing=tuple(number for number, one_label, other_label in pairs if one_label != other_label),
        only_first=only[0],
        only_second=only[1],
    )


def _label(review: Review) -> str:
    return EXCLUDED if review.code is None else review.code


def cohen_kappa(table: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Give Cohen's kappa (Cohen 1960) with its 95 % interval.

    The interval is kappa ± 1.96 standard errors, these by Fleiss, Cohen and Everitt 1969 ("Large sample
    standard errors of kappa and weighted kappa", formula 13), cut off at -1 and 1.

    Args:
        table: (K, K) counts, a row for each class of the first reader, a column for each of the second.

    Returns:
        Kappa, lower and upper limit; None three times where kappa is not defined.
    """
    total = float(table.sum())
    if total == 0:
        return None, None, None
    share = table / total
    rows, columns = share.sum(1), share.sum(0)
    observed, expected = float(np.trace(share)), float(rows @ columns)
    if expected >= 1.0:
        return None, None, None
    kappa = (observed - expected) / (1.0 - expected)
    diagonal = np.diag(share)
    agreeing = float((diagonal * (1 - (rows + columns) * (1 - kappa)) ** 2).sum())
    crossed = (columns[:, None] + rows[None, :]) ** 2  # of cell (i, j): column share of i, row share of j
    apart = float((share * crossed).sum() - (diagonal * (rows + columns) ** 2).sum())
    variance = agreeing + (1 - kappa) ** 2 * apart - (kappa - expected * (1 - kappa)) ** 2
    error = float(np.sqrt(max(0.0, variance) / total)) / (1 - expected)
    return kappa, max(-1.0, kappa - _NORMAL_95 * error), min(1.0, kappa + _NORMAL_95 * error)
