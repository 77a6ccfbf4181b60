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
    """Find where the cells of the last stage look, from the layers that make the frame coarser.

    Cell i of a layer with kernel k, stride s and padding p is centred on pixel s i + (k - 1) / 2 - p of its
    input, while the middle of its share of the input is s i + (s - 1) / 2. The differences add up, each in
    pixels of the frame; layers beside each other (a shortcut) count with their mean. What is merged without
    such a layer, as patches are in Swin, looks at its middle.

    Args:
        network: a timm network in evaluation mode.
        side: side of its input, px.

    Returns:
        How far before the middle of its share a cell looks, px: (stride - 1) / 2 for a network of padded
        convolutions of odd kernels, 0 for one of patches.
    """
    import torch

    early: dict[int, list[float]] = {}

    def note(layer: Any, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        before = inputs[0].shape[2]
        if output.shape[2] < before:
            kernel, stride, padding = (
                each[0] if isinstance(each, tuple) else each
                for each in (layer.kernel_size, layer.stride, layer.padding)
            )
            early.setdefault(before, []).append((stride - 1) / 2 - ((kernel - 1) / 2 - padding))

    kinds = (torch.nn.Conv2d, torch.nn.MaxPool2d, torch.nn.AvgPool2d)
    hooks = [each.register_forward_hook(note) for each in network.modules() if isinstance(each, kinds)]
    try:
        with torch.no_grad():
            network.forward_features(torch.zeros(1, 3, side, side))
    finally:
        for hook in hooks:
            hook.remove()
    return float(sum(np.mean(values) * side / before for before, values in early.items()))
