"""The legend over the picture while the map is shown: its colours and what they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter
from PySide6.QtWidgets import QWidget

from marrowdesk.app.viewer.attention import color_table

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_BAR = 44
_GAP = 6
_FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap


class MapLegend(QWidget):
    """A strip with the colour scale, from no evidence to the most, and a sentence.

    Dark under both themes: it lies on the picture, not on the window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = self._short = self._shown = ""
        self._scale = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        font = self.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() * 0.85))
        self.setFont(font)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text

    def set_text(self, text: str, short: str = "", *, scale: bool) -> None:
        """Set the sentence.

        Args:
            text: the whole sentence.
            short: stands instead where the whole does not fit; what must not be missed.
            scale: whether the colour scale stands beside it.
        """
        self._text, self._short = text, short or text
        self._scale = scale
        self.setAccessibleName(text)
        self.update()

    def place_in(self, area: QRect) -> None:
        """Lie at the lower edge of an area, no wider than needed, in two lines where one has no room."""
        fits = self._width(self._text) <= area.width()
        self._shown = self._text if fits else self._short
        width = min(self._width(self._shown), area.width())
        room = QRect(0, 0, width - self._text_left() - _GAP, 1000)
        height = self.fontMetrics().boundingRect(room, _FLAGS, self._shown).height() + 4
        left = area.left() + (area.width() - width) // 2
        self.setGeometry(left, area.bottom() - height + 1, width, height)
        self.update()

    def _width(self, text: str) -> int:
        return self._text_left() + _GAP + self.fontMetrics().horizontalAdvance(text) + 2

    def _text_left(self) -> int:
        return _BAR + 2 * _GAP if self._scale else _GAP

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the strip."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(20, 20, 26, 205))
        if self._scale:
            self._paint_scale(painter)
        painter.setPen(QColor(245, 245, 250))
        text = self.rect().adjusted(self._text_left(), 0, -_GAP, 0)
        painter.drawText(text, _FLAGS, self._shown)

    def _paint_scale(self, painter: QPainter) -> None:
        bar = QRectF(_GAP, self.height() / 2 - 4, _BAR, 8)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        table = color_table()
        for at in range(0, 256, 15):
            red, green, blue, alpha = (int(value) for value in table[at])
            gradient.setColorAt(at / 255, QColor(red, green, blue, alpha))
        painter.fillRect(bar, gradient)
