"""The marks on a cell, painted once and stamped many times: outlines, badges, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPixmap

from marrowdesk.app.colors import contrast, faint_ink, ink_on
from marrowdesk.core.cell import CellState

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MARGIN = 5
"""Space around a thumbnail that its outline is painted in, pixels."""

_BADGE = 17
_MOST = 1_000
_AMBER = QColor("#f08c00")
_DOT = (0.01, 2.1)  # dash and gap; with round caps a dot
_LEAST_CONTRAST = 2.1


class Frame(NamedTuple):
    """What the outline of a cell says.

    Attributes:
        state: dotted for a proposal, solid with a check or an arrow for a decision, crossed when excluded.
        color: of the class, ``#rrggbb``; empty for none.
        doubt: "unfamiliar" or "unidentified" for a question mark, else empty.
    """

    state: CellState
    color: str
    doubt: str


def _outline(state: CellState, color: QColor, more: float) -> QPen:
    """Give the pen of an outline; ``more`` makes it wider, in pixels."""
    if state is CellState.PROPOSED:
        pen = QPen(color, 2.6 + more, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
        pen.setDashPattern([_DOT[0], _DOT[1] * 2.6 / (2.6 + more)])  # counted in widths of the pen
        return pen
    pen = QPen(color, (3.0 if state in (CellState.CONFIRMED, CellState.CHANGED) else 1.0) + more)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def chosen_ground(palette: QPalette, *, active: bool) -> QColor:
    """Give the colour under a chosen cell; it is laid over the view's with some of that showing through."""
    ground = QColor(palette.color(QPalette.ColorRole.Highlight))
    ground.setAlpha(115 if active else 85)
    return ground


