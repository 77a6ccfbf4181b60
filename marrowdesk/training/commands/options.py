"""What the training commands share: their data options, the split of a run, the store of prepared crops."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.dataset import Sample, Store

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

HELD_OUT = "held_out.csv"


class Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Names the default of an option where it has one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the labelled images and the cells kept back."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with manifest.csv and the images it names")
    add("--held-out", type=Path, help=f"CSV of the cells kept back, else {HELD_OUT} in the run or bundle")


def read_cells(arguments: argparse.Namespace, folder: Path) -> tuple[list[Sample], set[str]]:
    """Read the manifest and which cells are kept back."""
    from marrowdesk.training.dataset import read_manifest, read_split

    return read_manifest(arguments.data / "manifest.csv"), read_split(arguments.held_out or folder / HELD_OUT)


def settle_split(arguments: argparse.Namespace) -> None:
    """Put the split that was given, or a new one, into the folder of a run that has none."""
    from marrowdesk.training.dataset import hold_out, read_manifest, write_split

    split = arguments.run / HELD_OUT
    if split.exists() and arguments.held_out is None:
        return
    if arguments.held_out is not None:
        samples, held = read_cells(arguments, arguments.run)
    else:
        samples = read_manifest(arguments.data / "manifest.csv")
        held = hold_out(samples, fewest=arguments.fewest)
    write_split(split, samples, held)


def open_cells(arguments: argparse.Namespace, samples: Sequence[Sample], recipe: Recipe) -> Store:
    """Open the prepared crops beside the run, telling what could not be read on the error stream."""
    from marrowdesk.training.dataset import open_store

    store = open_store(arguments.data, samples, recipe, arguments.run.parent / "cache")
    for problem in store.problems:
        print(problem, file=sys.stderr)
    return store
