"""Paints one cell of the gallery: picture, outline, marks, label and certainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from marrowdesk.app.gallery.model import CELL_ROLE
from marrowdesk.app.gallery.stamps import MARGIN, Frame, Stamps, chosen_ground
from marrowdesk.app.gallery.thumbnails import NoPicture, ThumbnailLoader
from marrowdesk.core.cell import Cell, CellState

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel

SMALLEST, USUAL, LARGEST = 48, 96, 256
"""Sides of thumbnails that can be chosen, pixels."""

_GAP = 3  # on each side of a cell, outside of its outline
_LABELLED = 64  # below this side there is no room for labels
_BAR = 3
_BACK = QColor(128, 128, 128, 40)

State = QStyle.StateFlag


class CellDelegate(QStyledItemDelegate):
    """Paints cells from stamps, so that a screen of 200 takes a few milliseconds.

    A proposal has a dotted outline in the colour of its class and a bar with its certainty; a confirmed
    cell a solid outline and a check; a changed one a solid outline, an arrow and "old → new"; an excluded
    one is veiled and crossed out. A question mark stands on cells that the model calls unfamiliar (hatched)
    and on those not identifiable. No mark rests on colour alone.
    """

    def __init__(self, model: CaseModel, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._side = USUAL
        self._stamps: Stamps | None = None
        self._colors: dict[str, str] = {}

    # -- sizes ----------------------------------------------------------------------------------------

    @property
    def side(self) -> int:
        """Side of the thumbnails, pixels."""
        return self._side

    def set_side(self, side: int) -> None:
        """Paint thumbnails of another size."""
        self._side = side
        self._stamps = None

    def device_side(self, ratio: float) -> int:
        """Give the side of a thumbnail in device pixels."""
        return round(self._side * ratio)

    @property
    def labelled(self) -> bool:
        """Whether there is room for labels."""
        return self._side >= _LABELLED

    def cell_size(self, font: QFont) -> QSize:
        """Give the size of a cell with everything around it."""
        caption = QFontMetrics(_small(font)).height() + 1 if self.labelled else 0
        around = 2 * (MARGIN + _GAP)
        return QSize(self._side + around, self._side + around + caption + _BAR + 1)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give the size of a cell; all are alike."""
        return self.cell_size(option.font)

    def picture_rect(self, cell: QRect) -> QRect:
        """Give where in the place of a cell its picture lies."""
        left = cell.x() + (cell.width() - self._side) // 2
        return QRect(left, cell.y() + _GAP + MARGIN, self._side, self._side)

    def forget(self) -> None:
        """Paint all marks anew; for another scheme, palette, font or screen."""
        self._stamps = None
        self._colors.clear()

    # -- painting -------------------------------------------------------------------------------------

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        cell = index.data(CELL_ROLE)
        if cell is None:
            return
        stamps = self._prepare(painter, option)
        state = option.state
        picture = self.picture_rect(option.rect)
        self._paint_ground(painter, picture, option.palette, state)
        self._paint_picture(painter, picture, cell, stamps)
        painter.drawPixmap(picture.x() - MARGIN, picture.y() - MARGIN, stamps.frame(self._frame(cell)))
        self._paint_caption(painter, picture, cell, stamps, chosen=bool(state & State.State_Selected))

    def _prepare(self, painter: QPainter, option: QStyleOptionViewItem) -> Stamps:
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        if self._stamps is None or self._stamps.ratio != ratio:
            self._stamps = Stamps(self._side, ratio, QPalette(option.palette), _small(option.font))
        return self._stamps

    def _tile(self, picture: QRect) -> QRect:
        caption = self._stamps.line + 1 if self.labelled and self._stamps is not None else 0
        around = MARGIN + 1
        return picture.adjusted(-around, -around, around, around + caption + _BAR)

    def _paint_ground(self, painter: QPainter, picture: QRect, palette: QPalette, state: State) -> None:
        chosen = bool(state & State.State_Selected)
        current = bool(state & State.State_HasFocus)
        if not (chosen or current):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tile = QRectF(self._tile(picture)).adjusted(0.5, 0.5, -0.5, -0.5)
        highlight = palette.color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(highlight, 2.0) if chosen else Qt.PenStyle.NoPen)
        ground = chosen_ground(palette, active=bool(state & State.State_Active))
        painter.setBrush(ground if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile, 5, 5)
        if current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2.0))
            painter.drawRoundedRect(tile.adjusted(-1, -1, 1, 1), 6, 6)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, cell: Cell, stamps: Stamps) -> None:
        side = self.device_side(stamps.ratio)
        picture = self._thumbnails.picture(cell.place, side)
        if isinstance(picture, QImage):
            if picture.width() == side:
                picture.setDevicePixelRatio(stamps.ratio)
                painter.drawImage(place.topLeft(), picture)
            else:
                painter.drawImage(place, picture)  # another size, until the right one has come
            return
        painter.fillRect(place, _BACK)
        if isinstance(picture, NoPicture):
            text = self.tr("another\nimage") if picture.replaced else self.tr("cannot\nbe read")
            text = text if self.labelled else "!"
            painter.drawPixmap(place.topLeft(), stamps.note(text))

    def _frame(self, cell: Cell) -> Frame:
        state = cell.state
        if state is CellState.CHANGED and not _changed_from(cell):
            state = CellState.CONFIRMED  # decided without a proposal: nothing was changed
        code = cell.code
        doubt = ""
        if cell.review is None and cell.prediction is not None and cell.prediction.unfamiliar:
            doubt = "unfamiliar"
        elif code is not None and code == self._model.scheme.unidentified:
            doubt = "unidentified"
        return Frame(state, "" if code is None else self.color(code), doubt)

    def color(self, code: str) -> str:
        """Give the colour of a class; gray for one that the scheme does not know."""
        found = self._colors.get(code)
        if found is None:
            scheme = self._model.scheme
            found = self._colors[code] = scheme[code].color if code in scheme else "#868e96"
        return found

    def _paint_caption(
        self, painter: QPainter, picture: QRect, cell: Cell, stamps: Stamps, *, chosen: bool
    ) -> None:
        top = picture.bottom() + 1 + MARGIN - 1
        prediction = cell.prediction
        if self.labelled and (prediction is not None or cell.review is not None):
            label = self._label(cell, stamps, chosen=chosen)
            painter.drawPixmap(picture.x(), top, label)
            if prediction is not None and cell.review is None:
                percent = stamps.certainty(min(99, round(100 * prediction.confidence)), chosen=chosen)
                width = round(percent.width() / stamps.ratio)
                painter.drawPixmap(picture.x() + picture.width() - width, top, percent)
        if cell.review is None and prediction is not None:
            top += stamps.line if self.labelled else 1
            full = QRect(picture.x(), top, picture.width(), _BAR)
            painter.fillRect(full, _BACK)
            full.setWidth(max(1, round(full.width() * prediction.confidence)))
            painter.fillRect(full, QColor(self.color(prediction.code)))

    def _label(self, cell: Cell, stamps: Stamps, *, chosen: bool):  # noqa: ANN202
        code = cell.code or ""
        match cell.state:
            case CellState.EXCLUDED:
                proposed = "" if cell.prediction is None else cell.prediction.code
                return stamps.label(proposed, decided=False, struck=True, chosen=chosen)
            case CellState.CHANGED if _changed_from(cell):
                return stamps.label(f"{_changed_from(cell)} → {code}", decided=True)
            case CellState.PROPOSED:
                return stamps.label(code, decided=False)
            case _:
                return stamps.label(code, decided=True)


def _changed_from(cell: Cell) -> str:
    """Give the proposed class that a reader changed; empty where there was none or it is the same."""
    proposed = "" if cell.prediction is None else cell.prediction.code
    return proposed if proposed != cell.code else ""


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * 0.88)
    else:
        small.setPixelSize(max(9, round(font.pixelSize() * 0.88)))
    return small
