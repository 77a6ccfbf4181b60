"""How far the count is on its way to the target: counted cells, and those of them a reader decided on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from marrowdesk.app.differential import sentences

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from marrowdesk.core.differential import Differential

_BAR = 6


class TargetBar(QWidget):
    """A line of text and a bar: light for counted cells, full for reviewed ones, a tick at the target."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._counted = self._reviewed = 0
        self._target = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Progress to the target"))

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show_count(self, counted: Differential) -> None:
        """Show another count."""
        self._text = sentences.progress(counted)
        self._counted, self._reviewed = counted.counted, counted.counted_reviewed
        self._target = max(1, counted.rules.target)
        self.setAccessibleDescription(self._text)
        self.setToolTip(
            self.tr("{}\nLight: counted nucleated cells. Full: those a reader decided on.").format(self._text)
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the text and the bar."""
        return QSize(220, self.fontMetrics().height() + _BAR + 4)

    def minimumSizeHint(self) -> QSize:
        """Narrow, but never lower."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw text and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        height = self.fontMetrics().height()
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(0, 0, self.width(), height, Qt.AlignmentFlag.AlignVCenter, text)
        track = QRectF(0, height + 2, self.width(), _BAR)
        whole = max(self._target, self._counted)
        ink = QColor(palette.color(QPalette.ColorRole.WindowText))
        ink.setAlpha(30)
        accent = QColor(palette.color(QPalette.ColorRole.Highlight))
        light = QColor(accent)
        light.setAlpha(95)
        painter.setPen(Qt.PenStyle.NoPen)
        for count, color in ((whole, ink), (self._counted, light), (self._reviewed, accent)):
            if count:
                painter.setBrush(color)
                part = QRectF(track)
                part.setWidth(track.width() * count / whole)
                painter.drawRoundedRect(part, 3, 3)
        if self._counted > self._target:
            at = track.left() + track.width() * self._target / whole
            painter.fillRect(
                QRectF(at - 1, track.top() - 1, 2, _BAR + 2), palette.color(QPalette.ColorRole.WindowText)
            )
