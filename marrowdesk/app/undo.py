"""One act of the reader on the undo stack, over the journal of the case file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.edits import Edit


class EditCommand(QUndoCommand):
    """One edit on the undo stack; the edit itself was written before it was pushed.

    Every undo and redo appends to the journal: nothing there is ever taken away.
    """

    def __init__(self, model: CaseModel, edit: Edit, batch: int) -> None:
        """Wrap an edit.

        Args:
            model: where it is shown.
            edit: what was done.
            batch: number in the journal of the act, or, for an edit restored as undone, of its undo.
        """
        super().__init__(edit.text)
        self._model = model
        self._edit = edit
        self._batch = batch
        self._pushed = False

    def undo(self) -> None:
        """Append the inverse edit to the journal and show it."""
        self._write(self._edit.inverse())

    def redo(self) -> None:
        """Append the edit again, unless this is the push of an edit just written."""
        if self._pushed:
            self._write(self._edit)
        self._pushed = True

    def _write(self, edit: Edit) -> None:
        if self._model.restoring:
            return
        batch = self._model.write(edit, self._batch)
        if batch is None:
            self._model.stay_before_step()
        else:
            self._batch = batch
