"""The training side's commands, as the command line adds them; each lives in a module of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.training.commands import curve, data, evaluate, export, networks, study, train, transfer

if TYPE_CHECKING:
    from marrowdesk.training.commands.options import Parsers


def add_commands(subparsers: Parsers) -> None:
    """Add the commands; each sets ``handler``, a function of the arguments that gives the exit code."""
    data.add_command(subparsers)
    train.add_command(subparsers)
    export.add_command(subparsers)
    evaluate.add_command(subparsers)
    networks.add_command(subparsers)
    study.add_command(subparsers)
    transfer.add_command(subparsers)
    curve.add_command(subparsers)
