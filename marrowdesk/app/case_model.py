"""The open case on the GUI's side: its cells, the current one, the undo stack and the live differential."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from marrowdesk.app.case_count import CaseCount
from marrowdesk.app.undo import EditCommand
from marrowdesk.core import edits
from marrowdesk.core.cell import Cell
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW, Scheme
from marrowdesk.store.errors import CaseFileSigned, CaseFileTakenOver, CaseRecordRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from marrowdesk.app.gallery.facts import Facts
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.differential import Differential
    from marrowdesk.core.manual import Press
    from marrowdesk.core.tally import Tally
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.journal import History
    from marrowdesk.store.values import Signature, Sitting


class CaseModel(QObject):
    """The one owner of the open case in the window.

    Everything that changes a cell goes through here: written to the case file first, then to the list,
    then told to the views. Lives in the GUI thread.

    Signals:
        reset: another case, or none, is shown.
        inserted: cells were appended; first and last row.
        changed: cells changed their proposal or review; list of rows, ascending.
        differential_changed: the count must be painted anew.
        current_changed: the cell that viewer and gallery look at; its row, or -1.
        failed: a decision could not be written; the exception. The screen then still shows the old state.
        overtaken: another window decided on cells of this case; what is shown here is not all of it.
        outdated: a decision was refused since another program signed the case, took it over, or did the
            same undo before: what is shown is not what is in the file.
        signature_changed: the case was signed or reopened.
        refused: a decision was tried on a case that is signed or only read; nothing was done.
    """

    reset = Signal()
    inserted = Signal(int, int)
    changed = Signal(list)
    differential_changed = Signal()
    current_changed = Signal(int)
    failed = Signal(object)
    overtaken = Signal()
    outdated = Signal()
    signature_changed = Signal()
    refused = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.indexChanged.connect(self._step_back)
        self.reader = ""
        self._count = CaseCount()
        self._forget()

    def _forget(self) -> None:
        self._case: CaseFile | None = None
        self._cells: list[Cell] = []
        self._rows: dict[int, int] = {}
        self._current = -1
        self._restoring = False
        self._stays_at: int | None = None
        self._last_act = 0
        self._signatures: tuple[Signature, ...] = ()
        self._sitting: Sitting | None = None
        self._resolving: Sitting | None = None
        self._facts: Facts | None = None
        self._undecided = np.empty(0, np.bool_)
        self.undo_stack.clear()

    # -- the case -------------------------------------------------------------------------------------

    @property
    def case(self) -> CaseFile | None:
        """The open case file, or None."""
        return self._case

    @property
    def scheme(self) -> Scheme:
        """The classes of the open case; the shipped ones while none is open."""
        return MARROW if self._case is None else self._case.scheme

    @property
    def cells(self) -> Sequence[Cell]:
        """The cells in the order of the case; a row is an index in this list."""
        return self._cells

    @property
    def facts(self) -> Facts | None:
        """While ``reset`` is told: what a worker read of the cells for sorting them; None where none did."""
        return self._facts

    def row_of(self, cell_id: int) -> int:
        """Give the row of a cell.

        Raises:
            KeyError: no such cell in this case.
        """
        return self._rows[cell_id]

    def show_case(
        self,
        case: CaseFile | None,
        cells: Sequence[Cell] = (),
        history: tuple[History, History] | None = None,
        tally: Tally | None = None,
        signatures: Sequence[Signature] = (),
        sitting: Sitting | None = None,
        presses: Sequence[Press] = (),
        facts: Facts | None = None,
    ) -> None:
        """Show another case, or none.

        Args:
            case: the case.
            cells: what ``case.cells()`` gave, read by a worker beforehand.
            history: what ``undo_history()`` and ``redo_history()`` gave; read here when None.
            tally: of these cells; the model goes on with it. Counted here when None.
            signatures: what ``case.signatures()`` gave.
            presses: what ``case.presses()`` gave: the manual count.
            sitting: the second reading whose decisions ``cells`` and ``history`` hold; None for the first.
            facts: what a worker read of these cells for sorting them.
        """
        self._forget()
        self._case = case
        self._cells = list(cells)
        self._rows = {cell.id: row for row, cell in enumerate(self._cells)}
        self._count = CaseCount(self._cells, tally, presses, self._count.rules)
        self._signatures = tuple(signatures)
        self._sitting = sitting
        self._facts = facts
        self._undecided = np.fromiter((cell.review is None for cell in self._cells), np.bool_, len(cells))
        if case is not None:
            self._restore(*(history or (case.undo_history(), case.redo_history())))
        self.reset.emit()
        self._facts = None
        self.differential_changed.emit()
        self.set_current(0 if self._cells else -1)

    def append_cells(self, cells: Sequence[Cell]) -> None:
        """Show cells that were found while a folder is read; cells already shown are passed over."""
        new = [cell for cell in cells if cell.id not in self._rows]
        if not new:
            return
        first = len(self._cells)
        for row, cell in enumerate(new, first):
            self._rows[cell.id] = row
            self._count.add(cell)
        self._cells.extend(new)
        self._undecided = np.append(self._undecided, [cell.review is None for cell in new])
        self.inserted.emit(first, len(self._cells) - 1)
        self._recount()
        if self._current < 0:
            self.set_current(0)

    def take_predictions(self, cells: Iterable[Cell]) -> None:
        """Show proposals that a worker has stored; a review made meanwhile stays."""
        rows = []
        for cell in cells:
            row = self._rows.get(cell.id)
            if row is not None:
                self._put(row, self._cells[row].with_prediction(cell.prediction))
                rows.append(row)
        if rows:
            self.changed.emit(sorted(rows))
            self._recount()

    # -- the signature --------------------------------------------------------------------------------

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """All versions of the case that were signed, the oldest first."""
        return self._signatures

    @property
    def signed(self) -> Signature | None:
        """The signature that stands; while there is one, nothing can be decided."""
        last = self._signatures[-1:]
        return last[0] if last and last[0].reopened is None else None

    @property
    def sitting(self) -> Sitting | None:
        """The second reading that is open; None for the first."""
        return self._sitting

    @property
    def resolving(self) -> Sitting | None:
        """The second reading whose differences are being settled, or None."""
        return self._resolving

    def resolve(self, sitting: Sitting | None) -> None:
        """Let decisions from now on settle where a second reading differs from the first, or no longer."""
        self._resolving = sitting
        self.signature_changed.emit()

    @property
    def writable(self) -> bool:
        """Whether anything can be decided: a case is open, not signed, and not only read."""
        return self._case is not None and self.signed is None and not self._case.read_only

    def set_signatures(self, signatures: Sequence[Signature]) -> None:
        """Show that the case was signed or reopened."""
        self._signatures = tuple(signatures)
        self.signature_changed.emit()

    # -- the current cell -----------------------------------------------------------------------------

    @property
    def current(self) -> int:
        """The row that viewer and gallery look at, or -1."""
        return self._current

    def set_current(self, row: int) -> None:
        """Look at another cell; -1 for none."""
        row = row if 0 <= row < len(self._cells) else -1
        if row != self._current:
            self._current = row
            self.current_changed.emit(row)

    # -- the reader's decisions -----------------------------------------------------------------------

    def assign(self, rows: Iterable[int], code: str) -> bool:
        """Give cells a class; where it is the proposed one, they are confirmed."""
        name, cells, at = self.scheme[code].name, self._at(rows), datetime.now(UTC)
        edit = edits.assign(cells, code, name, self.reader, at)
        if self._resolving is not None:  # that a cell keeps its class is a decision too
            same = edits.uphold([cell for cell in cells if cell.code == code], self.reader, at)
            others = [each for each in edit.changes if each.cell not in {kept.cell for kept in same.changes}]
            edit = edits.Edit(edit.text if others else same.text, (*others, *same.changes))
        return self._do(edit)

    def confirm(self, rows: Iterable[int]) -> bool:
        """Agree with the proposals of those cells that are not reviewed yet.

        While differences are settled, agree with what the first reader decided.
        """
        if self._resolving is not None:
            return self._do(edits.uphold(self._at(rows), self.reader, datetime.now(UTC)))
        return self._do(edits.confirm(self._at(rows), self.reader, datetime.now(UTC)))

    def exclude(self, rows: Iterable[int]) -> bool:
        """Take cells out of the count."""
        return self._do(edits.exclude(self._at(rows), self.reader, datetime.now(UTC)))

    def clear(self, rows: Iterable[int]) -> bool:
        """Take the decisions on cells back."""
        return self._do(edits.clear(self._at(rows)))

    def _at(self, rows: Iterable[int]) -> list[Cell]:
        return [self._cells[row] for row in rows]

    def _do(self, edit: edits.Edit) -> bool:
        if not edit or self._case is None or not self.may_decide():
            return False
        batch = self.write(edit, None)
        if batch is None:
            return False
        self.undo_stack.push(EditCommand(self, edit, batch))
        return True

    def may_decide(self) -> bool:
        """Whether decisions can be made; tells the person where they cannot."""
        may = self.writable
        if not may:
            self.refused.emit()
        return may

    def write(self, edit: edits.Edit, undoes: int | None) -> int | None:
        """Write an edit to the journal, then show it; for the undo commands.

        Returns:
            The batch number in the journal; None when it could not be written (``failed`` was emitted).
        """
        if self._case is None:
            return None
        try:
            batch = self._recorded(self._case, edit, undoes)
        except (CaseFileSigned, CaseFileTakenOver, CaseRecordRefused) as error:  # by another program
            self.failed.emit(error)
            self.outdated.emit()
            return None
        except MarrowdeskError as error:
            self.failed.emit(error)
            return None
        rows = []
        for change in edit.changes:
            row = self._rows[change.cell]
            self._put(row, self._cells[row].with_review(change.after))
            rows.append(row)
        self.changed.emit(sorted(rows))
        self._recount()
        self._note_act(batch)
        return batch

    def _recorded(self, case: CaseFile, edit: edits.Edit, undoes: int | None) -> int:
        if self._sitting is not None:
            return case.record_in(self._sitting.id, edit, undoes)
        settles = self._resolving.id if self._resolving is not None and undoes is None else None
        return case.record(edit, undoes, self.reader or None, settles)

    def _note_act(self, batch: int) -> None:
        """Acts are numbered without gaps: a gap is an act that this window did not do."""
        if self._sitting is not None:  # several second readings share their numbers
            return
        missed = batch != self._last_act + 1
        self._last_act = batch
        if missed:
            self.overtaken.emit()

    @property
    def restoring(self) -> bool:
        """Whether the undo stack is being filled from the journal: commands then write nothing."""
        return self._restoring

    def _restore(self, undo: History, redo: History) -> None:
        self._restoring = True
        self.undo_stack.blockSignals(True)  # a long case has thousands of acts; ``reset`` tells it all
        # the last act, be it an undo, is always among those that can be undone or redone
        self._last_act = max((batch for batch, _ in (*undo, *redo)), default=0)
        for batch, edit in undo:
            self.undo_stack.push(EditCommand(self, edit, batch))
        for batch, edit in reversed(redo):
            self.undo_stack.push(EditCommand(self, edit, batch))
        self.undo_stack.setIndex(len(undo))
        self.undo_stack.blockSignals(False)
        self._restoring = False

    def stay_before_step(self) -> None:
        """For an undo or redo that could not be written: it is the next one again, nothing older is."""
        self._stays_at = self.undo_stack.index()

    def _step_back(self) -> None:
        """Take the stack back to where it was before such a step; Qt counts the step when it returns."""
        index, self._stays_at = self._stays_at, None
        if index is not None:
            self._restoring = True
            self.undo_stack.setIndex(index)
            self._restoring = False

    def _put(self, row: int, cell: Cell) -> None:
        self._count.replace(self._cells[row], cell)
        self._cells[row] = cell
        self._undecided[row] = cell.review is None

    # -- the count ------------------------------------------------------------------------------------

    @property
    def rules(self) -> CountingRules:
        """The rules of the count."""
        return self._count.rules

    def set_rules(self, rules: CountingRules) -> None:
        """Count by other rules (ranges, sex, M:E definition, target)."""
        if rules != self._count.rules:
            self._count.rules = rules
            self._recount()

    @property
    def tally(self) -> Tally:
        """How many cells stand where; kept up to date cell by cell."""
        return self._count.tally

    @property
    def slides(self) -> list[int]:
        """Numbers of the slides that have cells, ascending."""
        return self._count.slides

    def differential(self, slide: int | None = None) -> Differential:
        """Give the differential of this moment.

        Args:
            slide: count only this slide; the whole case when None.
        """
        if slide is not None:
            return self._count.differential_of(slide, self.scheme, self._cells)
        return self._count.differential(self.scheme)

    # -- the manual count -----------------------------------------------------------------------------

    @property
    def presses(self) -> Sequence[Press]:
        """The keys of the manual count that stand, the oldest first."""
        return self._count.presses

    @property
    def together(self) -> bool:
        """Whether the manual count is counted together with the cells."""
        return self._count.together

    def count_together(self, whether: bool) -> None:
        """Count the manual count together with the cells, or apart; for the session, which keeps it."""
        if whether != self._count.together:
            self._count.together = whether
            self._recount()

    def press(self, smear: int, code: str) -> bool:
        """Count a cell seen at the microscope; written at once."""
        return self._pressed(lambda case: self._count.presses.append(case.press(smear, code, self.reader)))

    def take_back_press(self) -> bool:
        """Take the last key of the manual count back."""

        def take_back(case: CaseFile) -> None:
            case.take_back(self._count.presses[-1], self.reader)
            self._count.presses.pop()

        return bool(self._count.presses) and self._pressed(take_back)

    def _pressed(self, write: Callable[[CaseFile], None]) -> bool:
        if self._case is None or not self.may_decide():
            return False
        try:
            write(self._case)
        except MarrowdeskError as error:
            self.failed.emit(error)
            return False
        self._recount()
        return True

    def _recount(self) -> None:
        self._count.outdated()
        self.differential_changed.emit()

    def unreviewed_after(self, row: int, order: Sequence[int]) -> int:
        """Give the next unreviewed row after ``row`` in ``order``, starting over at its end; -1 if none."""
        rows = np.asarray(order, np.int64)
        left = np.flatnonzero(self._undecided[rows])
        if not len(left):
            return -1
        start = order.index(row) + 1 if row in order else 0
        return int(rows[left[np.searchsorted(left, start) % len(left)]])
