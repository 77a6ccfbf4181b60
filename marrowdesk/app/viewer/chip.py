"""The class chip: dotted and hollow for a proposal, solid with a check for a reader's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from marrowdesk.app.colors import ink_on

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

NO_CLASS = "#868e96"

_PAD = 8


def swatch(color: str, side: int, ratio: float) -> QIcon:
    """Give a small square in a class colour, for lists; ``ratio`` is the screen's device pixel ratio."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_swatch(painter, QRectF(1, 1, side - 2, side - 2), QColor(color))
    painter.end()
    return QIcon(pixmap)


def paint_swatch(painter: QPainter, area: QRectF, color: QColor) -> None:
    """Paint a small square in a class colour, with a rim that keeps it visible on any background."""
    painter.setPen(QPen(QColor(128, 128, 128, 140), 1))
    painter.setBrush(color)
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)


class ClassChip(QWidget):
    """A chip with the name of a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._color = QColor(NO_CLASS)
        self._decided = False
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The name on the chip."""
        return self._text

    @property
    def decided(self) -> bool:
        """Whether it is drawn as a decision: solid, with a check."""
        return self._decided

    def show_class(self, text: str, color: str, *, decided: bool) -> None:
        """Show another class or state."""
        self._text, self._color, self._decided = text, QColor(color), decided
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the name and the check."""
        metrics = QFontMetrics(self.font())
        mark = metrics.height() if self._decided else 0
        return QSize(metrics.horizontalAdvance(self._text) + mark + 2 * _PAD + 2, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        """Room for some letters; the rest is elided."""
        return QSize(min(70, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._decided:
            painter.setPen(QPen(QColor(128, 128, 128, 140), 1))
            painter.setBrush(self._color)
            ink = ink_on(self._color)
        else:
            pen = QPen(self._color, 1.6, Qt.PenStyle.DotLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            ink = self.palette().windowText().color()
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        left = _PAD
        if self._decided:
            left += self._paint_check(painter, area, ink)
        painter.setPen(ink)
        room = self.rect().adjusted(left, 0, -_PAD + 2, 0)
        elided = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_check(self, painter: QPainter, area: QRectF, ink: QColor) -> int:
        side = area.height() * 0.42
        x, y = area.left() + _PAD, area.center().y()
        painter.setPen(QPen(ink, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(
            QPolygonF(
                [QPointF(x, y), QPointF(x + side * 0.38, y + side * 0.4), QPointF(x + side, y - side * 0.45)]
            )
        )
        return round(side) + 6
