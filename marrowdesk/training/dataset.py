"""The store of prepared crops: every cell cut out once and kept, so that training reads fast."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.preprocess import METHOD, Recipe, standardise
from marrowdesk.store.atomic import write_atomically
from marrowdesk.training.reading.manifest import read_manifest
from marrowdesk.training.samples import Sample
from marrowdesk.training.split_file import read_split, write_split
from marrowdesk.training.splits import FEWEST, HELD_OUT_SHARE, hold_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = [
    "FEWEST", "HELD_OUT_SHARE", "MARGIN", "Sample", "Store", "hold_out", "open_store", "read_manifest",
    "read_split", "write_split",
]  # fmt: skip

MARGIN = 1.3
"""How much wider than the network's window the stored crops are, so that they can be turned and shifted."""

_AT_ONCE = 64
"""Cells that are prepared for each processor before the next are begun."""


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

    stem.parent.mkdir(parents=True, exist_ok=True)
    side = round(recipe.side * MARGIN)
    # Another process may be making the same store, or this one be killed half-way.
    draft = stem.with_name(f"{stem.name}.{uuid.uuid4().hex[:8]}.new")
    shape = (len(samples), side, side, 3)
    crops = np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=shape)
    kept: list[list[str]] = []
    problems: list[str] = []
    try:
        prepared = _prepared(data, samples, recipe)
        shown = tqdm(prepared, total=len(samples), desc="preparing cells", unit="cell")
        for sample, crop in zip(samples, shown, strict=True):
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


def _prepared(data: Path, samples: Sequence[Sample], recipe: Recipe) -> Iterator[np.ndarray | str]:
    """Prepare cells on all processors, in their order; of one that cannot be read, say why."""
    from marrowdesk.core.errors import ImageUnreadable
    from marrowdesk.imaging.decode import read_place

    def prepare(sample: Sample) -> np.ndarray | str:
        try:
            image = read_place(sample.place_in(data))
        except ImageUnreadable as error:
            return str(error)
        return standardise(image, recipe, MARGIN)[0]

    processors = os.cpu_count() or 1
    with ThreadPoolExecutor(processors) as pool:
        # Not all at once: what is done and not yet written waits in memory.
        for start in range(0, len(samples), _AT_ONCE * processors):
            yield from pool.map(prepare, samples[start : start + _AT_ONCE * processors])
