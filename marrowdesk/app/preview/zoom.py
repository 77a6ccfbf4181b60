"""How large pages are drawn: fitted to the view, or a share of their size on paper."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QSize

    from marrowdesk.app.preview.pages import Size

ZOOM_STEP = 1.25
SMALLEST, LARGEST = 0.25, 4.0
"""Shares of the size on paper that a person may choose; a small view may ask for less."""

_LEAST = 0.05


class Fit(enum.Enum):
    """What decides on the size of the pages while the view changes its own."""

    WIDTH = enum.auto()
    PAGE = enum.auto()


def scale_of(zoom: Fit | float, sizes: Sequence[Size], room: QSize, paper: float) -> float:
    """Give the pixels of the device to a point.

    Args:
        zoom: fitted, or a share of the size on paper.
        sizes: of the pages in points; the largest is the one that is fitted.
        room: for a page, in pixels of the device.
        paper: pixels of the device to a point at the size on paper.
    """
    if not isinstance(zoom, Fit):
        return zoom * paper
    if not sizes:
        return paper
    scale = room.width() / max(width for width, _ in sizes)
    if zoom is Fit.PAGE:
        scale = min(scale, room.height() / max(height for _, height in sizes))
    return min(LARGEST, max(_LEAST, scale / paper)) * paper
