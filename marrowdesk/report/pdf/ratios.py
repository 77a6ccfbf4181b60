"""What is computed from the differential: ratios with their definition, thresholds, and the cells apart."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Beside, Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, NOTE, Style
from marrowdesk.report.typesetting.lines import set_line
from marrowdesk.report.words import capital

if TYPE_CHECKING:
    from marrowdesk.core.differential import Ratio
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_MARKED = Style(7.4, bold=True)
_MOST_DEFINITION = 4
_NAMES = 86.0


class RatioLine(Element):
    """A ratio: value and interval in one line, then its range and mark, then its definition."""

    gap = 5.0

    def __init__(self, edition: Edition, ratio: Ratio) -> None:
        self._ratio = ratio
        self._words = edition.words
        self._name = edition.say(ratio.name)
        counted = edition.say("{above} : {below} cells; {definition}").format(
            above=ratio.above, below=ratio.below, definition=edition.say(ratio.definition)
        )
        self._definition = Text(counted, NOTE, most=_MOST_DEFINITION)

    def height(self, width: float) -> float:
        """Give the height of line and definition."""
        return BODY.leading * (2 if self._ratio.range else 1) + 1 + self._definition.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the lines and the definition."""
        ratio, words, y, right = self._ratio, self._words, top - BODY.size, x + width
        names = max(_NAMES, paper.text(self._name, x, y, BODY.strong()) + 4)
        left = x + names + paper.text(words.ratio(ratio), x + names, y, BODY.strong()) + 5
        if ratio.value is not None:
            paper.text(f"({words.ratio_interval(ratio)})", left, y, BODY, width=right - left)
        if ratio.range:
            y -= BODY.leading
            said = words.say("reference {}").format(words.limits(ratio.range))
            left = max(x + paper.text(said, x, y, BODY.soft()) + 6, x + names)
            mark = words.mark(ratio.mark)
            short = set_line(mark, True).width * _MARKED.size > right - left
            paper.text(words.mark(ratio.mark, short), left, y, _MARKED, width=right - left)
        self._definition.draw(paper, x, top - self.height(width) + self._definition.height(width), width)


def _thresholds(edition: Edition) -> Element:
    words, lines = edition.words, list[Element]()
    sources: dict[str, None] = {}
    for _, group in groupby(edition.report.differential.marks, key=lambda each: each.threshold.name):
        marks = list(group)
        threshold, share = marks[0].threshold, marks[0].share
        sources[words.say(threshold.source)] = None
        value = f"{words.with_sign(words.percent(share.percent))} ({words.interval(share)})"
        lines.append(Text(f"{capital(words.say(threshold.name))} {value}", BODY, gap=4))
        lines.append(Text(words.sides(marks), BODY.strong()))
        if "BLA" in threshold.codes:
            lines += [Text(each, BODY) for each in _blasts(edition)]
    heading = edition.heading("Thresholds")
    if not lines:
        return Stack([Text(edition.say("No cells counted yet."), BODY)], heading)
    note = edition.say("By the whole interval; {}").format(words.listed(sources))
    return Stack([*lines, Text(note, NOTE, gap=3)], heading)


def _blasts(edition: Edition) -> list[str]:
    """Say what counts with the blasts, and what share of non-erythroid cells they are, where asked for."""
    words, found = edition.words, edition.report.differential
    named = [f"{words.plural(row.name)} {row.share.count}" for row in found.equivalents()]
    said = [edition.say("with them: {}").format(words.parts(named))] if named else []
    if (share := found.non_erythroid) is not None and share.percent is not None:
        value = f"{words.with_sign(words.percent(share.percent))} ({words.interval(share)})"
        said.append(edition.say("of all but erythroid cells {}").format(value))
    return said


class _PerHundred(Element):
    """One kind of cells outside of the differential."""

    def __init__(self, name: str, count: int, per_hundred: str) -> None:
        self._name = name
        self._count = count
        self._per_hundred = per_hundred

    def height(self, width: float) -> float:
        """Give the height of the line."""
        return 11.4

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw name, count and number per hundred."""
        y = top - 8.4
        paper.text(self._name, x, y, BODY, width=width - 56, least=6.4)
        paper.text(str(self._count), x + width - 32, y, BODY, "right")
        paper.text(self._per_hundred, x + width, y, BODY, "right")
        paper.rule(x, top - 11.4, width, HAIR)


class _ApartHead(Element):
    def __init__(self, count: str, per_hundred: str) -> None:
        self._count, self._per_hundred = count, per_hundred

    def height(self, width: float) -> float:
        return 9.5

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        taken = paper.text(self._per_hundred, x + width, top - 7, NOTE, "right")
        paper.text(self._count, x + width - max(32, taken + 6), top - 7, NOTE, "right")
        paper.rule(x, top - 9.5, width, HAIR)


def apart_section(edition: Edition, most: int | None = None) -> Element:
    """Give the cells outside of the differential.

    Args:
        edition: what is printed.
        most: most kinds; the number of the others is said. None for all.
    """
    words, kinds = edition.words, edition.report.differential.apart
    shown = kinds if most is None or len(kinds) <= most else kinds[: most - 1]
    lines: list[Element] = [
        _PerHundred(capital(words.plural(each.name)), each.count, words.percent(each.per_hundred))
        for each in shown
    ]
    heading = edition.heading("Outside the differential")
    if not lines:
        return Stack([Text(edition.say("None."), BODY)], heading)
    if len(shown) < len(kinds):
        lines.append(Text(edition.say("and {} kinds more").format(len(kinds) - len(shown)), NOTE))
    return Stack([_ApartHead(edition.say("Count"), edition.say("per 100")), *lines], heading)


def ratios_section(edition: Edition, most_apart: int | None = None) -> Element:
    """Give ratios, or red cells of a blood film, with thresholds and the cells apart, side by side."""
    if edition.red is not None:
        return _blood_section(edition, most_apart)
    found = edition.report.differential
    lines = [RatioLine(edition, each) for each in (found.me_ratio, found.maturation) if each]
    ratios = Stack(lines, edition.heading("Ratios"))
    apart = apart_section(edition, most_apart)
    return Beside([(ratios, 0.4), (_thresholds(edition), 0.28), (apart, 0.32)], between=20, gap=GAP)


class _RedCells(Element):
    """Nucleated red cells per 100 white cells: the number that a blood film is read for besides."""

    def __init__(self, edition: Edition) -> None:
        red, words = edition.red, edition.words
        assert red is not None  # a blood film has them, be it none
        self._value = words.percent(red.per_hundred)
        self._interval = f"({words.span(red.low, red.high)})" if red.low is not None else ""
        self._note = Text(
            edition.say("{count} cells; per 100 white cells, not part of the differential").format(
                count=red.count
            ),
            NOTE,
        )

    def height(self, width: float) -> float:
        """Give the height of number and note."""
        return BODY.leading + 1 + self._note.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw number, interval and note."""
        taken = paper.text(self._value, x, top - BODY.size, BODY.strong())
        paper.text(self._interval, x + taken + 5, top - BODY.size, BODY)
        self._note.draw(paper, x, top - BODY.leading - 1, width)


def _blood_section(edition: Edition, most_apart: int | None) -> Element:
    red = Stack([_RedCells(edition)], edition.heading("Nucleated red cells per 100 white cells"))
    parts = [(red, 0.36), (_thresholds(edition), 0.27), (apart_section(edition, most_apart), 0.37)]
    return Beside(parts, between=20, gap=GAP)
