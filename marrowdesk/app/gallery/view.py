"""The gallery itself: a virtual grid of cells in sections, of which only what is visible is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from marrowdesk.app.gallery.drag import HOT_SPOT, drag_pixmap, rows_from_mime
from marrowdesk.app.gallery.facts import NOT_CLASSIFIED, RISKS
from marrowdesk.app.gallery.headers import heading, paint_header
from marrowdesk.app.gallery.keyboard import press_key
from marrowdesk.app.gallery.pointing import Pointing
from marrowdesk.app.gallery.section_view import SectionView

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.delegate import CellDelegate
    from marrowdesk.app.gallery.model import GalleryModel
    from marrowdesk.app.gallery.thumbnails import ThumbnailLoader

State = QStyle.StateFlag
_NOTCH = 120  # eighths of a degree
_EDGE = 28  # a drag this near to the upper or lower edge scrolls
_EDGE_STEP = 24


class GalleryView(SectionView):
    """Cells in sections, with a header that stays in sight while its section is scrolled through.

    Signals:
        menu_requested: where on the screen, and the selected rows.
        section_menu_requested: where on the screen, and the key of the section.
        zoom_wished: Ctrl and the wheel; notches up.
        moved_to: cells were dragged onto a section; their rows, and its key.
    """

    menu_requested = Signal(QPoint, list)
    section_menu_requested = Signal(QPoint, str)
    zoom_wished = Signal(int)
    moved_to = Signal(list, str)

    _follows_mouse = False
    _pointed = -1  # Qt lays out while the view is being made

    def __init__(
        self,
        case_model: CaseModel,
        model: GalleryModel,
        delegate: CellDelegate,
        thumbnails: ThumbnailLoader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, delegate, parent)
        self._case_model = case_model
        self._thumbnails = thumbnails
        self._pointing = Pointing(self)
        self._dragging = False
        self._drop_key = ""
        self._wheel = 0
        self._ratio = self.devicePixelRatioF()
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Cells"))
        self.lay_out()

    @property
    def busy(self) -> bool:
        """Whether cells are being pressed or dragged: the order must not change then."""
        return self._pointing.busy or self._dragging

    # -- the cell under the mouse ---------------------------------------------------------------------

    def follow_mouse(self, follows: bool) -> None:
        """Let keys act on the cell under the mouse, or not."""
        self._follows_mouse = follows
        self.viewport().setMouseTracking(follows)
        self._point_at(-1)

    @property
    def pointed(self) -> int:
        """The cell that the mouse was moved to last; -1 where keys were used or cells moved since."""
        return self._pointed

    def _point_at(self, position: int) -> None:
        if position != self._pointed:
            self._pointed = position
            self.viewport().update()

    def selected_rows(self) -> list[int]:
        """Give the selected rows of the case, in the order of the screen."""
        rows: list[int] = self._cells.rows[self.selected_positions()].tolist()
        return rows

    # -- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is visible of the cells, the headers over them and the rubber band."""
        if self.devicePixelRatioF() != self._ratio:  # on another screen: pictures of another size are due
            self._ratio = self.devicePixelRatioF()
            QTimer.singleShot(0, self, self.scene_changed.emit)
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        self._paint_cells(painter, event.region())
        self._paint_lines(painter)
        for section, place in self.headers():
            if event.region().intersects(place):
                self._paint_header(painter, section, place)
        band = self._pointing.band
        if band is not None:
            highlight = QColor(self.palette().color(QPalette.ColorRole.Highlight))
            painter.setPen(highlight)
            highlight.setAlpha(50)
            painter.setBrush(highlight)
            painter.drawRect(band)
        painter.end()

    def _paint_cells(self, painter: QPainter, region: QRegion) -> None:
        """Paint the cells of a part of the viewport: a key changes two of them, not the whole screen."""
        offset, area = self.verticalOffset(), region.boundingRect()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        usual = State.State_Enabled | (State.State_Active if self.hasFocus() else State.State_None)
        selected = self.selected_mask()
        # the ring is where the keys act
        current = self._pointed if self._pointed >= 0 else self.currentIndex().row()
        for first, last in self._grid.between(area.top() + offset, area.bottom() + 1 + offset):
            for position in range(first, last + 1):
                place = self.on_screen(self._grid.rect(position))
                if not region.intersects(place):
                    continue
                state = usual
                if selected[position]:
                    state |= State.State_Selected
                if position == current:
                    state |= State.State_HasFocus
                option.rect = place
                option.state = state
                self._delegate.paint(painter, option, self._cells.index(position))

    def _paint_lines(self, painter: QPainter) -> None:
        """Draw the line where the certain cells of a section begin."""
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
        offset, height = self.verticalOffset(), self.viewport().height()
        for section in self._grid.sections_between(offset, offset + height):
            shown = self._grid.sections[section]
            if not self._grid.is_open(section) or not 0 < shown.certain < shown.count:
                continue
            first = self.on_screen(self._grid.rect(shown.first + shown.count - shown.certain))
            painter.drawLine(first.left(), first.top(), self._grid.measures.width, first.top())
            if first.left() > 0:
                painter.drawLine(first.left(), first.top(), first.left(), first.bottom() + 1)
                painter.drawLine(0, first.bottom() + 1, first.left(), first.bottom() + 1)

    def _paint_header(self, painter: QPainter, section: int, place: QRect) -> None:
        shown = self._grid.sections[section]
        said = heading(shown, self._case_model, self._cells.still_certain.get(shown.key, 0))
        paint_header(
            painter, place, said, self.palette(),
            is_open=self._grid.is_open(section), target=shown.key == self._drop_key,
        )  # fmt: skip

    # -- mouse and keys -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose, or begin a band or drag."""
        self._point_at(-1)
        self._pointing.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull a band or begin to drag; without a button, point at a cell."""
        if self._follows_mouse and not event.buttons():
            self._point_at(self.position_at(event.position().toPoint()))
        self._pointing.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the choice."""
        self._pointing.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a cell; on a header it is just a second click."""
        position = self.position_at(event.position().toPoint())
        if position < 0:
            self._pointing.press(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.open_current()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected cells, or of a section."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.visualRect(self.currentIndex()).center()
            self.menu_requested.emit(self.viewport().mapToGlobal(place), self.selected_rows())
            return
        section = self.header_at(event.pos())
        if section >= 0:
            self.section_menu_requested.emit(event.globalPos(), self._grid.sections[section].key)
        elif self.position_at(event.pos()) >= 0:
            self.menu_requested.emit(event.globalPos(), self.selected_rows())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and select; what means nothing here goes to the window."""
        used = press_key(self, event)
        if used:
            self._point_at(-1)
        event.setAccepted(used)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing any more."""
        super().leaveEvent(event)
        self._point_at(-1)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll; another cell comes to lie under the mouse, which nobody pointed at."""
        self._point_at(-1)
        super().scrollContentsBy(dx, dy)

    def lay_out(self) -> None:
        """Compute all places anew."""
        self._point_at(-1)
        super().lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl held, wish for larger or smaller thumbnails."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _NOTCH)
        self._wheel -= notches * _NOTCH
        if notches:
            self.zoom_wished.emit(notches)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go; choosing a first cell is left to the first key."""
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew for another width."""
        super().resizeEvent(event)
        self.rebuild()

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._delegate.forget()
            self.rebuild()

    # -- drag and drop --------------------------------------------------------------------------------

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the selected cells."""
        indexes = [self._cells.index(position) for position in self.selected_positions().tolist()]
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self._cells.mimeData(indexes))
        drag.setPixmap(self.drag_picture())
        drag.setHotSpot(HOT_SPOT)
        self._dragging = True
        try:
            drag.exec(actions)
        finally:
            self._dragging = False
            self._show_drop("")

    def drag_picture(self) -> QPixmap:
        """Paint what hangs under the pointer while the selected cells are dragged."""
        rows = self.selected_rows()
        side = self._delegate.device_side(self.devicePixelRatioF())
        pictures = (self._thumbnails.picture(self._case_model.cells[row].place, side) for row in rows[:3])
        images = [picture for picture in pictures if isinstance(picture, QImage)]
        return drag_pixmap(images, len(rows), self.palette(), self.devicePixelRatioF())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take part in drags of cells of this case; others may be for the window."""
        event.setAccepted(bool(rows_from_mime(event.mimeData(), self._case_model)))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Light up the section under the pointer; scroll near the edges."""
        point = event.position().toPoint()
        height = self.viewport().height()
        step = -_EDGE_STEP if point.y() < _EDGE else _EDGE_STEP if point.y() > height - _EDGE else 0
        self.verticalScrollBar().setValue(self.verticalOffset() + step)
        self._show_drop(self._drop_section(point, rows_from_mime(event.mimeData(), self._case_model)))
        event.setAccepted(bool(self._drop_key))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Light nothing any more."""
        self._show_drop("")

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell that cells were moved to a section."""
        rows = rows_from_mime(event.mimeData(), self._case_model)
        key = self._drop_section(event.position().toPoint(), rows)
        self._show_drop("")
        event.setAccepted(bool(key))
        if key:
            event.setDropAction(Qt.DropAction.CopyAction)
            self.moved_to.emit(rows, key)

    def _drop_section(self, point: QPoint, rows: list[int]) -> str:
        """Give the key of the section that cells would move to at a point; empty where they cannot."""
        section = self.header_at(point)
        y = point.y() + self.verticalOffset()
        if section < 0 and y < self._grid.height:
            section = self._grid.section_at(y)
        key = self._grid.sections[section].key if section >= 0 else NOT_CLASSIFIED
        stays = all(self._case_model.cells[row].code == key for row in rows)
        return "" if key in RISKS or stays else key

    def _show_drop(self, key: str) -> None:
        if key != self._drop_key:
            self._drop_key = key
            self.viewport().update()
