"""Read labelled cells from a manifest: a CSV with a row an image, or a row a cell of a larger image."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Box, Place
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.samples import LabelledCells, Sample, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

COLUMNS = ("file", "source", "marrow_class")
GROUP = "group"
BOX = ("x", "y", "width", "height")
_NEEDS = (
    "It needs the columns file, source and marrow_class, and may have the column group, and x, y, width and "
    "height of a cell's box."
)


def read_manifest(manifest: Path) -> list[Sample]:
    """Give the cells of a manifest; see :func:`manifest_cells`."""
    return list(manifest_cells(manifest).samples)


def manifest_cells(manifest: Path) -> LabelledCells:
    """Read a manifest with the columns ``file``, ``source``, ``marrow_class`` and perhaps ``group``.

    With the columns ``x``, ``y``, ``width`` and ``height`` a row is the cell in that box of its image, in
    pixels from the upper left corner; rows that leave all four empty are whole images.

    Files are relative to the manifest's folder. A class is a code, a name or a known alias, as
    :meth:`Scheme.for_folder` says; a row without a known class, or that lacks something, is told and left
    out. Of two rows for one file, or one box of it, the first counts.

    Raises:
        MarrowdeskError: the file cannot be read, lacks a column, or holds zero bytes.
    """
    samples: dict[str, Sample] = {}
    short: list[int] = []
    strange: Counter[str] = Counter()
    again: list[str] = []
    for line, row in _rows(manifest):
        file, source, label = ((row[column] or "").strip() for column in COLUMNS)
        box, whole = _box(row)
        if not (file and source and label and whole):
            short.append(line)
            continue
        known = MARROW.for_folder(label)
        if known is None:
            strange[label] += 1
            continue
        place = Place(manifest.parent / file, box=box)
        file += mark(box)
        sample = Sample(file, source, known.code, (row.get(GROUP) or "").strip(), place)
        if samples.setdefault(file, sample) is not sample:
            again.append(_repeated(samples[file], sample))
    return LabelledCells(tuple(samples.values()), _problems(manifest, short, strange, again))


def _rows(manifest: Path) -> list[tuple[int, dict[str, str]]]:
    """Read all rows with their line numbers."""
    try:
        # A spreadsheet puts a byte order mark before the first column's name.
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(_text(stream))
            for column in COLUMNS:
                if column not in (reader.fieldnames or ()):
                    found = ", ".join(reader.fieldnames or ()) or "nothing"
                    raise MarrowdeskError(
                        f"The manifest {manifest} has no column {column!r}; it has {found}.", _NEEDS
                    )
            return [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise MarrowdeskError(
            f"The manifest {manifest} cannot be read: {error.strerror}.", "Give the path of a manifest.csv."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MarrowdeskError(
            f"The manifest {manifest} is no CSV text in UTF-8: {error}.", "Save it as CSV, UTF-8."
        ) from error


def _text(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines as they are; zero bytes, which no file's name can have, are an error of the text."""
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise csv.Error(f"line {number} holds a zero byte")
        yield line


def _box(row: dict[str, str]) -> tuple[Box | None, bool]:
    """Give the box of a row, None for the whole image; and whether it is told as it must be."""
    words = [(row.get(column) or "").strip() for column in BOX]
    if not any(words):
        return None, True
    if not all(word.isdecimal() for word in words):
        return None, False
    box = Box(*map(int, words))
    return (box, True) if box.width and box.height else (None, False)


def _repeated(first: Sample, again: Sample) -> str:
    if first.code == again.code:
        return first.file
    return f"{first.file} (as {first.code} and as {again.code})"


def _problems(manifest: Path, short: list[int], strange: Counter[str], again: list[str]) -> tuple[str, ...]:
    told = []
    if short:
        rows = "1 row lacks" if len(short) == 1 else f"{len(short)} rows lack"
        told.append(f"{manifest}: {rows} file, source, class or whole box; left out, first line {short[0]}.")
    for label, count in sorted(strange.items()):
        rows = "1 row has" if count == 1 else f"{count} rows have"
        told.append(f"{manifest}: {rows} the class {label!r}, which is not known; left out.")
    if again:
        files = "1 file is" if len(again) == 1 else f"{len(again)} files are"
        names = ", ".join(again[:5]) + (", ..." if len(again) > 5 else "")
        told.append(f"{manifest}: {files} named again; the first row of each counts: {names}.")
    return tuple(told)
