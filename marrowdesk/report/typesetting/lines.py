"""Text set in lines: cleaned, shaped, broken at a width, and put into the order in which it is read."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from marrowdesk.report.typesetting.bidi import levels, visual_order
from marrowdesk.report.typesetting.typefaces import Glyph, Typeface, font_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEW_LINE = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, overrides of direction and halves of surrogate pairs are shown as U+FFFD.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff\ufff9-\uffff]")
_SPACES = " \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000"
# A percent sign stays with its number.
_AFTER = re.compile(f"(?<=[{_SPACES}])(?=[^{_SPACES}%])|(?<=[^\\W\\d_][-–—/])(?=\\w)")
_WIDE = (
    "\u1100-\u11ff\u2e80-\u303f\u3041-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffee"
)
_NOT_FIRST = "、。，．！？：；）〕］｝〉》」』】・ーっゃゅょッャュョ々”’%)\\]},.;:!?"
_NOT_LAST = "（〔［｛〈《「『【“‘(\\[{"
_BESIDE_WIDE = re.compile(
    f"(?<=[{_WIDE}])(?<![{_NOT_LAST}])(?=[^{_NOT_FIRST}{_SPACES}])"
    f"|(?<=[^{_NOT_LAST}{_SPACES}])(?=[{_WIDE}])(?![{_NOT_FIRST}])"
)
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs of one font and direction on one line.

    Attributes:
        font: the font that draws them.
        glyphs: from left to right.
        texts: for each glyph what it stands for; empty for the second and further glyphs of one character.
        rtl: whether the text runs from right to left.
    """

    font: Typeface
    glyphs: tuple[Glyph, ...]
    texts: tuple[str, ...]
    rtl: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    Attributes:
        text: what it says, in the order of reading.
        pieces: from left to right.
        width: in units of the font size.
        rtl: whether its paragraph runs from right to left.
    """

    text: str
    pieces: tuple[Piece, ...]
    width: float
    rtl: bool


def paragraphs(text: str) -> list[str]:
    """Split a text as typed into paragraphs that can be set; what cannot be printed becomes U+FFFD."""
    return [_UNPRINTABLE.sub("\ufffd", each).replace("\t", "    ") for each in _NEW_LINE.split(text)]


def one_line(text: str) -> str:
    """Make one paragraph of a text as typed, with its line breaks as spaces."""
    return " ".join(each.strip() for each in paragraphs(text)).strip()


class _Run:
    """A shaped stretch of one font and direction.

    Attributes:
        start: index of its first character in the paragraph.
        stop: index after its last character.
        level: of its direction.
    """

    def __init__(self, text: str, start: int, stop: int, level: int, font: Typeface) -> None:
        self.start, self.stop, self.level = start, stop, level
        self._text = text[start:stop]
        self._font = font
        self.glyphs = font.shape(self._text, self.rtl)
        self._ats = [each.at for each in (self.glyphs[::-1] if self.rtl else self.glyphs)]  # ascending

    @property
    def rtl(self) -> bool:
        """Whether it runs from right to left."""
        return self.level % 2 == 1

    def piece(self, start: int, stop: int) -> Piece:
        """Give the glyphs of the characters from ``start`` to ``stop`` of the paragraph."""
        low = bisect_left(self._ats, start - self.start)
        high = bisect_left(self._ats, stop - self.start)
        many = len(self.glyphs)
        glyphs = self.glyphs[many - high : many - low] if self.rtl else self.glyphs[low:high]
        texts = _texts(self._text, glyphs, min(stop, self.stop) - self.start, self.rtl)
        return Piece(self._font, glyphs, texts, self.rtl)


class Paragraph:
    """A shaped paragraph, ready to be broken into lines of any width.

    Args:
        text: one of :func:`paragraphs`.
        bold: whether it is set in the bold face.
    """

    def __init__(self, text: str, bold: bool = False) -> None:
        self.text = text
        base, self._levels = levels(text)
        self.rtl = base == 1
        self._runs = list(self._shaped(bold))
        self._run_starts = [run.start for run in self._runs]
        advances = [0.0] * len(text)
        self._starts = {0}
        for run in self._runs:
            for glyph in run.glyphs:
                advances[run.start + glyph.at] += glyph.advance / 1000
                self._starts.add(run.start + glyph.at)
        self._ends = [0.0, *accumulate(advances)]

    def _shaped(self, bold: bool) -> Iterator[_Run]:
        for start, stop, font in font_runs(self.text, bold):
            cuts = [at for at in range(start + 1, stop) if self._levels[at] != self._levels[at - 1]]
            for left, right in pairwise([start, *cuts, stop]):
                yield _Run(self.text, left, right, self._levels[left], font)

    @property
    def width(self) -> float:
        """Width of the whole paragraph on one line, in units of the font size."""
        return self._ends[-1]

    def lines(self, width: float) -> Iterator[Line]:
        """Break the paragraph into lines no wider than ``width`` units of the font size, one after another.

        It breaks at spaces, after hyphens and beside Chinese, Japanese and Korean characters; a word wider
        than the line is broken between any two characters. An empty paragraph gives one empty line.
        """
        if self.width <= width:
            yield self._line(0, len(self.text))
            return
        found = {each.start() for rule in (_AFTER, _BESIDE_WIDE) for each in rule.finditer(self.text)}
        end = len(self.text)
        chances = [*sorted(at for at in found if at < end and self._breakable(at)), end]
        start = 0
        while start < len(self.text):
            stop = self._stop(start, width, chances)
            yield self._line(start, stop)
            start = stop

    def _stop(self, start: int, width: float, chances: Sequence[int]) -> int:
        """Find where the line that begins at ``start`` ends: at the last chance that fits, or anywhere."""
        limit = bisect_right(self._ends, self._ends[start] + width + 1e-9) - 1
        while limit < len(self.text) and self.text[limit] == " ":  # spaces may hang over the edge
            limit += 1
        at = bisect_right(chances, limit) - 1
        if at >= 0 and chances[at] > start:
            return chances[at]
        limit = max(limit, start + 1)
        while limit > start + 1 and not self._breakable(limit):
            limit -= 1
        while limit < len(self.text) and not self._breakable(limit):
            limit += 1
        return limit

    def _breakable(self, at: int) -> bool:
        """Say whether two characters can be torn apart: not within a glyph, and no mark from its letter."""
        return at in self._starts and unicodedata.category(self.text[at]) not in ("Mn", "Me", "Mc", "Cf")

    def _line(self, start: int, stop: int) -> Line:
        while stop > start and self.text[stop - 1] == " ":
            stop -= 1
        first = max(bisect_right(self._run_starts, start) - 1, 0)
        runs = self._runs[first : bisect_left(self._run_starts, stop)]
        pieces = [run.piece(max(run.start, start), min(run.stop, stop)) for run in runs]
        ordered = tuple(pieces[at] for at in visual_order([run.level for run in runs]))
        width = sum(glyph.advance for piece in ordered for glyph in piece.glyphs) / 1000
        return Line(self.text[start:stop], ordered, width, self.rtl)


def _texts(run: str, glyphs: Sequence[Glyph], stop: int, rtl: bool) -> tuple[str, ...]:
    """Say what each glyph stands for: the first glyph of a character says it, the others say nothing."""
    reading = list(reversed(glyphs)) if rtl else list(glyphs)
    starts = sorted({each.at for each in reading})
    ends = dict(zip(starts, [*starts[1:], stop], strict=True))
    said: set[int] = set()
    texts = []
    for each in reading:
        texts.append("" if each.at in said else run[each.at : ends[each.at]])
        said.add(each.at)
    return tuple(reversed(texts)) if rtl else tuple(texts)


def most_characters(width: float) -> int:
    """Give a number of characters that no line of ``width`` font sizes exceeds, marks included."""
    return int(60 * width) + 100


@lru_cache(maxsize=2048)
def set_line(text: str, bold: bool = False, width: float | None = None) -> Line:
    """Set a text on one line, cut off with an ellipsis where it is wider than ``width`` font sizes."""
    said = one_line(text)
    most = len(said) if width is None else most_characters(width)
    whole = Paragraph(said[:most], bold)
    if width is None or (whole.width <= width and len(said) <= most):
        return next(whole.lines(float("inf")))
    fitting = next(whole.lines(max(width - 0.9, 1.0))).text  # 0.9: the ellipsis is 0.82 wide
    return next(Paragraph(fitting.rstrip() + _ELLIPSIS, bold).lines(float("inf")))


def set_lines(text: str, bold: bool, width: float) -> Iterator[Line]:
    """Set a text of any number of paragraphs in lines no wider than ``width`` font sizes, one by one."""
    for each in paragraphs(text):
        yield from Paragraph(each, bold).lines(width)
