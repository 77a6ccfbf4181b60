"""The loss that weighs mistakes by what they cost: class weights and a lineage cost matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.taxonomy import MARROW, CountRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch

_MATURATION = ("BLA", "PMO", "MYB", "MMZ", "NGB", "NGS")


def class_weights(counts: np.ndarray, power: float = 0.5, cap: float = 3.0) -> np.ndarray:
    """Weigh classes by the inverse root of their counts, capped.

    w_c = min(cap, n_c^-power / mean_k n_k^-power). The root and the cap keep a class of a few cells from
    ruling the
    loss: raw inverse frequencies span 1 : 3,700 on the published bone-marrow set.

    Args:
        counts: (K,) training images of each class, all at least 1.
        power: 0 for equal weights, 1 for inverse frequencies.
        cap: largest weight.

    Returns:
        (K,) float32.
    """
    raw = np.power(np.maximum(counts, 1).astype(np.float64), -power)
    return np.minimum(raw / raw.mean(), cap).astype(np.float32)


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


def cost_sensitive(
    weights: np.ndarray, costs: np.ndarray, share: float = 1.0, smoothing: float = 0.05
) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Give the cost-sensitive loss.

    L(z, y) = w_y · CE(z, y) + share · Σ_j M[y, j] · softmax(z)_j, averaged over the batch (class weights:
    King and Zeng 2001; expected cost as a regulariser: Galdran et al. 2020, "Cost-sensitive regularization
    for diabetic retinopathy grading from eye fundus images"). CE is smoothed by ``smoothing`` (Szegedy et al.
    2016).

    Args:
        weights: (K,) class weights.
        costs: (K, K) cost of calling a row's class a column's class.
        share: how much the expected cost counts against the cross-entropy.
        smoothing: label smoothing in [0, 1).
    """
    import torch
    from torch.nn.functional import cross_entropy

    weight, cost = torch.from_numpy(weights), torch.from_numpy(costs)

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        entropy = cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        expected = (cost.to(logits.device)[labels] * logits.softmax(1)).sum(1)
        return (weight.to(logits.device)[labels] * entropy + share * expected).mean()

    return loss
