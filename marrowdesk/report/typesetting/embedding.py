"""Fonts inside a PDF: glyphs drawn by number from subsets that carry the text they stand for."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING, Any

import uharfbuzz as hb
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.pdfbase.pdfdoc import PDFDocument

    from marrowdesk.report.typesetting.lines import Line, Piece
    from marrowdesk.report.typesetting.typefaces import Glyph, Typeface

_KEPT_TABLES = {"cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"}
_STRIKE = 0.028
"""How far a face that stands in for bold is struck again to the right, in font sizes.

Readers take text struck twice so closely for one text. An outline would be as bold on paper, but fills dense
characters on a screen, where no line is thinner than a dot.
"""


class EmbeddedFont:
    """One font of one document: a composite font whose character codes are glyph numbers.

    reportlab calls :meth:`addObjects` when the document is written, as it does for its own fonts.

    Attributes:
        typeface: the font.
        resource: the name that page contents call it by.
    """

    def __init__(self, typeface: Typeface, resource: str) -> None:
        self.typeface = typeface
        self.resource = resource
        self._texts: dict[int, str] = {0: ""}

    def learn(self, glyphs: Sequence[Glyph], texts: Sequence[str]) -> bool:
        """Note that glyphs are drawn (:func:`_drawn` gives their numbers), and what for.

        Returns:
            Whether a reader of the file gets exactly these texts from the glyphs; if not, it must be told
            beside them.
        """
        whole = all(texts)  # a character drawn by several glyphs is not told by any of them
        told = [
            self._tells(_drawn(self.typeface, glyph), text if whole else "")
            for glyph, text in zip(glyphs, texts, strict=True)
        ]
        return whole and all(told)

    def _tells(self, gid: int, text: str) -> bool:
        if self.typeface.nominal(gid, text):
            self._texts[gid] = text
        elif unicodedata.mirrored(text[:1] or " "):  # a bracket turned round between Hebrew words
            self._texts.setdefault(gid, "")
        return self._texts.setdefault(gid, text) == text

    def addObjects(self, document: PDFDocument) -> None:
        """Write the font with the glyphs that were drawn."""
        gids = sorted(self._texts)
        tag = (
            hashlib.sha256(repr(gids).encode())
            .hexdigest()
            .translate(str.maketrans("0123456789", "ghijklmnop"))
        )
        name = PDFName(f"{tag[:6].upper()}+{self.typeface.name}")
        widths = [item for gid in gids for item in (gid, PDFArray([self.typeface.width(gid)]))]
        descendant = PDFDictionary({
            "Type": PDFName("Font"), "Subtype": PDFName("CIDFontType2"), "BaseFont": name,
            "CIDSystemInfo": PDFDictionary({
                "Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0,
            }),
            "FontDescriptor": self._reference(document, "descriptor", self._descriptor(document, name, gids)),
            "W": PDFArray(widths), "CIDToGIDMap": PDFName("Identity"),
        })  # fmt: skip
        composite = PDFDictionary({
            "Type": PDFName("Font"), "Subtype": PDFName("Type0"), "BaseFont": name,
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([self._reference(document, "descendant", descendant)]),
            "ToUnicode": self._reference(document, "unicode", self._to_unicode(gids)),
        })  # fmt: skip
        document.idToObject["BasicFonts"].dict[self.resource] = self._reference(document, "font", composite)

    def _reference(self, document: PDFDocument, what: str, thing: Any) -> Any:
        return document.Reference(thing, f"{what}:{self.resource}")

    def _descriptor(self, document: PDFDocument, name: PDFName, gids: list[int]) -> PDFDictionary:
        metrics = self.typeface.metrics
        data = _subset(self.typeface, gids)
        file = PDFStream(PDFDictionary({"Length1": len(data)}), data, [PDFZCompress])
        return PDFDictionary({
            "Type": PDFName("FontDescriptor"), "FontName": name, "Flags": 4, "ItalicAngle": 0, "StemV": 80,
            "FontBBox": PDFArray(metrics.box), "Ascent": metrics.ascent, "Descent": metrics.descent,
            "CapHeight": metrics.cap_height,
            "FontFile2": self._reference(document, "file", file),
        })  # fmt: skip

    def _to_unicode(self, gids: list[int]) -> PDFStream:
        known = [(gid, self._texts[gid]) for gid in gids if self._texts[gid]]
        lines = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /MarrowDesk def",
                 "/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange"]  # fmt: skip
        for start in range(0, len(known), 100):
            block = known[start : start + 100]
            lines.append(f"{len(block)} beginbfchar")
            lines += [f"<{gid:04X}> <{_utf16(text)}>" for gid, text in block]
            lines.append("endbfchar")
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return PDFStream(content="\n".join(lines), filters=[PDFZCompress])


class FontBook:
    """The fonts of one document, embedded as they are first drawn with."""

    def __init__(self, document: PDFDocument) -> None:
        self._document = document
        self._fonts: dict[str, EmbeddedFont] = {}

    def operators(
        self, line: Line, size: float, x: float, y: float, color: tuple[float, float, float]
    ) -> str:
        """Give the page content that draws a line of text with its baseline starting at (x, y), in points."""
        parts = ["q", "{:.3f} {:.3f} {:.3f} rg".format(*color)]
        for piece in line.pieces:
            parts.append(self._piece(piece, size, x, y))
            x += sum(glyph.advance for glyph in piece.glyphs) / 1000 * size
        return " ".join([*parts, "Q"])

    def _font(self, typeface: Typeface) -> EmbeddedFont:
        # A face that stands in for bold shares the file with the regular one: it is struck twice.
        if typeface.name not in self._fonts:
            font = EmbeddedFont(typeface, f"T{len(self._fonts) + 1}")
            self._fonts[typeface.name] = font
            self._document.delayedFonts.append(font)
        return self._fonts[typeface.name]

    def _piece(self, piece: Piece, size: float, x: float, y: float) -> str:
        font = self._font(piece.font)
        shown: list[str] = []
        for cluster in _said_together(piece):
            glyphs, texts = zip(*cluster, strict=True)
            operators = _show(piece.font, glyphs, size)
            if not font.learn(glyphs, texts):
                said = _utf16("".join(reversed(texts) if piece.rtl else texts))
                operators = f"/Span <</ActualText <FEFF{said}>>> BDC {operators} EMC"
            shown.append(operators)
        content = " ".join(shown).replace("] TJ [", "").replace("><", "")
        struck = (x, x + size * _STRIKE) if piece.font.bold else (x,)
        return " ".join(
            f"BT /{font.resource} {size:g} Tf 0 Tr 1 0 0 1 {at:.3f} {y:.3f} Tm {content} ET" for at in struck
        )


def _said_together(piece: Piece) -> list[list[tuple[Glyph, str]]]:
    """Split a piece into what is given its text as a whole where single glyphs cannot tell it.

    These are words, for the parts of a Devanagari syllable do not stand in the order in which they are
    spoken; from right to left it is single characters, because readers turn the order round by themselves.
    """
    groups: list[list[tuple[Glyph, str]]] = []
    for glyph, text in zip(piece.glyphs, piece.texts, strict=True):
        last = groups[-1][-1] if groups else None
        if last is None or (last[0].at != glyph.at if piece.rtl else " " in (text, last[1])):
            groups.append([])
        groups[-1].append((glyph, text))
    return groups


def _drawn(font: Typeface, glyph: Glyph) -> int:
    """Give the number of what is drawn: U+FFFD for a character that no font has.

    PDF/A (ISO 19005-2, 6.2.11.8) allows no text that shows a font's box for missing glyphs. The first font,
    which such characters go to, has a glyph for U+FFFD.
    """
    return glyph.gid or font.glyph("\ufffd")


def _show(font: Typeface, glyphs: Sequence[Glyph], size: float) -> str:
    """Give the operators that show glyphs, with what differs from their nominal places."""
    parts = []
    for glyph in glyphs:
        gid = _drawn(font, glyph)
        after = font.width(gid) + glyph.dx - glyph.advance
        moved = f"[{-glyph.dx or ''}<{gid:04X}>{after or ''}] TJ"
        parts.append(f"{glyph.dy / 1000 * size:.3f} Ts {moved} 0 Ts" if glyph.dy else moved)
    return " ".join(parts)


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def _subset(typeface: Typeface, gids: list[int]) -> bytes:
    wanted = hb.SubsetInput()
    wanted.flags = (
        hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
    )
    wanted.glyph_set.update(set(gids))
    dropped = set(typeface.face.table_tags) - _KEPT_TABLES
    wanted.drop_table_tag_set.update({int.from_bytes(tag.encode(), "big") for tag in dropped})
    return bytes(hb.subset(typeface.face, wanted).blob.data)
