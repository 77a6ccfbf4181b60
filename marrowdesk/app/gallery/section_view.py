"""The gallery while its order changes: what is looked at, what is selected, which sections are folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from marrowdesk.app.gallery.anchor import Anchor
from marrowdesk.app.gallery.grid_view import Flag, GridView
from marrowdesk.app.gallery.model import GalleryModel, runs_of

if TYPE_CHECKING:
    from marrowdesk.app.gallery.delegate import CellDelegate

_NONE = QModelIndex()


class SectionView(GridView):
    """Keeps current cell, selection and place on the screen while cells are sorted and filtered anew.

    Signals:
        looked_at: the reader moved to a cell; its row in the case.
        opened: a double click or Return; row in the case.
        scene_changed: other cells are on the screen, or they have another size.
    """

    looked_at = Signal(int)
    opened = Signal(int)
    scene_changed = Signal()

    def __init__(self, model: GalleryModel, delegate: CellDelegate, parent: QWidget | None = None) -> None:
        super().__init__(model, delegate, parent)
        self._pivot = -1  # row of the case that Shift extends from
        self._anchor: Anchor | None = None
        self._kept: np.ndarray | None = None
        self._looking = -1
        self._arranging = False
        self.verticalScrollBar().valueChanged.connect(self.scene_changed)
        self.selectionModel().currentChanged.connect(self._current_moved)
        model.about_to_arrange.connect(self._before_arranging)
        model.arranged.connect(self._after_arranging)
        model.modelAboutToBeReset.connect(self._keep_selection)

    # -- while the order changes ----------------------------------------------------------------------

    def _before_arranging(self, same_case: bool) -> None:
        self._arranging = True
        self._anchor = Anchor(self, self._cells) if same_case else None
        self._looking = self.current_row() if same_case else -1
        if not same_case:
            self._pivot = -1

    def _keep_selection(self) -> None:
        if self._anchor is not None:
            self._kept = self._cells.rows[self.selected_positions()]

    def _after_arranging(self) -> None:
        self.lay_out()
        if self._kept is not None:
            self.select_runs(runs_of(self._cells.positions_of(self._kept.tolist())), Flag.ClearAndSelect)
            self._kept = None
        self._deselect_hidden()
        position = self._cells.position_of(self._looking)
        index = self._cells.index(position) if position >= 0 else _NONE
        self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        self._arranging = False
        if self._anchor is None:
            self.verticalScrollBar().setValue(0)
        else:
            self._anchor.restore()
            self._anchor = None
        self.scene_changed.emit()

    def _deselect_hidden(self) -> None:
        selected = self.selected_positions()
        if self._collapsed and len(selected):
            self.select_runs(runs_of(selected), Flag.ClearAndSelect)

    def rebuild(self) -> None:
        """Lay out anew around what the reader looks at."""
        anchor = Anchor(self, self._cells)
        self.lay_out()
        anchor.restore()
        self.scene_changed.emit()

    def set_side(self, side: int) -> None:
        """Show thumbnails of another size; what is on the screen stays there."""
        self._delegate.set_side(side)
        self.rebuild()

    # -- looking and selecting ------------------------------------------------------------------------

    def current_row(self) -> int:
        """Give the row of the current cell, or -1."""
        position = self.currentIndex().row()
        return int(self._cells.rows[position]) if 0 <= position < self._cells.rowCount() else -1

    def look_at_position(self, position: int, command: Flag) -> None:
        """Make a cell the current one; a command other than NoUpdate also makes it Shift's start."""
        if command != Flag.NoUpdate:
            self._pivot = int(self._cells.rows[position])
        self.selectionModel().setCurrentIndex(self._cells.index(position), command)

    def look_at_row(self, row: int, *, alone: bool = True) -> bool:
        """Make a row of the case the current cell, if it is shown, and scroll to it.

        Args:
            row: in the case.
            alone: select it alone.
        """
        position = self._cells.position_of(row)
        if position < 0:
            return False
        if self._grid.hidden(position):
            self.toggle_section(self._grid.section_of(position))
        self.look_at_position(position, Flag.ClearAndSelect if alone else Flag.NoUpdate)
        self.scrollTo(self._cells.index(position))
        return True

    def take_up(self, row: int) -> None:
        """Make a row the current cell where it is, if it is shown; selected unless others are."""
        position = self._cells.position_of(row)
        if position >= 0 and not self._grid.hidden(position):
            others = len(self.selected_positions()) > 0
            self.look_at_position(position, Flag.NoUpdate if others else Flag.ClearAndSelect)

    def show_current(self) -> None:
        """Scroll to the current cell, or to the top where it is not shown."""
        index = self.currentIndex()
        if index.isValid() and not self._grid.hidden(index.row()):
            self.scrollTo(index)
        else:
            self.verticalScrollBar().setValue(0)

    def extend_to(self, position: int, *, keep: bool) -> None:
        """Select from the start of Shift to a cell, in the order of the screen; ``keep`` adds to it."""
        pivot = self._cells.position_of(self._pivot)
        start = position if pivot < 0 or self._grid.hidden(pivot) else pivot
        self._pivot = int(self._cells.rows[start])
        run = (min(start, position), max(start, position))
        self.select_runs([run], Flag.Select if keep else Flag.ClearAndSelect)
        self.look_at_position(position, Flag.NoUpdate)

    def select_section(self, section: int, *, keep: bool) -> None:
        """Select all cells of a section, besides what is selected if ``keep``."""
        first, count = self._grid.sections[section].first, self._grid.sections[section].count
        self.select_runs([(first, first + count - 1)], Flag.Select if keep else Flag.ClearAndSelect)

    def invert(self) -> None:
        """Select what is not selected, in open sections."""
        self.select_runs(runs_of(np.flatnonzero(~self.selected_mask())), Flag.ClearAndSelect)

    def _current_moved(self, current: QModelIndex, before: QModelIndex) -> None:
        for each in (current, before):
            self.viewport().update(self.visualRect(each))
        if not self._arranging and current.isValid():
            # Qt offers screen readers the children of its own views only; so the view itself says the cell
            self.setAccessibleDescription(str(current.data(Qt.ItemDataRole.AccessibleTextRole)))
            self.looked_at.emit(int(self._cells.rows[current.row()]))

    def open_current(self) -> None:
        """Ask for the current cell to be opened."""
        if self.currentIndex().isValid():
            self.opened.emit(self.current_row())

    # -- sections -------------------------------------------------------------------------------------

    def toggle_section(self, section: int) -> None:
        """Hide or show the cells of a section; its header stays where it is on the screen."""
        key = self._grid.sections[section].key
        height = max(0, self._grid.header(section).y - self.verticalOffset())
        self._collapsed ^= {key}
        self.lay_out()
        self._deselect_hidden()
        self.verticalScrollBar().setValue(self._grid.header(section).y - height)
        self.scene_changed.emit()

    def fold_all(self) -> None:
        """Hide the cells of all sections."""
        self._collapsed.update(section.key for section in self._grid.sections)
        self.rebuild()
        self._deselect_hidden()

    def unfold_all(self) -> None:
        """Show the cells of all sections."""
        self._collapsed.clear()
        self.rebuild()

    def go_to_section(self, step: int) -> None:
        """Go to the first cell of the next (1) or previous (-1) open section."""
        current = self.currentIndex().row()
        section = self._grid.section_of(max(0, current)) if self._grid.count else -1
        to = self._grid.next_open(section + step, step)
        if to >= 0:
            first = self._grid.sections[to].first
            self.look_at_position(first, Flag.ClearAndSelect)
            self.verticalScrollBar().setValue(self._grid.header(to).y)
