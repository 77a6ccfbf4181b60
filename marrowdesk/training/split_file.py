"""The split of a data set, kept in a file: written once, read by every command, checked with the data."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import AGAIN, writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from marrowdesk.training.samples import Sample


def write_split(path: Path, samples: Sequence[Sample], held: set[str]) -> None:
    """Write the cells that are kept back as CSV (file, source, class), in the order of ``samples``.

    Raises:
        MarrowdeskError: the file cannot be written.
    """
    rows = [[each.file, each.source, each.code] for each in samples if each.file in held]
    _write(path, ["file", "source", "class"], rows)


def write_folds(path: Path, samples: Sequence[Sample], folds: Mapping[str, int]) -> None:
    """Write the fold of every cell as CSV (file, source, class, fold), in the order of ``samples``.

    Raises:
        MarrowdeskError: the file cannot be written.
    """
    rows = [[each.file, each.source, each.code, str(folds[each.file])] for each in samples]
    _write(path, ["file", "source", "class", "fold"], rows)


def read_split(path: Path, fold: int | None = None) -> set[str]:
    """Read the files that are kept back, as :func:`write_split` wrote them, or a fold of :func:`write_folds`.

    Args:
        path: the CSV; a column ``file`` is enough for a split.
        fold: the fold that is kept back, where the file has a column ``fold``.

    Raises:
        MarrowdeskError: the file is missing, lacks a column, has a row that is cut short, or no such fold.
    """
    rows = _rows(path)
    folds = {row["fold"] for row in rows if "fold" in row}
    if fold is None and folds:
        raise MarrowdeskError(f"{path} has folds.", "Say with --fold which one is kept back.")
    if fold is not None and str(fold) not in folds:
        raise MarrowdeskError(
            f"{path} has no fold {fold}.", f"It has {', '.join(sorted(folds)) or 'no column fold'}."
        )
    return {row["file"] for row in rows if fold is None or row["fold"] == str(fold)}


def has_folds(path: Path) -> bool:
    """Say whether a split's file holds folds, each to be kept back once.

    Raises:
        MarrowdeskError: it cannot be read.
    """
    return any("fold" in row for row in _rows(path))


def check_fit(path: Path, samples: Sequence[Sample], held: set[str]) -> tuple[str, ...]:
    """Look whether the cells kept back fit the data.

    Args:
        path: the split's file, for the message.
        samples: all cells.
        held: files that are kept back, as the split names them.

    Returns:
        What the person should know about files that are not in the data.

    Raises:
        MarrowdeskError: most of the files are not in the data, or a slide or patient is on both sides.
    """
    files = {sample.file for sample in samples}
    missing = sorted(held - files)
    told = f"{path} keeps back {len(missing)} of {len(held)} cells that are not in the data"
    names = f"first {missing[0]}" if missing else ""
    if 2 * len(missing) > len(held):
        raise MarrowdeskError(
            f"{told}, {names}.", "Give the data it was made from in the same order, or make a new split."
        )
    _check_groups(path, samples, held)
    return (f"{told}, {names}; the others are used.",) if missing else ()


def check_folds(path: Path, samples: Sequence[Sample]) -> None:
    """Make sure that a file of folds knows every cell; one it does not know would be trained on in each fold.

    Raises:
        MarrowdeskError: it does not.
    """
    known = {row["file"] for row in _rows(path)}
    new = [sample.file for sample in samples if sample.file not in known]
    if new:
        raise MarrowdeskError(
            f"The folds in {path} do not know {len(new)} of the {len(samples)} cells, first {new[0]}.",
            "Delete that file to make new folds, or put the run into another folder.",
        )


def _check_groups(path: Path, samples: Sequence[Sample], held: set[str]) -> None:
    sides: dict[str, set[bool]] = defaultdict(set)
    for sample in samples:
        if sample.group:
            sides[sample.group].add(sample.file in held)
    cut = sorted(group for group, both in sides.items() if len(both) == 2)
    if cut:
        raise MarrowdeskError(
            f"{path} cuts {len(cut)} of {len(sides)} groups (slides or patients): some of their cells are "
            f"trained on and others kept back, first {cut[0]!r}.",
            "Leave --held-out away and train into a new folder to make a split that keeps groups whole.",
        )


def _write(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([columns, *rows])
    with writing(path, AGAIN):
        write_atomically(path, stream.getvalue().encode())


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if "file" not in (reader.fieldnames or ()):
                raise MarrowdeskError(
                    f"The split {path} has no column 'file'.", "Give a CSV with that column."
                )
            # A spreadsheet leaves rows of commas alone at the end.
            rows = [(reader.line_num, row) for row in reader if any(row.values())]
    except OSError as error:
        raise MarrowdeskError(
            f"The split {path} cannot be read: {error.strerror}.",
            "Give the CSV that `marrowdesk train` wrote beside its checkpoints.",
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MarrowdeskError(
            f"The split {path} is no CSV text in UTF-8: {error}.", "Save it as CSV, UTF-8."
        ) from error
    for line, row in rows:
        for column in ("file", "fold"):
            if column in row and not row[column]:
                raise MarrowdeskError(
                    f"Line {line} of the split {path} has no {column}.", "Complete that line, or delete it."
                )
    return [row for _, row in rows]
