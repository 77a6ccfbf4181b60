"""What it costs to take a cell of one class for another: steps of maturation and lineages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.taxonomy import MARROW, CountRole

if TYPE_CHECKING:
    from collections.abc import Sequence

_MATURATION = ("BLA", "PMO", "MYB", "MMZ", "NGB", "NGS")


def cost_matrix(codes: Sequence[str]) -> np.ndarray:
    """Tell what it costs to call a cell of class i (row) a class j (column).

    0 on the diagonal; 0.25 for each step along the neutrophilic maturation (blast, promyelocyte, myelocyte,
    metamyelocyte, band, segmented), at most 1; 0.5 within another lineage; 0.7 between a cell and a class
    that is not counted; 1 between lineages. Our own choice: readers agree on lineage better than on stage
    (Parmentier 2020).

    Args:
        codes: class codes of the scheme :data:`MARROW`.

    Returns:
        (K, K) float32 in [0, 1].
    """
    size = len(codes)
    costs = np.ones((size, size), np.float32)
    for row, one in enumerate(codes):
        for column, other in enumerate(codes):
            costs[row, column] = _cost(one, other)
    return costs


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _MATURATION and other in _MATURATION:
        return min(1.0, 0.25 * abs(_MATURATION.index(one) - _MATURATION.index(other)))
    first, second = MARROW[one], MARROW[other]
    if first.role is not CountRole.COUNTED or second.role is not CountRole.COUNTED:
        return 0.7
    return 0.5 if first.lineage is second.lineage else 1.0
