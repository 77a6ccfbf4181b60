"""A labelled cell of a data set, and what came out of reading one."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Place
from marrowdesk.imaging.decode import read_place

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np

    from marrowdesk.core.cell import Box


_AT = " @"


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled cell.

    Attributes:
        file: its name in the data set, with forward slashes; unique there. Splits are written in these names.
            For a whole image of a folder it is the path relative to that folder.
        source: name of the data set (laboratory) it comes from.
        code: class code of the label.
        group: the slide or patient it comes from, where that is known; a split never cuts a group.
        place: where it is seen; None for the whole image ``file``.
    """

    file: str
    source: str
    code: str
    # Not in the repr: features that are kept on the disk are found again by it.
    group: str = field(default="", repr=False)
    place: Place | None = field(default=None, repr=False, compare=False)

    @property
    def number(self) -> int:
        """The number in the file's name, by which the images of a class are in order; 0 without one."""
        digits = re.findall(r"\d+", self.file.rsplit("/", 1)[-1].partition(_AT)[0])
        return int(digits[-1]) if digits else 0

    def place_in(self, folder: Path) -> Place:
        """Give where the cell is seen.

        Args:
            folder: what ``file`` is relative to, where the sample does not know its place.
        """
        return self.place or Place(folder / self.file)


def mark(box: Box | None) -> str:
    """Give what is put behind a file's name for a cell in a box of it; nothing for the whole image."""
    return f"{_AT}{box.x},{box.y},{box.width},{box.height}" if box else ""


@dataclass(frozen=True, slots=True)
class LabelledCells:
    """What was read from data sets.

    Attributes:
        samples: the labelled cells; no ``file`` is there twice. No image was decoded yet.
        problems: what was left out, with the reason; a sentence each.
    """

    samples: tuple[Sample, ...]
    problems: tuple[str, ...] = ()


def read_cell(sample: Sample) -> np.ndarray:
    """Decode the part of its image that shows a cell: (H, W, 3) uint8 RGB.

    Raises:
        ImageUnreadable: the image cannot be read, or the cell lies outside of it.
    """
    return read_place(sample.place_in(Path()))


def fingerprint(samples: Sequence[Sample], held: Collection[str]) -> str:
    """Give a short mark of labelled cells, of their labels, and of which are kept back."""
    rows = sorted([each.file, each.source, each.code, each.file in held] for each in samples)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]
