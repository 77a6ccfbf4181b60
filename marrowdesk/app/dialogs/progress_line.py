"""A line below a dialog: how far a job is with a way to stop it, then what came of it with its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from marrowdesk.app.exporting import open_file
from marrowdesk.app.icons import icon

if TYPE_CHECKING:
    from pathlib import Path


class ProgressLine(QWidget):
    """Begins, advances and ends with one job after the other.

    Signals:
        cancelled: the person wants the job to stop.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._running = False
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(110)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.text = QLabel(self)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cancel = QPushButton(self.tr("S&top"), self)
        self.folder = QPushButton(icon("open-folder"), self.tr("Show fo&lder"), self)
        for button in (self.cancel, self.folder):
            button.setAutoDefault(False)
        self.cancel.clicked.connect(self.cancelled)
        self.folder.clicked.connect(self._show_folder)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.folder)
        self.clear()

    @property
    def running(self) -> bool:
        """Whether a job is shown."""
        return self._running

    def clear(self) -> None:
        """Show nothing."""
        self._running = False
        self.text.clear()
        for widget in (self.bar, self.cancel, self.folder):
            widget.hide()

    def begin(self, text: str) -> None:
        """Show that a job has begun."""
        self.clear()
        self._running = True
        self.text.setText(text)
        self.bar.setRange(0, 0)
        self.bar.show()
        self.cancel.show()

    def advance(self, done: int, total: int) -> None:
        """Show how far it is."""
        if self._running:
            self.bar.setRange(0, total if total > 1 else 0)
            self.bar.setValue(done)

    def end(self, text: str, folder: Path) -> None:
        """Say what came of it, and offer the folder."""
        self.clear()
        self._folder = folder
        self.text.setText(text)
        self.folder.show()

    def stop(self, text: str) -> None:
        """Say that it ended without a result; nothing where the result is told already."""
        if self._running:
            self.clear()
            self.text.setText(text)

    def _show_folder(self) -> None:
        if self._folder is not None:
            open_file(self._folder)
