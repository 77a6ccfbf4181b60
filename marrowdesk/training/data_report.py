"""What a data set holds, found by decoding every image once: counts, sizes, copies, unreadable images."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.training.samples import read_cell
from marrowdesk.training.spread import spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from marrowdesk.training.samples import LabelledCells, Sample

FEW = (50, 100)
"""Classes with fewer cells than these are pointed out."""

ALMOST = 0.95
"""A class with this share of its cells from one source can be told by the look of that source's slides."""

_MODES = {
    "1": "black and white", "L": "gray", "LA": "gray with alpha", "P": "palette", "RGBA": "RGB with alpha",
    "I;16": "gray 16 bit", "I;16B": "gray 16 bit", "F": "gray floating point",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What one readable cell looks like.

    Attributes:
        width: of the picture, px.
        height: of the picture, px.
        kind: format and colour mode of its file.
        pixels: SHA-256 of shape and decoded RGB pixels: copies agree in it, whatever their files are like.
    """

    width: int
    height: int
    kind: str
    pixels: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """The readable pictures of a source.

    Attributes:
        images: how many.
        width: smallest, median and largest width, px.
        height: smallest, median and largest height, px.
        kinds: how many of each format and colour mode, the most frequent first.
    """

    images: int
    width: tuple[int, int, int]
    height: tuple[int, int, int]
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Copies:
    """Cells that are the same picture, pixel by pixel.

    Attributes:
        files: their names, two or more.
        codes: the label of each.
        split: whether some are kept back and others trained on.
    """

    files: tuple[str, ...]
    codes: tuple[str, ...]
    split: bool

    @property
    def contradict(self) -> bool:
        """Whether they have different labels."""
        return len(set(self.codes)) > 1


@dataclass(frozen=True, slots=True)
class DataReport:
    """What a data set holds.

    Attributes:
        counts: cells of each class (by code) of each source.
        pictures: the readable pictures of each source.
        unreadable: for each cell that cannot be decoded, its name and why.
        copies: pictures that are there more than once.
        left_out: what reading the data set left out.
        groups: number of slides or patients of each source, where they are known.
        ungrouped: cells whose slide or patient is not known.
    """

    counts: dict[str, dict[str, int]]
    pictures: dict[str, Pictures]
    unreadable: dict[str, str]
    copies: tuple[Copies, ...]
    left_out: tuple[str, ...]
    groups: dict[str, int]
    ungrouped: int

    def as_json(self) -> dict[str, Any]:
        """Give the report as plain values for JSON."""
        return {
            **asdict(self),
            "few": {f"under {most}": few_cells(self.counts, most) for most in FEW},
            "one_source": one_source(self.counts),
        }


def report_data(cells: LabelledCells, held: Collection[str] = ()) -> DataReport:
    """Decode every cell and tell what the data hold.

    Args:
        cells: the labelled cells.
        held: files that are kept back, to find copies on both sides of a split.
    """
    looks: dict[str, Look] = {}
    unreadable: dict[str, str] = {}
    for sample, look in zip(cells.samples, _looks(cells.samples), strict=True):
        if isinstance(look, Look):
            looks[sample.file] = look
        else:
            unreadable[sample.file] = look
    groups: dict[str, set[str]] = defaultdict(set)
    for sample in cells.samples:
        if sample.group:
            groups[sample.source].add(sample.group)
    return DataReport(
        counts=count_cells(cells.samples),
        pictures=_pictures(cells.samples, looks),
        unreadable=unreadable,
        copies=_copies(cells.samples, looks, held),
        left_out=cells.problems,
        groups={source: len(names) for source, names in sorted(groups.items())},
        ungrouped=sum(not sample.group for sample in cells.samples),
    )


def count_cells(samples: Iterable[Sample]) -> dict[str, dict[str, int]]:
    """Count cells of each class (by code) of each source."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        found[sample.source][sample.code] += 1
    return {source: dict(sorted(found[source].items())) for source in sorted(found)}


def few_cells(counts: dict[str, dict[str, int]], most: int) -> dict[str, int]:
    """Give the classes with fewer cells than ``most`` in all sources together, with how many they have."""
    totals = sum((Counter(each) for each in counts.values()), Counter())
    return {code: count for code, count in sorted(totals.items()) if count < most}


def one_source(counts: dict[str, dict[str, int]]) -> dict[str, str]:
    """Give the classes of several sources' data that come (almost) only from one, with its name."""
    if len(counts) < 2:
        return {}
    totals = sum((Counter(each) for each in counts.values()), Counter())
    return {
        code: source
        for code in sorted(totals)
        for source, own in counts.items()
        if totals[code] >= FEW[0] and own.get(code, 0) >= ALMOST * totals[code]
    }


def look_at(sample: Sample) -> Look | str:
    """Decode a cell and describe it; or say why that is impossible."""
    try:
        image = read_cell(sample)
    except ImageUnreadable as error:
        return str(error)
    height, width, _ = image.shape
    pixels = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
    return Look(width, height, _kind(sample.place_in(Path()).path), pixels)


def _looks(samples: Sequence[Sample]) -> Iterable[Look | str]:
    """Look at cells, with a bar."""
    from tqdm import tqdm

    looks = spread(look_at, samples)
    return tqdm(looks, total=len(samples), desc="reading cells", unit="cell", disable=None)


def _kind(path: Path) -> str:
    try:
        with Image.open(path) as image:
            return f"{image.format} {_MODES.get(image.mode, image.mode)}"
    except (OSError, UnidentifiedImageError):
        # A TIFF of a kind that tifffile reads and Pillow does not.
        return path.suffix.lstrip(".").upper()


def _spread(values: Sequence[int]) -> tuple[int, int, int]:
    return min(values), int(np.median(values)), max(values)


def _pictures(samples: Sequence[Sample], looks: dict[str, Look]) -> dict[str, Pictures]:
    by_source: dict[str, list[Look]] = defaultdict(list)
    for sample in samples:
        if sample.file in looks:
            by_source[sample.source].append(looks[sample.file])
    return {
        source: Pictures(
            len(found),
            _spread([look.width for look in found]),
            _spread([look.height for look in found]),
            dict(Counter(look.kind for look in found).most_common()),
        )
        for source, found in sorted(by_source.items())
    }


def _copies(samples: Sequence[Sample], looks: dict[str, Look], held: Collection[str]) -> tuple[Copies, ...]:
    same: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.file in looks:
            same[looks[sample.file].pixels].append(sample)
    return tuple(
        Copies(
            tuple(each.file for each in found),
            tuple(each.code for each in found),
            len({each.file in held for each in found}) == 2,
        )
        for found in same.values()
        if len(found) > 1
    )
