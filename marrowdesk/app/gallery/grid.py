"""Where each cell and header of the gallery lies: plain numbers in pixels of the whole content."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from marrowdesk.app.gallery.arrangement import Section


class Rect(NamedTuple):
    """A rectangle, in pixels from the upper left corner of the content."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes that a grid is laid out with, in pixels.

    Attributes:
        width: of the space there is.
        cell_width: of a cell with the gap around it; cells spread to fill the width.
        cell_height: of a cell with the gap around it.
        header: height of a section header.
    """

    width: int
    cell_width: int
    cell_height: int
    header: int


class Grid:
    """Sections below each other, each a header and lines of cells; every question is answered in O(log n).

    A *position* counts cells in the order of the screen, from 0, those of collapsed sections included.

    Attributes:
        sections: the sections laid out.
        columns: cells in a full line.
        height: of the whole content, pixels.
    """

    def __init__(
        self, sections: Sequence[Section], measures: Measures, collapsed: Collection[str] = ()
    ) -> None:
        self.sections = sections
        self.measures = measures
        self.columns = max(1, measures.width // measures.cell_width)
        self._firsts = [section.first for section in sections]
        self._open = [section.key not in collapsed for section in sections]
        self._tops: list[int] = []
        top = 0
        for section, is_open in zip(sections, self._open, strict=True):
            self._tops.append(top)
            lines = -(-section.count // self.columns) if is_open else 0
            top += measures.header + lines * measures.cell_height
        self.height = top

    @property
    def count(self) -> int:
        """All positions."""
        return self.sections[-1].first + self.sections[-1].count if self.sections else 0

    def is_open(self, section: int) -> bool:
        """Say whether the cells of a section are shown."""
        return self._open[section]

    def section_of(self, position: int) -> int:
        """Give the index of the section that a position lies in."""
        return bisect_right(self._firsts, position) - 1

    def hidden(self, position: int) -> bool:
        """Say whether a position lies in a collapsed section."""
        return not self._open[self.section_of(position)]

    def header(self, section: int) -> Rect:
        """Give the place of a section's header."""
        return Rect(0, self._tops[section], self.measures.width, self.measures.header)

    def bottom(self, section: int) -> int:
        """Give where a section ends, pixels from the top."""
        return self._tops[section + 1] if section + 1 < len(self._tops) else self.height

    def section_at(self, y: int) -> int:
        """Give the index of the section at a height; -1 when there is none at all."""
        return max(0, bisect_right(self._tops, y) - 1) if self._tops else -1

    def rect(self, position: int) -> Rect:
        """Give the place of a cell, gaps included; that of the header while its section is collapsed."""
        section = self.section_of(position)
        if not self._open[section]:
            return self.header(section)
        line, column = divmod(position - self._firsts[section], self.columns)
        left = self._left(column)
        top = self._tops[section] + self.measures.header + line * self.measures.cell_height
        return Rect(left, top, self._left(column + 1) - left, self.measures.cell_height)

    def _left(self, column: int) -> int:
        return column * self.measures.width // self.columns

    def at(self, x: int, y: int) -> int:
        """Give the position under a point, gaps included; -1 on headers and where there is no cell."""
        if not (0 <= x < self.measures.width and 0 <= y < self.height):
            return -1
        section = self.section_at(y)
        below = y - self._tops[section] - self.measures.header
        if below < 0:
            return -1
        offset = below // self.measures.cell_height * self.columns + self._column(x)
        return self._firsts[section] + offset if offset < self.sections[section].count else -1

    def _column(self, x: int) -> int:
        column = min(max(0, x * self.columns // self.measures.width), self.columns - 1)
        return column + 1 if x >= self._left(column + 1) and column + 1 < self.columns else column

    def nearest(self, x: int, y: int) -> int:
        """Give the shown position nearest to a point; -1 when no cell is shown.

        A point on a header or in a collapsed section counts for the nearest cells above it.
        """
        section = self.section_at(y)
        if section < 0:
            return -1
        if y < self._tops[section] + self.measures.header or not self._open[section]:
            above = self.next_open(section - 1, -1)
            section = above if above >= 0 else self.next_open(section, 1)
            if section < 0:
                return -1
        lines = -(-self.sections[section].count // self.columns)
        line = (y - self._tops[section] - self.measures.header) // self.measures.cell_height
        return self._in_line(section, min(max(0, line), lines - 1), self._column(x))

    def _in_line(self, section: int, line: int, column: int) -> int:
        last = self.sections[section].count - 1
        return self._firsts[section] + min(line * self.columns + column, last)

    def next_open(self, section: int, step: int) -> int:
        """Give the first section from ``section`` on, in steps of 1 or -1, that shows cells; -1 if none."""
        while 0 <= section < len(self.sections):
            if self._open[section]:
                return section
            section += step
        return -1

    # -- moving ---------------------------------------------------------------------------------------

    def first(self) -> int:
        """Give the first shown position, or -1."""
        section = self.next_open(0, 1)
        return -1 if section < 0 else self._firsts[section]

    def last(self) -> int:
        """Give the last shown position, or -1."""
        section = self.next_open(len(self.sections) - 1, -1)
        return -1 if section < 0 else self._firsts[section] + self.sections[section].count - 1

    def beside(self, position: int, step: int) -> int:
        """Give the shown position before (-1) or after (1) another; itself at the ends."""
        section = self.section_of(position)
        to = position + step
        if self._open[section] and 0 <= to - self._firsts[section] < self.sections[section].count:
            return to
        section = self.next_open(section + step, step)
        if section < 0:
            return position
        return self._firsts[section] + (0 if step > 0 else self.sections[section].count - 1)

    def above_or_below(self, position: int, step: int) -> int:
        """Give the position one line up (-1) or down (1) in the same column; itself at the ends."""
        section = self.section_of(position)
        line, column = divmod(position - self._firsts[section], self.columns)
        lines = -(-self.sections[section].count // self.columns)
        if self._open[section] and 0 <= line + step < lines:
            return self._in_line(section, line + step, column)
        section = self.next_open(section + step, step)
        if section < 0:
            return position
        lines = -(-self.sections[section].count // self.columns)
        return self._in_line(section, 0 if step > 0 else lines - 1, column)

    # -- what lies in a part of the content -----------------------------------------------------------

    def between(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """Give the runs of positions (first, last) whose lines touch the strip [top, bottom)."""
        for section in self.sections_between(top, bottom):
            if self._open[section]:
                start = self._tops[section] + self.measures.header
                count = self.sections[section].count
                first = max(0, (top - start) // self.measures.cell_height) * self.columns
                last = min(count, -(-(bottom - start) // self.measures.cell_height) * self.columns) - 1
                if first <= last:
                    yield self._firsts[section] + first, self._firsts[section] + last

    def sections_between(self, top: int, bottom: int) -> range:
        """Give the indices of the sections that touch the strip [top, bottom)."""
        if not self._tops or bottom <= 0 or top >= self.height:
            return range(0)
        return range(self.section_at(max(0, top)), self.section_at(bottom - 1) + 1)

    def inside(self, area: Rect) -> Iterator[tuple[int, int]]:
        """Give the runs of positions (first, last), one a line, whose places touch a rectangle."""
        if area.x >= self.measures.width or area.x + area.width <= 0:
            return
        left = self._column(max(0, area.x))
        right = self._column(min(self.measures.width, area.x + area.width) - 1)
        for first, last in self.between(area.y, area.y + max(1, area.height)):
            base = self._firsts[self.section_of(first)]
            line = base + (first - base) // self.columns * self.columns
            while line <= last:
                if line + left <= last:
                    yield line + left, min(line + right, last)
                line += self.columns

    def shown_runs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Cut a run of positions (first, last) into runs that leave collapsed sections out."""
        start = -1
        for section in range(self.section_of(first), self.section_of(last) + 1) if self.sections else ():
            if self._open[section] and start < 0:
                start = max(first, self._firsts[section])
            elif not self._open[section] and start >= 0:
                yield start, self._firsts[section] - 1
                start = -1
        if start >= 0:
            yield start, last
