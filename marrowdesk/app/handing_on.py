"""What the menus do to hand cases on: export the open one, look through many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.dialogs.one_of_a_kind import OneOfAKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.session import Session


class HandingOn(QObject):
    """Slots of the actions that export.

    Signals:
        case_chosen: open this case; its path.
    """

    case_chosen = Signal(object)

    def __init__(self, window: QWidget, model: CaseModel, session: Session, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._model, self._session = window, model, session
        self._preferences = preferences
        self._show = OneOfAKind().show

    def export(self) -> None:
        """Show the forms in which the open case can leave."""
        from marrowdesk.app.dialogs.export import ExportDialog

        case = self._session.case
        if case is not None:
            rules, preferences = self._model.rules, self._preferences
            self._show(ExportDialog, lambda: ExportDialog(case, rules, preferences, self._window))

    def worklist(self) -> None:
        """Show the cases of a folder or the recent ones."""
        from marrowdesk.app.dialogs.worklist import WorklistDialog

        def make() -> WorklistDialog:
            dialog = WorklistDialog(self._preferences, self._window)
            dialog.chosen.connect(self.case_chosen)
            return dialog

        self._show(WorklistDialog, make)
