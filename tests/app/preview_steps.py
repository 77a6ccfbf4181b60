"""Documents and steps that the tests of the preview and of printing share."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
from PySide6.QtGui import QImage
from reportlab.pdfgen.canvas import Canvas

A4 = (595.2756, 841.8898)


def document(*words: str, size: tuple[float, float] = A4) -> bytes:
    """Give a PDF with a page for each word, each with ink in places of its own."""
    file = io.BytesIO()
    canvas = Canvas(file, size, invariant=1)
    for number, word in enumerate(words, 1):
        canvas.setFont("Helvetica-Bold", 40)
        canvas.drawString(60, size[1] - 90, word)
        canvas.setFillColorRGB(0.2, 0.3, 0.8)
        canvas.rect(60, size[1] - 140 - 20 * (number % 30), 200, 16, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 48, f"foot of page {number}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def dense_document() -> bytes:
    """Give a page full of small lines of text, with a frame round some and a grey ground under others."""
    file = io.BytesIO()
    canvas = Canvas(file, A4, invariant=1)
    canvas.setFillGray(0.9)
    canvas.rect(50, 300, 240, 130, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.rect(300, 500, 240, 200)
    canvas.setFont("Helvetica", 8)
    for line in range(76):
        text = f"{line} hypercellular marrow with left shift; {line * 7} cells counted of those seen here"
        canvas.drawString(55 + line % 3, 800 - 10 * line, text)
        canvas.drawString(310 + line % 3, 800 - 10 * line, text)
    canvas.save()
    return file.getvalue()


def rendered(content: bytes, page: int, width: int) -> np.ndarray:
    """Draw a page with PDFium's own Python interface; uint8 RGB."""
    with pdfium.PdfDocument(content) as opened:
        scale = width / opened[page].get_width()
        return opened[page].render(scale=scale * 0.99999).to_numpy()[..., ::-1].copy()


def pixels(image: QImage) -> np.ndarray:
    """Give an image of Qt as uint8 RGB."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Give the mean difference of two images in levels of 255; they may differ by a pixel in size."""
    height, width = (min(a, b) for a, b in zip(one.shape[:2], other.shape[:2], strict=True))
    assert max(one.shape[0], other.shape[0]) - height <= 2
    assert max(one.shape[1], other.shape[1]) - width <= 2
    return float(np.abs(one[:height, :width].astype(int) - other[:height, :width]).mean())
