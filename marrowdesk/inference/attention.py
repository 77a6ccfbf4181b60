"""Attention after the convolutions of each residual block: seven kinds, and where in a network they go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    import torch

REDUCTION = 16
"""How many times narrower than the features the inner layer of SE, CBAM and GC is, the usual value of their
papers; the width is rounded to a multiple of 8. Coordinate attention takes 24, so that its three layers hold
as many weights as the two of SE. The study's own value is not known to us."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of attention.

    In the formulas x are the features (N, C, h, w), s is the logistic function, W are 1×1 convolutions and
    their inner width is r = C / REDUCTION. ECA and triplet attention convolve along the channels in the order
    they have in the network; all others would be the same in any order.

    Attributes:
        name: as the command line and the card write it.
        title: for people.
        formula: what becomes of the features.
        source: who described it.
    """

    name: str
    title: str
    formula: str
    source: str


KINDS = (
    Kind(
        "se",
        "squeeze-and-excitation",
        "x · s(W2 relu(W1 mean_hw(x)))",
        "Hu, Shen and Sun, CVPR 2018",
    ),
    Kind(
        "eca",
        "efficient channel attention",
        "x · s(k-tap convolution along the channels of mean_hw(x)), k the odd number near (log2 C + 1) / 2",
        "Wang et al., CVPR 2020",
    ),
    Kind(
        "cbam",
        "convolutional block attention",
        "y = x · s(W2 relu(W1 mean_hw(x)) + W2 relu(W1 max_hw(x))); "
        "y · s(norm(7×7 convolution of [mean_c(y), max_c(y)]))",
        "Woo et al., ECCV 2018",
    ),
    Kind(
        "coord",
        "coordinate attention",
        "x · s(Wh u_h) · s(Ww u_w), u = hardswish(norm(W [mean_w(x), mean_h(x)])) split again, "
        "inner width 2/3 r",
        "Hou, Zhou and Feng, CVPR 2021",
    ),
    Kind(
        "gc",
        "global context",
        "x + W2 relu(norm(W1 sum_hw(softmax_hw(v·x) x))), begins as x + a constant",
        "Cao et al., ICCV workshops 2019",
    ),
    Kind(
        "simam",
        "simple parameter-free attention",
        "x · s(d² / (4 (v + 1e-4)) + 1/2), d = x - mean_hw(x), v = sum_hw(d²) / (h·w - 1)",
        "Yang et al., ICML 2021",
    ),
    Kind(
        "triplet",
        "triplet attention",
        "mean over the axes c, h, w of x · s(norm(7×7 convolution of [max, mean] of x over that axis))",
        "Misra et al., WACV 2021",
    ),
)
"""The study names SE and not its other six. Five are those that later papers on attention compare with; SimAM
shows what a gate without any weights does, triplet attention what one without a narrow inner layer does."""

NAMES = ("none", *(kind.name for kind in KINDS))

_OF_TIMM: dict[str, tuple[str, dict[str, Any]]] = {
    "se": ("se", {"rd_ratio": 1 / REDUCTION}),
    "eca": ("eca", {}),
    "cbam": ("cbam", {"rd_ratio": 1 / REDUCTION, "rd_divisor": 8}),
    "coord": ("coord", {"rd_ratio": 1 / REDUCTION}),
    "gc": ("gca", {"rd_ratio": 1 / REDUCTION, "rd_divisor": 8}),
}


def make_attention(kind: str, channels: int) -> torch.nn.Module:
    """Make one module that takes and gives features (N, channels, h, w).

    Weights begin as the layers themselves begin them, near zero: gates start in the middle of their range.

    Raises:
        MarrowdeskError: there is no such kind.
    """
    if kind in _OF_TIMM:
        from timm.layers import create_attn

        name, options = _OF_TIMM[kind]
        made: torch.nn.Module = create_attn(name, channels, **options)
        return made
    own = {"simam": _simam, "triplet": _triplet}
    if kind not in own:
        raise MarrowdeskError(f"There is no attention called {kind!r}.", f"Choose one of {', '.join(NAMES)}.")
    layer: torch.nn.Module = own[kind]()()
    return layer


def put_attention(network: torch.nn.Module, kind: str) -> None:
    """Put one module into every residual block, in place of the squeeze-and-excitation it may have.

    - RegNet: between the grouped convolution and the last 1×1 convolution, where RegNetY has its own.
    - ResNet, ResNeXt: after the last convolution and its norm, before the shortcut is added (Hu 2018).
    - EfficientNet and its kin: between the depthwise convolution and the last 1×1 convolution.

    Raises:
        MarrowdeskError: there is no such kind, or the network has no such blocks (DenseNet, Swin, ConvNeXt).
    """
    widths = _widths()
    blocks = [each for each in network.modules() if hasattr(each, "se")]
    strange = {type(each).__name__ for each in blocks if type(each) not in widths}
    if strange or not blocks:
        why = f"its blocks {', '.join(sorted(strange))} are not known"
        raise MarrowdeskError(
            f"Attention cannot be put into a {type(network).__name__}: "
            f"{why if strange else 'it has no residual blocks of convolutions'}.",
            "Choose attention none, or a RegNet, ResNet, ResNeXt or EfficientNet.",
        )
    for block in blocks:
        block.se = make_attention(kind, widths[type(block)](block))


def _widths() -> dict[type, Any]:
    """Say, for each type of block that has a place for attention, how many channels come there."""
    from timm.models import _efficientnet_blocks as mobile
    from timm.models import regnet, resnet

    return {
        regnet.Bottleneck: lambda block: block.conv2.conv.out_channels,
        regnet.PreBottleneck: lambda block: block.conv2.out_channels,
        resnet.BasicBlock: lambda block: block.conv2.out_channels,
        resnet.Bottleneck: lambda block: block.conv3.out_channels,
        mobile.DepthwiseSeparableConv: lambda block: block.conv_dw.out_channels,
        mobile.InvertedResidual: lambda block: block.conv_dw.out_channels,
        mobile.EdgeResidual: lambda block: block.conv_exp.out_channels,
    }


@cache
def _simam() -> type[torch.nn.Module]:
    import torch

    class SimAM(torch.nn.Module):  # type: ignore[misc]
        """Gate each value by how far it stands out from its channel; see :data:`KINDS`."""

        def forward(self, features: torch.Tensor) -> torch.Tensor:
            squares = (features - features.mean((2, 3), keepdim=True)).float() ** 2
            places = features.shape[2] * features.shape[3]
            variance = squares.mean((2, 3), keepdim=True) * (places / max(1, places - 1))
            gate = torch.sigmoid(squares / (4 * (variance + 1e-4)) + 0.5)
            return features * gate.to(features.dtype)

    return SimAM


@cache
def _triplet() -> type[torch.nn.Module]:
    import torch

    class TripletAttention(torch.nn.Module):  # type: ignore[misc]
        """Three gates, each over two of the three axes channel, row and column; see :data:`KINDS`."""

        def __init__(self) -> None:
            super().__init__()
            self.gates = torch.nn.ModuleList(
                torch.nn.Sequential(
                    torch.nn.Conv2d(2, 1, 7, padding=3, bias=False),
                    torch.nn.BatchNorm2d(1, momentum=0.01),
                    torch.nn.Sigmoid(),
                )
                for _ in range(3)
            )

        def forward(self, features: torch.Tensor) -> torch.Tensor:
            together = torch.zeros_like(features[:, :1, :1, :1])
            for axis, gate in enumerate(self.gates, start=1):
                pooled = torch.stack([features.amax(axis), features.mean(axis)], 1)
                together = together + gate(pooled).squeeze(1).unsqueeze(axis)
            return features * together / 3

    return TripletAttention
