"""Paints the pages of a report on a printer, in bands, and says beforehand whether they fit its paper."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter

from marrowdesk.app.preview.pages import Band, Pages, bands_of
from marrowdesk.app.print_pieces import pieces
from marrowdesk.core.errors import Cancelled, ReportError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from marrowdesk.app.preview.pages import Size

SHARPEST = 600
"""Dots per inch beyond which a page of text and small pictures gains nothing on paper."""

ROWS = 256
"""Rows that PDFium draws at a time."""

_BELOW, _BESIDE = 1.5, 4.5  # points of white between pieces: a line of text stays whole, its words together
_HIGH = 72.0  # points of a piece; to paint one holds Python's lock, for up to 60 ms at this height
_POINTS = 72
_COARSE = 0.5  # pixels to a point, where only the outline of what is printed matters
_COLOUR = np.uint32(0xFFFFFF)


@dataclass(frozen=True, slots=True)
class Measured:
    """What has to be known of a document before it is printed.

    Attributes:
        sizes: of the pages in points.
        ink: what is printed of any page, in points from the middle of the page.
    """

    sizes: tuple[Size, ...]
    ink: QRectF


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the printing is.

    Attributes:
        page: which page is being painted, from 1, copies counted.
        pages: how many are to be painted, copies counted.
        share: of all that is done, in [0, 1].
    """

    page: int
    pages: int
    share: float


def measure(content: bytes) -> Measured:
    """Find out how large the pages are and how far their print reaches; for a worker thread."""
    ink = QRectF()
    with Pages(content) as pages:
        for number, (width, height) in enumerate(pages.sizes):
            across, down = max(1, round(width * _COARSE)), max(1, round(height * _COARSE))
            image = pages.draw(Band(number, across, down, 0, down), for_print=True)
            dark = (_pixels(image) & _COLOUR) != _COLOUR
            if dark.any():
                rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
                found = QRectF(columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0])
                found.translate(-across / 2, -down / 2)
                ink |= QRectF(found.topLeft() / _COARSE, found.size() / _COARSE)
        return Measured(pages.sizes, ink)


def scale_for(measured: Measured, layout: QPageLayout) -> float:
    """Give how much smaller the pages have to be, so that nothing is cut off; 1 where they fit as they are.

    A page lies in the middle of its paper, so on its own paper it lies as it was laid out. Only where its
    print would reach into the rim that the printer leaves free is it made smaller.
    """
    room = _printable(layout)
    room.translate(-layout.fullRect(QPageLayout.Unit.Point).center())
    ink = measured.ink
    sides = (
        (-room.left(), -ink.left()),
        (room.right(), ink.right()),
        (-room.top(), -ink.top()),
        (room.bottom(), ink.bottom()),
    )
    return min([1.0, *(free / needed for free, needed in sides if needed > 0)])


def _printable(layout: QPageLayout) -> QRectF:
    """Give what the printer can reach of the paper, in points."""
    points = QPageLayout(layout)
    points.setUnits(QPageLayout.Unit.Point)
    return points.fullRect().marginsRemoved(points.minimumMargins())


def chosen_pages(printer: QPrinter, count: int) -> list[int]:
    """Give the pages to paint in their order, from 0; copies too, where the printer makes none itself.

    Raises:
        ReportError: none of the pages chosen is there.
    """
    numbers = list(range(count))
    if printer.printRange() == QPrinter.PrintRange.PageRange:
        ranges = printer.pageRanges()
        numbers = [number for number in numbers if ranges.contains(number + 1)]
    if not numbers:
        raise ReportError("The report has none of the pages chosen.", f"Its pages are 1 to {count}.")
    if printer.pageOrder() == QPrinter.PageOrder.LastPageFirst:
        numbers.reverse()
    copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
    if printer.collateCopies():
        return numbers * copies
    return [number for number in numbers for _ in range(copies)]


