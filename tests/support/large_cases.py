"""Slides and cases of any size, made in seconds: few drawn pictures under many names."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.core import edits
from marrowdesk.core.cell import Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.drawn import draw_cell
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from pathlib import Path

CODES = MARROW.codes[:21]
MODEL = ModelInfo("ab" * 32, "bench", "1", CODES)
DRAWN = ("BLA", "PMO", "MYB", "MMZ", "NGB", "NGS", "EOS", "MON", "EBO", "PEB", "LYT", "PLM")
SIDE = 250
_PICTURES = 36
_STEP = 2000  # cells written in one transaction


def linked_slide(folder: Path, count: int) -> list[Path]:
    """Fill a folder with that many images of 250 x 250 px: links to a few drawn cells; give their paths."""
    originals = folder.parent / f"{folder.name} originals"
    for each in (folder, originals):
        each.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for number in range(_PICTURES):
        pixels = draw_cell(DRAWN[number % len(DRAWN)], rng, SIDE)
        cv2.imwrite(str(originals / f"{number}.jpg"), pixels[..., ::-1])
    paths = [folder / f"cell {number}.jpg" for number in range(1, count + 1)]
    for number, path in enumerate(paths):
        os.link(originals / f"{number % _PICTURES}.jpg", path)
    return paths


def large_case(path: Path, images: list[Path], *, decided: int = 0) -> Path:
    """Write a case with a cell for each image, all with proposals, the first few decided one by one."""
    rng = np.random.default_rng(2)
    shares = rng.dirichlet(np.full(len(CODES), 0.1), len(images)).astype(np.float32)
    doubt = rng.gamma(4.0, 0.15, len(images)).astype(np.float32)
    known = [hashlib.sha256(image.read_bytes()).hexdigest() for image in images[:_PICTURES]]  # linked in turn
    with CaseFile.create(path, MARROW, "bench") as case:
        slide = case.add_slide("slide", images[0].parent)
        case.add_model(MODEL)
        for start in range(0, len(images), _STEP):
            part = range(start, min(start + _STEP, len(images)))
            hashes = (known[at % _PICTURES] for at in part)
            new = [
                NewCell(Place(images[at]), sha256, SIDE, SIDE)
                for at, sha256 in zip(part, hashes, strict=True)
            ]
            cells = case.add_cells(slide.id, new)
            proposals = [
                StoredPrediction(cell.id, shares[at], float(doubt[at]))
                for at, cell in zip(part, cells, strict=True)
            ]
            case.add_predictions(MODEL.sha256, proposals)
        for cell in case.cells()[:decided]:
            case.record(edits.confirm([cell], "bench", datetime.now(UTC)))
    return path
