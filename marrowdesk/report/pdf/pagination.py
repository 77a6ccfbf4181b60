"""How elements are dealt out to pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.report.pdf.paper import Paper


class PageBreak(Element):
    """Begins a new page."""

    def height(self, width: float) -> float:
        """Take no room."""
        return 0.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw nothing."""


class AtBottom(Element):
    """Something that stands at the bottom of the page it comes to lie on.

    Args:
        element: what stands there.
        gap: least room above.

    Attributes:
        element: what stands there.
    """

    def __init__(self, element: Element, gap: float) -> None:
        self.element = element
        self.gap = gap

    def height(self, width: float) -> float:
        """Give the height of what stands there."""
        return self.element.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw what stands there."""
        self.element.draw(paper, x, top, width)


@dataclass(frozen=True, slots=True)
class Placed:
    """An element in its place on a page.

    Attributes:
        element: the element.
        down: distance of its upper edge from the upper edge of the page's room.
    """

    element: Element
    down: float


def paginate(
    elements: Iterable[Element], width: float, first_height: float, height: float
) -> list[list[Placed]]:
    """Deal elements out to pages.

    What does not fit is split; what cannot be split goes to the next page. Something that is higher than a
    whole page and cannot be split stands on a page of its own.

    Args:
        elements: in their order.
        width: room on a page.
        first_height: room on the first page.
        height: room on every other page.
    """
    waiting = list(elements)
    pages: list[list[Placed]] = [[]]
    down = 0.0
    while waiting:
        element = waiting.pop(0)
        if isinstance(element, PageBreak):
            if pages[-1]:
                pages.append([])
                down = 0.0
            continue
        start = down + element.gap if pages[-1] else 0.0
        bottom = first_height if len(pages) == 1 else height
        head, tail = element.split(width, bottom - start)
        if head is None and not pages[-1]:
            head, tail = element, None
        if head is not None:
            taken = head.height(width)
            if isinstance(head, AtBottom):
                start = max(start, bottom - taken)
            pages[-1].append(Placed(head, start))
            down = start + taken
        if tail is not None:
            waiting.insert(0, tail)
            pages.append([])
            down = 0.0
    return pages
