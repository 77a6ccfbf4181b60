"""What the reader concludes: what a report is read for, in larger letters beside a strong edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import BRAND, GAP, VALUE

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_EDGE = 10.0


class Marked(Element):
    """A text with a strong edge at its left; split between two lines."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def height(self, width: float) -> float:
        """Give the height of the text."""
        return self._text.height(width - _EDGE) + 2

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw edge and text."""
        paper.box(x, top - self.height(width), 2.4, self.height(width), fill=BRAND)
        self._text.draw(paper, x + _EDGE, top - 1, width - _EDGE)

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split the text."""
        if self.height(width) <= room:
            return self, None
        head, tail = self._text.split(width - _EDGE, room - 2)
        if not isinstance(head, Text) or not isinstance(tail, Text):
            return None, self
        return Marked(head), Marked(tail)


def conclusion(edition: Edition) -> list[Element]:
    """Give conclusion and comment, as far as they were written."""
    header = edition.report.header
    parts: list[Element] = []
    if said := header.conclusion.strip():
        parts.append(Stack([Marked(Text(said, VALUE))], edition.heading("Conclusion"), GAP))
    if said := header.comment.strip():
        parts.append(Stack([Text(said)], edition.heading("Comment"), GAP))
    return parts
