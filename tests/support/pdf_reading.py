"""Reading a PDF back: text, metadata and outline, as another program sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2 as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterator


def page_texts(content: bytes) -> list[str]:
    """Give the text of each page."""
    with pdfium.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


def lines_beginning(content: bytes, start: str) -> Iterator[str]:
    """Give the lines of text that begin with these words."""
    for text in page_texts(content):
        yield from (line for line in text.split("\n") if line.startswith(start))


Box = tuple[float, float, float, float]


def text_boxes(content: bytes, page: int = 0) -> list[tuple[str, Box]]:
    """Give the texts of a page with where they stand: left, bottom, right, top, in points."""
    with pdfium.PdfDocument(content) as document:
        read = document[page].get_textpage()
        boxes = [read.get_rect(at) for at in range(read.count_rects())]
        return [(read.get_text_bounded(*box), box) for box in boxes]


def overprinted(boxes: list[tuple[str, Box]], least: float = 1.0) -> list[tuple[str, str]]:
    """Give the pairs of texts that lie over each other by more than ``least`` points both ways."""
    found = []
    for at, (text, one) in enumerate(boxes):
        for other_text, other in boxes[at + 1 :]:
            across = min(one[2], other[2]) - max(one[0], other[0])
            along = min(one[3], other[3]) - max(one[1], other[1])
            if across > least and along > least:
                found.append((text, other_text))
    return found


def metadata(content: bytes) -> dict[str, str]:
    """Give the document's metadata."""
    with pdfium.PdfDocument(content) as document:
        return document.get_metadata_dict()


def outline(content: bytes) -> list[str]:
    """Give the titles of the bookmarks."""
    with pdfium.PdfDocument(content) as document:
        return [each.get_title() for each in document.get_toc()]


def page_sizes(content: bytes) -> list[tuple[float, float]]:
    """Give width and height of the pages in points."""
    with pdfium.PdfDocument(content) as document:
        return [page.get_size() for page in document]
