"""The adversary: it tells a cell's source by the network's features, and the network learns to hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from marrowdesk.training.samples import Sample

_WIDTH = 128


def source_chances(samples: Sequence[Sample], sources: Sequence[str], odds: np.ndarray) -> np.ndarray:
    """Give log p(source | class of the cell) for each cell, to be added to what the adversary says.

    With it the adversary gains nothing from the class itself, so the network is not made to hide that: what
    must go is only what tells two sources' cells of one class apart. A cell whose class comes from a single
    source moves nothing.

    Args:
        samples: training cells.
        sources: the S sources, in the order of the adversary's outputs.
        odds: (N,) probability with which each cell is drawn.

    Returns:
        (N, S) float32, each row the logarithm of probabilities.
    """
    codes = sorted({each.code for each in samples})
    rows = np.array([codes.index(each.code) for each in samples])
    columns = np.array([sources.index(each.source) for each in samples])
    shares = np.zeros((len(codes), len(sources)))
    np.add.at(shares, (rows, columns), odds)
    shares /= shares.sum(1, keepdims=True)
    return np.log(np.maximum(shares, 1e-12)).astype(np.float32)[rows]


def ramp(part: float) -> float:
    """Give how much of its strength the adversary has after a part (0 … 1) of the training.

    2 / (1 + exp(-10 part)) - 1 (Ganin et al. 2016, "Domain-adversarial training of neural networks"): while
    it has not learned to tell the sources, what it says is noise.
    """
    return float(2.0 / (1.0 + np.exp(-10.0 * part)) - 1.0)


def make_adversary(features: int, sources: int) -> torch.nn.Module:
    """Make the adversary: (N, ``features``) features give logits (N, ``sources``).

    Its forward takes the strength, 0 and more, by which the gradient that goes back into the features is
    turned round (Ganin et al. 2016); its own weights learn unturned.
    """
    import torch

    class Turned(torch.autograd.Function):
        """Gives its input, and turns the gradient round."""

        @staticmethod
        def forward(context: Any, values: torch.Tensor, strength: float) -> torch.Tensor:
            context.strength = strength
            return values.view_as(values)

        @staticmethod
        def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
            return -context.strength * gradient, None

    class Adversary(torch.nn.Module):
        """Two layers behind the turn."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.Sequential(
                torch.nn.Linear(features, _WIDTH), torch.nn.ReLU(), torch.nn.Linear(_WIDTH, sources)
            )

        def forward(self, values: torch.Tensor, strength: float) -> torch.Tensor:
            said: torch.Tensor = self.layers(Turned.apply(values, strength))
            return said

    return Adversary()
