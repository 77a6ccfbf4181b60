"""The laboratory's text blocks: added, changed, deleted, put in order, handed around as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.dialogs.buttons import ok_or_cancel
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.report_desk.arrangement import labels, long_names
from marrowdesk.app.report_desk.fields import whole
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.blocks import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_BLOCKS,
    TextBlock,
    keep_own_blocks,
    merged,
    read_blocks,
    write_blocks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ENDING = ".marrowdesk-texts.json"


@dataclass(slots=True)
class _Draft:
    """A text block while it is edited: name and text may still be empty."""

    name: str
    field: str
    text: str


class BlocksDialog(QDialog):
    """Edits the text blocks; they hold when OK is pressed and all of them can be used."""

    def __init__(self, blocks: Iterable[TextBlock], field: str = "", parent: QWidget | None = None) -> None:
        """Show text blocks.

        Args:
            blocks: those of the laboratory.
            field: name of the header field that a new block is meant for at first.
            parent: owner.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Text blocks"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._field = field
        self._labels = {"": self.tr("any field"), **{name: labels()[name] for name in long_names()}}
        self._drafts: list[_Draft] = []
        self.list = QListWidget(self)
        self.name, self.field, self.text = QLineEdit(self), QComboBox(self), QPlainTextEdit(self)
        self._lay_out()
        self._take(blocks)
        self.resize(760, 480)

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        halves = QHBoxLayout()
        self.list.setAccessibleName(self.tr("Text blocks, in the order of the menu"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show())
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(self._list_buttons())
        halves.addLayout(left, 2)
        halves.addLayout(self._editor(), 3)
        column.addLayout(halves, 1)
        column.addWidget(self._foot())

    def _list_buttons(self) -> QGridLayout:
        self.add = self._button(self.tr("&Add"), self.add_block)
        self.delete = self._button(self.tr("&Delete"), self._delete)
        self.up = self._button(self.tr("&Up"), lambda: self._move(-1), "Alt+Up")
        self.down = self._button(self.tr("Do&wn"), lambda: self._move(1), "Alt+Down")
        rows = QGridLayout()
        for at, button in enumerate((self.add, self.up, self.delete, self.down)):
            rows.addWidget(button, at // 2, at % 2)
        return rows

    def _button(self, text: str, slot: Callable[[], object], keys: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: slot())
        if keys:
            QShortcut(keys, self).activated.connect(button.click)
            button.setToolTip(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText))
        return button

    def _editor(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name.setMaxLength(LONGEST_NAME)
        for name, label in self._labels.items():
            self.field.addItem(label, name)
        self.text.setTabChangesFocus(True)
        form.addRow(self.tr("&Name:"), self.name)
        form.addRow(self.tr("&For:"), self.field)
        form.addRow(self.tr("&Text:"), self.text)
        for signal in (self.name.textChanged, self.field.currentIndexChanged, self.text.textChanged):
            signal.connect(lambda *_: self._edited())
        return form

    def _foot(self) -> QDialogButtonBox:
        buttons = ok_or_cancel(self)
        for button in (
            self._button(self.tr("&Import…"), self._import),
            self._button(self.tr("&Export…"), self._export),
        ):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ResetRole)
        return buttons

    # -- the list -------------------------------------------------------------------------------------

    def _take(self, blocks: Iterable[TextBlock]) -> None:
        self._drafts = [_Draft(each.name, each.field, each.text) for each in blocks]
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems([self._entry(each) for each in self._drafts])
            self.list.setCurrentRow(0 if self._drafts else -1)
        self._show()

    def _entry(self, draft: _Draft) -> str:
        name = draft.name.strip() or self.tr("(no name)")
        return f"{name} – {self._labels.get(draft.field, draft.field)}"

    def _show(self) -> None:
        """Show the chosen block."""
        row = self.list.currentRow()
        draft = self._drafts[row] if row >= 0 else _Draft("", "", "")
        with QSignalBlocker(self.name), QSignalBlocker(self.field), QSignalBlocker(self.text):
            if self.field.findData(draft.field) < 0:  # a field of a newer program
                self.field.addItem(draft.field, draft.field)
            self.name.setText(draft.name)
            self.field.setCurrentIndex(self.field.findData(draft.field))
            self.text.setPlainText(draft.text)
        for widget in (self.name, self.field, self.text, self.delete):
            widget.setEnabled(row >= 0)
        self.add.setEnabled(len(self._drafts) < MOST_BLOCKS)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(self._drafts) - 1)

    def _edited(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            draft = self._drafts[row]
            draft.name, draft.field = self.name.text(), self.field.currentData()
            draft.text = self.text.toPlainText()
            self.list.item(row).setText(self._entry(draft))

    def add_block(self) -> None:
        """Add a block, ready to be named."""
        self._drafts.append(_Draft("", self._field, ""))
        self.list.addItem(self._entry(self._drafts[-1]))
        self.list.setCurrentRow(len(self._drafts) - 1)
        self.name.setFocus()

    def _delete(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            del self._drafts[row]
            self.list.takeItem(row)
            self._show()

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < len(self._drafts):
            self._drafts.insert(row + by, self._drafts.pop(row))
            with QSignalBlocker(self.list):
                self.list.insertItem(row + by, self.list.takeItem(row))
                self.list.setCurrentRow(row + by)
            self._show()

    # -- what was entered -----------------------------------------------------------------------------

    def blocks(self) -> tuple[TextBlock, ...]:
        """Give the blocks as they were entered.

        Raises:
            MarrowdeskError: one of them cannot be used; the message names it.
        """
        found, seen = [], set()
        for row, draft in enumerate(self._drafts):
            name, text = " ".join(whole(draft.name).split()), whole(draft.text)
            fault = self._fault(name, text, (draft.field, name) in seen)
            if fault:
                self.list.setCurrentRow(row)
                told = self.tr("Text block {} (“{}”) {}.").format(row + 1, name, fault)
                raise MarrowdeskError(told, self.tr("Change it or delete it."))
            seen.add((draft.field, name))
            found.append(TextBlock(name=name, text=text, field=draft.field))
        return tuple(found)

    def _fault(self, name: str, text: str, twice: bool) -> str:
        if not name:
            return self.tr("has no name")
        if not text:
            return self.tr("has no text")
        if len(text) > LONGEST_TEXT:
            return self.tr("is longer than {} characters").format(LONGEST_TEXT)
        return self.tr("stands there twice") if twice else ""

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import text blocks"), str(Path.home()), self.tr("Texts (*.json);;All files (*)")
        )
        if not name:
            return
        try:
            self._take(merged(self.blocks(), read_blocks(Path(name))))
        except MarrowdeskError as error:
            show_failure(self, error)

    def _export(self) -> None:
        try:
            blocks = self.blocks()
            name, _ = QFileDialog.getSaveFileName(
                self, self.tr("Export text blocks"), str(Path.home() / f"laboratory{_ENDING}"), "*.json"
            )
            if name:
                write_blocks(Path(name), blocks)
        except MarrowdeskError as error:
            show_failure(self, error)

    def accept(self) -> None:
        """Let the blocks hold, if all of them can be used."""
        try:
            keep_own_blocks(self.blocks())
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        super().accept()
