"""Measures the gallery with many cells; run as ``python tests/benchmarks/bench_gallery.py [CELLS ...]``.

Pictures are drawn beforehand by the loader from one small file, so that painting is measured as a reader
meets it, with all pictures there. Each figure is the median of several runs, the worst beside it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.gallery import ClassPanel, GalleryPanel, Sort, Special, ThumbnailLoader
from marrowdesk.app.gallery.facts import Facts
from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CODES = MARROW.codes[:21]
RUNS = 15
BATCH = 32


def make_cells(folder: Path, count: int) -> list[Cell]:
    """Make cells with proposals and some decisions; every tenth is not classified yet."""
    rng = np.random.default_rng(1)
    image = folder / "cell.png"
    Image.fromarray(rng.integers(0, 255, (250, 250, 3), np.uint8)).save(image)
    at = datetime.now(UTC)
    cells = []
    for number in range(1, count + 1):
        prediction = None if number % 10 == 0 else propose(rng)
        review = None
        if prediction is not None and number % 7 == 0:
            review = Review(Verdict.CONFIRMED, prediction.code, "bench", at)
        cells.append(Cell(number, 1, Place(image, number), prediction, review))
    return cells


def propose(rng: np.random.Generator) -> Prediction:
    """Make a proposal."""
    return Prediction("a" * 64, CODES, rng.dirichlet(np.full(len(CODES), 0.1)).astype(np.float32), 0.5)


class Desk:
    """Gallery and class list with many cells."""

    def __init__(self, folder: Path, count: int) -> None:
        self.cells = make_cells(folder, count)
        self.model = CaseModel()
        self.loader = ThumbnailLoader()
        self.gallery = GalleryPanel(self.model, self.loader)
        self.classes = ClassPanel(self.model)
        self.gallery.bind(self.classes)
        self.gallery.resize(760, 640)
        self.classes.resize(216, 640)
        self.gallery.show()
        self.classes.show()
        self.rng = np.random.default_rng(2)

    def read(self) -> None:
        """Read what a worker reads before a case is shown."""
        self.read_beforehand = {"tally": Tally.of(self.cells), "facts": Facts.of(self.cells, MARROW)}

    def show(self) -> None:
        """Show the case."""
        self.model.show_case(None, self.cells, **self.read_beforehand)

    def paint(self) -> None:
        """Paint what is due, now."""
        self.gallery.view.viewport().repaint()

    def fill_pictures(self) -> None:
        """Put one picture under every cell: decoding is the loader's and not measured here."""
        side = self.gallery.thumbnail_side
        from PySide6.QtGui import QImage

        picture = QImage(side, side, QImage.Format.Format_RGB32)
        picture.fill(0xFF8844AA)
        for cell in self.cells:
            self.loader._kept[cell.place, side] = picture

    def measures(self) -> Iterator[tuple[str, Callable[[int], object]]]:
        """Give what is measured: a name, and what to do in run number n."""
        gallery, view, model = self.gallery, self.gallery.view, self.model
        bar = view.verticalScrollBar()
        yield "scroll one page, paint", lambda n: (bar.setValue((n + 1) * bar.pageStep()), self.paint())
        yield "jump to the middle, paint", lambda n: (bar.setValue(bar.maximum() // (2 + n)), self.paint())
        sorts = (Sort.MOST_CERTAIN, Sort.LEAST_CERTAIN, Sort.CASE, Sort.STATE)
        yield "sort", lambda n: gallery.set_sort(sorts[n % len(sorts)])
        names = (Sort.NAME, Sort.CASE)
        yield "sort by name or case order", lambda n: gallery.set_sort(names[n % 2])
        choices = ("LYT", Special.UNREVIEWED, None)
        yield "filter by class or kind", lambda n: gallery.set_class_filter(choices[n % 3])
        yield "filter by certainty", lambda n: gallery.set_filter(low=(n % 5) / 10, high=0.9)
        gallery.clear_filters()
        yield f"take {BATCH} proposals", lambda n: model.take_predictions(self.proposals(n))
        yield (
            "new order after them",
            lambda n: (
                model.take_predictions(self.proposals(RUNS + n)),
                gallery._arranger.arrange(),
            ),
        )
        yield "select all", lambda n: (gallery.select_all(), self.paint())
        yield (
            "new order, all selected",
            lambda n: (
                model.take_predictions(self.proposals(2 * RUNS + n)),
                gallery._arranger.arrange(),
            ),
        )
        clear = QItemSelectionModel.SelectionFlag.ClearAndSelect
        yield "key press: next cell, painted", lambda n: (view.look_at_position(n, clear), self.paint())

    def proposals(self, number: int) -> list[Cell]:
        """Give a batch of cells with new proposals."""
        waiting = [row for row in range(9, len(self.cells), 10)]
        rows = waiting[number * BATCH : (number + 1) * BATCH]
        return [self.model.cells[row].with_prediction(propose(self.rng)) for row in rows]

    def close(self) -> None:
        """End the threads."""
        self.loader.close()
        self.gallery.close()
        self.classes.close()


def clock(work: Callable[[int], object], runs: int = RUNS) -> list[float]:
    """Give the milliseconds of each run, the deferred events of each included."""
    times = []
    for number in range(runs):
        began = time.perf_counter()
        work(number)
        times.append(1000 * (time.perf_counter() - began))
    return times


def bench(count: int) -> None:
    """Measure with so many cells and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), count)
        print(f"\n{count:,} cells\n{'':34}{'median ms':>10}{'worst ms':>10}")
        for name, work, runs in (
            ("read for sorting, by a worker", lambda _: desk.read(), 3),
            ("show the case", lambda _: desk.show(), 3),
        ):
            report(name, clock(work, runs))
        QTest.qWait(50)
        desk.fill_pictures()
        desk.paint()
        for name, work in desk.measures():
            report(name, clock(work))
        desk.close()


def report(name: str, times: list[float]) -> None:
    """Print one line of the table."""
    print(f"{name:34}{statistics.median(times):10.1f}{max(times):10.1f}")


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    for each in [int(arg) for arg in sys.argv[1:]] or [500, 20_000, 100_000]:
        bench(each)
