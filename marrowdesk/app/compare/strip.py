"""Cells beside the one in doubt: those laid aside, the nearest reviewed ones, those of its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.compare.neighbours import NOTHING_NEAR, Near, Neighbours
from marrowdesk.app.gallery.thumbnails import ThumbnailLoader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.app.case_model import CaseModel

SIDE = 88
"""Side of the pictures, px: all cells of the strip are shown at this one scale."""

_GAP, _EDGE, _TITLE = 6, 10, 132
_MOST = 24
_CALM = 120  # milliseconds that the reader must rest on a cell
_BUDGET = 24 * 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the strip.

    Attributes:
        title: what its cells are.
        rows: their rows in the case.
        notes: what stands below each.
        empty: what is said where there are none.
    """

    title: str
    rows: tuple[int, ...]
    notes: tuple[str, ...]
    empty: str


class CompareStrip(QWidget):
    """Lies over the lower part of the gallery while a key is held, or until it is closed.

    All cells are shown at one scale. A click goes to a cell.

    Signals:
        cell_chosen: a cell was clicked; its row.
    """

    cell_chosen = Signal(int)

    def __init__(self, model: CaseModel, over: QWidget) -> None:
        """Make the strip, hidden.

        Args:
            model: the open case.
            over: the widget that it lies over.
        """
        super().__init__(over)
        self._model = model
        self._tray: list[int] = []
        self._near = NOTHING_NEAR
        self._held = self._pinned = False
        self._lines: list[Line] = []
        self._places: list[tuple[QRect, int]] = []
        self._pictures = ThumbnailLoader(self, budget=_BUDGET)
        self._pictures.arrived.connect(lambda _: self.update())
        self._neighbours = Neighbours(model, self)
        self._neighbours.found.connect(self._take)
        self._calm = QTimer(self, interval=_CALM, singleShot=True)
        self._calm.timeout.connect(self._ask)
        self.setAccessibleName(self.tr("Cells to compare with"))
        self.setMouseTracking(True)
        self.hide()
        over.installEventFilter(self)
        model.reset.connect(self._forget)
        model.current_changed.connect(lambda _: self._follow())
        model.changed.connect(lambda _: self._follow())

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def tray(self) -> tuple[int, ...]:
        """Rows of the cells laid aside, in the order they were."""
        return tuple(self._tray)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown, from top to bottom."""
        return tuple(self._lines)

    def hold(self, held: bool) -> None:
        """Show the strip while a key is held."""
        self._held = held
        self._appear()

    def pin(self, pinned: bool) -> None:
        """Show the strip until it is unpinned."""
        self._pinned = pinned
        self._appear()

    def toggle_current(self) -> None:
        """Lay the current cell aside, or put it back."""
        row = self._model.current
        if row < 0:
            return
        if row in self._tray:
            self._tray.remove(row)
        else:
            self._tray = [*self._tray, row][-_MOST:]
        self._follow()

    def close(self) -> bool:
        """End the threads that read pictures."""
        self._pictures.close()
        return super().close()

    def _forget(self) -> None:
        self._tray, self._near = [], NOTHING_NEAR
        self._pictures.forget()
        self._follow()

    def _appear(self) -> None:
        shown = (self._held or self._pinned) and bool(self._model.cells)
        if shown and not self.isVisible():
            self._ask()
        self.setVisible(shown)
        self._follow()

    def _follow(self) -> None:
        if self.isVisible():
            self._lay_out()
            self._calm.start()

    def _ask(self) -> None:
        if self._model.current >= 0:
            self._neighbours.ask(self._model.current, _MOST)

    def _take(self, near: Near) -> None:
        self._near = near
        if self.isVisible():
            self._lay_out()

    # -- laying out -----------------------------------------------------------------------------------

    def _columns(self) -> int:
        return max(1, (self.parentWidget().width() - _TITLE - 2 * _EDGE) // (SIDE + _GAP))

    def _lay_out(self) -> None:
        fits = self._columns()
        self._lines = [line for line in self._said(fits) if line is not None]
        line = SIDE + _GAP + self.fontMetrics().height() + 2
        over = self.parentWidget().rect()
        height = min(over.height(), len(self._lines) * line + 2 * _EDGE)
        self.setGeometry(0, over.height() - height, over.width(), height)
        self.raise_()
        self._places = []
        for at, each in enumerate(self._lines):
            top = _EDGE + at * line
            for column, row in enumerate(each.rows):
                left = _EDGE + _TITLE + column * (SIDE + _GAP)
                self._places.append((QRect(left, top, SIDE, SIDE), row))
        side = round(SIDE * self.devicePixelRatioF())
        self._pictures.want((self._model.cells[row].place for _, row in self._places), side)
        self.update()

    def _said(self, fits: int) -> Iterable[Line | None]:
        cells, current = self._model.cells, self._model.current
        if self._tray:
            rows = tuple(self._tray[-fits:])
            yield Line(self.tr("Laid aside"), rows, self._codes(rows), "")
        cell = cells[current] if current >= 0 else None
        near = self._near if cell is not None and self._near.cell == cell.id else NOTHING_NEAR
        rows = near.rows[:fits]
        notes = tuple(
            f"{cells[row].code}  {numbers.whole_percent(round(100 * max(0.0, like)))}"
            for row, like in zip(rows, near.similarity, strict=False)
        )
        yield Line(self.tr("Most alike, of\nthe reviewed"), rows, notes, self.tr("No reviewed cell yet."))
        code = cell.code if cell is not None else None
        if code is None:
            return
        rows = self._of_class(code, current)[:fits]
        name = self._model.scheme[code].name if code in self._model.scheme else code
        nobody = self.tr("No other cell is reviewed as this.")
        yield Line(self.tr("Reviewed as\n{}").format(name), rows, self._codes(rows), nobody)

    def _codes(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._model.cells[row].code or "" for row in rows)

    def _of_class(self, code: str, current: int) -> tuple[int, ...]:
        """Give the cells that a reader gave a class, those of which the model was most certain first."""
        rows = [
            row
            for row, cell in enumerate(self._model.cells)
            if row != current and cell.review is not None and cell.review.code == code
        ]

        def certainty(row: int) -> float:
            prediction = self._model.cells[row].prediction
            return prediction.confidence if prediction is not None and prediction.code == code else 0.0

        return tuple(sorted(rows, key=certainty, reverse=True)[:_MOST])

    # -- painting -------------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint titles, pictures and notes."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
        painter.drawLine(0, 1, self.width(), 1)
        line = SIDE + _GAP + self.fontMetrics().height() + 2
        ink = palette.color(QPalette.ColorRole.Text)
        for at, each in enumerate(self._lines):
            top = _EDGE + at * line
            painter.setPen(ink)
            room = QRect(_EDGE, top, _TITLE - 8, SIDE)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(flags), each.title)
            if not each.rows:
                painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
                rest = QRect(_EDGE + _TITLE, top, self.width() - _TITLE - 2 * _EDGE, SIDE)
                painter.drawText(rest, int(flags), each.empty)
            for column, note in enumerate(each.notes):
                left = _EDGE + _TITLE + column * (SIDE + _GAP)
                below = QRect(left, top + SIDE + 1, SIDE, self.fontMetrics().height() + 1)
                painter.setPen(ink)
                painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), note)
        side = round(SIDE * self.devicePixelRatioF())
        for place, row in self._places:
            self._paint_cell(painter, place, row, side)

    def _paint_cell(self, painter: QPainter, place: QRect, row: int, side: int) -> None:
        cell = self._model.cells[row]
        picture = self._pictures.picture(cell.place, side)
        if isinstance(picture, QImage):
            painter.drawImage(place, picture)
        else:
            painter.fillRect(place, QColor(128, 128, 128, 40))
        code, scheme = cell.code, self._model.scheme
        color = scheme[code].color if code is not None and code in scheme else "#868e96"
        painter.setPen(QPen(QColor(color), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        """Give a size; the place over the gallery decides."""
        return QSize(600, SIDE + 2 * _EDGE)

    # -- events ---------------------------------------------------------------------------------------

    def row_at(self, point: QPoint) -> int:
        """Give the row of the cell under a point, or -1."""
        return next((row for place, row in self._places if place.contains(point)), -1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the cell that was clicked."""
        row = self.row_at(event.position().toPoint())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.cell_chosen.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep the press from what lies below."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Name the cell under the mouse."""
        row = self.row_at(event.position().toPoint())
        text = self._model.cells[row].name if row >= 0 else ""
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the lower edge of what it lies over."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._lay_out()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the new size."""
        super().resizeEvent(event)
        self.update()
