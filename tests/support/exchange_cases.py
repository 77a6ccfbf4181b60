"""Cases to hand on: of drawn cells, some of them decided on, some lying as boxes in a larger image."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from marrowdesk.core import edits
from marrowdesk.core.cell import Box, Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from pathlib import Path

MODEL = ModelInfo("ab" * 32, "sample model", "1.0", ("BLA", "LYT", "NGS"))
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def pixels(side: int, seed: int) -> np.ndarray:
    """Give noise; uint8 RGB, shape (side, side, 3)."""
    return np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)


def make_case(
    file: Path,
    slide: Path,
    *,
    single: int = 6,
    boxes: int = 0,
    decided: int = 0,
    title: str = "M-1",
    **fields: str,
) -> Path:
    """Make a case with proposals; the first ``decided`` cells are given a class by a reader.

    Args:
        file: of the case.
        slide: folder for its images.
        single: cells that are an image each.
        boxes: cells in one larger image, after those.
        decided: how many are blasts by a reader's decision.
        title: of the case.
        fields: of its header.
    """
    slide.mkdir(parents=True)
    with CaseFile.create(file, MARROW, title) as case:
        smear = case.add_slide(slide.name, slide)
        case.add_cells(smear.id, [*_single(slide, single), *_boxes(slide, boxes)])
        case.add_model(MODEL)
        shares = np.array([0.1, 0.8, 0.1], np.float32)
        case.add_predictions(MODEL.sha256, [StoredPrediction(each.id, shares, 0.25) for each in case.cells()])
        if decided:
            case.record(edits.assign(case.cells()[:decided], "BLA", "blast", "A. Reader", NOON))
        for name, text in fields.items():
            case.set_field(name, text)
    return file


def _single(slide: Path, count: int) -> list[NewCell]:
    made = []
    for at in range(count):
        path = slide / f"Mustermann_{at:02}.png"
        Image.fromarray(pixels(32, at)).save(path)
        made.append(NewCell(Place(path), hashlib.sha256(path.read_bytes()).hexdigest(), 32, 32))
    return made


def _boxes(slide: Path, count: int) -> list[NewCell]:
    if not count:
        return []
    path = slide / "Mustermann field.png"
    Image.fromarray(pixels(120, 99)).save(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return [NewCell(Place(path, box=Box(10 * at, 7 * at, 24, 20)), sha256, 120, 120) for at in range(count)]
