"""The five networks of the study by name, and how large a network is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marrowdesk.inference.network import build

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Preset:
    """A network with the options that suit cells of 64 to 128 px.

    Attributes:
        name: as the command line takes it.
        timm: timm's name of it.
        why: what it is here for, in one line.
        source: who described it, and who used it on such cells.
        options: arguments for timm's ``create_model``.
    """

    name: str
    timm: str
    why: str
    source: str
    options: Mapping[str, Any] = field(default_factory=dict)


PRESETS = (
    Preset(
        "regnetx_032",
        "regnetx_032",
        "the study's recommendation: within 0.032 macro F1 of its best, with far fewer parameters",
        "Radosavovic et al., CVPR 2020; Hu et al., PLoS ONE 2025",
    ),
    Preset(
        "swinv2_tiny",
        "swinv2_tiny_window8_256",
        "the best of the study's five: attention within shifted windows instead of convolutions",
        "Liu et al., CVPR 2022; Hu et al., PLoS ONE 2025",
        # Windows of 4 patches cover the share of 128 px that the 8 of the name cover of 256 px.
        {"img_size": 128, "window_size": 4, "strict_img_size": False},
    ),
    Preset(
        "resnext50",
        "resnext50_32x4d",
        "the first baseline on the public marrow cells, and the network most later work compares with",
        "Xie et al., CVPR 2017; Matek et al., Blood 2021",
    ),
    Preset(
        "densenet121",
        "densenet121",
        "common on blood smears: every layer is handed the features of all before it in its stage",
        "Huang et al., CVPR 2017; Sharma et al., Comput Intell Neurosci 2022",
    ),
    Preset(
        "efficientnet_b0",
        "efficientnet_b0",
        "the smallest and, without a graphics card, by far the fastest of the five",
        "Tan and Le, ICML 2019",
    ),
)
"""The study names the first two of its five. The third is the data's own baseline, the last two are our
choice. All end in global average pooling and a linear layer, so that class activation maps cost nothing."""


def chosen(name: str, options: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """Give timm's name and the options of a network.

    Args:
        name: a preset's name, or any that timm knows; a preset's options hold for timm's name of it too.
        options: what the person gave; they come before the preset's.
    """
    for preset in PRESETS:
        if name in (preset.name, preset.timm):
            return preset.timm, {**preset.options, **(options or {})}
    return name, dict(options or {})


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network is.

    Attributes:
        parameters: trained numbers, of the head too.
        multiply_adds: multiplications with an addition for one image, in convolutions and matrix products.
    """

    parameters: int
    multiply_adds: int


def size_of(name: str, options: Mapping[str, Any], classes: int, side: int, attention: str = "none") -> Size:
    """Build a network and count.

    Args:
        name: timm name.
        options: arguments for timm's ``create_model``.
        classes: number of outputs.
        side: side of the image, px.
        attention: kind put into its residual blocks.

    Raises:
        MarrowdeskError: the network cannot be built.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.random.fork_rng(devices=[]):
        network = build(name, options, classes, attention).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, side, side))
    parameters = sum(value.numel() for value in network.parameters())
    return Size(parameters, counter.get_total_flops() // 2)
