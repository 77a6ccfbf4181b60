"""Cells on their way by mouse: the data dragged, the little stack of pictures, and what a drop means."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPalette, QPixmap

from marrowdesk.app.gallery.facts import EXCLUDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.app.case_model import CaseModel

ROWS = "application/x-marrowdesk-rows"
"""Mime type of dragged cells: a JSON list of rows of the case."""

_CASE = "application/x-marrowdesk-case"
_SIDE = 72
_STEP = 6
_MOST = 3


def mime_types() -> list[str]:
    """Give the formats that dragged cells have."""
    return [ROWS, _CASE]


def _case_mark(model: CaseModel) -> bytes:
    # rows mean nothing in another case, nor in a second window of the program
    path = "" if model.case is None else str(model.case.path)
    return f"{os.getpid()}:{path}".encode()


def rows_to_mime(rows: Sequence[int], model: CaseModel) -> QMimeData:
    """Pack rows of the open case for a drag."""
    data = QMimeData()
    data.setData(ROWS, json.dumps(list(rows)).encode())
    data.setData(_CASE, _case_mark(model))
    return data


def rows_from_mime(data: QMimeData, model: CaseModel) -> list[int]:
    """Unpack dragged rows; empty when these are no cells of the open case."""
    if not data.hasFormat(ROWS) or bytes(data.data(_CASE).data()) != _case_mark(model):
        return []
    rows = json.loads(bytes(data.data(ROWS).data()))
    return [row for row in rows if isinstance(row, int) and 0 <= row < len(model.cells)]


def drag_pixmap(images: Sequence[QImage], count: int, palette: QPalette, ratio: float) -> QPixmap:
    """Paint a stack of up to three cells with the number of all dragged cells.

    Args:
        images: pictures of the first cells; may be fewer than are dragged.
        count: cells dragged.
        palette: colours of the window.
        ratio: device pixels per pixel of the screen.
    """
    shown = list(images[:_MOST])
    side = _SIDE + _STEP * (_MOST - 1) + 12
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    for depth in reversed(range(max(1, min(count, _MOST)))):
        frame = QRectF(2 + depth * _STEP, 2 + depth * _STEP, _SIDE, _SIDE)
        painter.fillRect(frame.adjusted(-1.5, -1.5, 1.5, 1.5), palette.color(QPalette.ColorRole.Highlight))
        painter.fillRect(frame, palette.color(QPalette.ColorRole.Mid))
        if depth < len(shown):
            painter.drawImage(frame, shown[depth])
    if count > 1:
        _paint_count(painter, count, palette, side)
    painter.end()
    return pixmap


def _paint_count(painter: QPainter, count: int, palette: QPalette, side: int) -> None:
    font = QFont(painter.font())
    font.setBold(True)
    painter.setFont(font)
    text = f"{count:,}"
    width = max(24, painter.fontMetrics().horizontalAdvance(text) + 14)
    badge = QRectF(side - width - 1, side - 25, width, 24)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#c2255c"))
    painter.drawRoundedRect(badge, 12, 12)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


HOT_SPOT = QPoint(-8, -8)
"""The pointer stays clear of the stack, so that the class under it can be read."""


def put_into(model: CaseModel, rows: Sequence[int], key: str) -> bool:
    """Do what dropping cells means.

    Args:
        model: the open case.
        rows: of the cells dropped.
        key: class code, or EXCLUDED to take them out of the count.

    Returns:
        Whether anything changed.
    """
    return model.exclude(rows) if key == EXCLUDED else model.assign(rows, key)
