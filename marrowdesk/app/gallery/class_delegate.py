"""Paints one row of the class list: colour chip, name, count and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from marrowdesk.app import numbers
from marrowdesk.app.gallery.class_model import ROW_ROLE
from marrowdesk.app.gallery.class_rows import Kind, Row
from marrowdesk.app.gallery.stamps import blend

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel

_GAP = 5
_CHIP = 12
_EDGE = 9
_CAP = 17
_GRAY = QColor("#868e96")

Role = QPalette.ColorRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ClassDelegate(QStyledItemDelegate):
    """Rows as small as can be read, so that 29 classes fit on a screen of 1080 lines.

    The chip of a class is hollow while all its cells are proposals and fills from below as they are
    reviewed.

    Attributes:
        target: row that cells are being dragged over, or -1.
    """

    def __init__(self, model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.target = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give the height of a row by its kind."""
        row: Row = index.data(ROW_ROLE)
        if row.kind is Kind.GAP:
            return QSize(80, _GAP)
        return QSize(80, option.fontMetrics.height() + (6 if row.kind is Kind.HEADING else 5))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        row: Row = index.data(ROW_ROLE)
        if row.kind is Kind.GAP:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = self._paint_ground(painter, option, index.row())
        if row.kind is Kind.HEADING:
            self._paint_heading(painter, option.rect, row, blend(ink, ground, 0.35))
        else:
            self._paint_row(painter, option.rect, row, ink, ground)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, row: int
    ) -> tuple[QColor, QColor]:
        """Paint what a row stands on; gives the colours of ground and text."""
        palette, state = QPalette(option.palette), option.state
        palette.setCurrentColorGroup(QPalette.ColorGroup.Active)  # headings are not to look switched off
        ground, ink = palette.color(Role.Base), palette.color(Role.Text)
        place = QRectF(option.rect).adjusted(3, 0.5, -3, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if row == self.target or state & QStyle.StateFlag.State_Selected:
            ground, ink = palette.color(Role.Highlight), palette.color(Role.HighlightedText)
            if row != self.target and not state & QStyle.StateFlag.State_Active:
                ground = blend(ground, palette.color(Role.Base), 0.15)
        elif state & QStyle.StateFlag.State_MouseOver and state & QStyle.StateFlag.State_Enabled:
            ground = blend(ground, ink, 0.07)
        else:
            return ground, ink
        painter.setBrush(ground)
        if row == self.target:
            painter.setPen(QPen(palette.color(Role.Text), 1.5))
        painter.drawRoundedRect(place, 4, 4)
        return ground, ink

    def _paint_heading(self, painter: QPainter, place: QRect, row: Row, ink: QColor) -> None:
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.86)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(ink)
        count = row.count(self._model.tally)
        painter.drawText(place.adjusted(_EDGE, 3, -_EDGE - _CAP - 6, 0), _LEFT, row.name)
        if count:
            painter.drawText(place.adjusted(0, 3, -_EDGE - _CAP - 6, 0), _RIGHT, numbers.count(count))

    def _paint_row(self, painter: QPainter, place: QRect, row: Row, ink: QColor, ground: QColor) -> None:
        tally = self._model.tally
        count = row.count(tally)
        faint = blend(ink, ground, 0.45)
        if row.cell_class is not None:
            share = row.reviewed(tally) / count if count else 0.0
            self._paint_chip(painter, place, QColor(row.cell_class.color), share, ground)
        painter.setPen(ink if count else faint)
        text = numbers.count(count)
        right = place.right() - _EDGE - _CAP - 6
        painter.drawText(QRect(place.left(), place.top(), right - place.left(), place.height()), _RIGHT, text)
        left = place.left() + _EDGE + (_CHIP + 8 if row.cell_class is not None else 0)
        room = QRect(
            left,
            place.top(),
            right - painter.fontMetrics().horizontalAdvance(text) - 8 - left,
            place.height(),
        )
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, name)
        if row.key:
            self._paint_key(painter, place, row.key, ink, ground)

    def _paint_chip(
        self, painter: QPainter, place: QRect, color: QColor, share: float, ground: QColor
    ) -> None:
        chip = QRectF(place.left() + _EDGE, place.center().y() - _CHIP / 2 + 0.5, _CHIP, _CHIP)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)  # a class colour near the highlight must not drown in it
        painter.drawRoundedRect(chip.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)
        if share > 0:
            painter.save()
            painter.setClipRect(chip.adjusted(-1, _CHIP * (1 - share), 1, 1))
            painter.setBrush(color)
            painter.drawRoundedRect(chip, 3, 3)
            painter.restore()
        painter.setPen(QPen(color, 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(chip.adjusted(0.9, 0.9, -0.9, -0.9), 2.5, 2.5)

    def _paint_key(self, painter: QPainter, place: QRect, key: str, ink: QColor, ground: QColor) -> None:
        cap = QRectF(place.right() - _EDGE - _CAP + 4, place.center().y() - _CAP / 2 + 1, _CAP, _CAP - 1)
        painter.setPen(QPen(blend(ground, ink, 0.3), 1))
        painter.setBrush(blend(ground, ink, 0.06))
        painter.drawRoundedRect(cap, 3, 3)
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.84)
        painter.setFont(font)
        painter.setPen(blend(ink, ground, 0.15))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
