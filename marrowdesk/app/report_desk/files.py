"""The files of a report: the buttons that print and write it, and what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from marrowdesk.app import shortcuts
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.exporting import open_file
from marrowdesk.app.icons import icon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ReportFiles(QObject):
    """Buttons below the report, and a line that says what became of it; the window places both.

    Attributes:
        result: the line.
        buttons: the buttons.
        printer: the button that prints.
        writers: the buttons that write PDF, CSV and JSON.

    Signals:
        print_wanted: print the report.
        write_wanted: write a file; its form, ``pdf``, ``csv`` or ``json``.
        close_wanted: close the window.
    """

    print_wanted = Signal()
    write_wanted = Signal(str)
    close_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._written: list[Path] = []
        self._printable = False
        self.writers: list[QPushButton] = []
        self.result = self._result_line()
        self.buttons = self._buttons()

    def _result_line(self) -> QWidget:
        line = QWidget(self._window)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        self._busy = QProgressBar(line)
        self._busy.setRange(0, 0)
        self._busy.setFixedWidth(110)
        self._busy.setTextVisible(False)
        self.result_text = QLabel(line)
        self.result_text.setWordWrap(True)
        self.result_text.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button = QPushButton(icon("report"), self.tr("&Open"), line)
        self.open_button.clicked.connect(lambda: open_file(self._written[0]))
        self.folder_button = QPushButton(icon("open-folder"), self.tr("Show &folder"), line)
        self.folder_button.clicked.connect(lambda: open_file(self._written[0].parent))
        row.addWidget(self._busy)
        row.addWidget(self.result_text, 1)
        for button in (self.open_button, self.folder_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        for widget in (self._busy, self.open_button, self.folder_button):
            widget.hide()
        line.hide()
        return line

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self._window)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        without_icons(box)
        box.rejected.connect(self.close_wanted)
        self.printer = QPushButton(icon("print"), self.tr("Pr&int…"), box)
        self.printer.setToolTip(self.tr("Print ({})").format(shortcuts.shown("report")))
        self.printer.clicked.connect(self.print_wanted)
        keys = QShortcut(shortcuts.sequences("report")[0], self._window)  # the key that led here prints
        keys.activated.connect(lambda: self.printer.isEnabled() and self.print_wanted.emit())
        for form, text, tip in (
            ("pdf", self.tr("P&DF…"), self.tr("The report on paper, as a file")),
            ("csv", self.tr("&CSV…"), self.tr("One row a cell")),
            ("json", self.tr("&JSON…"), self.tr("The differential and the cells, for programs")),
        ):
            button = QPushButton(text, box)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, form=form: self.write_wanted.emit(form))
            self.writers.append(button)
        for button in (self.printer, *self.writers):
            button.setAutoDefault(False)  # Return belongs to the fields
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return box

    def let_print(self, may: bool) -> None:
        """Let the report be printed, once there is one."""
        self._printable = may
        self.printer.setEnabled(may and self._busy.isHidden())

    def show_busy(self, text: str) -> None:
        """Say what goes on; nothing else can be begun meanwhile."""
        self.result.show()
        self._busy.show()
        self.result_text.setText(text)
        self._let(False)

    def show_idle(self) -> None:
        """Let everything be done again; what was written last stays in sight."""
        self._busy.hide()
        self._let(True)
        if self._written:
            self.result_text.setText(self.tr("Written: {}").format(self._written[0]))
        else:
            self.result.hide()

    def show_written(self, written: Sequence[Path]) -> None:
        """Say what was written, and offer to open it."""
        self._written = list(written)
        self.open_button.show()
        self.folder_button.show()
        self.open_button.setFocus()

    def _let(self, may: bool) -> None:
        for widget in (*self.writers, self.open_button, self.folder_button):
            widget.setEnabled(may)
        self.printer.setEnabled(may and self._printable)
