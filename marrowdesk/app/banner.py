"""Messages above the cells that stop nobody: what is the matter, what to do, a button that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from marrowdesk.app.icons import icon
from marrowdesk.app.theme import tones

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["info", "warning"]


class Message(QWidget):
    """One message: a line of text with an icon, buttons, and a cross that takes it away."""

    def __init__(self, kind: Kind, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(8)
        self._sign = QLabel(self)
        self._show_sign()
        row.addWidget(self._sign)
        self._text = QLabel(text, self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._text, 1)
        self._row = row
        cross = QToolButton(self)
        cross.setIcon(icon("close"))
        cross.setAutoRaise(True)
        cross.setToolTip(self.tr("Close this message"))
        cross.setAccessibleName(cross.toolTip())
        cross.clicked.connect(self.close_message)
        row.addWidget(cross)

    def _show_sign(self) -> None:
        sign = icon("warning" if self._kind == "warning" else "info")
        self._sign.setPixmap(sign.pixmap(QSize(18, 18), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_sign()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def add(self, widget: QWidget) -> None:
        """Put a control before the cross."""
        self._row.insertWidget(self._row.count() - 1, widget)

    def add_button(self, text: str, slot: Callable[[], object]) -> QPushButton:
        """Put a button before the cross."""
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        self.add(button)
        return button

    def close_message(self) -> None:
        """Take the message away."""
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Tint the ground: faintly, so that the text keeps its contrast."""
        painter = QPainter(self)
        tint = QColor(tones().warning if self._kind == "warning" else tones().accent)
        edge = QColor(tint)
        tint.setAlpha(30)
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, 4, self.height(), edge)


class Banner(QWidget):
    """The place of the messages; takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)

    def tell(self, name: str, text: str, kind: Kind = "info") -> Message:
        """Show a message in place of an earlier one of the same name."""
        self.take_away(name)
        message = Message(kind, text, self)
        message.setObjectName(name)
        self._column.addWidget(message)
        return message

    def take_away(self, name: str) -> None:
        """Take a message away, if it is there."""
        for message in self.messages():
            if message.objectName() == name:
                message.close_message()

    def messages(self) -> list[Message]:
        """Give the messages shown, from top to bottom."""
        return self.findChildren(Message, options=Qt.FindChildOption.FindDirectChildrenOnly)
