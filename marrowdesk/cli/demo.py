"""The command ``marrowdesk demo``: draw a demonstration slide and open it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.cli.options import positive
from marrowdesk.services.demo import CELLS, make_demo

if TYPE_CHECKING:
    import argparse


def add_command(commands: Any) -> None:
    """Add ``demo`` to the sub-commands of an argparse parser."""
    demo = commands.add_parser(
        "demo",
        help="draw a demonstration slide and open it",
        description="Draws a small slide of cells by the program's own code, clearly marked as drawn, and "
        "opens it in the window.",
    )
    demo.add_argument("--folder", type=Path, help="where to draw it (default: the program's own folder)")
    demo.add_argument("--cells", type=positive, default=CELLS, help=f"how many cells (default: {CELLS})")
    demo.add_argument("--only-draw", action="store_true", help="draw the slide and print its folder")
    demo.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """Draw the slide, and open it in the window unless asked only to draw; give the exit code."""
    from marrowdesk.app.display import require_screen

    if options.only_draw:
        print(make_demo(options.folder, options.cells))
        return 0
    require_screen()
    from marrowdesk.app.main import run as open_window

    return open_window([], lambda: make_demo(options.folder, options.cells))
