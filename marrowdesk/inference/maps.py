"""Bringing activation maps to the frame they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

FINER = 2
"""How many times finer the grid of the maps is than the network's last stage."""


def placing(cells: int, side: int, offset: float) -> np.ndarray:
    """Give the weights that bring one axis of a map from the last stage's grid to the frame.

    A padded convolution of stride 2 looks at the even pixels of an even input, so after five of them cell i
    of the last stage is centred on pixel 32 i, not in the middle of its 32 pixels: drawn as a plain grid,
    maps lie half a cell too far down and right. Values between the cells are linear; beyond the outermost,
    where no cell looks, they fade to 0.

    Args:
        cells: number of cells of the last stage along the axis.
        side: side of the network's input, px.
        offset: how far before the middle of its share of the frame a cell looks, px.

    Returns:
        (FINER · cells, cells) float32; rows sum to 1, or less beyond the outermost cells.
    """
    stride = side / cells
    middles = (np.arange(FINER * cells) + 0.5) * stride / FINER
    at = (middles - stride / 2 + offset) / stride
    weights = np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(cells)[None, :]))
    return np.asarray(weights, np.float32)


def map_offset(network: Any, side: int) -> float:
    """Measure where the cells of the last stage look, by the gradient of their own place along the diagonal.

    Args:
        network: a timm network in evaluation mode.
        side: side of its input, px.

    Returns:
        (stride - 1) / 2 for networks whose cells look at the upper left of their share of the frame (padded
        convolutions), 0 for those that look at its middle (patches).
    """
    import torch

    pixels = torch.randn(4, 3, side, side, generator=torch.Generator().manual_seed(0)).requires_grad_()
    features = network.forward_features(pixels)
    cells = features.shape[-1]
    stride = side / cells
    early = [at * stride + stride / 2 - _peak(features[:, :, at, at], pixels) for at in range(cells)]
    return (stride - 1) / 2 if float(np.median(early)) > stride / 4 else 0.0


def _peak(values: torch.Tensor, pixels: torch.Tensor) -> float:
    """Give the row of the input, px, that moves some outputs most."""
    import torch

    (gradient,) = torch.autograd.grad((values**2).sum(), pixels, retain_graph=True)
    rows = gradient.abs().sum((0, 1, 3)).numpy()
    return float(np.argmax(np.convolve(rows, np.ones(5), "same"))) + 0.5
