"""The most probable classes of a cell as bars with names and calibrated probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.viewer.chip import NO_CLASS, paint_swatch
from marrowdesk.app.viewer.words import name_of

if TYPE_CHECKING:
    from PySide6.QtGui import QHelpEvent, QMouseEvent, QPaintEvent

    from marrowdesk.core.cell import Prediction
    from marrowdesk.core.taxonomy import Scheme

COUNT = 5
_SWATCH = 10
_GAP = 6
_THICK, _THIN = 8, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: a class and its probability in [0, 1]."""

    code: str
    name: str
    color: str
    probability: float

    @property
    def value(self) -> str:
        """The probability as shown."""
        return numbers.probability(self.probability)


class ProbabilityBars(QWidget):
    """Up to five bars, the most probable class first; room for five is always kept.

    Signals:
        class_picked: a bar was clicked; the class code.
    """

    class_picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[Bar] = []
        self._marked = ""
        self._stacked = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Most probable classes"))

    @property
    def bars(self) -> list[Bar]:
        """What is shown, the most probable first."""
        return self._bars

    def show_prediction(self, prediction: Prediction | None, scheme: Scheme) -> None:
        """Show another proposal, or none."""
        top = [] if prediction is None else prediction.top(COUNT)
        self._bars = [
            Bar(code, name_of(scheme, code), scheme[code].color if code in scheme else NO_CLASS, probability)
            for code, probability in top
        ]
        self.setAccessibleDescription("; ".join(f"{bar.name} {bar.value}" for bar in self._bars))
        self.update()

    def mark(self, code: str) -> None:
        """Mark the class that the map speaks of; empty for none."""
        if code != self._marked:
            self._marked = code
            self.update()

    def set_stacked(self, stacked: bool) -> None:
        """Draw each bar below its name, for a narrow column, or beside it."""
        if stacked != self._stacked:
            self._stacked = stacked
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for five lines."""
        return QSize(300, COUNT * self._line() + 2)

    def minimumSizeHint(self) -> QSize:
        """Narrow, but never lower."""
        return QSize(120, self.sizeHint().height())

    def _line(self) -> int:
        height = QFontMetrics(self.font()).height()
        return 2 * height + 3 if self._stacked else height + 2

    def _at(self, point: QPoint) -> Bar | None:
        at = point.y() // self._line()
        return self._bars[at] if 0 <= at < len(self._bars) else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the class of the bar under the pointer."""
        bar = self._at(event.position().toPoint())
        if bar is not None and event.button() == Qt.MouseButton.LeftButton:
            self.class_picked.emit(bar.code)

    def event(self, event: QEvent) -> bool:
        """Tell the full name of the bar under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> None:
        bar = self._at(event.pos())
        if bar is None:
            QToolTip.hideText()
            return
        text = self.tr("{} ({}): calibrated probability {}. Click to see where the model looked for it.")
        QToolTip.showText(event.globalPos(), text.format(bar.name, bar.code, bar.value), self)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        value_width = metrics.horizontalAdvance(numbers.probability(0.9999)) + 2
        longest = max((metrics.horizontalAdvance(bar.name) for bar in self._bars), default=0) + 2
        room = self.width() - value_width - _SWATCH - 3 * _GAP
        name_width = self.width() - _SWATCH - _GAP if self._stacked else min(longest, round(room * 0.58))
        for at, bar in enumerate(self._bars):
            line = QRect(0, at * self._line(), self.width(), self._line())
            self._paint_bar(painter, line, bar, name_width, value_width)

    def _paint_bar(self, painter: QPainter, line: QRect, bar: Bar, name_width: int, value_width: int) -> None:
        palette, metrics = self.palette(), painter.fontMetrics()
        if bar.code == self._marked:
            tint = QColor(palette.color(QPalette.ColorRole.Highlight))
            tint.setAlpha(40)
            painter.fillRect(line, tint)
        text = QRect(line.left(), line.top() + 1, line.width(), metrics.height())
        middle = text.center().y() + 0.5
        paint_swatch(painter, QRectF(1, middle - _SWATCH / 2, _SWATCH, _SWATCH), QColor(bar.color))
        name = QRect(_SWATCH + _GAP, text.top(), name_width, text.height())
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        elided = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, name_width)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, elided)
        if self._stacked:
            text.translate(0, metrics.height())
        value = QRect(text.right() - value_width, text.top(), value_width, text.height())
        painter.drawText(value, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, bar.value)
        left, thickness = (name.left(), _THIN) if self._stacked else (name.right() + _GAP, _THICK)
        middle = text.center().y() + 0.5
        track = QRectF(left, middle - thickness / 2, max(8, value.left() - _GAP - left), thickness)
        self._paint_track(painter, track, bar)

    def _paint_track(self, painter: QPainter, track: QRectF, bar: Bar) -> None:
        groove = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        groove.setAlpha(26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(groove)
        painter.drawRoundedRect(track, 2, 2)
        fill = QRectF(track)
        fill.setWidth(max(2.0, track.width() * bar.probability))
        painter.setPen(QPen(QColor(128, 128, 128, 140), 0.8))
        painter.setBrush(QColor(bar.color))
        painter.drawRoundedRect(fill, 2, 2)
