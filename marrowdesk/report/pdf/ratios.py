"""What is computed from the differential: ratios with their definition, thresholds, and the cells apart."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from marrowdesk.report import words
from marrowdesk.report.pdf.layout import Beside, Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, NOTE, Style

if TYPE_CHECKING:
    from marrowdesk.core.differential import Ratio
    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

_MARKED = Style(7.4, bold=True)
_MOST_DEFINITION = 4
_NAMES = 80.0


class RatioLine(Element):
    """A ratio: value and interval in one line, then its range and mark, then its definition."""

    gap = 5.0

    def __init__(self, ratio: Ratio) -> None:
        self._ratio = ratio
        counted = f"{ratio.above} : {ratio.below} cells; {ratio.definition}"
        self._definition = Text(counted, NOTE, most=_MOST_DEFINITION)

    def height(self, width: float) -> float:
        """Give the height of line and definition."""
        return BODY.leading * (2 if self._ratio.range else 1) + 1 + self._definition.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the lines and the definition."""
        ratio, y, right = self._ratio, top - BODY.size, x + width
        paper.text(ratio.name, x, y, BODY.strong())
        left = x + _NAMES + paper.text(words.ratio(ratio), x + _NAMES, y, BODY.strong()) + 5
        if ratio.value is not None:
            paper.text(f"({words.ratio_interval(ratio)})", left, y, BODY, width=right - left)
        if ratio.range:
            y -= BODY.leading
            left = x + paper.text(f"reference {words.limits(ratio.range)}", x, y, BODY.soft()) + 6
            left = max(left, x + _NAMES)
            paper.text(words.mark(ratio.mark), left, y, _MARKED, width=right - left)
        self._definition.draw(paper, x, top - self.height(width) + self._definition.height(width), width)


def _thresholds(report: Report) -> Element:
    lines: list[Element] = []
    sources: dict[str, None] = {}
    for _, group in groupby(report.differential.marks, key=lambda each: each.threshold.name):
        marks = list(group)
        threshold, share = marks[0].threshold, marks[0].share
        sources[threshold.source] = None
        value = f"{words.percent(share.percent)} % ({words.interval(share)})"
        lines.append(Text(f"{words.capital(threshold.name)} {value}", BODY, gap=4))
        lines.append(Text(words.sides(marks), BODY.strong()))
    if not lines:
        return Stack([Text("No cells counted yet.", BODY)], "Thresholds")
    return Stack([*lines, Text(f"By the whole interval; {', '.join(sources)}", NOTE, gap=3)], "Thresholds")


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
        paper.text(self._name, x, y, BODY, width=width - 54)
        paper.text(str(self._count), x + width - 32, y, BODY, "right")
        paper.text(self._per_hundred, x + width, y, BODY, "right")
        paper.rule(x, top - 11.4, width, HAIR)


class _ApartHead(Element):
    def height(self, width: float) -> float:
        return 9.5

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        paper.text("Count", x + width - 32, top - 7, NOTE, "right")
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
    """Give ratios, thresholds and the cells apart, side by side."""
    found = report.differential
    ratios = Stack([RatioLine(found.me_ratio), RatioLine(found.maturation)], "Ratios")
    return Beside([(ratios, 0.4), (_thresholds(report), 0.28), (_apart(report), 0.32)], between=20, gap=GAP)
