"""The program from a terminal: open the window, count folders, draw a demonstration slide, train."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk import RESEARCH_USE, __version__
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.reach import is_there
from marrowdesk.training import commands as training

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPILOG = f"""\
without a command the window opens:
  marrowdesk                          the first page, or what you were working on
  marrowdesk SLIDE_FOLDER             opens the folder of cell images
  marrowdesk CASE.mdcase              opens a case

exit codes:
  0    everything asked for was done
  1    an error; the message says what and what to do
  2    the command line was not understood
  3    done, but some images could not be read or some cases failed (they are listed)
  130  stopped with Ctrl+C; what was done is kept, the same command goes on from there

{RESEARCH_USE}
"""


_COMMANDS = ("count", "report", "exchange", "adapt", "demo")
"""Each lives in a module of its name."""


def _parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """Give the parser of some commands; each brings libraries that a window need not wait for."""
    parser = argparse.ArgumentParser(
        prog="marrowdesk",
        description="Review, correct and count bone-marrow cells beside a classifier's proposals.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"marrowdesk {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in (each for each in names if each in _COMMANDS):
        importlib.import_module(f"{__name__}.{name}").add_command(commands)
    training.add_commands(commands, [name for name in names if name in training.NAMES])
    return parser


_ALL = (*_COMMANDS, *training.NAMES)
_HELP = ("-h", "--help", "--version")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; give its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    first = arguments[0] if arguments else ""
    if first not in _HELP and first not in _ALL:
        return _open_window(arguments)
    options = _parser(_ALL if first in _HELP else [first]).parse_args(arguments)
    try:
        return int(options.handler(options))
    except MarrowdeskError as error:
        print(f"marrowdesk: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        print(
            f"marrowdesk: {error.filename} could not be read or written: {error.strerror}. Give a place that "
            "is there, with room and the right to write, and the same command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nmarrowdesk: stopped; what was done is kept.", file=sys.stderr)
        return 130


def _open_window(arguments: list[str]) -> int:
    unknown = [each for each in arguments if each.startswith("-")]
    if unknown:
        _parser(_ALL).error(f"{unknown[0]} is not known; see marrowdesk --help")
    missing = [each for each in arguments if not is_there(Path(each))]
    if missing:
        _parser(_ALL).error(f"{missing[0]} is neither a command nor a file or folder; see marrowdesk --help")
    return desk(arguments)


def desk(arguments: Sequence[str] | None = None) -> int:
    """Open the window; give its exit code.

    Args:
        arguments: folders, images or a case to open; those of the command line when None.
    """
    from marrowdesk.app.display import NoScreen, require_screen

    try:
        require_screen()
    except NoScreen as error:
        print(f"marrowdesk: {error}", file=sys.stderr)
        return 1
    from marrowdesk.app.main import run

    return run(list(sys.argv[1:] if arguments is None else arguments))
