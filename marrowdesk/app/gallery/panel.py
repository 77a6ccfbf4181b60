"""The gallery panel: filter bar, counts and the cells themselves, bound to the open case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from marrowdesk.app import shortcuts
from marrowdesk.app.gallery.arrangement import Filter, Listed, Sort, Special
from marrowdesk.app.gallery.arranger import Arranger
from marrowdesk.app.gallery.delegate import CellDelegate
from marrowdesk.app.gallery.describe import choice_name
from marrowdesk.app.gallery.drag import put_into
from marrowdesk.app.gallery.empty_note import EmptyNote
from marrowdesk.app.gallery.filter_bar import STEP, FilterBar
from marrowdesk.app.gallery.grid_view import Flag
from marrowdesk.app.gallery.model import GalleryModel, runs_of
from marrowdesk.app.gallery.section_menu import show_section_menu
from marrowdesk.app.gallery.shown import ShownOrder
from marrowdesk.app.gallery.status_line import StatusLine
from marrowdesk.app.gallery.view import GalleryView
from marrowdesk.app.gallery.wishes import PictureWishes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.class_panel import ClassPanel
    from marrowdesk.app.gallery.thumbnails import ThumbnailLoader


class GalleryPanel(QWidget):
    """Shows the cells of the open case by class.

    What a decision does to the place of a cell is said at :class:`Ordering`: decided by key, it stays until
    the reader goes on; dragged, it goes at once.

    Signals:
        activated: a cell shall be looked at closely (double click, Return); its row.
        context_menu_requested: where on the screen, and the selected rows.
        selection_changed: other cells are selected.
        order_changed: ``visible_order`` gives other rows now.
        choice_changed: the class code or Special shown alone, or None.
        thumbnail_side_changed: pixels.
    """

    activated = Signal(int)
    context_menu_requested = Signal(QPoint, list)
    selection_changed = Signal()
    order_changed = Signal()
    choice_changed = Signal(object)
    thumbnail_side_changed = Signal(int)

    def __init__(self, model: CaseModel, thumbnails: ThumbnailLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._cells = GalleryModel(model, self)
        self._delegate = CellDelegate(model, thumbnails, self)
        self.bar = FilterBar(self)
        self.line = StatusLine(self)
        self.view = GalleryView(model, self._cells, self._delegate, thumbnails, self)
        self.note = EmptyNote(self.view)
        self._arranger = Arranger(model, self._cells, lambda: self.view.busy, self)
        self._wishes = PictureWishes(self.view, self._cells, model, self._delegate, thumbnails)
        self._lay_out()
        self._connect_case()
        self._connect_controls()
        self._arranger.show_case()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.line)
        column.addWidget(self.view, 1)

    def _connect_case(self) -> None:
        self._model.current_changed.connect(self._follow)
        self._arranger.case_shown.connect(self._case_shown)
        self._arranger.slides_changed.connect(self._show_slides)
        self._arranger.arranged.connect(self._arranged)
        self._arranger.changed.connect(self._changed)

    def _connect_controls(self) -> None:
        view, bar, line = self.view, self.bar, self.line
        view.looked_at.connect(self._model.set_current)
        view.opened.connect(self.activated)
        view.menu_requested.connect(self.context_menu_requested)
        view.section_menu_requested.connect(lambda at, key: show_section_menu(view, at, key))
        view.zoom_wished.connect(self.zoom)
        view.moved_to.connect(self._take_moved)
        view.selectionModel().selectionChanged.connect(self._selection_changed)
        bar.filter_changed.connect(lambda parts: self.set_filter(**parts))
        bar.sort_changed.connect(self.set_sort)
        bar.side_changed.connect(self._set_side)
        line.all_wished.connect(self.clear_filters)
        line.class_dismissed.connect(lambda: self.set_class_filter(None))
        line.tidy_wished.connect(self.tidy_up)
        for key in shortcuts.sequences("tidy_up"):
            QShortcut(key, self, self.tidy_up)
        self.note.all_wished.connect(self.clear_filters)

    def bind(self, classes: ClassPanel) -> None:
        """Let a class list choose what is shown here, and take cells from here."""
        classes.class_chosen.connect(self.set_class_filter)
        classes.moved.connect(self._arranger.settle)
        self.choice_changed.connect(classes.show_choice)

    # -- choosing cells -------------------------------------------------------------------------------

    def selected_rows(self) -> list[int]:
        """Give the selected rows, in the order of the screen."""
        return self.view.selected_rows()

    def pointed_row(self) -> int:
        """Give the row of the cell under the mouse, where keys act on that; else -1."""
        position = self.view.pointed
        return int(self._cells.rows[position]) if 0 <= position < len(self._cells.rows) else -1

    def screen_rows(self) -> list[int]:
        """Give the rows of the cells that are seen whole, in the order of the screen."""
        rows: list[int] = self._cells.rows[self.view.whole_positions()].tolist()
        return rows

    def page_on(self, row: int) -> bool:
        """Go on to a row, and scroll it to the upper edge.

        Returns:
            False when filters hide the row.
        """
        shown = self.go_to(row)
        if shown:
            index = self._cells.index(self._cells.position_of(row))
            self.view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)
        return shown

    def visible_order(self) -> ShownOrder:
        """Give all rows that pass the filters, in the order of the screen; folded sections included."""
        return ShownOrder(self._cells)

    def select_rows(self, rows: Iterable[int]) -> None:
        """Select rows, as far as they are shown; the first becomes the current cell unless one of them is."""
        positions = self._cells.positions_of(rows)
        self.view.select_runs(runs_of(positions), Flag.ClearAndSelect)
        if len(positions) and self.view.currentIndex().row() not in positions:
            self.view.look_at_position(int(positions[0]), Flag.NoUpdate)

    def go_to(self, row: int) -> bool:
        """Go on to a row: select it alone and scroll to it.

        Where this leads into another class, decided cells that waited go to theirs.

        Returns:
            False when filters hide the row.
        """
        self._arranger.catch_up()
        if self._section(row) != self._section(self._model.current):
            self.tidy_up()
        return self.view.look_at_row(row)

    def _section(self, row: int) -> int:
        position = self._cells.position_of(row)
        return -1 if position < 0 else self.view.grid.section_of(position)

    def select_all(self) -> None:
        """Select all cells in open sections."""
        self.view.selectAll()

    def invert_selection(self) -> None:
        """Select what is not selected, in open sections."""
        self.view.invert()

    # -- choosing what is shown, and how --------------------------------------------------------------

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._arranger.filter

    def set_filter(self, **changes: object) -> None:
        """Change parts of the filter; names are those of :class:`Filter`."""
        before = self.filter.choice
        if self._arranger.choose(**changes):
            self._look_at_shown()
        self.bar.show_filter(self.filter)
        if self.filter.choice != before:
            self.choice_changed.emit(self.filter.choice)

    def _look_at_shown(self) -> None:
        """Leave a cell that the filter hides for one that is shown: a key must not decide on it unseen."""
        if self._cells.position_of(self._model.current) < 0:
            chosen = self.view.selected_positions()
            at = int(chosen[0]) if len(chosen) else self.view.grid.first()
            if at >= 0:
                self.view.look_at_position(at, Flag.NoUpdate if len(chosen) else Flag.ClearAndSelect)
        self.view.show_current()

    def set_class_filter(self, choice: str | Special | None) -> None:
        """Show one class, one Special kind of cells, or all; cells listed one by one no longer count."""
        self.set_filter(choice=choice, listed=None)

    def show_listed(self, name: str, rows: Iterable[int]) -> None:
        """Show only some cells, whatever else was chosen before.

        Args:
            name: what they are, for people.
            rows: their rows in the case.
        """
        nothing = Filter()
        every = {each: getattr(nothing, each) for each in Filter.__slots__}
        self.set_filter(**{**every, "listed": Listed(name, frozenset(rows))})

    def clear_filters(self) -> None:
        """Show all cells."""
        nothing = Filter()
        self.set_filter(**{name: getattr(nothing, name) for name in Filter.__slots__})

    def set_sort(self, sort: Sort) -> None:
        """Choose the sequence of the cells in each class."""
        if sort != self._arranger.sort:
            self._arranger.sort_by(sort)
            self.view.show_current()
            self.bar.sort.setCurrentIndex(self.bar.sort.findData(sort))

    def tidy_up(self) -> None:
        """Let decided cells go to their classes now."""
        self._arranger.tidy_up()

    @property
    def thumbnail_side(self) -> int:
        """Side of the thumbnails, pixels."""
        return self._delegate.side

    def set_thumbnail_side(self, side: int) -> None:
        """Show thumbnails of another size; taken to the nearest that the slider has."""
        self.bar.set_side(side)

    def zoom(self, steps: int) -> None:
        """Make thumbnails larger or, for negative steps, smaller."""
        self.bar.set_side(self.thumbnail_side + 2 * STEP * steps)

    def _set_side(self, side: int) -> None:
        if side != self._delegate.side:
            self.view.set_side(side)
            self.thumbnail_side_changed.emit(side)

    # -- following the case ---------------------------------------------------------------------------

    def _case_shown(self) -> None:
        self._thumbnails.forget()
        self._thumbnails.expect(self._delegate.device_side(self.view.devicePixelRatioF()))
        self._delegate.forget()
        self.bar.show_filter(self.filter)
        self.choice_changed.emit(None)
        QTimer.singleShot(0, self, self._look_at_first)

    def begin(self) -> None:
        """Begin with the first cell on the screen, unless the reader has begun elsewhere."""
        self._arranger.catch_up()
        if not self._model.undo_stack.count() and not self.view.verticalScrollBar().value():
            self._look_at_first()

    def _look_at_first(self) -> None:
        """Begin with the first cell on the screen, not with the first of the case."""
        first = self.view.grid.first()
        if self._model.current == 0 and first >= 0:
            self.view.look_at_position(first, Flag.ClearAndSelect)
            self.view.verticalScrollBar().setValue(0)

    def _follow(self, row: int) -> None:
        """Look where another view looks; where the cell is not shown, nothing stays chosen here."""
        if row >= 0 and row != self.view.current_row() and not self.view.look_at_row(row):
            self.view.clearSelection()

    def _take_moved(self, rows: list[int], key: str) -> None:
        if put_into(self._model, rows, key):
            self._arranger.settle(rows)

    def _arranged(self) -> None:
        if self.view.current_row() < 0:
            self.view.take_up(self._model.current)
        shown, chosen = self._cells.rowCount(), self.filter
        self.note.show_for(shown, len(self._model.cells))
        choice = "" if chosen.choice is None else choice_name(chosen.choice, self._model.scheme)
        if chosen.listed is not None:
            choice = chosen.listed.name
        self.line.show_filter(choice, narrow=chosen.narrow)
        self._selection_changed()
        self._changed()
        self.order_changed.emit()

    def _changed(self) -> None:
        self.line.show_waiting(self._arranger.waiting)
        self.view.update_headers()

    def _selection_changed(self) -> None:
        selected = len(self.view.selected_positions())
        self.line.show_counts(self._cells.rowCount(), len(self._model.cells), selected)
        self.selection_changed.emit()

    def _show_slides(self) -> None:
        case = self._model.case
        names = {} if case is None else {slide.id: slide.name for slide in case.slides()}
        numbers = sorted(self._arranger.slides)
        self.bar.set_slides({each: names.get(each, str(each)) for each in numbers})
