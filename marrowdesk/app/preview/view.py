"""The pages of a PDF one below the other, with zoom; always those seen last until others are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preview.drawing import BandDrawer, drawn
from marrowdesk.app.preview.layout import PageLayout, Spot
from marrowdesk.app.preview.painting import paint_ground, paint_page, paint_rim
from marrowdesk.app.preview.zoom import LARGEST, SMALLEST, ZOOM_STEP, Fit, scale_of

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from marrowdesk.app.preview.pages import Band, Size

GAP = 12
"""Room around a page, in pixels of the screen."""

_NOTCH = 120  # what a wheel tells for one step, in eighths of a degree
_POINTS = 72


class PageView(QAbstractScrollArea):
    """Shows a document; scroll bars and all lengths inside are in pixels of the device, so that it is crisp.

    Signals:
        shown: another document is on the screen.
        failed: a document cannot be drawn; the error. The one before stays.
        moved: another page is looked at, or the zoom has changed.
    """

    shown = Signal()
    failed = Signal(object)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: bytes | None = None
        self._sizes: tuple[Size, ...] = ()
        self._layout = PageLayout()
        self._zoom: Fit | float = Fit.WIDTH
        self._current = 0
        self._wheel = 0
        self._note = ""
        self._drawer = BandDrawer(self)
        self._drawer.arrived.connect(self.viewport().update)
        self._drawer.failed.connect(self.failed)
        self.setAccessibleName(self.tr("Pages of the report"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(160, 120)
        # Fitted to the width, a bar that comes and goes would change the width that it is fitted to.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def content(self) -> bytes | None:
        """The document on the screen."""
        return self._content

    @property
    def count(self) -> int:
        """How many pages it has."""
        return len(self._sizes)

    @property
    def current(self) -> int:
        """The page that is looked at, from 0."""
        return self._current

    @property
    def images(self) -> list[QImage]:
        """What is kept of the pages."""
        return list(self._drawer.kept.values())

    def show_document(self, content: bytes, sizes: tuple[Size, ...]) -> None:
        """Draw what is seen of a document, and show it when that is there; of several only the last."""
        layout = self._lay_out(sizes)
        bands = layout.bands(self._view_at(self._corner_in(layout, self._spot())))
        operation = Operation(
            self, lambda cancel: dict(drawn(content, bands, cancel)), lane=Lane.LIGHT, series="document"
        )
        operation.on_success(lambda images: self._take(content, sizes, images))
        operation.on_failure(self.failed.emit)
        operation.start()

    def set_note(self, text: str) -> None:
        """Say why there is no page, where there is none."""
        self._note = text
        self.viewport().update()

    def _take(self, content: bytes, sizes: tuple[Size, ...], images: dict[Band, QImage]) -> None:
        spot = self._spot()
        self._content, self._sizes = content, sizes
        self._drawer.take(content, images)
        self._current = min(self._current, len(sizes) - 1)
        self._arrange(spot)
        self.shown.emit()

    # -- zoom -----------------------------------------------------------------------------------------

    @property
    def zoom(self) -> Fit | float:
        """How the size of the pages is chosen: fitted, or a share of the size on paper."""
        return self._zoom

    @property
    def share(self) -> float:
        """Size of the pages on the screen as a share of that on paper."""
        return self._scale(self._sizes) / self._paper_scale()

    def set_zoom(self, zoom: Fit | float, at: QPoint | None = None) -> None:
        """Choose the size of the pages.

        Args:
            zoom: fitted, or a share of the size on paper.
            at: the point that stays where it is, in pixels of the device; None for the middle.
        """
        if isinstance(zoom, float):
            zoom = min(LARGEST, max(SMALLEST, zoom))
        middle = QPoint(self._view().width() // 2, self._view().height() // 2)
        spot, current = self._spot(middle if at is None else at), self._current
        self._zoom = zoom
        self._arrange(spot)
        if zoom is Fit.PAGE and self.count:
            self.go_to(current)

    def zoom_in(self) -> None:
        """Enlarge by one step."""
        self.set_zoom(self.share * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Shrink by one step."""
        self.set_zoom(self.share / ZOOM_STEP)

    def _paper_scale(self) -> float:
        return self.logicalDpiX() / _POINTS * self.devicePixelRatioF()

    def _scale(self, sizes: tuple[Size, ...]) -> float:
        room = self._view().size() - QSize(2, 2) * self._gap()
        return scale_of(self._zoom, sizes, room, self._paper_scale())

    # -- places, in pixels of the device --------------------------------------------------------------

    def _gap(self) -> int:
        return round(GAP * self.devicePixelRatioF())

    def _corner(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _view(self) -> QRect:
        return self._view_at(self._corner())

    def _view_at(self, corner: QPoint) -> QRect:
        ratio = self.devicePixelRatioF()
        return QRect(
            corner, QSize(round(self.viewport().width() * ratio), round(self.viewport().height() * ratio))
        )

    def _spot(self, at: QPoint = QPoint()) -> Spot | None:  # noqa: B008 - never changed
        return self._layout.spot(self._corner(), at) if self.count else None

    def _lay_out(self, sizes: tuple[Size, ...]) -> PageLayout:
        return PageLayout.of(sizes, self._scale(sizes), self._view().size(), self._gap())

    def _corner_in(self, layout: PageLayout, spot: Spot | None) -> QPoint:
        """Give where the view would begin in a layout so that a place stays where it is."""
        if spot is None or not layout.pages:
            return QPoint()
        corner, room = layout.corner_for(spot), layout.extent - self._view().size()
        return QPoint(min(max(0, corner.x()), room.width()), min(max(0, corner.y()), max(0, room.height())))

    def _arrange(self, spot: Spot | None) -> None:
        """Lay out anew, with a place where it was, and ask for what is seen."""
        self._layout = self._lay_out(self._sizes)
        view, corner = self._view(), self._corner_in(self._layout, spot)
        for bar, room, page, value in (
            (self.horizontalScrollBar(), self._layout.extent.width(), view.width(), corner.x()),
            (self.verticalScrollBar(), self._layout.extent.height(), view.height(), corner.y()),
        ):
            bar.setRange(0, max(0, room - page))
            bar.setPageStep(page)
            bar.setSingleStep(round(20 * self.devicePixelRatioF()))
            bar.setValue(value)
        self._ask()
        self.moved.emit()

    def _ask(self) -> None:
        """Ask for the bands that are seen, and for half a view more either way."""
        view = self._view()
        more = view.adjusted(0, -view.height() // 2, 0, view.height() // 2)
        if self.count:
            seen = self._layout.bands(view)
            self._drawer.want([*seen, *(band for band in self._layout.bands(more) if band not in seen)])
        self.viewport().update()

    # -- moving ---------------------------------------------------------------------------------------

    def go_to(self, number: int) -> None:
        """Show a page from its top; it is the current one even where the document ends before the view."""
        if not self.count:
            return
        number = min(max(0, number), self.count - 1)
        self.verticalScrollBar().setValue(self._layout.top_of(number))
        self._look_at(number)

    def _step(self, direction: int) -> None:
        """Go a screenful on, or to where a page begins if that comes first: nothing is passed over."""
        top = self.verticalScrollBar().value()
        tops = [self._layout.top_of(number) for number in range(self.count)]
        target = top + direction * (self._view().height() - self._gap())
        if direction > 0:
            target = min([target, *(each for each in tops if each > top)])
        else:
            target = max([target, *(each for each in tops if each < top)])
        self.verticalScrollBar().setValue(target)

    def _look_at(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self.moved.emit()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Show other rows."""
        self._ask()
        self._look_at(self._layout.most_seen(self._view()))

    # -- events ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on by screens and pages; the arrows scroll."""
        key = event.key()
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._step(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_to(0 if key == Qt.Key.Key_Home else self.count - 1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl held, zoom around the pointer."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _NOTCH)
        self._wheel -= notches * _NOTCH
        if notches and self.count:
            at = (event.position() * self.devicePixelRatioF()).toPoint()
            self.set_zoom(self.share * ZOOM_STEP**notches, at)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the place that is read."""
        super().resizeEvent(event)
        self._arrange(self._spot())

    def event(self, event: QEvent) -> bool:
        """Follow a move to a screen of another density."""
        done = super().event(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._arrange(self._spot())
        return done

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the pages that are seen."""
        painter = QPainter(self.viewport())
        ratio = self.devicePixelRatioF()
        paint_ground(painter, self.viewport().rect(), self._note if self._content is None else "")
        painter.scale(1 / ratio, 1 / ratio)
        painter.translate(-self._corner())
        for number in self._layout.seen(self._view()):
            paint_page(painter, self._layout.pages[number], number, self._drawer.kept, ratio)
        painter.resetTransform()
        if self.hasFocus():
            paint_rim(painter, self.viewport().rect())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()
