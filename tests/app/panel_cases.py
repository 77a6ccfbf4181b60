"""Small real cases for the tests of viewer and differential: flat pictures, maps with one known hot spot."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.app.case_model import CaseModel
from marrowdesk.core.cell import Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT = 120, 100
CODES = ("BLA", "PMO", "NGS", "EBO", "LYT", "ART")
MODEL = ModelInfo("cd" * 32, "panel sample", "1", CODES)
WINDOW = (-10.0, -20.0, 140.0, 140.0)
GRID = 7
HOT = {code: (at, GRID - 1 - at) for at, code in enumerate(CODES)}
"""Row and column of the hot spot in the map of each class."""


def color_of(number: int) -> tuple[int, int, int]:
    """Give the one colour (RGB) of the picture of cell ``number``, counted from 0."""
    return (40 + 11 * number) % 256, (90 + 37 * number) % 256, (200 - 23 * number) % 256


def hot_point(code: str) -> tuple[float, float]:
    """Give the middle of a class's hot spot in pixels of the picture."""
    row, column = HOT[code]
    left, top, width, height = WINDOW
    return left + (column + 0.5) * width / GRID, top + (row + 0.5) * height / GRID


def probabilities(code: str, top: float = 0.7) -> np.ndarray:
    """Give probabilities with a class on top; the others differ from each other."""
    rest = np.arange(1, len(CODES) + 1, dtype=np.float32)
    rest[CODES.index(code)] = 0
    shares = rest / rest.sum() * (1 - top)
    shares[CODES.index(code)] = top
    return shares.astype(np.float32)


def maps() -> np.ndarray:
    """Give a map a class: evidence at its hot spot, something against it everywhere else."""
    found = np.full((len(CODES), GRID, GRID), -1.0, np.float32)
    for at, code in enumerate(CODES):
        found[(at, *HOT[code])] = 9.0
    return found


def proposal(cell_id: int, code: str, doubt: float = 0.3) -> StoredPrediction:
    """Give a prediction with maps."""
    return StoredPrediction(cell_id, probabilities(code), doubt, maps(), WINDOW)


def make_case(folder: Path, codes: list[str], references: list[str | None] | None = None) -> CaseFile:
    """Make a case file with a picture for each code, proposed as that class."""
    slide_folder = folder / "slide"
    slide_folder.mkdir(parents=True)
    case = CaseFile.create(folder / "panels.mdcase", MARROW, "panels")
    slide = case.add_slide("slide", slide_folder)
    new = []
    for number in range(len(codes)):
        path = slide_folder / f"cell {number:03}.png"
        picture = np.full((HEIGHT, WIDTH, 3), color_of(number)[::-1], np.uint8)
        cv2.imwrite(str(path), picture)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        new.append(NewCell(Place(path), sha256, WIDTH, HEIGHT, references[number] if references else None))
    cells = case.add_cells(slide.id, new)
    case.add_model(MODEL)
    case.add_predictions(
        MODEL.sha256, [proposal(cell.id, code) for cell, code in zip(cells, codes, strict=True)]
    )
    return case


def model_of(case: CaseFile) -> CaseModel:
    """Show a case in a model of its own."""
    model = CaseModel()
    model.reader = "R. Eader"
    model.show_case(case, case.cells())
    return model
