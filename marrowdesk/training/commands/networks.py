"""``marrowdesk networks``: list the networks and kinds of attention that can be trained, with their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marrowdesk.training.commands.kinds import whole
from marrowdesk.training.commands.options import Defaults

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from marrowdesk.training.commands.options import Parsers


def add_command(subparsers: Parsers) -> None:
    """Add ``networks`` and its options."""
    parser = subparsers.add_parser(
        "networks",
        help="list the networks and kinds of attention that can be trained",
        description="List the networks and kinds of attention that can be trained, with their sizes. "
        "Any other name that timm knows works too, if the network ends in global average pooling and one "
        "linear layer.",
        formatter_class=Defaults,
    )
    parser.add_argument("--classes", type=whole(2), default=21, help="number of classes")
    parser.add_argument("--side", type=whole(16), default=128, help="side of the network's input, px")
    parser.set_defaults(handler=networks)


def networks(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk networks``."""
    from marrowdesk.inference.attention import KINDS
    from marrowdesk.training.architectures import PRESETS

    counted = (arguments.classes, arguments.side)
    print(f"{arguments.classes} classes, {arguments.side} px: millions of parameters and of multiply-adds\n")
    for preset in PRESETS:
        print(_line(preset.name, _size(preset.timm, preset.options, *counted), preset.why))
        print(f"{'':33}{preset.source}")
    first = PRESETS[0]
    print(f"\nattention in {first.name}")
    for kind in KINDS:
        print(_line(kind.name, _size(first.timm, first.options, *counted, kind.name), kind.title))
        print(f"{'':33}{kind.source}")
    return 0


def _size(name: str, options: Mapping[str, Any], classes: int, side: int, attention: str = "none") -> str:
    """Count a network; or say that it cannot take an image of this side."""
    from marrowdesk.training.architectures import size_of

    try:
        size = size_of(name, options, classes, side, attention)
    except (AssertionError, RuntimeError):  # a layer would leave nothing of it, or patches do not divide it
        return f"not at {side} px"
    return f"{size.parameters / 1e6:7.2f}{size.multiply_adds / 1e6:8.0f}"


def _line(name: str, size: str, told: str) -> str:
    return f"{name:<16}{size:>15}  {told}"
