"""What the reader's keys and buttons do to the cells: on the selection, then on to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.app.case_model import CaseModel


_SEVERAL = 2


class Chooser(Protocol):
    """The view in which cells are chosen."""

    def selected_rows(self) -> Sequence[int]:
        """Give the chosen rows."""

    def pointed_row(self) -> int:
        """Give the row under the mouse, where keys act on that; else -1."""

    def screen_rows(self) -> Sequence[int]:
        """Give the rows that are seen whole, in the order shown."""

    def page_on(self, row: int) -> bool:
        """Show and choose one row, at the upper edge; False when it is hidden."""

    def visible_order(self) -> Sequence[int]:
        """Give all rows shown, in the order shown."""

    def go_to(self, row: int) -> bool:
        """Show and choose one row; False when it is hidden."""


class Review(QObject):
    """Carries decisions from the hand of the reader to the model.

    A decision is made on the chosen cells, or on the current one where none is chosen; if the reader wants
    that, on the cell under the mouse instead, unless several are chosen. After a decision on a single cell
    the next unreviewed one is shown, if the reader wants that; not where the mouse pointed at it, for the
    mouse says where it goes on.
    """

    def __init__(
        self, model: CaseModel, chooser: Chooser, goes_on: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        """Bind model and view.

        Args:
            model: the open case.
            chooser: where cells are chosen.
            goes_on: whether to go to the next unreviewed cell after a decision.
            parent: owner.
        """
        super().__init__(parent)
        self._model = model
        self._chooser = chooser
        self._goes_on = goes_on

    def targets(self) -> list[int]:
        """Give the rows that a decision would be made on."""
        rows = [row for row in self._chooser.selected_rows() if row < len(self._model.cells)]
        pointed = self._chooser.pointed_row()
        if pointed >= 0 and len(rows) < _SEVERAL:
            return [pointed]
        if rows or self._model.current < 0:
            return rows
        return [self._model.current]

    def assign(self, code: str) -> None:
        """Give the chosen cells a class."""
        self._decide(lambda rows: self._model.assign(rows, code))

    def confirm(self) -> None:
        """Agree with the proposals of the chosen cells."""
        self._decide(self._model.confirm)

    def confirm_screen(self) -> None:
        """Agree with all proposals that are seen, and go on to the next unreviewed cells.

        Several chosen cells are spared, and stay chosen, unless they were decided on already: the reader
        picked out what is wrong, and gives it its class next. With nothing else left to confirm, it goes on.
        """
        if not self._model.may_decide():
            return
        seen, spared = list(self._chooser.screen_rows()), self._spared()
        order = self._chooser.visible_order()
        confirmed = self._model.confirm([row for row in seen if row not in spared])
        if not seen or (confirmed and spared.intersection(seen)):
            return
        following = self._model.unreviewed_after(seen[-1], order)
        if following >= 0:
            self._chooser.page_on(following)

    def _spared(self) -> set[int]:
        """Give the chosen rows that the screen is confirmed without."""
        chosen, cells = self._chooser.selected_rows(), self._model.cells
        if len(chosen) < _SEVERAL:
            return set()
        settling = self._model.resolving is not None  # all of them were decided on once
        return {row for row in chosen if settling or cells[row].review is None}

    def exclude(self) -> None:
        """Take the chosen cells out of the count."""
        self._decide(self._model.exclude)

    def unidentified(self) -> None:
        """Give the chosen cells the class for cells that cannot be identified."""
        self.assign(self._model.scheme.unidentified)

    def clear(self) -> None:
        """Take the decisions on the chosen cells back; the place stays."""
        self._model.clear(self.targets())

    def _decide(self, decide: Callable[[list[int]], bool]) -> None:
        rows = self.targets()
        if not rows:
            return
        if rows == [self._chooser.pointed_row()]:
            decide(rows)
            return
        # before the decision: it may move the cell to another group, or out of the filter
        following = self._following(rows[0]) if len(rows) == 1 else -1
        decide(rows)
        if len(rows) == 1 and self._goes_on() and self._model.cells[rows[0]].review is not None:
            self.show(following)

    def _following(self, row: int) -> int:
        following = self._model.unreviewed_after(row, self._chooser.visible_order())
        return -1 if following == row else following

    def next(self) -> None:
        """Show the next unreviewed cell."""
        self.show(self._model.unreviewed_after(self._model.current, self._chooser.visible_order()))

    def undo(self) -> None:
        """Take the last decision back and show its cell."""
        if self._model.may_decide():
            self._shown_after(self._model.undo_stack.undo)

    def redo(self) -> None:
        """Do the decision taken back last again and show its cell."""
        if self._model.may_decide():
            self._shown_after(self._model.undo_stack.redo)

    def _shown_after(self, step: Callable[[], None]) -> None:
        touched: list[int] = []

        def note(rows: list[int]) -> None:
            touched.extend(rows)

        self._model.changed.connect(note)
        try:
            step()
        finally:
            self._model.changed.disconnect(note)
        if touched:
            self.show(touched[0])

    def show(self, row: int) -> None:
        """Show and choose one row; nothing happens for -1."""
        if row >= 0 and not self._chooser.go_to(row):
            self._model.set_current(row)
