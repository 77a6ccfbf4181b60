"""Cross-entropy, weighted by class, and with the expected cost of a mistake beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import torch


def weighted_entropy(
    weights: np.ndarray, smoothing: float
) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Give the weighted cross-entropy; with equal weights it is the plain one.

    L(z, y) = −w_y · Σ_j t_j log softmax(z)_j, averaged over the batch, with t_y = 1 − ε + ε/K and
    t_j = ε/K for the others (label smoothing: Szegedy et al. 2016). The average divides by the number of
    cells, not by their weights, so that a batch of rare cells pulls as hard as the weights say.

    Its optimum for a posterior η is p_y = (1 − ε) w_y η_y / Σ_k w_k η_k + ε/K: without smoothing, taking
    log w off the logits gives η back exactly (Elkan 2001); with it, the shares are drawn towards 1/K.

    Args:
        weights: (K,) class weights.
        smoothing: ε in [0, 1).
    """
    import torch
    from torch.nn.functional import cross_entropy

    weight = torch.from_numpy(weights)

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        entropy = cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        return (weight.to(logits.device)[labels] * entropy).mean()

    return loss


def cost_sensitive(
    weights: np.ndarray, costs: np.ndarray, share: float = 1.0, smoothing: float = 0.05
) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Give the cost-sensitive loss.

    L(z, y) = w_y · CE(z, y) + share · Σ_j M[y, j] · softmax(z)_j, averaged over the batch (class weights:
    King and Zeng 2001; expected cost as a regulariser: Galdran et al. 2020, "Cost-sensitive regularization
    for diabetic retinopathy grading from eye fundus images"). CE is smoothed by ``smoothing`` (Szegedy et al.
    2016).

    Its optimum for a posterior η, without smoothing, is p_j = q_j / (Σ_k q_k + share · (C_j − Σ_k p_k C_k))
    with q = w η and C_j = Σ_y η_y M[y, j]. Taking log w off the logits undoes the weights; the cost's part
    hangs on the cell and stays: a class that is cheap to be wrong with gets a larger share than its own.

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
