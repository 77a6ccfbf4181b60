"""The store of prepared crops: every cell cut out once and kept, so that training reads fast."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import time
import uuid
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.decode import read_place
from marrowdesk.inference.preprocess import METHOD, Recipe, standardise
from marrowdesk.training.checkpoint import AGAIN, writing
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

_DRAFT_S = 24 * 3600
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Store:
    """Prepared crops of all readable samples.

    Attributes:
        samples: the samples whose image could be read.
        crops: (N, S, S, 3) uint8 RGB, memory-mapped, S = round(side · MARGIN); at one scale, white point and
            sharpness, without the mask.
        problems: what could not be read, with the reason.
        key: short mark of all that the crops depend on, the files they come from too.
    """

    samples: tuple[Sample, ...]
    crops: np.ndarray
    problems: tuple[str, ...]
    key: str = ""


def open_store(data: Path, samples: Sequence[Sample], recipe: Recipe, folder: Path) -> Store:
    """Open the store of prepared crops, making it first where it is not there or cannot be read.

    Args:
        data: folder that the files of samples are relative to which do not know their place.
        samples: the labelled cells.
        recipe: how the cells are prepared.
        folder: where the store lies; it needs about 85 KB a cell.

    Raises:
        MarrowdeskError: the store cannot be written.
    """
    key = _key(data, samples, recipe)
    stem = folder / f"crops-{key}"
    _clear_drafts(folder)
    # Not there, cut off, or something else: made anew.
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        return _read_store(stem, samples, key)
    _make_store(data, samples, recipe, stem)
    return _read_store(stem, samples, key)


def _key(data: Path, samples: Sequence[Sample], recipe: Recipe) -> str:
    """Mark all that crops depend on.

    Where a file lies, its size and when it was written belong to it, so that other images under the same
    names, and one that was mended or replaced, are prepared anew.
    """
    files: dict[Path, tuple[str, int, int]] = {}
    cells = []
    for sample in samples:
        place = sample.place_in(data)
        if place.path not in files:  # once for all cells of a field
            files[place.path] = _state(place.path)
        box = astuple(place.box) if place.box else ()
        cells.append([sample.file, *files[place.path], place.page, *box])
    told = json.dumps([METHOD, asdict(recipe), MARGIN, cells])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _state(path: Path) -> tuple[str, int, int]:
    """Give where a file lies, its size in bytes and when it was last written, in ns."""
    whole = os.path.abspath(path)
    try:
        found = path.stat()
    except OSError:
        return whole, -1, -1
    return whole, found.st_size, found.st_mtime_ns


def _clear_drafts(folder: Path) -> None:
    """Delete what was left where the making of a store was killed."""
    for each in folder.glob("*crops-*.new"):
        with contextlib.suppress(OSError):
            # By its age, for not every network drive has locks; who is still at work has written today.
            if time.time() - each.stat().st_mtime > _DRAFT_S:
                each.unlink()


def _read_store(stem: Path, samples: Sequence[Sample], key: str) -> Store:
    told = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    crops = np.lib.format.open_memmap(stem.with_suffix(".npy"), mode="r")
    # The label is that of today's reading: the manifest may have been corrected since.
    known = {sample.file: sample for sample in samples}
    kept = tuple(known[row[0]] for row in told["samples"])
    if len(crops) != len(samples):
        raise ValueError("not the crops of these cells")
    return Store(kept, crops[: len(kept)], tuple(told["problems"]), key)


def _make_store(data: Path, samples: Sequence[Sample], recipe: Recipe, stem: Path) -> None:
    side = round(recipe.side * MARGIN)
    shape = (len(samples), side, side, 3)
    whole, listing = stem.with_suffix(".npy"), stem.with_suffix(".json")
    need = (
        f"It takes {math.prod(shape) / 1e6:,.1f} MB: make room on the disk, or give a folder on another one."
    )
    # Another process may be making the same store, or this one be killed half-way.
    draft = stem.with_name(f"{stem.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        with writing(whole, need):
            stem.parent.mkdir(parents=True, exist_ok=True)
            _reserve(draft, shape)
        crops = np.lib.format.open_memmap(draft, mode="r+")
        told = _fill(crops, data, samples, recipe)
        with writing(whole, need):
            crops.flush()
            del crops
            os.replace(draft, whole)
    finally:
        with contextlib.suppress(OSError):  # there is none any more; else it is deleted a day later
            draft.unlink()
    with writing(listing, AGAIN):
        write_atomically(listing, json.dumps(told).encode())


def _fill(
    crops: np.ndarray, data: Path, samples: Sequence[Sample], recipe: Recipe
) -> dict[str, list[list[str]] | list[str]]:
    """Write the crops of the cells that can be read, one after the other; give the listing of the store."""
    from tqdm import tqdm

    def prepare(sample: Sample) -> np.ndarray | str:
        """Prepare a cell; or say why that is impossible."""
        try:
            image = read_place(sample.place_in(data))
        except ImageUnreadable as error:
            return str(error)
        return standardise(image, recipe, MARGIN)[0]

    kept: list[list[str]] = []
    problems: list[str] = []
    prepared = tqdm(spread(prepare, samples), total=len(samples), desc="preparing cells", unit="cell")
    for sample, crop in zip(samples, prepared, strict=True):
        if isinstance(crop, str):
            problems.append(f"{sample.file}: {crop}")
            continue
        crops[len(kept)] = crop
        kept.append([sample.file, sample.source, sample.code])
    return {"samples": kept, "problems": problems}


def _reserve(path: Path, shape: tuple[int, ...]) -> None:
    """Make an array file of zeros, uint8, that has all of its place on the disk.

    Otherwise the system would end the program without a word, where the disk fills while crops are written
    into the file's memory map.
    """
    with path.open("xb") as stream:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        stream.flush()
        start, end = stream.tell(), stream.tell() + math.prod(shape)
        if not _reserved(stream.fileno(), end):
            for at in range(start, end, _BLOCK):
                stream.write(bytes(min(_BLOCK, end - at)))


def _reserved(handle: int, size: int) -> bool:
    """Ask the system for the place of an open file; tell whether it can do so at all."""
    if not hasattr(os, "posix_fallocate"):
        return False
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
            raise
        return False
    return True
