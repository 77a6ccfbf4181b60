"""The training side's commands, as the command line adds them; each lives in a module of its name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.training.commands.options import Parsers

NAMES = ("data", "train", "export", "evaluate", "networks", "study", "transfer", "curve")


def add_commands(subparsers: Parsers, names: Iterable[str] = NAMES) -> None:
    """Add the commands; each sets ``handler``, a function of the arguments that gives the exit code.

    Args:
        subparsers: where they are added.
        names: only these, for each brings libraries that the others do not need.
    """
    for name in names:
        importlib.import_module(f"{__name__}.{name}").add_command(subparsers)
