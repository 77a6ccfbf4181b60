"""What the training commands share: their data options, the split of a run, the store of prepared crops."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.dataset import Store
    from marrowdesk.training.samples import Sample

    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

HELD_OUT = "held_out.csv"
CHECKPOINT = "last.pt"


class Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Names the default of an option where it has one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def add_data(parser: argparse._ActionsContainer, *, new_split: bool = False) -> None:
    """Add the options that name the labelled cells and those that are kept back.

    Args:
        parser: takes the options; a parser or a group of one.
        new_split: whether the command may also make folds.
    """
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="[NAME=]PATH",
        help="folder with manifest.csv, a manifest, a folder with sub-folders named after classes, or a case "
        "(.mdcase) with reviewed cells; NAME names the source of the last two; may be repeated",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--held-out",
        type=Path,
        metavar="FILE",
        help=f"CSV of the cells kept back, else {HELD_OUT} of the run or bundle, where there is one",
    )
    how.add_argument(
        "--leave-out", action="append", metavar="SOURCE", help="keep back all of this source; may be repeated"
    )
    parser.set_defaults(folds=None)
    if new_split:
        how.add_argument(
            "--folds",
            type=int,
            metavar="K",
            help="keep back one of K folds; they are kept in folds-K.csv beside the run, for the other runs",
        )
    parser.add_argument("--fold", type=int, metavar="NUMBER", help="which fold is kept back, from 0 on")


def read_samples(arguments: argparse.Namespace) -> list[Sample]:
    """Read the labelled cells, telling what was left out on the error stream."""
    from marrowdesk.training.reading import read_labelled

    cells = read_labelled(arguments.data)
    tell(cells.problems)
    return list(cells.samples)


def tell(problems: Sequence[str], most: int = 20) -> None:
    """Print problems on the error stream; of very many, the first."""
    for problem in problems[:most]:
        print(problem, file=sys.stderr)
    if len(problems) > most:
        print(
            f"... and {len(problems) - most} more; `marrowdesk data --json FILE` lists all", file=sys.stderr
        )


def read_cells(arguments: argparse.Namespace, folder: Path) -> tuple[list[Sample], set[str]]:
    """Read the cells, and which of them are kept back: as the options say, else as the run or bundle did.

    Raises:
        MarrowdeskError: the data or the split cannot be read, or do not fit.
    """
    from marrowdesk.training.split_file import check_fit, read_split

    samples = read_samples(arguments)
    path, held = asked_for(arguments, samples)
    if held is None:
        path = folder / HELD_OUT
        held = read_split(path)
    tell(check_fit(path, samples, held))
    return samples, held


def tell_cells(samples: Sequence[Sample], held: set[str]) -> None:
    """Print the cells of each class and source, and how many are kept back."""
    from marrowdesk.training.data_page import count_lines

    print("\n".join([*count_lines(samples, held), ""]), flush=True)


def settle_split(arguments: argparse.Namespace) -> tuple[list[Sample], set[str]]:
    """Read the cells, and put the split that was asked for, or a new one, into the run's folder.

    Raises:
        MarrowdeskError: the data or the split cannot be read or do not fit, nothing would be trained on or
            kept back, or the run was begun with another split.
    """
    from marrowdesk.training.split_file import check_fit, read_split, write_split
    from marrowdesk.training.splits import hold_out

    samples = read_samples(arguments)
    kept = arguments.run / HELD_OUT
    path, held = asked_for(arguments, samples)
    before = read_split(kept) if kept.exists() else None
    if held is None:
        path, held = kept, hold_out(samples, fewest=arguments.fewest) if before is None else before
    tell(check_fit(path, samples, held))
    held &= {sample.file for sample in samples}
    _check_sides(samples, held)
    if before is None or (path != kept and before != held):
        if before is not None and any(arguments.run.rglob(CHECKPOINT)):
            raise MarrowdeskError(
                f"The run {arguments.run} was begun with other cells kept back.",
                "Give a new folder to --run.",
            )
        write_split(kept, samples, held)
    return samples, held


def asked_for(arguments: argparse.Namespace, samples: Sequence[Sample]) -> tuple[Path, set[str] | None]:
    """Give the split that the options ask for, and the name it is told by; None where they ask for none."""
    from marrowdesk.training.split_file import read_split
    from marrowdesk.training.splits import leave_out

    if arguments.leave_out:
        return Path("--leave-out"), leave_out(samples, arguments.leave_out)
    if arguments.folds is not None:
        path = _folds(arguments, samples)
        return path, read_split(path, arguments.fold)
    if arguments.held_out is not None:
        return arguments.held_out, read_split(arguments.held_out, arguments.fold)
    if arguments.fold is not None:
        raise MarrowdeskError(
            "--fold names no fold by itself.",
            "Give it beside --held-out with a file of folds, or beside --folds where a run is begun.",
        )
    return Path(), None


def _folds(arguments: argparse.Namespace, samples: Sequence[Sample]) -> Path:
    """Give the file of the folds, making it where it is not there."""
    from marrowdesk.training.split_file import check_folds, write_folds
    from marrowdesk.training.splits import make_folds

    count, fold = arguments.folds, arguments.fold
    if count < 2 or fold is None or not 0 <= fold < count:
        raise MarrowdeskError(
            f"Of {count} folds, {'none is named' if fold is None else f'fold {fold} cannot be kept back'}.",
            "Write, for example, --folds 5 --fold 0; the last of five is --fold 4.",
        )
    path: Path = arguments.run.parent / f"folds-{count}.csv"
    if path.exists():
        check_folds(path, samples)
    else:
        write_folds(path, samples, make_folds(samples, count))
    return path


def _check_sides(samples: Sequence[Sample], held: set[str]) -> None:
    if not held:
        raise MarrowdeskError(
            "No cell would be kept back to measure on.",
            "Give more data (all of one slide or patient is on one side), or name cells with --held-out.",
        )
    if len(held) == len(samples):
        raise MarrowdeskError(
            f"All {len(samples)} cells would be kept back, and none is left to train on.",
            "Give more data, or lower --fewest.",
        )


def open_cells(arguments: argparse.Namespace, samples: Sequence[Sample], recipe: Recipe) -> Store:
    """Open the prepared crops beside the run, telling what could not be read on the error stream.

    Raises:
        MarrowdeskError: none of the images can be read.
    """
    from marrowdesk.training.dataset import open_store

    store = open_store(Path(), samples, recipe, arguments.run.parent / "cache")
    tell(store.problems)
    if not store.samples:
        raise MarrowdeskError(
            f"None of the {len(samples)} images can be read.", "Check that they lie where the data say."
        )
    return store
