"""How pages lie on their ground: white paper with an edge in every theme, and the bands drawn so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPalette, QPen

from marrowdesk.app.theme import tones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QImage

    from marrowdesk.app.preview.pages import Band


def paint_ground(painter: QPainter, area: QRect, note: str) -> None:
    """Fill the ground that the pages lie on, and say in its middle why there are none."""
    painter.fillRect(area, QColor(tones().line).darker(103))
    if note:
        painter.setPen(QGuiApplication.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(
            area.adjusted(16, 16, -16, -16),
            int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
            note,
        )


def paint_page(
    painter: QPainter, page: QRect, number: int, images: Mapping[Band, QImage], ratio: float
) -> None:
    """Draw a page; where its bands are missing at this size, those of another size stand in for them.

    Args:
        painter: in pixels of the device.
        page: where the page lies.
        number: of the page, from 0.
        images: the bands that are there, of all pages.
        ratio: pixels of the device to one of the screen.
    """
    edge = round(ratio)
    painter.fillRect(page.adjusted(-edge, -edge, edge, edge), QColor(0, 0, 0, 70))
    painter.fillRect(page, Qt.GlobalColor.white)  # paper is white in every theme
    here = [(band, image) for band, image in images.items() if band.page == number]
    exact = [each for each in here if (each[0].width, each[0].height) == (page.width(), page.height())]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for band, image in here:
        if (band.width, band.height) != (page.width(), page.height()):
            high = page.height() / band.height
            painter.drawImage(
                QRectF(page.left(), page.top() + band.top * high, page.width(), band.rows * high), image
            )
    for band, image in exact:
        painter.drawImage(page.topLeft() + QPoint(0, band.top), image)


def paint_rim(painter: QPainter, area: QRect) -> None:
    """Show that the keyboard is here."""
    painter.setPen(QPen(QGuiApplication.palette().color(QPalette.ColorRole.Highlight), 2))
    painter.drawRect(area.adjusted(1, 1, -1, -1))
