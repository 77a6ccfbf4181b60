"""The shipped fonts: which one shows a character, and how a font sets a run of text."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

import uharfbuzz as hb

from marrowdesk.assets import resource_path

_LATIN, _LATIN_BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"
_FALLBACKS = (
    "NotoSansHebrew-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "DroidSansFallback.ttf",  # Chinese, Japanese, Korean
    "DejaVuSans.ttf",  # symbols, arrows, Armenian, Georgian
)
_MARKS_AND_JOINERS = {"Mn", "Me", "Mc", "Cf"}


class Glyph(NamedTuple):
    """One glyph of a shaped run; lengths in thousandths of the font size.

    Attributes:
        gid: number in the font; 0 for a character the font does not have.
        advance: how far the pen moves on.
        dx: shift to the right before drawing.
        dy: shift upwards before drawing.
        at: index of the first character it stands for, in the run.
    """

    gid: int
    advance: int
    dx: int
    dy: int
    at: int


class Metrics(NamedTuple):
    """Measures of a whole font in thousandths of the font size.

    Attributes:
        box: left, bottom, right and top of all glyphs laid over one another.
        ascent: above the baseline.
        descent: below the baseline, negative.
        cap_height: of capital letters.
    """

    box: tuple[int, ...]
    ascent: int
    descent: int
    cap_height: int


class Typeface:
    """One font file, opened once and shared by all documents; it holds no state of any of them.

    Attributes:
        name: PostScript name.
        bold: whether it stands in for a bold face that does not ship, and is struck twice.
        face: the file as HarfBuzz sees it.
    """

    def __init__(self, file: str, bold: bool) -> None:
        self.name = file.removesuffix(".ttf")
        self.bold = bold
        self.face = hb.Face(hb.Blob.from_file_path(str(resource_path("fonts", file))))
        self._font = hb.Font(self.face)
        self._font.scale = (1000, 1000)
        self.shape = lru_cache(maxsize=4096)(self._shape)

    @cached_property
    def _covered(self) -> frozenset[int]:
        return frozenset(self.face.unicodes)

    def covers(self, char: str) -> bool:
        """Say whether the font has a glyph for a character."""
        return ord(char) in self._covered

    def nominal(self, gid: int, text: str) -> bool:
        """Say whether a glyph is what the font shows for a single character that stands alone."""
        return len(text) == 1 and self._font.get_nominal_glyph(ord(text)) == gid

    def glyph(self, char: str) -> int:
        """Give the number of the glyph for a character; 0 where there is none."""
        return int(self._font.get_nominal_glyph(ord(char)) or 0)

    def width(self, gid: int) -> int:
        """Give the nominal advance of a glyph in thousandths of the font size."""
        return int(self._font.get_glyph_h_advance(gid))

    @cached_property
    def metrics(self) -> Metrics:
        """The measures that a PDF gives of the whole font."""
        head = bytes(self.face.reference_table("head").data)
        box = struct.unpack(">4h", head[36:44])  # xMin, yMin, xMax, yMax (OpenType 1.9, table head)
        extents = self._font.get_font_extents("ltr")
        capitals = self._font.get_metric_position_with_fallback(hb.OTMetricsTag.CAP_HEIGHT)
        scale = 1000 / self.face.upem
        return Metrics(
            tuple(round(each * scale) for each in box),
            int(extents.ascender),
            int(extents.descender),
            int(capitals),
        )

    def _shape(self, text: str, rtl: bool) -> tuple[Glyph, ...]:
        """Shape a run of one font and direction; glyphs come from left to right. Cached as ``shape``."""
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        # Ligatures such as "fi" would tear apart where a line breaks or a name is searched for.
        hb.shape(self._font, buffer, {"liga": False, "clig": False})
        return tuple(
            Glyph(info.codepoint, place.x_advance, place.x_offset, place.y_offset, info.cluster)
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        )


@cache
def family(bold: bool) -> tuple[Typeface, ...]:
    """Give the fonts in the order in which they are asked for a character."""
    return (Typeface(_LATIN_BOLD if bold else _LATIN, False), *(Typeface(file, bold) for file in _FALLBACKS))


def font_runs(text: str, bold: bool) -> list[tuple[int, int, Typeface]]:
    """Split a text into runs that one font shows, as (start, stop, font).

    Marks and joiners stay with the character before them; so do spaces, where its font has them. What no
    font has goes to the first one, which has the sign U+FFFD for it.
    """
    fonts = family(bold)
    if text.isascii():
        return [(0, len(text), fonts[0])] if text else []
    runs: list[tuple[int, int, Typeface]] = []
    for at, char in enumerate(text):
        last = runs[-1][2] if runs else None
        if last is not None and _sticks(char, last):
            font = last
        else:
            font = next((each for each in fonts if each.covers(char)), fonts[0])
        if font is last:
            runs[-1] = (runs[-1][0], at + 1, font)
        else:
            runs.append((at, at + 1, font))
    return runs


def _sticks(char: str, font: Typeface) -> bool:
    kind = unicodedata.category(char)
    if kind == "Cf":
        return True
    return (kind in _MARKS_AND_JOINERS or kind == "Zs") and font.covers(char)