def paint(
    printer: QPrinter, content: bytes, numbers: list[int], scale: float, cancel: threading.Event
) -> Iterator[Progress]:
    """Paint pages on a printer; a generator for a worker thread, which alone uses the printer meanwhile.

    Args:
        printer: chosen by the person.
        content: the PDF.
        numbers: pages in the order of printing, from 0.
        scale: of the pages; 1 for their own size.
        cancel: set when the person has had enough. What was painted is taken back where that is possible.

    Raises:
        ReportError: the printer takes no pages.
        Cancelled: the person has had enough.
    """
    painter = QPainter()
    if not painter.begin(printer):
        raise _refused(printer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # letters keep their edges
    try:
        with Pages(content) as pages:
            for at, number in enumerate(numbers):
                if at and not printer.newPage():
                    raise _refused(printer)
                for share in _paint_page(painter, printer, pages, number, scale):
                    if cancel.is_set():
                        raise Cancelled("Printing was cancelled.")
                    yield Progress(at + 1, len(numbers), (at + share) / len(numbers))
    except BaseException:
        _take_back(painter, printer)
        raise
    if not painter.end() or printer.printerState() == QPrinter.PrinterState.Error:
        raise _refused(printer)


def _paint_page(
    painter: QPainter, printer: QPrinter, pages: Pages, number: int, scale: float
) -> Iterator[float]:
    """Paint one page in the middle of its paper; gives the share of it that is done."""
    dots = min(printer.resolution(), SHARPEST) / _POINTS
    device = printer.resolution() / _POINTS
    paper = printer.pageLayout().fullRect(QPageLayout.Unit.Point)
    width, height = pages.sizes[number]
    across, down = round(width * scale * dots), round(height * scale * dots)
    left = round((paper.width() - width * scale) / 2 * device)  # whole dots: nothing is blurred
    top = round((paper.height() - height * scale) / 2 * device)
    bands = bands_of(number, across, down, ROWS)
    drawn = (_pixels(pages.draw(band, for_print=True)) for band in bands)
    for piece in pieces(drawn, round(_BELOW * dots), round(_BESIDE * dots), round(_HIGH * dots)):
        rows, columns = piece.pixels.shape
        image = QImage(piece.pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        size = QSizeF(columns, rows) * (device / dots)
        corner = QPointF(left + piece.left * device / dots, top + piece.top * device / dots)
        painter.drawImage(QRectF(corner, size), image)
        yield min(1.0, (piece.top + rows) / down)
    yield 1.0


def _pixels(image: QImage) -> np.ndarray:
    """Give a copy of the pixels of an RGB32 image; uint32, 0xxxRRGGBB, shape (rows, columns)."""
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def _refused(printer: QPrinter) -> ReportError:
    where = printer.outputFileName() or printer.printerName()
    return ReportError(
        f"The report could not be printed: {where} takes no pages.",
        "See whether the printer is ready, or choose another one.",
    )


def _take_back(painter: QPainter, printer: QPrinter) -> None:
    """End a job so that nothing of it is printed.

    Qt's way for CUPS and for files knows no abort: ending the painter would print what was painted so far.
    For CUPS it collects the job in a file; where that is gone, CUPS notes a job of no bytes as cancelled.
    """
    if not printer.abort():
        for spooled in _spool_files():
            spooled.unlink(missing_ok=True)
    painter.end()
    if printer.outputFileName():
        Path(printer.outputFileName()).unlink(missing_ok=True)


def _spool_files() -> list[Path]:
    """Give the open files that CUPS named after this process: its number, then the time, in hexadecimal."""
    name = re.compile(rf"{os.getpid():05x}[0-9a-f]{{8}}")
    opened = Path("/proc/self/fd")
    if not opened.is_dir():  # no Linux; there, printers know how to abort
        return []
    targets = [Path(os.readlink(each)) for each in opened.iterdir() if each.is_symlink()]
    return [target for target in targets if name.fullmatch(target.name)]
