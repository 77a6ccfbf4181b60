"""Where the pages lie below each other, at which size, and which rows of them are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize

from marrowdesk.app.preview.pages import Band, bands_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.app.preview.pages import Size

ROWS = 512
"""Rows of a band: however far a page is enlarged, only what is seen of it is drawn and kept."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a page that stays where it is on the screen while all else changes.

    Attributes:
        page: number of the page, from 0.
        across: where on the page, as a share of its width.
        down: where on the page, as a share of its height.
        at: where on the screen, from the corner of the view, in pixels of the device.
    """

    page: int
    across: float
    down: float
    at: QPoint


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The pages one below the other, centred; all lengths in pixels of the device.

    Attributes:
        pages: the place of each page.
        extent: of all pages with the room around them.
        gap: room around a page.
    """

    pages: tuple[QRect, ...] = ()
    extent: QSize = QSize()  # noqa: RUF009 - never changed
    gap: int = 0

    @classmethod
    def of(cls, sizes: Sequence[Size], scale: float, view: QSize, gap: int) -> PageLayout:
        """Lay pages out.

        Args:
            sizes: of the pages in points.
            scale: pixels of the device to a point.
            view: what is seen at once.
            gap: room around a page.
        """
        drawn = [(max(1, round(width * scale)), max(1, round(height * scale))) for width, height in sizes]
        across = max([view.width(), *(width + 2 * gap for width, _ in drawn)])
        pages, top = [], gap
        for width, height in drawn:
            pages.append(QRect((across - width) // 2, top, width, height))
            top += height + gap
        return cls(tuple(pages), QSize(across, top), gap)

    def seen(self, view: QRect) -> range:
        """Give the numbers of the pages of which something is seen."""
        numbers = [number for number, page in enumerate(self.pages) if page.intersects(view)]
        return range(numbers[0], numbers[-1] + 1) if numbers else range(0)

    def bands(self, view: QRect) -> list[Band]:
        """Give the bands of the pages that are seen, the uppermost first."""
        found = []
        for number in self.seen(view):
            page = self.pages[number]
            for band in bands_of(number, page.width(), page.height(), ROWS):
                top = page.top() + band.top
                if top < view.bottom() and top + band.rows > view.top():
                    found.append(band)
        return found

    def most_seen(self, view: QRect) -> int:
        """Give the page that fills most of the view; of several that fill as much, the first."""
        return max(
            self.seen(view), key=lambda number: self.pages[number].intersected(view).height(), default=0
        )

    def spot(self, corner: QPoint, at: QPoint) -> Spot:
        """Give the place on a page that is seen at a point of the view whose corner is at ``corner``."""
        point = corner + at
        number = next(
            (number for number, page in enumerate(self.pages) if page.bottom() + self.gap >= point.y()),
            len(self.pages) - 1,
        )
        page = self.pages[number]
        above = max(0, page.top() - point.y())  # the room between pages is not enlarged with them
        point += QPoint(0, above)
        return Spot(
            number,
            (point.x() - page.left()) / page.width(),
            (point.y() - page.top()) / page.height(),
            at + QPoint(0, above),
        )

    def corner_for(self, spot: Spot) -> QPoint:
        """Give the corner of the view with which a place is seen where it was."""
        page = self.pages[min(spot.page, len(self.pages) - 1)]
        point = QPoint(
            round(page.left() + spot.across * page.width()), round(page.top() + spot.down * page.height())
        )
        return point - spot.at

    def top_of(self, number: int) -> int:
        """Give where the view begins when a page is shown from its top."""
        return self.pages[number].top() - self.gap
