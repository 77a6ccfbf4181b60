"""The top of a report: letterhead and header fields; what is too long for its place follows in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.fields import FieldGrid, long_field
from marrowdesk.report.pdf.letterhead import Letterhead

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.layout import Element


def head(edition: Edition, width: float) -> list[Element]:
    """Give the top of the first page."""
    letterhead, grid = Letterhead(edition, width), FieldGrid(edition, width)
    full = [long_field(label, text) for label, text in (*letterhead.cut_off, *grid.cut_off)]
    return [letterhead, grid, *full]
