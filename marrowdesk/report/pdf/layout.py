"""Elements that stand below or beside one another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from marrowdesk.report.pdf.styles import BODY, SECTION, Style
from marrowdesk.report.typesetting.lines import Line, most_characters, set_line, set_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.report.pdf.paper import Paper


class Element(ABC):
    """Something as wide as its place that knows how high it is.

    Attributes:
        gap: room above it, unless it comes first on a page.
    """

    gap = 0.0

    @abstractmethod
    def height(self, width: float) -> float:
        """Give the height it takes at a width."""

    @abstractmethod
    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw it with its upper left corner at (x, top)."""

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split it into what fits into ``room`` and the rest; (None, itself) where nothing can be."""
        return (self, None) if self.height(width) <= room else (None, self)


class Text(Element):
    """A text in lines; it can be split between any two of them.

    Args:
        text: as typed, with line breaks.
        style: how it is set.
        gap: room above.
        most: most lines; what is left over is cut off with an ellipsis. None for all.
    """

    def __init__(self, text: str, style: Style = BODY, gap: float = 0.0, most: int | None = None) -> None:
        self._text = text
        self._style = style
        self.gap = gap
        self._most = most
        self._set: tuple[float, list[Line]] | None = None

    def lines(self, width: float) -> list[Line]:
        """Give the lines at a width."""
        if self._set is None or self._set[0] != width:
            room = width / self._style.size
            unlimited = set_lines(self._text, self._style.bold, room)
            lines = list(unlimited if self._most is None else islice(unlimited, self._most + 1))
            if self._most is not None and len(lines) > self._most:
                rest = " ".join(each.text for each in lines[self._most - 1 :])
                lines[self._most - 1 :] = [set_line(f"{rest} …", self._style.bold, room)]
            self._set = width, lines
        return self._set[1]

    def fits(self, width: float) -> bool:
        """Say whether nothing is cut off at a width."""
        room = width / self._style.size
        if self._most is None:
            return True
        if len(self._text) > self._most * most_characters(room):
            return False
        return len(list(islice(set_lines(self._text, self._style.bold, room), self._most + 1))) <= self._most

    def height(self, width: float) -> float:
        """Give the height of all lines."""
        return len(self.lines(width)) * self._style.leading

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the lines; a text of any length stands at the right edge where it runs from right to left.

        A short one, whose lines are limited, stays at the left, below its label.
        """
        size, leading = self._style.size, self._style.leading
        y = top - (leading - size) / 2 - size * 0.82
        for line in self.lines(width):
            left = x + width - line.width * size if line.rtl and self._most is None else x
            paper.line(line, left, y, self._style)
            y -= leading

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split between two lines, never leaving a single line behind where there are more."""
        lines = self.lines(width)
        fitting = min(int(room / self._style.leading + 1e-6), len(lines))
        if fitting == len(lines):
            return self, None
        if fitting == len(lines) - 1:
            fitting -= 1
        if fitting < 2:
            return None, self
        return _Lines(lines[:fitting], self._style, width), _Lines(lines[fitting:], self._style, width)


class _Lines(Text):
    """Lines that were split off a text, set for one width."""

    def __init__(self, lines: list[Line], style: Style, width: float) -> None:
        super().__init__("", style)
        self._set = width, lines


class Heading(NamedTuple):
    """The heading of a section.

    Attributes:
        text: as printed.
        continued: put behind it where the section goes on on another page.
        again: whether it stands above the rest of a section that was split.
    """

    text: str
    continued: str
    again: bool = False

    def __str__(self) -> str:
        return f"{self.text} {self.continued}" if self.again else self.text


class Stack(Element):
    """Elements below one another, with a heading or without; split between or within them.

    Args:
        elements: from top to bottom.
        heading: printed above, repeated with "(continued)" after a split; None for none.
        gap: room above.
    """

    def __init__(self, elements: Iterable[Element], heading: Heading | None = None, gap: float = 0.0) -> None:
        self._elements = list(elements)
        self._heading = heading
        self.gap = gap

    def _head(self) -> float:
        return SECTION.leading + 3 if self._heading else 0.0

    def height(self, width: float) -> float:
        """Give the height of all elements with the gaps between them."""
        inner = sum(each.height(width) for each in self._elements)
        return self._head() + inner + sum(each.gap for each in self._elements[1:])

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the heading and the elements; a heading goes into the outline of the file."""
        if self._heading:
            paper.text(str(self._heading), x, top - SECTION.size, SECTION, width=width, least=7.0)
            if not self._heading.again:
                paper.bookmark(self._heading.text, top)
            top -= self._head()
        for at, each in enumerate(self._elements):
            top -= each.gap if at else 0.0
            each.draw(paper, x, top, width)
            top -= each.height(width)

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split after the last element that fits, or within the next."""
        left = room - self._head()
        first: list[Element] = []
        rest = list(self._elements)
        while rest:
            left -= rest[0].gap if first else 0.0
            head, tail = rest[0].split(width, left)
            if head is None:
                break
            first.append(head)
            left -= head.height(width)
            rest[:1] = [] if tail is None else [tail]
            if tail is not None:
                break
        if not rest:
            return self, None
        if not first:
            return None, self
        continued = self._heading and self._heading._replace(again=True)
        return Stack(first, self._heading, self.gap), Stack(rest, continued, self.gap)


class Whole(Stack):
    """Elements below one another that are never torn apart."""

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Go to the next page where they do not fit."""
        return Element.split(self, width, room)


class Beside(Element):
    """Elements side by side, aligned at the top; never split.

    Args:
        elements: from left to right, each with its share of the width; the shares sum to 1.
        between: room between two of them.
        gap: room above.
    """

    def __init__(self, elements: Sequence[tuple[Element, float]], between: float, gap: float = 0.0) -> None:
        self._elements = elements
        self._between = between
        self.gap = gap

    def _widths(self, width: float) -> list[float]:
        room = width - self._between * (len(self._elements) - 1)
        return [room * share for _, share in self._elements]

    def height(self, width: float) -> float:
        """Give the height of the highest element."""
        widths = self._widths(width)
        return max(each.height(room) for (each, _), room in zip(self._elements, widths, strict=True))

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the elements."""
        for (each, _), room in zip(self._elements, self._widths(width), strict=True):
            each.draw(paper, x, top, room)
            x += room + self._between
