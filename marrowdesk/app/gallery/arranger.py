"""Keeps the gallery in order while the case changes: takes changes at once, makes new orders now and then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.app.gallery.arrangement import Filter, Sort
from marrowdesk.app.gallery.ordering import Ordering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.model import GalleryModel

_REST = 0.3  # seconds between two new orders while proposals stream in
_REST_FACTOR = 12  # ... and at most this share (1/12) of the time is spent on them, however many cells


class Arranger(QObject):
    """Carries what happens to the case into the order of the gallery.

    Signals:
        case_shown: another case, or none, is shown.
        arranged: a new order is shown.
        changed: cells look different, and another number may wait to move.
        slides_changed: cells of another number of slides are in the case.
    """

    case_shown = Signal()
    arranged = Signal()
    changed = Signal()
    slides_changed = Signal()

    def __init__(
        self, case_model: CaseModel, cells: GalleryModel, busy: Callable[[], bool], parent: QObject
    ) -> None:
        """Follow a case.

        Args:
            case_model: the open case.
            cells: what the views show.
            busy: whether nothing may move just now (a mouse button is held).
            parent: owner.
        """
        super().__init__(parent)
        self._case_model = case_model
        self._cells = cells
        self._busy = busy
        self._ordering = Ordering(case_model.scheme)
        self._slides: frozenset[int] = frozenset()
        self._cost = 0.0
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._when_calm)
        case_model.reset.connect(self.show_case)
        case_model.inserted.connect(self._take_new)
        case_model.changed.connect(self._take_changes)

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._ordering.filter

    @property
    def sort(self) -> Sort:
        """The sequence in each section."""
        return self._ordering.sort

    @property
    def waiting(self) -> int:
        """How many decided cells still stand where they were."""
        return self._ordering.waiting

    @property
    def slides(self) -> frozenset[int]:
        """Numbers of the slides that have cells."""
        return self._slides

    # -- what the reader wants ------------------------------------------------------------------------

    def choose(self, **changes: object) -> bool:
        """Change parts of the filter; gives whether anything is different."""
        different = self._ordering.choose(**changes)
        if different:
            self.arrange()
        return different

    def sort_by(self, sort: Sort) -> None:
        """Choose another sequence."""
        self._ordering.sort_by(sort)
        self.arrange()

    def tidy_up(self) -> None:
        """Let all decided cells go where they belong."""
        if self.waiting:
            self._ordering.settle()
            self.arrange()

    def settle(self, rows: Iterable[int]) -> None:
        """Let these decided cells go where they belong."""
        self._ordering.settle(rows)
        self.arrange()

    def catch_up(self) -> None:
        """Make the new order that is due now, if there is one."""
        if self._soon.isActive():
            self.arrange()

    def arrange(self) -> None:
        """Make a new order."""
        self._soon.stop()
        began = time.perf_counter()
        self._cells.arrange(self._ordering.arrange())
        self._count_certain()
        self._cost = time.perf_counter() - began
        self.arranged.emit()

    # -- what happens to the case ---------------------------------------------------------------------

    def show_case(self) -> None:
        """Show another case, without filters; the sequence stays as chosen."""
        self._soon.stop()
        self._ordering.filter = Filter()
        model = self._case_model
        self._ordering.show_case(model.scheme, model.cells, model.facts)
        self._slides = frozenset(model.slides)
        self._cells.show_case(self._ordering.arrange())
        self._count_certain()
        self.case_shown.emit()
        self.slides_changed.emit()
        self.arranged.emit()

    def _take_new(self, first: int, last: int) -> None:
        new = self._case_model.cells[first : last + 1]
        self._ordering.extend(new)
        slides = self._slides | {cell.slide for cell in new}
        if slides != self._slides:
            self._slides = slides
            self.slides_changed.emit()
        if self._cells.rowCount():
            self._arrange_soon()
        else:
            self.arrange()  # the first cells are shown at once

    def _take_changes(self, rows: list[int]) -> None:
        cells = self._case_model.cells
        flows = self._ordering.update(rows, [cells[row] for row in rows])
        self._count_certain()
        self._cells.touch(rows)
        self.changed.emit()
        if flows:
            self._arrange_soon()

    def _count_certain(self) -> None:
        """Keep in step with decisions what the headers say."""
        self._cells.still_certain = self._ordering.still_certain(self._cells.order)

    def _arrange_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start(round(1000 * max(_REST, _REST_FACTOR * self._cost)))

    def _when_calm(self) -> None:
        if self._busy():
            self._arrange_soon()
        else:
            self.arrange()
