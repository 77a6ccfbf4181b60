"""The focal loss: cells that the network is sure of and right about count little."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import torch


def focal(weights: np.ndarray, gamma: float) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Give the focal loss.

    L(z, y) = −α_y (1 − p_y)^γ log p_y with p = softmax(z), averaged over the batch (Lin et al. 2017, "Focal
    loss for dense object detection", equation 5, with the softmax in place of the sigmoid).

    It is no proper score. At its optimum η_y ∝ h(p_y) / α_y with h(p) = p / ((1 − p)^γ − γ p (1 − p)^(γ−1)
    log p) (Charoenphakdee et al. 2021 for α = 1): the most likely class is still the most likely, but p is
    flatter than the posterior. Unlikely classes keep their ratios, h(p) ≈ p, and there log α is exactly what
    is to be taken off; where two classes are equally likely and γ is 2, the posterior's log odds grow 2.7
    times as fast as the logits', and log α is too much. A temperature below 1 makes up for most of it.

    Args:
        weights: (K,) α.
        gamma: γ, 0 or more; 0 gives the weighted cross-entropy.
    """
    import torch
    from torch.nn.functional import one_hot

    alpha = torch.from_numpy(weights)

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        true = one_hot(labels, logits.shape[1]).bool()
        # 1 − p is summed from the other classes: its logarithm, and so the gradient, stays finite at p = 1.
        others = logits.masked_fill(true, float("-inf")).logsumexp(1) - logits.logsumexp(1)
        right = logits.log_softmax(1).gather(1, labels[:, None])[:, 0]
        return (-alpha.to(logits.device)[labels] * (gamma * others).exp() * right).mean()

    return loss
