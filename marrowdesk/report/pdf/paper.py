"""A PDF being drawn: text of any script, rules, boxes and pictures; fit to be kept (PDF/A-2b)."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Literal

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from marrowdesk.report.pdf.archive import About, archive
from marrowdesk.report.pdf.styles import INK, Color, Style
from marrowdesk.report.typesetting.embedding import FontBook
from marrowdesk.report.typesetting.lines import Line, set_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np

rl_config.useA85 = 0  # streams as bytes: a quarter smaller than as text
_PIXELS = 240
"""Longest side of an embedded picture: 16 mm at 380 dots per inch."""
_QUALITY = 90

Align = Literal["left", "right", "center"]


class _BareCanvas(Canvas):  # type: ignore[misc]
    """A canvas that names no font of its own: everything in the file is embedded."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


class Paper:
    """The pages of one PDF; the origin is the lower left corner, lengths are points.

    Args:
        size: width and height of a page.
        made_at: date of the document; the same date and the same drawing give the same bytes.
        language: of the text, as BCP 47 has it.
    """

    def __init__(self, size: tuple[float, float], made_at: datetime, language: str) -> None:
        self._file = io.BytesIO()
        self._canvas = _BareCanvas(
            self._file, pagesize=size, pageCompression=1, invariant=1, lang=language, pdfVersion=(1, 7)
        )
        self._fonts = FontBook(self._canvas._doc)
        self._made_at = made_at
        self.width, self.height = size
        self._date(made_at)

    def _date(self, at: datetime) -> None:
        stamp = self._canvas._doc._timeStamp
        stamp.YMDhms = at.timetuple()[:6]
        minutes = int((offset.total_seconds() if (offset := at.utcoffset()) else 0) // 60)
        stamp.dhh, stamp.dmm = int(minutes / 60), abs(minutes) % 60

    def describe(self, about: About) -> None:
        """Set the document's metadata."""
        self._canvas.setTitle(about.title)
        self._canvas.setSubject(about.subject)
        self._canvas.setAuthor("")
        self._canvas.setKeywords("")
        self._canvas.setCreator(about.creator)
        self._canvas.setProducer(about.creator)
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        archive(self._canvas._doc, about, self._made_at)

    def bookmark(self, name: str, top: float) -> None:
        """Put a section on this page into the outline."""
        key = hashlib.sha256(f"{name}:{self._canvas.getPageNumber()}".encode()).hexdigest()[:12]
        self._canvas.bookmarkHorizontal(key, 0, top)
        self._canvas.addOutlineEntry(name, key, 0)
        self._canvas.showOutline()

    def next_page(self) -> None:
        """End the page."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """End the document and give its bytes."""
        self._canvas.save()
        return self._file.getvalue()

    def line(self, line: Line, x: float, y: float, style: Style) -> None:
        """Draw a set line with its baseline starting at (x, y)."""
        if line.pieces:
            self._canvas.addLiteral(self._fonts.operators(line, style.size, x, y, style.color))

    def text(
        self,
        text: str,
        x: float,
        y: float,
        style: Style,
        align: Align = "left",
        width: float | None = None,
        least: float | None = None,
    ) -> float:
        """Draw a text on one line; what is wider than ``width`` is cut off with an ellipsis.

        Args:
            text: as typed.
            x: left, right or middle of the text, as ``align`` says.
            y: baseline.
            style: how it is set.
            align: where the text lies against ``x``.
            width: room in points; None for any.
            least: size to which a text too wide is made smaller before it is cut off; None for none.

        Returns:
            The width of the text.
        """
        if least is not None and width is not None:
            natural = set_line(text, style.bold).width
            style = style.sized(max(least, min(style.size, 0.998 * width / max(natural, 0.01))))
        line = set_line(text, style.bold, None if width is None else width / style.size)
        drawn = line.width * style.size
        self.line(line, x - {"left": 0.0, "right": drawn, "center": drawn / 2}[align], y, style)
        return drawn

    def rule(
        self,
        x: float,
        y: float,
        width: float,
        color: Color,
        thickness: float = 0.5,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a horizontal rule."""
        self.stroke([(x, y), (x + width, y)], color, thickness, dash)

    def stroke(
        self,
        points: Sequence[tuple[float, float]],
        color: Color = INK,
        thickness: float = 0.5,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a line through points."""
        self._canvas.saveState()
        self._canvas.setStrokeColorRGB(*color)
        self._canvas.setLineWidth(thickness)
        self._canvas.setDash(list(dash))
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self._canvas.drawPath(path)
        self._canvas.restoreState()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Color | None = None,
        edge: Color | None = None,
        thickness: float = 0.5,
        dash: Sequence[float] = (),
    ) -> None:
        """Draw a rectangle with its lower left corner at (x, y)."""
        self._canvas.saveState()
        if fill is not None:
            self._canvas.setFillColorRGB(*fill)
        if edge is not None:
            self._canvas.setStrokeColorRGB(*edge)
        self._canvas.setLineWidth(thickness)
        self._canvas.setDash(list(dash))
        self._canvas.rect(x, y, width, height, stroke=edge is not None, fill=fill is not None)
        self._canvas.restoreState()

    def picture(self, image: np.ndarray, x: float, y: float, side: float) -> None:
        """Draw a picture into a square, whole and undistorted.

        Args:
            image: uint8 RGB, shape (H, W, 3).
            x: left edge of the square.
            y: lower edge of the square.
            side: of the square.
        """
        shown = Image.fromarray(image)
        shown.thumbnail((_PIXELS, _PIXELS), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        shown.save(packed, "JPEG", quality=_QUALITY, subsampling=0)
        scale = side / max(shown.size)
        width, height = shown.width * scale, shown.height * scale
        left, bottom = x + (side - width) / 2, y + (side - height) / 2
        self._canvas.drawImage(ImageReader(packed), left, bottom, width, height)

    def drawing(self, image: np.ndarray, x: float, y: float, width: float, height: float) -> None:
        """Draw flat colours without loss into a rectangle with its lower left corner at (x, y).

        Args:
            image: uint8 RGB, shape (H, W, 3).
            x: left edge.
            y: lower edge.
            width: of the rectangle.
            height: of the rectangle.
        """
        self._canvas.drawImage(ImageReader(Image.fromarray(image)), x, y, width, height)
