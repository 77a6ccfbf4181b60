"""A slider with two handles, for a range of certainty."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from marrowdesk.app.colors import blend

_HANDLE = 14
_HEIGHT = 22
_GROOVE = 4
_PAGE = 10


class RangeSlider(QWidget):
    """Lower and upper limit in whole percent.

    Each handle is a slider of its own: reached by Tab, moved by the arrow keys, told by screen readers. They
    push each other.

    Signals:
        changed: lower and upper limit.
    """

    changed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = False
        self.low = _Handle(self, 0)
        self.high = _Handle(self, 100)
        self.low.valueChanged.connect(lambda value: self._moved(value, max(value, self.high.value())))
        self.high.valueChanged.connect(lambda value: self._moved(min(value, self.low.value()), value))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give a comfortable size."""
        return QSize(140, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Give the least size that can still be set to single percents with patience."""
        return QSize(70, _HEIGHT)

    @property
    def limits(self) -> tuple[int, int]:
        """Lower and upper limit in percent."""
        return self.low.value(), self.high.value()

    def set_limits(self, low: int, high: int) -> None:
        """Set both limits; ``changed`` is emitted once, if they differ."""
        if (low, high) != self.limits:
            self._moved(low, high)

    def _moved(self, low: int, high: int) -> None:
        if self._quiet:
            return
        self._quiet = True
        self.low.setValue(low)
        self.high.setValue(high)
        self._quiet = False
        self._place()
        self.changed.emit(low, high)

    def drag(self, handle: _Handle, x: int) -> None:
        """Move a handle to a horizontal place of this widget."""
        room = max(1, self.width() - _HANDLE)
        handle.setValue(round(100 * (x - _HANDLE / 2) / room))

    def _place(self) -> None:
        room = self.width() - _HANDLE
        for handle in (self.low, self.high):
            handle.move(round(room * handle.value() / 100), (self.height() - _HEIGHT) // 2)
        # at one end both lie upon each other: the one that still can move comes up
        (self.high if self.high.value() < 50 else self.low).raise_()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the handles where they belong."""
        super().resizeEvent(event)
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the nearer handle to the pointer."""
        x = event.position().toPoint().x()
        to_low = abs(x - self.low.geometry().center().x())
        to_high = abs(x - self.high.geometry().center().x())
        handle = self.low if to_low < to_high or (to_low == to_high and x < self.low.x()) else self.high
        handle.setFocus(Qt.FocusReason.MouseFocusReason)
        self.drag(handle, x)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove and range."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        palette = self.palette()
        window = palette.color(QPalette.ColorRole.Window)
        painter.setBrush(blend(window, palette.color(QPalette.ColorRole.WindowText), 0.18))
        groove = QRectF(_HANDLE / 2, (self.height() - _GROOVE) / 2, self.width() - _HANDLE, _GROOVE)
        painter.drawRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
        left, right = self.low.geometry().center().x(), self.high.geometry().center().x()
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        painter.drawRoundedRect(QRectF(left, groove.y(), right - left, _GROOVE), _GROOVE / 2, _GROOVE / 2)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        self.update()


class _Handle(QSlider):
    """One end of the range: a slider as small as its handle."""

    def __init__(self, slider: RangeSlider, value: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, slider)
        self._slider = slider
        self._grip: QPoint | None = None
        self.setRange(0, 100)
        self.setPageStep(_PAGE)
        self.setValue(value)
        self.setFixedSize(_HANDLE, _HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._grip = event.position().toPoint() - self.rect().center()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self._grip is not None:
            at = self.mapToParent(event.position().toPoint()) - self._grip
            self._slider.drag(self, at.x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a round handle; a ring shows the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        accent = palette.color(QPalette.ColorRole.Highlight)
        line = blend(
            palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText), 0.45
        )
        painter.setPen(QPen(accent if self.hasFocus() else line, 2.0 if self.hasFocus() else 1.2))
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        side = _HANDLE - 3
        painter.drawEllipse(QRectF(1.5, (_HEIGHT - side) / 2, side, side))
