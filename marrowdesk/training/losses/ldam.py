"""LDAM: a rare class must win by a wider margin while it is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch


def margins(counts: np.ndarray, largest: float) -> np.ndarray:
    """Give each class its margin Δ_c = C / n_c^(1/4), with C such that the rarest class has the largest.

    Cao et al. 2019, "Learning imbalanced datasets with label-distribution-aware margin loss".

    Args:
        counts: (K,) training images of each class; a class without any counts as one with a single image.
        largest: margin of the rarest class.

    Returns:
        (K,) float32.
    """
    known = np.maximum(counts, 1).astype(np.float64)
    return np.asarray(largest * (known.min() / known) ** 0.25, np.float32)


def ldam(wide: np.ndarray, scale: float) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Give the label-distribution-aware margin loss.

    L(z, y) = −log(e^(z_y − sΔ_y) / (e^(z_y − sΔ_y) + Σ_{j≠y} e^(z_j))), averaged over the batch (Cao et al.
    2019). In the paper z = s·f with f the cosine between normalised features and normalised class vectors.
    Our head is plain linear and its length is learned, so its logits are read as the paper's s·f, already
    scaled: s multiplies the margins only. Nothing is lost by it, for a linear head can take any factor into
    its weights, and the logits stay natural logarithms. That is also what makes a source's log prior right
    here: it has been added to z beside the margin and is not multiplied by s. What the paper has and this
    has not is the bound |z| ≤ s: here weight decay alone keeps the logits from outgrowing the margins. The
    paper's deferred re-weighting is not part of this loss.

    The margin acts on the true class of a training cell, so at use there is none, yet no constant undoes it.
    With m = sΔ, and log Σ_k e^(z_k) falling out, the expected loss of a posterior η is
    Σ_y η_y (log(1 − b_y p_y) − log p_y) + const, with p = softmax(z) and b_y = 1 − e^(−m_y). Its optimum is

        η_y ∝ p_y (1 − b_y p_y).

    Classes with small p are not shifted against each other, and one with p near 1 is overstated by m_y. The
    class with the largest p has more than half the largest posterior. So the best constant to take off is
    none (m or m/2 would move exactly the unlikely classes, by up to m), and a temperature above 1 makes up
    for most of the overstatement.

    Args:
        wide: (K,) margins Δ.
        scale: s.
    """
    import torch
    from torch.nn.functional import cross_entropy, one_hot

    margin = torch.from_numpy(wide) * scale

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        lowered = one_hot(labels, logits.shape[1]) * margin.to(logits.device, logits.dtype)
        return cross_entropy(logits - lowered, labels)

    return loss
