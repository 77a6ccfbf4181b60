"""Read labelled cells from folders that are named after classes, as public data sets are unpacked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.labels import folder_label
from marrowdesk.imaging.scan import Unreadable, scan
from marrowdesk.training.samples import LabelledCells, Sample

if TYPE_CHECKING:
    from pathlib import Path


def tree_cells(root: Path, source: str) -> LabelledCells:
    """Find the images under a folder; the class is that of the nearest folder around each that is named so.

    ``<CLASS>/<range>/<CLASS>_00001.jpg`` as well as any other depth; see :func:`folder_label`. Images in no
    such folder are told and left out. Nothing is decoded.

    Args:
        root: the folder, absolute.
        source: what the cells' source is called.
    """
    samples: list[Sample] = []
    problems: list[str] = []
    unlabelled: dict[str, list[str]] = defaultdict(list)
    codes: dict[Path, str | None] = {}
    for found in scan([root]):
        if isinstance(found, Unreadable):
            problems.append(f"{found.reason} {found.hint}".strip())
            continue
        folder = found.path.parent
        if folder not in codes:
            codes[folder] = folder_label(found.path, root, MARROW)
        code = codes[folder]
        name = found.path.relative_to(root).as_posix()
        if code is None:
            unlabelled[name.partition("/")[0] if "/" in name else ""].append(name)
        else:
            samples.append(Sample(name, source, code, place=Place(found.path)))
    problems += [_left_out(root, folder, names) for folder, names in unlabelled.items()]
    return LabelledCells(tuple(samples), tuple(problems))


def _left_out(root: Path, folder: str, names: list[str]) -> str:
    many = "1 image lies" if len(names) == 1 else f"{len(names)} images lie"
    return f"{root / folder}: {many} in no folder named after a class; left out, first {names[0]}."
