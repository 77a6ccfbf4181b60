"""Labelled cells for training: the manifest, the split kept in a file, and the store of prepared crops."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import METHOD, Recipe, standardise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MARGIN = 1.3
"""How much wider than the network's window the stored crops are, so that they can be turned and shifted."""

HELD_OUT_SHARE = 0.15
"""Share of each class of each source that the training never sees."""

FEWEST = 100
"""Classes with fewer cells than this in a source are no training material there; they are all held out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image.

    Attributes:
        file: path relative to the data folder, with forward slashes.
        source: name of the data set (laboratory) it comes from.
        code: class code of the label.
    """

    file: str
    source: str
    code: str

    @property
    def number(self) -> int:
        """The number in the file's name, by which the images of a class are in order; 0 without one."""
        digits = re.findall(r"\d+", self.file.rsplit("/", 1)[-1])
        return int(digits[-1]) if digits else 0


def read_manifest(manifest: Path) -> list[Sample]:
    """Read a manifest with the columns ``file``, ``source`` and ``marrow_class``.

    Raises:
        MarrowdeskError: the file is missing or lacks a column.
    """
    try:
        with manifest.open(encoding="utf-8", newline="") as stream:
            return [Sample(row["file"], row["source"], row["marrow_class"]) for row in csv.DictReader(stream)]
    except OSError as error:
        raise MarrowdeskError(
            f"The manifest {manifest} cannot be read: {error.strerror}.", "Give the path of a manifest.csv."
        ) from error
    except KeyError as error:
        raise MarrowdeskError(
            f"The manifest {manifest} has no column {error}.",
            "It needs the columns file, source and marrow_class.",
        ) from error


def hold_out(
    samples: Sequence[Sample], share: float = HELD_OUT_SHARE, fewest: int = FEWEST, seed: int = 7
) -> set[str]:
    """Choose the cells that are kept back: three runs of consecutive image numbers of each class and source.

    Neighbouring numbers are often of one patient, so runs are a more honest test than single images drawn by
    chance. Classes with fewer than ``fewest`` images in a source are kept back as a whole.

    Returns:
        The files that are kept back.
    """
    rng = np.random.default_rng(seed)
    groups: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.source, sample.code].append(sample)
    held: set[str] = set()
    for key in sorted(groups):
        ordered = sorted(groups[key], key=lambda sample: (sample.number, sample.file))
        if len(ordered) < fewest:
            held.update(sample.file for sample in ordered)
            continue
        length = round(len(ordered) * share / 3)
        third = len(ordered) // 3
        for part in range(3):
            start = part * third + int(rng.integers(0, third - length + 1))
            held.update(sample.file for sample in ordered[start : start + length])
    return held


def write_split(path: Path, samples: Sequence[Sample], held: set[str]) -> None:
    """Write the cells that are kept back as CSV (file, source, class), in the order of ``samples``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "source", "class"])
        writer.writerows([each.file, each.source, each.code] for each in samples if each.file in held)


def read_split(path: Path) -> set[str]:
    """Read the files that are kept back, as written by :func:`write_split`.

    Raises:
        MarrowdeskError: the file is missing.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return {row["file"] for row in csv.DictReader(stream)}
    except OSError as error:
        raise MarrowdeskError(
            f"The split {path} cannot be read: {error.strerror}.",
            "Give the CSV that `marrowdesk train` wrote beside its checkpoints.",
        ) from error


@dataclass(frozen=True, slots=True)
class Store:
    """Prepared crops of all readable samples.

    Attributes:
        samples: the samples whose image could be read.
        crops: (N, S, S, 3) uint8 RGB, memory-mapped, S = round(side · MARGIN); at one scale, white point and
            sharpness, without the mask.
        problems: what could not be read, with the reason.
    """

    samples: tuple[Sample, ...]
    crops: np.ndarray
    problems: tuple[str, ...]


def _key(samples: Sequence[Sample], recipe: Recipe) -> str:
    told = json.dumps([METHOD, asdict(recipe), MARGIN, [sample.file for sample in samples]])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def open_store(data: Path, samples: Sequence[Sample], recipe: Recipe, folder: Path) -> Store:
    """Open the store of prepared crops, making it first where it is not there.

    Args:
        data: folder that the samples' files are relative to.
        samples: the labelled images.
        recipe: how the cells are prepared.
        folder: where the store lies; it needs about 85 KB a cell.
    """
    stem = folder / f"crops-{_key(samples, recipe)}"
    listing = stem.with_suffix(".json")
    if not listing.exists():
        _make_store(data, samples, recipe, stem)
    told = json.loads(listing.read_text(encoding="utf-8"))
    crops = np.load(stem.with_suffix(".npy"), mmap_mode="r")
    kept = tuple(Sample(*row) for row in told["samples"])
    return Store(kept, crops[: len(kept)], tuple(told["problems"]))


def _make_store(data: Path, samples: Sequence[Sample], recipe: Recipe, stem: Path) -> None:
    from tqdm import tqdm

    from marrowdesk.core.errors import ImageUnreadable
    from marrowdesk.imaging.decode import read_image

    stem.parent.mkdir(parents=True, exist_ok=True)
    side = round(recipe.side * MARGIN)
    crops = np.lib.format.open_memmap(
        stem.with_suffix(".npy"), mode="w+", dtype=np.uint8, shape=(len(samples), side, side, 3)
    )
    kept: list[list[str]] = []
    problems: list[str] = []
    for sample in tqdm(samples, desc="preparing cells", unit="cell"):
        try:
            image = read_image(data / sample.file)
        except ImageUnreadable as error:
            problems.append(str(error))
            continue
        crops[len(kept)] = standardise(image, recipe, MARGIN)[0]
        kept.append([sample.file, sample.source, sample.code])
    crops.flush()
    listing = json.dumps({"samples": kept, "problems": problems})
    stem.with_suffix(".json").write_text(listing, encoding="utf-8")
