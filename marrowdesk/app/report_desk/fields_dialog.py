"""Which header fields the laboratory uses: shown in the form or not, required for a signature or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.dialogs.buttons import ok_or_cancel
from marrowdesk.app.preferences import required_of
from marrowdesk.app.report_desk.arrangement import GROUPS, labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.app.preferences import Preferences

FIELD, SHOWN, REQUIRED, HELD = range(4)


class FieldsDialog(QDialog):
    """Chooses the fields of the form; the choice holds for all reports when OK is pressed."""

    def __init__(
        self, preferences: Preferences, values: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        """Show the fields.

        Args:
            preferences: where the choice is kept.
            values: texts of the report that is open, to say where a hidden field holds one.
            parent: owner.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Fields of the report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences, self._values = preferences, dict(values)
        self.names = [name for group in GROUPS for name in group.names]
        self.table = QTableWidget(len(self.names), 4, self)
        self._lay_out()
        self._fill()
        self.table.itemChanged.connect(self._follow)
        self.resize(620, 640)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        text = QLabel(
            self.tr(
                "A field that is not shown keeps what it holds, and that is printed. An empty field that is "
                "required stands against a signature, which can be given all the same with a reason."
            ),
            self,
        )
        text.setWordWrap(True)
        column.addWidget(text)
        self._make_table()
        column.addWidget(self.table, 1)
        column.addWidget(self._foot())

    def _make_table(self) -> None:
        table = self.table
        table.setAccessibleName(self.tr("Fields of the report"))
        table.setHorizontalHeaderLabels(
            [self.tr("Field"), self.tr("Shown"), self.tr("Required"), self.tr("In this report")]
        )
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        table.setTabKeyNavigation(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        heads = table.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(HELD, QHeaderView.ResizeMode.Stretch)
        heads.setHighlightSections(False)

    def _foot(self) -> QDialogButtonBox:
        buttons = ok_or_cancel(self)
        every = QPushButton(self.tr("Show &all, require none"), self)
        every.setAutoDefault(False)
        every.clicked.connect(self._show_all)
        buttons.addButton(every, QDialogButtonBox.ButtonRole.ResetRole)
        return buttons

    def _fill(self) -> None:
        required, names = required_of(self._preferences.now), labels()
        hidden = set(self._preferences.now.hidden_fields) - set(required)
        for row, name in enumerate(self.names):
            self.table.setItem(row, FIELD, _text(names[name]))
            self.table.setItem(row, SHOWN, _check(name not in hidden, self.tr("{} is shown"), names[name]))
            self.table.setItem(
                row, REQUIRED, _check(name in required, self.tr("{} is required"), names[name])
            )
            self.table.setItem(row, HELD, _text(""))
            self._tell_held(row)

    def _tell_held(self, row: int) -> None:
        """Say what a field holds; a hidden one that is filled in must not be forgotten."""
        held = bool(self._values.get(self.names[row], "").strip())
        hidden = self.tr("filled in, though hidden") if held else ""
        self.table.item(row, HELD).setText(
            hidden if not self._on(row, SHOWN) else self.tr("filled in") if held else ""
        )

    def _on(self, row: int, column: int) -> bool:
        return self.table.item(row, column).checkState() == Qt.CheckState.Checked

    def set_on(self, name: str, column: int, on: bool) -> None:
        """Check or uncheck a box of a field."""
        state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        self.table.item(self.names.index(name), column).setCheckState(state)

    def _follow(self, item: QTableWidgetItem) -> None:
        """Keep to it that what is required is shown."""
        row, name = item.row(), self.names[item.row()]
        if item.column() == SHOWN:
            if not self._on(row, SHOWN):
                self.set_on(name, REQUIRED, False)
            self._tell_held(row)
        elif item.column() == REQUIRED and self._on(row, REQUIRED):
            self.set_on(name, SHOWN, True)

    def _show_all(self) -> None:
        for name in self.names:
            self.set_on(name, SHOWN, True)
            self.set_on(name, REQUIRED, False)

    def accept(self) -> None:
        """Let the choice hold."""
        now = self._preferences.now
        known = set(self.names)  # what a newer program knows stays as it is
        rows = list(enumerate(self.names))
        hidden = [name for row, name in rows if not self._on(row, SHOWN)]
        required = [name for row, name in rows if self._on(row, REQUIRED)]
        self._preferences.change(
            hidden_fields=(*hidden, *(each for each in now.hidden_fields if each not in known)),
            required_fields=(*required, *(each for each in now.required_fields if each not in known)),
        )
        super().accept()


def _text(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    return item


def _check(on: bool, said: str, name: str) -> QTableWidgetItem:
    item = QTableWidgetItem()
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, said.format(name))
    return item
