"""An item view that lays cells out in sections and lines: geometry, scrolling, moving and selecting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from marrowdesk.app.gallery.grid import Grid, Measures, Rect
from marrowdesk.app.gallery.headers import header_height

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.app.gallery.delegate import CellDelegate
    from marrowdesk.app.gallery.model import GalleryModel

Index = QModelIndex | QPersistentModelIndex
Flag = QItemSelectionModel.SelectionFlag
Move = QAbstractItemView.CursorAction

_BELOW = 8  # pixels of air under the last line
_STRIP = 6  # a rubber band must reach this far into a cell


class GridView(QAbstractItemView):
    """Geometry of the gallery on the screen; what it shows and how it is painted is left to its child.

    Model row, position and index row are the same number here. Cells of collapsed sections are hidden: no
    key, click or band can select them.
    """

    def __init__(self, model: GalleryModel, delegate: CellDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self._delegate = delegate
        self._collapsed: set[str] = set()
        self._grid = Grid((), Measures(1, 1, 1, 1))
        self._selected: np.ndarray | None = None
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # a bar that comes and goes would change the width, and with it the lines
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAutoScroll(False)  # only keys and go_to scroll; a click must not move what is under it
        self.setModel(model)
        self.selectionModel().selectionChanged.connect(self._forget_selected)

    # -- laying out -----------------------------------------------------------------------------------

    @property
    def grid(self) -> Grid:
        """Where everything lies, in pixels of the whole content."""
        return self._grid

    def lay_out(self) -> None:
        """Compute all places anew."""
        size = self._delegate.cell_size(self.font())
        width = max(1, self.viewport().width())
        measures = Measures(width, size.width(), size.height(), header_height(self.font()))
        self._grid = Grid(self._cells.sections, measures, self._collapsed)
        self._selected = None
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the content."""
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setRange(0, max(0, self._grid.height + _BELOW - height))
        bar.setPageStep(max(1, height - self._grid.measures.header))
        bar.setSingleStep(max(8, self._grid.measures.cell_height // 3))  # three steps are one notch, one line
        super().updateGeometries()

    @property
    def collapsed(self) -> frozenset[str]:
        """Keys of the sections whose cells are hidden."""
        return frozenset(self._collapsed)

    def horizontalOffset(self) -> int:
        """Give 0: lines always fit the width."""
        return 0

    def verticalOffset(self) -> int:
        """Give how far the content is scrolled, pixels."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        """Say whether the section of a cell is collapsed."""
        return index.row() < self._grid.count and self._grid.hidden(index.row())

    # -- points and places ----------------------------------------------------------------------------

    def on_screen(self, place: Rect) -> QRect:
        """Give a place in pixels of the viewport."""
        return QRect(place.x, place.y - self.verticalOffset(), place.width, place.height)

    def visualRect(self, index: Index) -> QRect:
        """Give the place of a cell in the viewport; empty while its section is collapsed."""
        if not index.isValid() or index.row() >= self._grid.count or self._grid.hidden(index.row()):
            return QRect()
        return self.on_screen(self._grid.rect(index.row()))

    def sticky(self) -> tuple[int, int]:
        """Give the section whose header sticks to the upper edge and its height there; (-1, 0) for none."""
        offset = self.verticalOffset()
        section = self._grid.section_at(offset)
        if section < 0 or self._grid.header(section).y >= offset or offset >= self._grid.height:
            return -1, 0
        pushed = self._grid.bottom(section) - self._grid.measures.header - offset
        return section, min(0, pushed)

    def headers(self) -> list[tuple[int, QRect]]:
        """Give the headers on the screen with their places, the one that sticks to the upper edge last."""
        offset, measures = self.verticalOffset(), self._grid.measures
        found = [
            (section, self._grid.header(section).y - offset)
            for section in self._grid.sections_between(offset, offset + self.viewport().height())
        ]
        section, top = self.sticky()
        if section >= 0:
            found.append((section, top))
        return [(each, QRect(0, y, measures.width, measures.header)) for each, y in found]

    def update_headers(self) -> None:
        """Paint the headers anew; the cells between them stay as they are."""
        for _, place in self.headers():
            self.viewport().update(place)

    def header_at(self, point: QPoint) -> int:
        """Give the section whose header is under a point of the viewport, or -1."""
        if not 0 <= point.x() < self._grid.measures.width:
            return -1
        section, top = self.sticky()
        header = self._grid.measures.header
        if section >= 0 and top <= point.y() < top + header:
            return section
        y = point.y() + self.verticalOffset()
        section = self._grid.section_at(y)
        if section >= 0 and self._grid.header(section).y <= y < self._grid.header(section).y + header:
            return section
        return -1

    def position_at(self, point: QPoint) -> int:
        """Give the cell under a point of the viewport, or -1."""
        if self.header_at(point) >= 0:
            return -1
        return self._grid.at(point.x(), point.y() + self.verticalOffset())

    def picture_at(self, position: int) -> QRect:
        """Give where the picture of a cell lies in the viewport."""
        return self._delegate.picture_rect(self.on_screen(self._grid.rect(position)))

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Give the index of the cell under a point of the viewport."""
        position = self.position_at(point)
        return self._cells.index(position) if position >= 0 else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Scroll as little as needed to see a cell whole, clear of the sticky header."""
        if not index.isValid() or index.row() >= self._grid.count or self._grid.hidden(index.row()):
            return
        place = self._grid.rect(index.row())
        bar = self.verticalScrollBar()
        top, height = place.y - self._grid.measures.header, self.viewport().height()
        lowest = place.y + place.height - height
        if hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif hint == QAbstractItemView.ScrollHint.PositionAtBottom:
            bar.setValue(lowest)
        elif hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue((top + lowest) // 2)
        elif bar.value() > top:
            bar.setValue(top)
        elif bar.value() < lowest:
            bar.setValue(lowest)

    def visible_positions(self) -> list[tuple[int, int]]:
        """Give the runs of cells (first, last) that are at least partly on the screen."""
        offset = self.verticalOffset()
        return list(self._grid.between(offset, offset + self.viewport().height()))

    def whole_positions(self) -> list[int]:
        """Give the cells whose pictures are wholly on the screen, clear of the sticky header."""
        section, top = self.sticky()
        above = top + self._grid.measures.header if section >= 0 else 0
        height = self.viewport().height()
        return [
            position
            for first, last in self.visible_positions()
            for position in range(first, last + 1)
            if (place := self.picture_at(position)).top() >= above and place.bottom() < height
        ]

    # -- moving ---------------------------------------------------------------------------------------

    def moveCursor(self, action: Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Give the cell that a key leads to from the current one."""
        to = self.moved(self.currentIndex().row(), action)
        return self._cells.index(to) if to >= 0 else QModelIndex()

    def moved(self, position: int, action: Move) -> int:
        """Give where a key leads from a position; from -1 to the first cell on the screen. -1 for none."""
        grid = self._grid
        if action == Move.MoveHome:
            return grid.first()
        if action == Move.MoveEnd:
            return grid.last()
        if position < 0 or grid.hidden(position):
            return grid.nearest(0, self.verticalOffset() + grid.measures.header)
        if action in (Move.MoveUp, Move.MoveDown):
            return grid.above_or_below(position, -1 if action == Move.MoveUp else 1)
        if action in (Move.MovePageUp, Move.MovePageDown):
            page = max(grid.measures.cell_height, self.viewport().height() - 2 * grid.measures.header)
            place = grid.rect(position)
            middle = place.y + place.height // 2
            way = -page if action == Move.MovePageUp else page
            return grid.nearest(place.x + place.width // 2, min(max(0, middle + way), grid.height - 1))
        forward = action in (Move.MoveRight, Move.MoveNext)
        return grid.beside(position, 1 if forward else -1)

    # -- selecting ------------------------------------------------------------------------------------

    def select_runs(self, runs: Iterable[tuple[int, int]], command: Flag) -> None:
        """Select runs of positions (first, last); what collapsed sections hide is left out."""
        selection = QItemSelection()
        for run in runs:
            for first, last in self._grid.shown_runs(*run):
                selection.append(QItemSelectionRange(self._cells.index(first), self._cells.index(last)))
        self.selectionModel().select(selection, command)

    def setSelection(self, rect: QRect, command: Flag) -> None:
        """Select the cells that a rectangle of the viewport reaches into."""
        self.select_runs(self.runs_in(rect.translated(0, self.verticalOffset())), command)

    def runs_in(self, area: QRect) -> list[tuple[int, int]]:
        """Give the runs of positions that a rectangle of the content reaches into."""
        area = area.normalized()
        if area.width() > 2 * _STRIP and area.height() > 2 * _STRIP:
            area = area.adjusted(_STRIP, _STRIP, -_STRIP, -_STRIP)
        return list(self._grid.inside(Rect(area.x(), area.y(), area.width(), area.height())))

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Give the part of the viewport that selected cells cover; cells off the screen count nothing."""
        region = QRegion()
        for first, last in self.visible_positions():
            for each in selection:
                for position in range(max(first, each.top()), min(last, each.bottom()) + 1):
                    region += self.on_screen(self._grid.rect(position))
        return region

    def selected_positions(self) -> np.ndarray:
        """Give the selected positions, ascending."""
        return np.flatnonzero(self.selected_mask())

    def selected_mask(self) -> np.ndarray:
        """Say of every position whether it is selected."""
        if self._selected is None:
            self._selected = np.zeros(self._cells.rowCount(), np.bool_)
            for each in self.selectionModel().selection():
                self._selected[each.top() : each.bottom() + 1] = True
        return self._selected

    def _forget_selected(self) -> None:
        self._selected = None

    def selectAll(self) -> None:
        """Select all cells whose sections are open."""
        if self._grid.count:
            self.select_runs([(0, self._grid.count - 1)], Flag.ClearAndSelect)
