"""What it costs to take a cell of one class for another: steps of maturation, lineages, thresholds."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.taxonomy import MARROW, CountRole, Lineage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.core.taxonomy import CellClass, Scheme

_MATURATION = ("BLA", "PMO", "MYB", "MMZ", "NGB", "NGS")


def cost_matrix(codes: Sequence[str], scheme: Scheme = MARROW) -> np.ndarray:
    """Tell what it costs to call a cell of class i (row) a class j (column).

    0 on the diagonal; 0.25 for each step along the neutrophilic maturation (blast, promyelocyte, myelocyte,
    metamyelocyte, band, segmented), at most 1; 0.5 within another lineage; 0.7 between a cell and a class
    that is not counted; 1 between lineages, and to or from a class that the scheme does not know. Our own
    choice: readers agree on lineage better than on stage (Parmentier 2020).

    Args:
        codes: class codes.
        scheme: the classes they stand for.

    Returns:
        (K, K) float32 in [0, 1].
    """
    return _table(codes, lambda one, other: _cost(one, other, scheme))


def stakes(codes: Sequence[str], scheme: Scheme = MARROW) -> np.ndarray:
    """Tell what a mistake puts at stake besides: the factors by which a reader's order weighs its cost.

    2 where a blast is taken for another counted cell or the other way, for thresholds of blasts decide
    between diagnoses; 1.5 for plasma cells and for classes with an alert; else 1. Our own choice.

    Returns:
        (K, K) float32, symmetric.
    """

    def factor(one: str, other: str) -> float:
        if one == other or one not in scheme or other not in scheme:
            return 1.0
        pair = (scheme[one], scheme[other])
        if all(each.counted for each in pair) and any(each.lineage is Lineage.BLAST for each in pair):
            return 2.0
        return 1.5 if any(_marked(each) for each in pair) else 1.0

    return _table(codes, factor)


def expected_costs(odds: np.ndarray, codes: Sequence[str], scheme: Scheme = MARROW) -> np.ndarray:
    """Give what it is expected to cost to leave each proposal as it is.

    Args:
        odds: (N, K) probabilities of the classes.
        codes: the K classes.
        scheme: the classes they stand for.

    Returns:
        (N,) float32, 0 for a certain proposal: the costs weighed by what is at stake and by the probability
        of each class that the cell may be instead.
    """
    costs = _weighed(tuple(codes), scheme)
    proposed = odds.argmax(1)
    return np.asarray((odds @ costs)[np.arange(len(odds)), proposed], np.float32)


@lru_cache(maxsize=8)
def _weighed(codes: tuple[str, ...], scheme: Scheme) -> np.ndarray:
    return np.asarray(cost_matrix(codes, scheme) * stakes(codes, scheme))


def _table(codes: Sequence[str], value: Callable[[str, str], float]) -> np.ndarray:
    return np.array([[value(one, other) for other in codes] for one in codes], np.float32).reshape(
        len(codes), len(codes)
    )


def _cost(one: str, other: str, scheme: Scheme) -> float:
    if one == other:
        return 0.0
    if one in _MATURATION and other in _MATURATION:
        return min(1.0, 0.25 * abs(_MATURATION.index(one) - _MATURATION.index(other)))
    if one not in scheme or other not in scheme:
        return 1.0
    first, second = scheme[one], scheme[other]
    if first.role is not CountRole.COUNTED or second.role is not CountRole.COUNTED:
        return 0.7
    return 0.5 if first.lineage is second.lineage else 1.0


def _marked(cell_class: CellClass) -> bool:
    return bool(cell_class.alert) or cell_class.lineage is Lineage.PLASMA_CELL
