"""The one way to labelled cells: a manifest, folders named after classes, or a reviewed case."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.paths import SUFFIX, is_case_file
from marrowdesk.training.reading.case import case_cells
from marrowdesk.training.reading.manifest import manifest_cells
from marrowdesk.training.reading.tree import tree_cells
from marrowdesk.training.samples import LabelledCells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.samples import Sample

MANIFEST = "manifest.csv"


def read_labelled(given: Sequence[str]) -> LabelledCells:
    """Read labelled cells from all that is given, joined in that order; no image is decoded yet.

    Each is one of: a folder with ``manifest.csv``; a manifest itself; a folder whose sub-folders are named
    after classes; a case (``.mdcase``), whose reviewed cells are read. For the last two the source is called
    like the folder or the case; ``NAME=PATH`` gives it another name.

    Paths stay as they stand in each, unless one is there already: then all of the later data set get its
    folder's name in front. A cell that an earlier one has too is told and left out.

    Raises:
        MarrowdeskError: one of them does not exist, is nothing of this, or holds no labelled cell.
    """
    samples: list[Sample] = []
    problems: list[str] = []
    for each in given:
        name, path = _named(each)
        cells = _read_one(path, name)
        if not cells.samples:
            raise MarrowdeskError(_nothing(path, cells.problems), _EXPECTED)
        fresh = _without_repeats(samples, cells.samples)
        problems += cells.problems
        if len(fresh) < len(cells.samples):
            twice = len(cells.samples) - len(fresh)
            many = "1 cell was" if twice == 1 else f"{twice} cells were"
            problems.append(f"{path}: {many} given before by other data and left out here.")
        samples += _apart(samples, fresh, path.parent.name if path.suffix == ".csv" else path.stem)
    return LabelledCells(tuple(samples), tuple(problems))


_EXPECTED = (
    f"Give a folder with {MANIFEST}, a manifest, a folder with sub-folders named after classes "
    f"(BLA, LYT, ...), or a case ({SUFFIX}) with reviewed cells."
)


def _named(given: str) -> tuple[str, Path]:
    """Split ``NAME=PATH``; a path that exists is taken as it is."""
    name, sign, rest = given.partition("=")
    if not sign or not name or Path(given).exists():
        name, rest = "", given
    # Not resolve(): data on a linked drive keeps the name by which the person knows it.
    path = Path(os.path.abspath(Path(rest).expanduser()))
    if not path.exists():
        raise MarrowdeskError(f"The data {path} does not exist.", "Check the name, or the drive it lies on.")
    return name, path


def _read_one(path: Path, name: str) -> LabelledCells:
    manifest = path / MANIFEST if path.is_dir() else path
    if path.is_dir() and not manifest.is_file():
        return tree_cells(path, name or path.name)
    if is_case_file(path):
        return case_cells(path, name)
    if manifest.suffix.lower() != ".csv":
        raise MarrowdeskError(f"{path} is no data set.", _EXPECTED)
    if name:
        raise MarrowdeskError(
            f"The manifest {manifest} names its sources itself; {name!r} cannot be put in their place.",
            "Leave the name away, or change the column source.",
        )
    return manifest_cells(manifest)


def _nothing(path: Path, problems: Sequence[str]) -> str:
    why = f" ({problems[0].rstrip('.')})" if problems else ""
    return f"{path} holds no labelled cell{why}."


def _without_repeats(samples: Sequence[Sample], added: Sequence[Sample]) -> list[Sample]:
    known = {sample.place for sample in samples}
    return [sample for sample in added if sample.place not in known]


def _apart(samples: Sequence[Sample], added: Sequence[Sample], name: str) -> list[Sample]:
    """Give the added cells names that none of the others has."""
    taken = {sample.file for sample in samples}
    front, number = "", 1
    while any(front + sample.file in taken for sample in added):
        front = f"{name}/" if number == 1 else f"{name} ({number})/"
        number += 1
    return [replace(sample, file=front + sample.file) for sample in added] if front else list(added)
