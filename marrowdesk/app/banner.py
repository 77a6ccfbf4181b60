"""Messages above the cells that stop nobody: what is the matter, what to do, a button that does it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.icons import icon
from marrowdesk.app.theme import tones

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["info", "warning"]

_BREAK = "\u200b"
_BREAKABLE = re.compile(r"[_\-/\\]|[^\s_\-/\\]{30}(?=\w)")
_LEAST = 80  # pixels of a text


class _Said(QLabel):
    """The text of a message: breaks inside the name of a folder too, and never widens the window."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(_BREAKABLE.sub(rf"\g<0>{_BREAK}", text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setToolTip(text)
        self.setAccessibleName(text)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(_LEAST)

    def copy(self) -> None:
        """Copy what is selected, or all; the name of a folder is copied as the computer knows it."""
        text = self.selectedText() or self.text()
        QGuiApplication.clipboard().setText(text.replace(_BREAK, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on the platform's own keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("&Copy")).triggered.connect(self.copy)
        menu.popup(event.globalPos())


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
        self.said = _Said(text, self)
        row.addWidget(self.said, 1)
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
        return self.accessibleName()

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
