"""The differential as a bar chart: shares in class colours, their intervals and the reference ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.libraries import load_pyqtgraph, pyqtgraph
from marrowdesk.app.theme import tones
from marrowdesk.core.shown_lines import shown_lines

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from marrowdesk.core.differential import Differential
    from marrowdesk.core.reference import Range

_NEUTRAL = "#6b7a99"
_LINE_HEIGHT = 17
_AXIS_HEIGHT = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; all numbers in percent.

    Attributes:
        name: beside the axis.
        color: of the class; grey for a sum of classes.
        percent: its length.
        low: lower limit of its interval.
        high: upper limit of its interval.
        range: reference range; None for none.
        outside: whether the share lies outside of it.
    """

    name: str
    color: str
    percent: float
    low: float
    high: float
    range: Range | None
    outside: bool


def bars(counted: Differential) -> list[Bar]:
    """Give the bars of a count from top to bottom: the lines that a report prints of it."""
    return [
        Bar(
            row.name,
            _NEUTRAL if row.cell_class is None else row.cell_class.color,
            share.percent, share.low, share.high, line.range, bool(line.mark),
        )
        for line in shown_lines(counted)
        if (row := line.row) and (share := row.share).percent is not None
        if share.low is not None and share.high is not None
    ]  # fmt: skip


class DifferentialChart(QWidget):
    """Horizontal bars; pyqtgraph is loaded on a thread when the chart is first shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[Bar] = []
        self._asked = False
        self.plot: Any = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.addWidget(self._scroll)
        self.setAccessibleName(self.tr("Bar chart of the differential"))

    @property
    def shown(self) -> list[Bar]:
        """The bars, from top to bottom."""
        return self._bars

    def show_count(self, counted: Differential) -> None:
        """Show another count."""
        new = bars(counted)
        if new != self._bars:
            self._bars = new
            self.setAccessibleDescription(
                "; ".join(f"{bar.name} {numbers.percent_sign(bar.percent)}" for bar in new)
            )
            self._draw()

    def _build(self) -> None:
        if self.plot is not None:
            return
        pg = pyqtgraph()
        self.plot = pg.PlotWidget(self, enableMenu=False)
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(6, 4, 8, 2)
        item.setMouseEnabled(x=False, y=False)
        item.invertY(True)
        item.getViewBox().setDefaultPadding(0.0)
        item.getAxis("left").setStyle(tickLength=0)
        self._ranges = pg.BarGraphItem(x0=[], y=[], width=[], height=0.9)
        self._shares = pg.BarGraphItem(x0=[], y=[], width=[], height=0.52)
        self._whiskers = pg.ErrorBarItem(beam=0.3)
        for part in (self._ranges, self._shares, self._whiskers):
            item.addItem(part)
        self._values: list[Any] = []
        self._scroll.setWidget(self.plot)
        self._paint_theme()
        self._draw()

    def _draw(self) -> None:
        if self.plot is None:
            return
        pg, shown, count = pyqtgraph(), self._bars, len(self._bars)
        ranged = [(at, bar.range) for at, bar in enumerate(shown) if bar.range is not None]
        self._ranges.setOpts(
            x0=[limits.low for _, limits in ranged],
            width=[limits.high - limits.low for _, limits in ranged],
            y=[at for at, _ in ranged],
        )
        self._shares.setOpts(
            x0=[0.0] * count,
            width=[bar.percent for bar in shown],
            y=list(range(count)),
            brushes=[pg.mkBrush(bar.color) for bar in shown],
            pens=[pg.mkPen(128, 128, 128, 140) for _ in shown],
        )
        self._draw_whiskers()
        self._draw_texts()
        item = self.plot.getPlotItem()
        most = max([bar.high for bar in shown] + [limits.high for _, limits in ranged], default=10.0)
        self.plot.setMinimumHeight(_LINE_HEIGHT * count + _AXIS_HEIGHT)
        item.setXRange(0, most * 1.16, padding=0)
        item.setYRange(-0.6, max(count, 1) - 0.4, padding=0)

    def _draw_whiskers(self) -> None:
        values = np.array([(bar.percent, bar.low, bar.high) for bar in self._bars]).reshape(-1, 3)
        self._whiskers.setData(
            x=values[:, 0],
            y=np.arange(len(values), dtype=float),
            left=values[:, 0] - values[:, 1],
            right=values[:, 2] - values[:, 0],
        )

    def _draw_texts(self) -> None:
        pg, item = pyqtgraph(), self.plot.getPlotItem()
        item.getAxis("left").setTicks([[(at, bar.name) for at, bar in enumerate(self._bars)]])
        while len(self._values) > len(self._bars):
            item.removeItem(self._values.pop())
        while len(self._values) < len(self._bars):
            self._values.append(pg.TextItem(anchor=(0, 0.5)))
            item.addItem(self._values[-1], ignoreBounds=True)
        for at, (bar, text) in enumerate(zip(self._bars, self._values, strict=True)):
            text.setText(numbers.percent(bar.percent), tones().warning if bar.outside else tones().text)
            text.setPos(max(bar.high, bar.range.high if bar.range else 0), at)

    def _paint_theme(self) -> None:
        if self.plot is None:
            return
        pg, colors = pyqtgraph(), tones()
        self.plot.setBackground(self.palette().base().color())
        for name in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(name)
            axis.setTextPen(colors.text)
            axis.setPen(colors.line)
            axis.setTickPen(colors.line)
        self.plot.getPlotItem().setLabel("bottom", self.tr("% of counted cells"), color=colors.faint)
        band = pg.mkColor(colors.text)
        band.setAlpha(28)
        self._ranges.setOpts(brush=band, pen=pg.mkPen(None))
        self._whiskers.setData(pen=pg.mkPen(colors.text, width=1.5))
        self._draw_texts()

    def showEvent(self, event: QShowEvent) -> None:
        """Load pyqtgraph once there is something on the screen."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            load_pyqtgraph(self, self._build)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_theme()
