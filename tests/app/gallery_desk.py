"""A gallery and a class list over a real case of small drawn pictures, for the tests of both."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.gallery import ClassPanel, GalleryPanel, ThumbnailLoader
from marrowdesk.core.cell import Box, Cell, Place, Prediction
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

CODES = MARROW.codes
MODEL = ModelInfo("ab" * 32, "gallery sample", "1", CODES)
Held = Qt.KeyboardModifier


def shares(code: str, confidence: float) -> np.ndarray:
    """Give probabilities with a class on top."""
    found = np.full(len(CODES), (1 - confidence) / (len(CODES) - 1), np.float32)
    found[CODES.index(code)] = confidence
    return found


def proposed(cell: Cell, code: str, confidence: float = 0.9, doubt: float = 0.5) -> Cell:
    """Give a cell with a proposal."""
    return cell.with_prediction(Prediction(MODEL.sha256, CODES, shares(code, confidence), doubt))


def loose_cells(path: Path, count: int, codes: Sequence[str | None] = ("LYT",)) -> list[Cell]:
    """Give cells without a case, many boxes in one picture; the codes come round and round."""
    cells = []
    for number in range(count):
        box = Box(number % 200, number // 200 % 200, 60, 60)
        cell = Cell(number + 1, 1, Place(path, 0, box))
        code = codes[number % len(codes)]
        cells.append(cell if code is None else proposed(cell, code, 0.5 + (number * 7919 % 997) / 2000))
    return cells


def draw_picture(path: Path) -> Path:
    """Write a picture that is no single colour."""
    rng = np.random.default_rng(5)
    cv2.imwrite(str(path), cv2.resize(rng.integers(60, 200, (26, 26, 3), np.uint8), (260, 260)))
    return path


def make_case(folder: Path, proposals: Sequence[tuple[str, float] | None]) -> CaseFile:
    """Make a case file with a picture a cell; None leaves a cell without a proposal."""
    slide_folder = folder / "slide"
    slide_folder.mkdir(parents=True, exist_ok=True)
    case = CaseFile.create(folder / "gallery.mdcase", MARROW, "gallery")
    slide = case.add_slide("slide", slide_folder)
    new = []
    for number in range(len(proposals)):
        path = slide_folder / f"cell {number}.png"
        color = (40 + 3 * number % 150, 90, 200 - 2 * number % 150)
        cv2.imwrite(str(path), np.full((50, 50, 3), color, np.uint8))
        path.write_bytes(path.read_bytes() + f"{number}".encode())  # many have the same colour
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        new.append(NewCell(Place(path), sha256, 50, 50))
    cells = case.add_cells(slide.id, new)
    case.add_model(MODEL)
    case.add_predictions(
        MODEL.sha256,
        [
            StoredPrediction(cell.id, shares(*proposal), 0.5)
            for cell, proposal in zip(cells, proposals, strict=True)
            if proposal is not None
        ],
    )
    return case


class Desk:
    """What a reader has in front: gallery and class list over one case."""

    def __init__(self, width: int = 700, height: int = 500) -> None:
        self.model = CaseModel()
        self.model.reader = "AK"
        self.loader = ThumbnailLoader()
        self.gallery = GalleryPanel(self.model, self.loader)
        self.classes = ClassPanel(self.model)
        self.gallery.bind(self.classes)
        self.gallery.resize(width, height)
        self.classes.resize(216, 700)
        self.gallery.show()
        self.classes.show()
        self.view = self.gallery.view
        self.case: CaseFile | None = None

    def open(self, case: CaseFile) -> None:
        """Show a case."""
        self.case = case
        self.model.show_case(case, case.cells())
        QTest.qWait(1)

    def show_loose(self, cells: Sequence[Cell]) -> None:
        """Show cells that belong to no case file."""
        self.model.show_case(None, cells)
        QTest.qWait(1)

    def close(self) -> None:
        """Close everything."""
        self.loader.close()
        self.gallery.close()
        self.classes.close()
        self.gallery.deleteLater()
        self.classes.deleteLater()
        if self.case is not None:
            self.case.close()

    # -- what a reader does ---------------------------------------------------------------------------

    def place(self, row: int) -> QPoint:
        """Give the middle of a cell's picture in the viewport."""
        position = self.gallery._cells.position_of(row)
        assert position >= 0, f"row {row} is not shown"
        return self.view.visualRect(self.view.model().index(position, 0)).center()

    def click(self, row: int, held: Held = Held.NoModifier) -> None:
        """Click a cell."""
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, held, self.place(row))

    def pull(self, start: QPoint, end: QPoint, held: Held = Held.NoModifier) -> None:
        """Press at a point of the viewport, pull to another, release there."""
        pull(self.view.viewport(), start, end, held)

    def press(self, key: Qt.Key, held: Held = Held.NoModifier) -> None:
        """Press a key in the gallery."""
        QTest.keyClick(self.view, key, held)

    def sections(self) -> list[tuple[str, int]]:
        """Give key and number of cells of each section shown."""
        return [(section.key, section.count) for section in self.view.grid.sections]


def pull(widget: QWidget, start: QPoint, end: QPoint, held: Held = Held.NoModifier) -> None:
    """Press at a point of a widget, pull to another, release there."""
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(widget, left, held, start)
    middle = (start + end) / 2
    for point in (middle, end):
        move(widget, point, held)
    QTest.mouseRelease(widget, left, held, end)


def move(widget: QWidget, point: QPoint, held: Held = Held.NoModifier) -> None:
    """Move the mouse over a widget with the left button held, which QTest.mouseMove does not do."""
    left = Qt.MouseButton.LeftButton
    at = QPointF(point)
    event = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(widget.mapToGlobal(point)), left, left, held)
    QApplication.sendEvent(widget, event)
