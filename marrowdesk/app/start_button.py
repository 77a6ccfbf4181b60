"""A big button of the first page: a picture, what it opens, and a few words more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QEnterEvent, QKeyEvent

_ICON = 34
_PAD = 18


class StartButton(QAbstractButton):
    """Triggers an action; drawn as a card that answers to mouse and keyboard."""

    def __init__(self, action: QAction, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName(f"start_{action.objectName()}")
        self.setIcon(action.icon())
        self.setText(title)
        self.setToolTip(action.toolTip())
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(action.trigger)

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def sizeHint(self) -> QSize:
        """Room for two lines of words beside the picture."""
        return QSize(270, 3 * self.fontMetrics().lineSpacing() + 2 * _PAD + 14)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Return too: only some desktops let Qt do so by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go back."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        roles, palette = QPalette.ColorRole, self.palette()
        accent = palette.color(roles.Highlight)
        lit = self.underMouse() or self.hasFocus()
        ground = palette.color(roles.Base)
        if self.isDown():
            ground = palette.color(roles.Button)
        card = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(accent if lit else palette.color(roles.Mid), 2 if self.hasFocus() else 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(card, 9, 9)
        self._paint_icon(painter, accent)
        self._paint_words(painter)

    def _paint_icon(self, painter: QPainter, accent: QColor) -> None:
        side = _ICON + 20
        disc = QRect(_PAD, (self.height() - side) // 2, side, side)
        tint = QColor(accent)
        tint.setAlpha(34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(disc, 12, 12)
        self.icon().paint(painter, disc.adjusted(10, 10, -10, -10))

    def _paint_words(self, painter: QPainter) -> None:
        roles, palette = QPalette.ColorRole, self.palette()
        left = _PAD + _ICON + 20 + 14
        room = QRect(left, 0, self.width() - left - 12, self.height())
        title = self._title_font()
        painter.setFont(title)
        height = painter.fontMetrics().height()
        below = self.fontMetrics().boundingRect(
            QRect(0, 0, room.width(), 200), Qt.TextFlag.TextWordWrap, self._words
        )
        top = (self.height() - height - 4 - below.height()) // 2
        painter.setPen(palette.color(roles.WindowText))
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QRect(left, top, room.width(), height), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(self.font())
        painter.setPen(palette.color(roles.PlaceholderText))
        words = QRect(left, top + height + 4, room.width(), below.height() + 2)
        painter.drawText(words, Qt.TextFlag.TextWordWrap, self._words)
