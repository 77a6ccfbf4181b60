"""The one place that calls PDFium: how large the pages of a PDF are, and bands of them as images.

PDFium may be used by one thread at a time. Every call stands behind one lock here, held for one band: the
screen never waits for a page that is being printed. No method may be called on the GUI thread.
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from marrowdesk.core.errors import ReportError

if TYPE_CHECKING:
    from types import TracebackType

Size = tuple[float, float]
"""Width and height of a page in points (1/72 inch)."""

_PDFIUM = threading.Lock()


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of a page, drawn at a certain size.

    Attributes:
        page: number of the page, from 0.
        width: of the whole page as it is drawn, in pixels.
        height: of the whole page as it is drawn, in pixels.
        top: the first row.
        rows: how many.
    """

    page: int
    width: int
    height: int
    top: int
    rows: int


def bands_of(page: int, width: int, height: int, rows: int) -> list[Band]:
    """Divide a page into bands from top to bottom.

    Args:
        page: number of the page, from 0.
        width: of the page as it is drawn, in pixels.
        height: of the page as it is drawn, in pixels.
        rows: of one band; the last may have fewer.
    """
    return [Band(page, width, height, top, min(rows, height - top)) for top in range(0, height, rows)]


class Pages:
    """The pages of a PDF; a context manager, used by the thread that opened it.

    Attributes:
        sizes: width and height of each page in points.
    """

    def __init__(self, content: bytes) -> None:
        """Open a PDF.

        Raises:
            ReportError: the bytes are no PDF with pages.
        """
        import pypdfium2.raw as pdfium  # loads a library of some megabytes: on the worker, at first use

        self._pdfium = pdfium
        self._content = content  # PDFium reads from these very bytes until the document is closed
        self._page: Any = None
        self._number = -1
        with _PDFIUM:
            self._document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
            count = pdfium.FPDF_GetPageCount(self._document) if self._document else 0
            self.sizes = tuple(self._size(number) for number in range(count))
        if not count:
            self.close()
            raise _unreadable()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back."""
        with _PDFIUM:
            self._leave_page()
            if self._document:
                self._pdfium.FPDF_CloseDocument(self._document)
            self._document = None

    def draw(self, band: Band, *, for_print: bool = False) -> QImage:
        """Draw some rows of a page on white.

        Args:
            band: which rows, and how large the page is.
            for_print: draw what a page has for paper alone, and hairlines as a printer wants them.

        Returns:
            An image of ``band.width`` x ``band.rows`` pixels, format RGB32.

        Raises:
            ReportError: the page cannot be read, or there is no memory for it.
        """
        image = QImage(band.width, band.rows, QImage.Format.Format_RGB32)
        if image.isNull():
            raise ReportError("There is not enough memory to draw the report.", "Close other programs.")
        image.fill(Qt.GlobalColor.white)
        pixels = image.bits()
        buffer = (ctypes.c_ubyte * len(pixels)).from_buffer(pixels)
        flags = self._pdfium.FPDF_ANNOT | (self._pdfium.FPDF_PRINTING if for_print else 0)
        with _PDFIUM:
            self._turn_to(band.page)
            bitmap = self._pdfium.FPDFBitmap_CreateEx(
                band.width, band.rows, self._pdfium.FPDFBitmap_BGRx, buffer, image.bytesPerLine()
            )
            self._pdfium.FPDF_RenderPageBitmap(
                bitmap, self._page, 0, -band.top, band.width, band.height, 0, flags
            )
            self._pdfium.FPDFBitmap_Destroy(bitmap)
        return image

    # -- with the lock held ---------------------------------------------------------------------------

    def _size(self, number: int) -> Size:
        size = self._pdfium.FS_SIZEF()
        self._pdfium.FPDF_GetPageSizeByIndexF(self._document, number, size)
        return size.width, size.height

    def _turn_to(self, number: int) -> None:
        """Keep one page open: its bands are asked for one after the other."""
        if number == self._number:
            return
        self._leave_page()
        self._page = self._pdfium.FPDF_LoadPage(self._document, number)
        if not self._page:
            self._page = None
            raise _unreadable()
        self._number = number

    def _leave_page(self) -> None:
        if self._page is not None:
            self._pdfium.FPDF_ClosePage(self._page)
        self._page, self._number = None, -1


def _unreadable() -> ReportError:
    return ReportError("The pages of the report cannot be read.", "Make the report anew.")
