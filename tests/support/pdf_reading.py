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
