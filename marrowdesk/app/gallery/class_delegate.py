"""Paints one row of the class list: colour chip, name, count and key."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from marrowdesk.app import numbers
from marrowdesk.app.colors import READABLE, blend, contrast, faint_ink
from marrowdesk.app.gallery.class_model import ROW_ROLE
from marrowdesk.app.gallery.class_rows import Kind, Row

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
State = QStyle.StateFlag


class Standing(enum.Enum):
    """What a row stands out by."""

    PLAIN = enum.auto()
    HOVERED = enum.auto()
    CHOSEN = enum.auto()
    CHOSEN_ELSEWHERE = enum.auto()
    TARGET = enum.auto()


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of a row; mixed once, not for each row of each painting.

    Attributes:
        ground: what it stands on.
        ink: its text.
        faint: the text of a class without cells.
        heading: the name of a lineage.
        key_edge: rim of the key.
        key_ground: face of the key.
        key_ink: letter on the key.
    """

    ground: QColor
    ink: QColor
    faint: QColor
    heading: QColor
    key_edge: QColor
    key_ground: QColor
    key_ink: QColor

    @classmethod
    def of(cls, palette: QPalette, standing: Standing) -> Self:
        """Mix them from a palette."""
        palette = QPalette(palette)
        palette.setCurrentColorGroup(QPalette.ColorGroup.Active)  # headings are not to look switched off
        ground, ink = palette.color(Role.Base), palette.color(Role.Text)
        if standing is Standing.HOVERED:
            ground = blend(ground, ink, 0.07)
        elif standing is not Standing.PLAIN:
            ground, ink = palette.color(Role.Highlight), palette.color(Role.HighlightedText)
            if standing is Standing.CHOSEN_ELSEWHERE:
                ground = blend(ground, palette.color(Role.Base), 0.15)
        key_ground = blend(ground, ink, 0.06)
        if contrast(ink, key_ground) < READABLE:
            key_ground = ground
        return cls(
            ground,
            ink,
            faint=faint_ink(ink, ground, 0.45),
            heading=faint_ink(ink, ground, 0.35),
            key_edge=blend(ground, ink, 0.3),
            key_ground=key_ground,
            key_ink=faint_ink(ink, key_ground, 0.15),
        )


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
        self._colors: dict[Standing, Colors] = {}
        self._fonts: tuple[QFont, QFont] | None = None
        self.target = -1

    def forget(self) -> None:
        """Make colours and fonts anew; for another palette or font."""
        self._colors.clear()
        self._fonts = None

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
        standing = self._standing(option.state, index.row())
        colors = self._colors.get(standing)
        if colors is None:
            colors = self._colors[standing] = Colors.of(option.palette, standing)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, standing, colors.ground)
        if row.kind is Kind.HEADING:
            self._paint_heading(painter, option.rect, row, colors.heading)
        else:
            self._paint_row(painter, option.rect, row, colors)
        painter.restore()

    def _standing(self, state: State, row: int) -> Standing:
        if row == self.target:
            return Standing.TARGET
        if state & State.State_Selected:
            return Standing.CHOSEN if state & State.State_Active else Standing.CHOSEN_ELSEWHERE
        hovered = state & State.State_MouseOver and state & State.State_Enabled
        return Standing.HOVERED if hovered else Standing.PLAIN

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, standing: Standing, ground: QColor
    ) -> None:
        """Paint what a row stands on."""
        if standing is Standing.PLAIN:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        if standing is Standing.TARGET:
            painter.setPen(QPen(option.palette.color(QPalette.ColorGroup.Active, Role.Text), 1.5))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(3, 0.5, -3, -0.5), 4, 4)

    def _fonts_of(self, font: QFont) -> tuple[QFont, QFont]:
        """Give the fonts of headings and of keys."""
        if self._fonts is None:
            heading, key = QFont(font), QFont(font)
            heading.setPointSizeF(font.pointSizeF() * 0.86)
            heading.setWeight(QFont.Weight.DemiBold)
            key.setPointSizeF(font.pointSizeF() * 0.84)
            self._fonts = heading, key
        return self._fonts

    def _paint_heading(self, painter: QPainter, place: QRect, row: Row, ink: QColor) -> None:
        painter.setFont(self._fonts_of(painter.font())[0])
        painter.setPen(ink)
        count, metrics = row.count(self._model.tally), painter.fontMetrics()
        room = place.adjusted(_EDGE, 3, -_EDGE - _CAP - 6, 0)
        if count:
            text = numbers.count(count)
            painter.drawText(room, _RIGHT, text)
            room.setWidth(room.width() - metrics.horizontalAdvance(text) - 8)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, name)

    def _paint_row(self, painter: QPainter, place: QRect, row: Row, colors: Colors) -> None:
        tally = self._model.tally
        count = row.count(tally)
        if row.cell_class is not None:
            share = row.reviewed(tally) / count if count else 0.0
            self._paint_chip(painter, place, QColor(row.cell_class.color), share, colors.ground)
        painter.setPen(colors.ink if count else colors.faint)
        text = numbers.count(count)
        right = place.right() - _EDGE - _CAP - 6
        painter.drawText(QRect(place.left(), place.top(), right - place.left(), place.height()), _RIGHT, text)
        left = place.left() + _EDGE + (_CHIP + 8 if row.cell_class is not None else 0)
        metrics = painter.fontMetrics()
        room = QRect(
            left,
            place.top(),
            right - metrics.horizontalAdvance(text) - 8 - left,
            place.height(),
        )
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, name)
        if row.key:
            self._paint_key(painter, place, row.key, colors)

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

    def _paint_key(self, painter: QPainter, place: QRect, key: str, colors: Colors) -> None:
        cap = QRectF(place.right() - _EDGE - _CAP + 4, place.center().y() - _CAP / 2 + 1, _CAP, _CAP - 1)
        painter.setPen(QPen(colors.key_edge, 1))
        painter.setBrush(colors.key_ground)
        painter.drawRoundedRect(cap, 3, 3)
        painter.setFont(self._fonts_of(painter.font())[1])
        painter.setPen(colors.key_ink)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
