"""The institution's logo stands in the letterhead; what is no picture is told, not printed."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pypdfium2 as pdfium
import pytest
from pdf_reading import overprinted, page_texts, text_boxes
from PIL import Image
from report_samples import WRITTEN, normal

from marrowdesk.core.errors import ReportError
from marrowdesk.report.document import ReportFields
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes


def logo(kind: str = "PNG", size=(300, 100), mode="RGB", color="#c03010") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, color).save(written, kind)
    return written.getvalue()


def red_part(content: bytes) -> np.ndarray:
    """Give where the first page shows the colour of the logo, in points: left, top, right, bottom."""
    with pdfium.PdfDocument(content) as document:
        image = np.asarray(document[0].render(scale=1).to_pil().convert("RGB"), int)
    there = np.argwhere(np.abs(image - (0xC0, 0x30, 0x10)).sum(2) < 30)
    return np.array([*there.min(0)[::-1], *there.max(0)[::-1]]) if len(there) else np.empty(0)


@pytest.mark.parametrize("template", ["marrow", "summary", "blood"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_that_the_logo_stands_at_the_right_of_the_letterhead(template, kind):
    content = pdf_bytes(normal(header=WRITTEN, logo=logo(kind)), PrintOptions(template))
    left, top, right, bottom = red_part(content)
    assert right - left == pytest.approx(120, abs=3)
    assert bottom - top == pytest.approx(40, abs=3)
    assert right == pytest.approx(595 - 48, abs=3)
    assert top < 50
    assert "Klinik Am Rhein" in page_texts(content)[0]


@pytest.mark.parametrize("size", [(3000, 20), (20, 3000), (1, 1), (4000, 4000)])
def test_that_a_logo_of_any_shape_keeps_its_shape_and_leaves_room_for_the_name(size):
    content = pdf_bytes(normal(header=WRITTEN, logo=logo(size=size)))
    assert overprinted(text_boxes(content)) == []
    left, _, right, bottom = red_part(content)
    assert left > 250
    assert right <= 595 - 47
    assert bottom < 80
    assert len(content) < 400_000


def test_that_a_long_name_of_the_institution_does_not_reach_into_the_logo():
    content = pdf_bytes(normal(header=ReportFields(institution="word " * 60), logo=logo()))
    left = red_part(content)[0]
    words = [box for text, box in text_boxes(content) if text.startswith("word") and box[1] > 780]
    assert words
    assert all(right < left for _, _, right, _ in words)


def test_that_a_transparent_logo_is_laid_on_white():
    content = pdf_bytes(normal(logo=logo(mode="RGBA", color=(0, 0, 0, 0))))
    with pdfium.PdfDocument(content) as document:
        image = np.asarray(document[0].render(scale=1).to_pil().convert("RGB"))
    assert image[40:70, 440:540].min() > 250
    assert b"/SMask" not in content


def test_that_a_logo_in_printing_colours_is_taken():
    content = pdf_bytes(normal(logo=logo("JPEG", mode="CMYK", color=(0, 200, 220, 60))))
    assert b"DeviceCMYK" not in content


def _bomb() -> bytes:
    """Give a small file that claims to be an enormous picture."""
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        logo()[:60],
        logo("JPEG", size=(2000, 2000))[:700],
        logo("GIF", mode="P", color=1),
        _bomb(),
    ],
    ids=["empty", "text", "cut png", "cut jpeg", "gif", "bomb"],
)
def test_that_a_logo_that_cannot_be_read_is_told(content):
    with pytest.raises(ReportError, match="logo"):
        pdf_bytes(normal(logo=content))


def test_that_the_same_logo_gives_the_same_bytes():
    assert pdf_bytes(normal(logo=logo())) == pdf_bytes(normal(logo=logo()))
