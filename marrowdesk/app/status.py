"""The status bar: how far reading and classifying are, the count against its target, reader and model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.icons import icon
from marrowdesk.app.mnemonics import literal
from marrowdesk.app.viewer.elided import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from marrowdesk.app.classifier import Progress
    from marrowdesk.core.differential import Differential

translate = QCoreApplication.translate


class StatusBar(QStatusBar):
    """What goes on, and for whom.

    Signals:
        reader_clicked: the person clicked the reader's name.
        model_clicked: the person clicked the model's name.
    """

    reader_clicked = Signal()
    model_clicked = Signal()

    def __init__(self, stop: QAction, parent: QWidget | None = None) -> None:
        """Build the bar; ``stop`` is the action that cancels what goes on."""
        super().__init__(parent)
        self._tasks: dict[str, str] = {}
        self._progress: Progress | None = None
        self._work = QWidget(self)
        self.bar = QProgressBar(self._work)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(12)
        self.bar.setMinimumWidth(50)
        self.bar.setMaximumWidth(150)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.text = ElidedLabel(parent=self._work)
        self.text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        stop_button = QToolButton(self._work)
        stop_button.setDefaultAction(stop)
        stop_button.setAutoRaise(True)
        stop_button.setIconSize(QSize(16, 16))
        stop_button.setAccessibleName(self.tr("Stop"))
        stop_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self._work)
        row.setContentsMargins(6, 0, 0, 0)
        for widget in (self.bar, self.text, stop_button):
            row.addWidget(widget)
        row.addStretch(1)
        self.addWidget(self._work, 1)
        self.count = QLabel(self)
        self.addPermanentWidget(self.count)
        self.reader = self._button("reader", self.reader_clicked)
        self.model = self._button("info", self.model_clicked)
        self._show_work()

    def _button(self, picture: str, signal: Signal) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(signal)
        self.addPermanentWidget(button)
        return button

    # -- work -----------------------------------------------------------------------------------------

    def show_task(self, name: str, text: str) -> None:
        """Tell what else goes on; an empty text ends it."""
        self._tasks.pop(name, None)
        if text:
            self._tasks[name] = text
        self._show_work()

    def show_progress(self, progress: Progress | None) -> None:
        """Tell how far the classification is; None when nothing is being classified."""
        self._progress = progress
        self._show_work()

    def _show_work(self) -> None:
        parts = list(self._tasks.values())
        # A bar paints each new value at once, and with it all else in the window that waits to be painted.
        self.bar.setUpdatesEnabled(False)
        if self._progress is not None:
            self.bar.setRange(0, max(1, self._progress.total))
            self.bar.setValue(self._progress.done)
            parts.append(progress_text(self._progress))
        else:
            self.bar.setRange(0, 0)
        self.bar.setUpdatesEnabled(True)
        self.text.set_text("   ".join(parts))
        self.bar.setAccessibleDescription(self.text.text)
        self._work.setVisible(bool(parts))
        self._make_room()

    def _make_room(self) -> None:
        """Give each text its new width now: painted before that, its end would be cut off for a moment."""
        layout = self.layout()
        if layout is not None:
            layout.activate()

    # -- standing -------------------------------------------------------------------------------------

    def show_count(self, count: Differential | None) -> None:
        """Show the cells counted against the target; None without a case."""
        if count is None:
            self.count.clear()
            return
        counted, target = numbers.count(count.counted), numbers.count(count.rules.target)
        reviewed, total = numbers.count(count.reviewed), numbers.count(count.total)
        text = self.tr("Counted {} of {}   Reviewed {} of {} cells")
        if count.total == 1:
            text = self.tr("Counted {} of {}   Reviewed {} of {} cell")
        self.count.setText(text.format(counted, target, reviewed, total))
        self._make_room()

    def show_reader(self, name: str, *, second: bool = False) -> None:
        """Show who decides; ``second`` tells a second reader from the first."""
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, 160)
        self.reader.setText(literal(shown) or self.tr("No reader's name"))
        tip = self.tr("Second reader: {}") if second else self.tr("Reader: {}")
        self.reader.setToolTip(tip.format(name) if name else self.tr("Set the reader's name"))
        self.reader.setAccessibleName(self.reader.toolTip())

    def show_model(self, name: str, tip: str) -> None:
        """Show which model proposes."""
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 220)
        self.model.setText(literal(shown))
        self.model.setToolTip(tip)
        self.model.setAccessibleName(self.tr("Model: {}").format(name))


def progress_text(progress: Progress) -> str:
    """Write progress in words: ``1,240 of 2,000 cells · 85 cells/s · 9 s left``."""
    parts = [
        translate("StatusBar", "{} of {} cells").format(
            numbers.count(progress.done), numbers.count(progress.total)
        )
    ]
    if progress.cells_per_second > 0:
        speed = progress.cells_per_second
        parts.append(
            translate("StatusBar", "{} cells/s").format(f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}")
        )
    if progress.seconds_left is not None:
        parts.append(translate("StatusBar", "{} left").format(duration(progress.seconds_left)))
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """Write a time to come: ``9 s``, ``2 min 10 s``, ``1 h 05 min``."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min {whole % 60 // 10 * 10:02d} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
