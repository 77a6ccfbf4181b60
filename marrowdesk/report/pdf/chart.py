"""The differential as a bar chart in vector graphics: share, interval as a whisker, range as a band."""

from __future__ import annotations

from itertools import count, takewhile
from typing import TYPE_CHECKING

from marrowdesk.core.shown_lines import Rank
from marrowdesk.report.pdf.layout import Element
from marrowdesk.report.pdf.styles import (
    BAND,
    BAND_EDGE,
    BAR,
    HAIR,
    INK,
    LABEL,
    RULE,
    Style,
    hex_color,
    lighter,
)
from marrowdesk.report.typesetting.lines import set_line

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper
    from marrowdesk.report.rows import PrintedRow

_PITCH, _TIGHT_PITCH, _MANY_ROWS = 11.4, 9.4, 18
_AXIS = 24.0
_NAMES, _MOST_NAMES = 118.0, 150.0
_VALUES = 30.0
_TEXT = Style(7.2)
_STEPS = (1, 2, 5, 10, 20, 25)
_MOST_TICKS = 7


class BarChart(Element):
    """One bar a row; subtotals are gray, classes have their colour.

    Args:
        edition: what is printed; sums of classes are left out.
    """

    def __init__(self, edition: Edition) -> None:
        self._rows = [each for each in edition.rows if each.rank is not Rank.SUM]
        self._words = edition.words
        wide = [set_line(each.label, each.rank.heads).width * _TEXT.size + 15 for each in self._rows]
        self._names = min(max(_NAMES, *wide, 0.0), _MOST_NAMES)
        self._pitch = _TIGHT_PITCH if len(self._rows) > _MANY_ROWS else _PITCH
        highest = max((max(_reach(each)) for each in self._rows), default=0.0)
        self._step = next((step for step in _STEPS if highest / step <= _MOST_TICKS), _STEPS[-1])
        self._end = max(self._step * -(-highest // self._step), self._step)

    def height(self, width: float) -> float:
        """Give the height of bars, axis and legend."""
        return self._pitch * len(self._rows) + _AXIS

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the chart."""
        left, room = x + self._names, width - self._names - _VALUES
        bottom = top - self._pitch * len(self._rows)
        self._draw_grid(paper, left, room, top, bottom)
        for at, each in enumerate(self._rows):
            self._draw_row(paper, each, x, left, room, top - (at + 0.5) * self._pitch, width)
        paper.stroke([(left, top), (left, bottom)], INK, 0.7)
        self._draw_legend(paper, left, x + width, bottom - 19)

    def _draw_grid(self, paper: Paper, left: float, room: float, top: float, bottom: float) -> None:
        for tick in takewhile(lambda value: value <= self._end, count(0, self._step)):
            at = left + room * tick / self._end
            paper.stroke([(at, top), (at, bottom)], HAIR)
            last = tick + self._step > self._end
            paper.text(
                self._words.with_sign(str(tick)) if last else str(tick), at, bottom - 8, LABEL, "center"
            )
        paper.stroke([(left, bottom), (left + room, bottom)], RULE)

    def _draw_row(
        self, paper: Paper, each: PrintedRow, x: float, left: float, room: float, middle: float, width: float
    ) -> None:
        def place(value: float) -> float:
            return left + room * value / self._end

        heading = each.rank.heads
        style = _TEXT.strong() if heading else _TEXT
        indent = 0.0 if heading else 8.0
        paper.text(each.label, x + indent, middle - 2.5, style, width=self._names - indent - 6, least=5.8)
        if each.range is not None:
            low, high = place(each.range.low), place(min(each.range.high, self._end))
            paper.box(low, middle - 4.2, high - low, 8.4, fill=BAND)
            for edge in (low, high):
                paper.stroke([(edge, middle - 4.2), (edge, middle + 4.2)], BAND_EDGE, 0.6)
        share = each.share
        if share.percent is None or share.low is None or share.high is None:
            return
        if share.percent:
            fill = lighter(hex_color(each.color)) if each.color else BAR
            paper.box(left, middle - 2.7, place(share.percent) - left, 5.4, fill=fill)
        _draw_whisker(paper, place(share.low), place(share.high), middle)
        paper.text(self._words.percent(share.percent), x + width, middle - 2.5, style, "right")

    def _draw_legend(self, paper: Paper, left: float, right: float, y: float) -> None:
        say = self._words.say
        share, interval, band = say("share"), say("interval"), say("reference range")
        ranges = any(each.range is not None for each in self._rows)
        shown = (share, interval, band) if ranges else (share, interval)
        texts = sum(set_line(each).width * LABEL.size for each in shown)
        left = min(left, right - texts - 86)  # bars, whisker, band and the room between them
        paper.box(left, y - 0.5, 14, 4.6, fill=BAR)
        left += 18 + paper.text(share, left + 18, y, LABEL) + 14
        _draw_whisker(paper, left, left + 16, y + 1.9)
        left += 20 + paper.text(interval, left + 20, y, LABEL) + 14
        if not ranges:
            return
        paper.box(left, y - 1.8, 16, 7.2, fill=BAND)
        for edge in (left, left + 16):
            paper.stroke([(edge, y - 1.8), (edge, y + 5.4)], BAND_EDGE, 0.6)
        paper.text(band, left + 20, y, LABEL)


def _reach(row: PrintedRow) -> tuple[float, float]:
    return row.share.high or 0.0, row.range.high if row.range else 0.0


def _draw_whisker(paper: Paper, low: float, high: float, middle: float) -> None:
    paper.stroke([(low, middle), (high, middle)], INK, 0.7)
    for edge in (low, high):
        paper.stroke([(edge, middle - 1.9), (edge, middle + 1.9)], INK, 0.7)
