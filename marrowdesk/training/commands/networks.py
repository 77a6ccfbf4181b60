"""``marrowdesk networks``: list the networks and kinds of attention that can be trained, with their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.training.commands.kinds import whole
from marrowdesk.training.commands.options import Defaults

if TYPE_CHECKING:
    import argparse

    from marrowdesk.training.architectures import Size
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
    from marrowdesk.training.architectures import PRESETS, size_of

    counted = (arguments.classes, arguments.side)
    print(f"{arguments.classes} classes, {arguments.side} px: millions of parameters and of multiply-adds\n")
    for preset in PRESETS:
        print(_line(preset.name, size_of(preset.timm, preset.options, *counted), preset.why))
        print(f"{'':33}{preset.source}")
    first = PRESETS[0]
    print(f"\nattention in {first.name}")
    for kind in KINDS:
        print(_line(kind.name, size_of(first.timm, first.options, *counted, kind.name), kind.title))
        print(f"{'':33}{kind.source}")
    return 0


def _line(name: str, size: Size, told: str) -> str:
    return f"{name:<16}{size.parameters / 1e6:7.2f}{size.multiply_adds / 1e6:8.0f}  {told}"
