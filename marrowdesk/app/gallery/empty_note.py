"""What stands in the gallery while no cell is shown: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QPushButton, QVBoxLayout, QWidget


class EmptyNote(QWidget):
    """A sentence in the middle of an empty gallery, with a button where filters are the reason.

    Signals:
        all_wished: the reader wants the filters gone.
    """

    all_wished = Signal()

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._view = view
        self._text = QLabel(self)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self.clear = QPushButton(self.tr("Clear filters"), self)
        self.clear.clicked.connect(self.all_wished)
        column = QVBoxLayout(self)
        column.addWidget(self._text)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignCenter)
        view.viewport().installEventFilter(self)
        self.hide()

    def show_for(self, shown: int, total: int) -> None:
        """Say why nothing is shown.

        Args:
            shown: cells shown; with any the note goes away.
            total: cells of the case.
        """
        self._text.setText(
            self.tr("No cell matches these filters.") if total else self.tr("There are no cells here yet.")
        )
        self.clear.setVisible(total > 0)
        self.setVisible(shown == 0)
        self._place()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._view.viewport().geometry()
        self.resize(min(360, room.width()), self.sizeHint().height() + 8)
        self.move(room.center() - self.rect().center())
