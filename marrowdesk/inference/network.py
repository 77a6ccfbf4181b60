"""Building a network by its timm name, and what goes in and comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import torch

MEAN, STD = (0.70, 0.62, 0.78), (0.22, 0.27, 0.17)
"""What new networks scale their input by: rounded channel statistics of prepared crops in [0, 1]."""


class Outputs(NamedTuple):
    """What one forward pass gives.

    Attributes:
        logits: (N, K).
        pooled: (N, D) mean of the last stage over the frame: the embedding.
        features: (N, D, h, w) output of the last stage.
    """

    logits: torch.Tensor
    pooled: torch.Tensor
    features: torch.Tensor


def build(architecture: str, options: Mapping[str, Any], classes: int) -> torch.nn.Module:
    """Build a timm network with a linear head of ``classes`` outputs."""
    import timm

    network: torch.nn.Module = timm.create_model(architecture, num_classes=classes, **options)
    return network


def head_of(network: torch.nn.Module) -> torch.nn.Linear:
    """Give the linear layer that makes logits from the pooled features."""
    head: torch.nn.Linear = network.get_classifier()
    return head


def run(network: torch.nn.Module, pixels: torch.Tensor) -> Outputs:
    """Run a network that ends in global average pooling and a linear layer."""
    features = network.forward_features(pixels)
    pooled = features.mean((2, 3))
    return Outputs(head_of(network)(pooled), pooled, features)


def as_input(images: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Turn (N, S, S, 3) uint8 RGB into the (N, 3, S, S) float input of a network, in channels-last layout."""
    import torch

    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    middle, spread = (torch.tensor(list(each)).view(1, 3, 1, 1) for each in (mean, std))
    return ((pixels - middle) / spread).contiguous(memory_format=torch.channels_last)
