"""The controls of the form: one line, several lines, and the sex of the patient, all used alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from marrowdesk.app import sex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QWheelEvent

LONGEST_LINE = 10_000
"""Characters that a one-line field takes; the paper breaks them into lines."""

_FEWEST_LINES, _MOST_LINES = 2, 9


def whole(text: str) -> str:
    """Give a text without blanks around it and without halves of characters, which no file takes."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _show_read_only(field: QWidget, read_only: bool) -> None:
    """Draw a field that can only be read on the window's own ground."""
    palette = QPalette()
    if read_only:
        palette.setColor(QPalette.ColorRole.Base, palette.color(QPalette.ColorRole.Window))
    field.setPalette(palette)


class LineField(QLineEdit):
    """A field of one line; it may be completed from earlier texts.

    Signals:
        edited: the person changed the text.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(LONGEST_LINE)
        self.textChanged.connect(lambda _: self.edited.emit())

    def content(self) -> str:
        """Give the text."""
        return whole(self.text())

    def show_content(self, text: str) -> None:
        """Show another text from its beginning; what was typed before cannot be undone any more."""
        with QSignalBlocker(self):
            self.setMaxLength(max(LONGEST_LINE, len(text)))
            self.setText(text)
            self.setCursorPosition(0)

    def set_read_only(self, read_only: bool) -> None:
        """Let the text be read and copied only, or changed too."""
        self.setReadOnly(read_only)
        _show_read_only(self, read_only)

    def complete_from(self, texts: Sequence[str]) -> None:
        """Offer earlier texts that hold what is typed."""
        if not texts:
            self.setCompleter(None)
            return
        completer = QCompleter(self)
        completer.setModel(QStringListModel(list(texts), completer))
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)


class LongField(QPlainTextEdit):
    """A field of several lines that grows with its text; Tab leaves it.

    Signals:
        edited: the person changed the text.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.edited)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._grow())
        self._grow()

    def content(self) -> str:
        """Give the text."""
        return whole(self.toPlainText())

    def show_content(self, text: str) -> None:
        """Show another text; what was typed before cannot be undone any more."""
        with QSignalBlocker(self):
            self.setPlainText(text)
        self._grow()

    def set_read_only(self, read_only: bool) -> None:
        """Let the text be read and copied only, or changed too."""
        self.setReadOnly(read_only)
        _show_read_only(self, read_only)

    def insert(self, text: str) -> None:
        """Put a text where the cursor is, in place of what is chosen; one step of undo."""
        cursor = self.textCursor()
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _grow(self) -> None:
        """Be as high as the text; a bar comes only where it is higher than the field may grow."""
        lines = int(self.document().size().height())
        longer = lines > _MOST_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if longer else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        margins = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        height = min(max(lines, _FEWEST_LINES), _MOST_LINES) * self.fontMetrics().lineSpacing() + margins
        if height != self.maximumHeight():
            self.setFixedHeight(height)


class SexField(QComboBox):
    """The sex of the patient: two plain words to choose, or anything typed.

    Signals:
        edited: the person changed the text.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.addItems(["", sex.text_of("F"), sex.text_of("M")])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(self.tr("Reference ranges that differ by sex follow this field."))
        self.lineEdit().setMaxLength(LONGEST_LINE)
        self.currentTextChanged.connect(lambda _: self.edited.emit())

    def content(self) -> str:
        """Give the text."""
        return whole(self.currentText())

    def show_content(self, text: str) -> None:
        """Show another text."""
        with QSignalBlocker(self):
            self.lineEdit().setMaxLength(max(LONGEST_LINE, len(text)))
            self.setCurrentText(text)

    def set_read_only(self, read_only: bool) -> None:
        """Let it be read only, or changed too."""
        self.setEnabled(not read_only)
        _show_read_only(self.lineEdit(), read_only)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form: scrolling past must not change the patient's sex."""
        event.ignore()


Field = LineField | LongField | SexField
