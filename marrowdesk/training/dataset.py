"""The store of prepared crops: every cell cut out once and kept, so that training reads fast."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.decode import read_place
from marrowdesk.inference.preprocess import METHOD, Recipe, standardise
from marrowdesk.store.atomic import write_atomically
from marrowdesk.training.reading.manifest import read_manifest
from marrowdesk.training.samples import Sample
from marrowdesk.training.split_file import read_split, write_split
from marrowdesk.training.splits import FEWEST, HELD_OUT_SHARE, hold_out
from marrowdesk.training.spread import spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "FEWEST", "HELD_OUT_SHARE", "MARGIN", "Sample", "Store", "hold_out", "open_store", "read_manifest",
    "read_split", "write_split",
]  # fmt: skip

MARGIN = 1.3
"""How much wider than the network's window the stored crops are, so that they can be turned and shifted."""


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


def _key(samples: Sequence[Sample], recipe: Recipe, sizes: Sequence[int] | None = None) -> str:
    told = [METHOD, asdict(recipe), MARGIN, [sample.file for sample in samples]]
    text = json.dumps(told if sizes is None else [*told, sizes])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _find(samples: Sequence[Sample], recipe: Recipe, data: Path, folder: Path) -> Path:
    """Give the store's path without ending.

    It is found by the cells' names and the sizes of their files, so that other images under the same names,
    and one that was mended, are prepared anew. Stores of earlier versions are found by the names alone.
    """
    earlier = folder / f"crops-{_key(samples, recipe)}"
    if earlier.with_suffix(".json").exists():
        return earlier
    sizes = [_size(sample.place_in(data).path) for sample in samples]
    return folder / f"crops-{_key(samples, recipe, sizes)}"


def open_store(data: Path, samples: Sequence[Sample], recipe: Recipe, folder: Path) -> Store:
    """Open the store of prepared crops, making it first where it is not there.

    Args:
        data: folder that the files of samples are relative to which do not know their place.
        samples: the labelled cells.
        recipe: how the cells are prepared.
        folder: where the store lies; it needs about 85 KB a cell.
    """
    stem = _find(samples, recipe, data, folder)
    listing = stem.with_suffix(".json")
    if not listing.exists():
        _make_store(data, samples, recipe, stem)
    told = json.loads(listing.read_text(encoding="utf-8"))
    crops = np.load(stem.with_suffix(".npy"), mmap_mode="r")
    # The label is that of today's reading: the manifest may have been corrected since.
    known = {sample.file: sample for sample in samples}
    kept = tuple(known[row[0]] for row in told["samples"])
    return Store(kept, crops[: len(kept)], tuple(told["problems"]))


def _make_store(data: Path, samples: Sequence[Sample], recipe: Recipe, stem: Path) -> None:
    from tqdm import tqdm

    def prepare(sample: Sample) -> np.ndarray | str:
        """Prepare a cell; or say why that is impossible."""
        try:
            image = read_place(sample.place_in(data))
        except ImageUnreadable as error:
            return str(error)
        return standardise(image, recipe, MARGIN)[0]

    stem.parent.mkdir(parents=True, exist_ok=True)
    side = round(recipe.side * MARGIN)
    # Another process may be making the same store, or this one be killed half-way.
    draft = stem.with_name(f"{stem.name}.{uuid.uuid4().hex[:8]}.new")
    shape = (len(samples), side, side, 3)
    crops = np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=shape)
    kept: list[list[str]] = []
    problems: list[str] = []
    try:
        prepared = tqdm(spread(prepare, samples), total=len(samples), desc="preparing cells", unit="cell")
        for sample, crop in zip(samples, prepared, strict=True):
            if isinstance(crop, str):
                problems.append(f"{sample.file}: {crop}")
                continue
            crops[len(kept)] = crop
            kept.append([sample.file, sample.source, sample.code])
        crops.flush()
        del crops
        os.replace(draft, stem.with_suffix(".npy"))
    finally:
        draft.unlink(missing_ok=True)
    listing = json.dumps({"samples": kept, "problems": problems})
    write_atomically(stem.with_suffix(".json"), listing.encode())
