"""What is computed from the differential: ratios with their definition, thresholds, and the cells apart."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from marrowdesk.report import words
from marrowdesk.report.pdf.layout import Beside, Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, NOTE, Style

if TYPE_CHECKING:
    from marrowdesk.core.differential import Ratio, ThresholdMark
    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

_MARKED = Style(7.4, bold=True)
_MOST_DEFINITION = 3
_NAMES = 88.0


class RatioLine(Element):
    """A ratio: value, interval, range and mark in one line, its definition below."""

    gap = 5.0

    def __init__(self, ratio: Ratio) -> None:
        self._ratio = ratio
        counted = f"{ratio.above} : {ratio.below} cells"
        self._definition = Text(f"{counted}; {ratio.definition}", NOTE, most=_MOST_DEFINITION)

    def height(self, width: float) -> float:
        """Give the height of line and definition."""
        return BODY.leading + 2 + self._definition.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the line and the definition."""
        ratio, y = self._ratio, top - BODY.size
        paper.text(ratio.name, x, y, BODY.strong())
        left = x + _NAMES + paper.text(words.ratio(ratio), x + _NAMES, y, BODY.strong())
        if ratio.value is not None:
            left += 6 + paper.text(f"({words.ratio_interval(ratio)})", left + 6, y, BODY)
        if ratio.range:
            left += 8 + paper.text(f"reference {words.limits(ratio.range)}", left + 8, y, BODY.soft())
        paper.text(words.mark(ratio.mark), left + 8, y, _MARKED)
        self._definition.draw(paper, x, top - BODY.leading - 2, width)


class ThresholdLine(Element):
    """A share, and where it stands against each of its thresholds."""

    gap = 3.0

    def __init__(self, marks: list[ThresholdMark]) -> None:
        self._marks = marks

    def height(self, width: float) -> float:
        """Give the height of the line."""
        return BODY.leading

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the share, the sides and the source."""
        threshold, share = self._marks[0].threshold, self._marks[0].share
        y = top - BODY.size
        paper.text(words.capital(threshold.name), x, y, BODY.strong(), width=_NAMES - 6)
        value = f"{words.percent(share.percent)} % ({words.interval(share)})"
        left = x + _NAMES + paper.text(value, x + _NAMES, y, BODY) + 8
        left += paper.text(words.sides(self._marks), left, y, BODY.strong()) + 8
        paper.text(threshold.source, left, y + 0.4, NOTE, width=x + width - left)


def _thresholds(report: Report) -> Element:
    marks = report.differential.marks
    lines: list[Element] = [
        ThresholdLine(list(group)) for _, group in groupby(marks, key=lambda each: each.threshold.name)
    ]
    return Stack(lines or [Text("No cells counted yet.", BODY)], "Thresholds, whole interval")


class _PerHundred(Element):
    """One kind of cells outside of the differential."""

    def __init__(self, name: str, count: int, per_hundred: float | None) -> None:
        self._name = words.capital(words.plural(name))
        self._count = count
        self._per_hundred = words.percent(per_hundred)

    def height(self, width: float) -> float:
        """Give the height of the line."""
        return 11.4

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw name, count and number per hundred."""
        y = top - 8.4
        paper.text(self._name, x, y, BODY, width=width - 84)
        paper.text(str(self._count), x + width - 46, y, BODY, "right")
        paper.text(self._per_hundred, x + width, y, BODY, "right")
        paper.rule(x, top - 11.4, width, HAIR)


class _ApartHead(Element):
    def height(self, width: float) -> float:
        return 9.5

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        paper.text("Count", x + width - 46, top - 7, NOTE, "right")
        paper.text("per 100", x + width, top - 7, NOTE, "right")
        paper.rule(x, top - 9.5, width, HAIR)


def _apart(report: Report) -> Element:
    lines: list[Element] = [
        _PerHundred(each.name, each.count, each.per_hundred) for each in report.differential.apart
    ]
    if not lines:
        return Stack([Text("None.", BODY)], "Outside the differential")
    return Stack([_ApartHead(), *lines], "Outside the differential")


def ratios_section(report: Report) -> Element:
    """Give ratios and thresholds on the left, the cells apart on the right."""
    found = report.differential
    ratios = Stack([RatioLine(found.me_ratio), RatioLine(found.maturation)], "Ratios")
    thresholds = _thresholds(report)
    thresholds.gap = GAP - 2
    return Beside([(Stack([ratios, thresholds]), 0.64), (_apart(report), 0.36)], between=22, gap=GAP)
