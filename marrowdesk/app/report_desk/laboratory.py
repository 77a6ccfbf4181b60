"""What the laboratory brings into the form: its fields, its text blocks, and what was written before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QWidget

from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.report_desk.blocks_dialog import BlocksDialog
from marrowdesk.app.report_desk.blocks_menu import BlocksMenu
from marrowdesk.app.report_desk.fields import LineField
from marrowdesk.app.report_desk.fields_dialog import FieldsDialog
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.blocks import own_blocks
from marrowdesk.store.phrases import Phrases, earlier_phrases, remember

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.report_desk.form import ReportForm


class LaboratoryTexts(QObject):
    """Opens the dialogs of the form, inserts text blocks and completes fields."""

    def __init__(self, form: ReportForm, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._form, self._preferences, self._window = form, preferences, window

    # -- completion -----------------------------------------------------------------------------------

    def complete(self) -> None:
        """Complete one-line fields from earlier reports, where the person wants that.

        Raises:
            SettingsError: what was written earlier cannot be read.
        """
        self._form.complete_from(earlier_phrases() if self._preferences.now.keep_phrases else Phrases())

    def remember(self, texts: Mapping[str, str]) -> None:
        """Keep what was written in one-line fields for the next report, where the person wants that."""
        lines = {name: text for name, text in texts.items() if isinstance(self._form.fields[name], LineField)}
        if texts.get("institution"):
            self._preferences.change(institution=texts["institution"])
        if lines and self._preferences.now.keep_phrases:
            try:
                remember(lines)
            except MarrowdeskError as error:
                show_failure(self._window.parentWidget(), error)

    # -- text blocks ----------------------------------------------------------------------------------

    def offer_blocks(self) -> None:
        """Offer the text blocks for the field that has the keyboard, at its cursor."""
        field = self._form.long_field
        if field is None:
            return
        try:
            blocks = own_blocks()
        except MarrowdeskError as error:
            show_failure(self._window, error)
            return

        def insert(text: str) -> None:
            field.insert(text)
            field.setFocus(Qt.FocusReason.OtherFocusReason)

        menu = BlocksMenu(blocks, field.objectName(), insert, self.arrange_blocks, self._window)
        self._form.ensureWidgetVisible(field)
        menu.popup(field.viewport().mapToGlobal(field.cursorRect().bottomLeft()))

    def arrange_blocks(self) -> None:
        """Show the dialog of the text blocks."""
        field = self._form.long_field
        try:
            blocks = own_blocks()
        except MarrowdeskError as error:
            show_failure(self._window, error)
            return
        self._open(BlocksDialog(blocks, field.objectName() if field else "", self._window))

    # -- fields ---------------------------------------------------------------------------------------

    def choose_fields(self) -> None:
        """Show the dialog of the fields."""
        self._open(FieldsDialog(self._preferences, self._form.values(), self._window))

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.open()