class Stamps:
    """Pixmaps by what they show; valid for one size, palette, font and pixel ratio."""

    def __init__(self, side: int, ratio: float, palette: QPalette, font: QFont) -> None:
        """Begin with an empty store.

        Args:
            side: of the thumbnails, pixels.
            ratio: device pixels per pixel.
            palette: colours of the view.
            font: of the labels.
        """
        self.side = side
        self.ratio = ratio
        self.palette = palette
        self.font = font
        self.bold = QFont(font)
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.line = QFontMetrics(self.bold).height()
        self._stamps: dict[Hashable, QPixmap] = {}

    def _stamp(self, key: Hashable, width: int, height: int, paint: Callable[[QPainter], None]) -> QPixmap:
        found = self._stamps.get(key)
        if found is not None:
            return found
        if len(self._stamps) >= _MOST:
            self._stamps.clear()
        pixmap = QPixmap(round(width * self.ratio), round(height * self.ratio))
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter)
        painter.end()
        self._stamps[key] = pixmap
        return pixmap

    # -- outlines -------------------------------------------------------------------------------------

    def frame(self, frame: Frame) -> QPixmap:
        """Give the outline with its badges; it is painted MARGIN to the left of and above the thumbnail."""
        side = self.side + 2 * MARGIN
        return self._stamp(frame, side, side, lambda painter: self._paint_frame(painter, frame))

    def _paint_frame(self, painter: QPainter, frame: Frame) -> None:
        color = QColor(frame.color) if frame.color else self.palette.color(QPalette.ColorRole.Mid)
        edge = QRectF(0, 0, self.side, self.side).translated(MARGIN, MARGIN).adjusted(-2, -2, 2, 2)
        if frame.state is CellState.EXCLUDED:
            self._paint_cross(painter, edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        base = self.palette.color(QPalette.ColorRole.Base)
        if frame.color and contrast(color, base) < _LEAST_CONTRAST:
            # class colours are data and stay as they are; a rim lifts a dark one off a dark ground
            painter.setPen(_outline(frame.state, self.faint, 1.6))
            painter.drawRoundedRect(edge, 2, 2)
        painter.setPen(_outline(frame.state, color, 0.0))
        painter.drawRoundedRect(edge, 2, 2)
        if frame.state in (CellState.CONFIRMED, CellState.CHANGED):
            self._paint_decision(painter, frame.state, color)
        if frame.doubt:
            self._paint_doubt(painter, hatched=frame.doubt == "unfamiliar")

    def _paint_cross(self, painter: QPainter, edge: QRectF) -> None:
        veil = QColor(self.palette.color(QPalette.ColorRole.Base))
        veil.setAlpha(165)
        painter.fillRect(edge, veil)
        ink = QColor(self.palette.color(QPalette.ColorRole.Text))
        ink.setAlpha(150)
        painter.setPen(QPen(ink, 1.6))
        painter.drawLine(edge.topLeft(), edge.bottomRight())
        painter.drawLine(edge.topRight(), edge.bottomLeft())

    def _paint_decision(self, painter: QPainter, state: CellState, color: QColor) -> None:
        badge = QRectF(1, 1, _BADGE, _BADGE)
        painter.setPen(QPen(self.palette.color(QPalette.ColorRole.Base), 1.2))
        painter.setBrush(color)
        painter.drawEllipse(badge)
        pen = QPen(ink_on(color), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y = badge.center().x(), badge.center().y()
        if state is CellState.CONFIRMED:
            painter.drawPolyline([QPointF(x - 4, y), QPointF(x - 1.2, y + 3), QPointF(x + 4, y - 3)])
        else:
            painter.drawLine(QPointF(x - 4, y), QPointF(x + 4, y))
            painter.drawPolyline([QPointF(x + 1, y - 3.2), QPointF(x + 4.2, y), QPointF(x + 1, y + 3.2)])

    def _paint_doubt(self, painter: QPainter, *, hatched: bool) -> None:
        badge = QRectF(self.side + 2 * MARGIN - _BADGE - 1, 1, _BADGE, _BADGE)
        painter.setPen(QPen(_AMBER.darker(125), 1.2))
        painter.setBrush(QColor("#fff3bf") if hatched else _AMBER)
        painter.drawRoundedRect(badge, 4, 4)
        if hatched:
            painter.setBrush(QBrush(QColor(240, 140, 0, 170), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(badge, 4, 4)
        font = QFont(self.bold)
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.Black)
        painter.setFont(font)
        painter.setPen(QColor("#452a00"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "?")

    # -- labels ---------------------------------------------------------------------------------------

    def label(self, text: str, *, decided: bool, struck: bool = False, chosen: bool = False) -> QPixmap:
        """Give the class code under a cell; heavy when a reader decided."""
        font = QFont(self.bold if decided else self.font)
        font.setStrikeOut(struck)
        ink = self.faint_on(chosen) if struck else self.palette.color(QPalette.ColorRole.Text)
        return self._text(("label", text, decided, struck, chosen), text, font, ink)

    def certainty(self, percent: int, *, chosen: bool = False) -> QPixmap:
        """Give the certainty of a proposal as a number."""
        text = f"{percent}\u202f%"
        return self._text(("certainty", percent, chosen), text, self.font, self.faint_on(chosen))

    def faint_on(self, chosen: bool) -> QColor:
        """Give the colour of text that matters less; under a chosen cell it needs all of the ink."""
        return self.palette.color(QPalette.ColorRole.Text) if chosen else self.faint

    def note(self, text: str) -> QPixmap:
        """Give a faint text as wide as a thumbnail, in its middle."""
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap

        def paint(painter: QPainter) -> None:
            painter.setFont(self.font)
            painter.setPen(self.faint)
            painter.drawText(QRectF(2, 2, self.side - 4, self.side - 4), flags, text)

        return self._stamp(("note", text), self.side, self.side, paint)

    @property
    def faint(self) -> QColor:
        """Colour of text that matters less; still read easily in both themes."""
        role = QPalette.ColorRole
        return faint_ink(self.palette.color(role.Text), self.palette.color(role.Base), 0.35)

    def _text(self, key: Hashable, text: str, font: QFont, ink: QColor) -> QPixmap:
        def paint(painter: QPainter) -> None:
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(QPointF(0, QFontMetrics(font).ascent()), text)

        return self._stamp(key, QFontMetrics(font).horizontalAdvance(text) + 2, self.line, paint)
