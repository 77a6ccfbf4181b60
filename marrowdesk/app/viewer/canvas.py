"""The picture of one cell with zoom and pan, and the attention map laid exactly over what the model saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from marrowdesk.app.libraries import load_pyqtgraph, pyqtgraph
from marrowdesk.app.viewer.legend import MapLegend

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent

ZOOM_STEP = 1.25
LARGEST = 40.0  # screen pixels an image pixel may cover
SMALLEST = 0.25  # of the size at which the image fits

Window = tuple[float, float, float, float]


class ImageCanvas(QWidget):
    """Shows an image and, over it, a painted map.

    Image coordinates: one unit is one pixel, the origin is the upper left corner of the image. The pixels
    reach the screen as they are: no levels, no gamma. pyqtgraph is loaded on a thread once the canvas is
    shown or prepared; what was given before appears then.

    Signals:
        zoomed: the scale or the part shown has changed.
    """

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: np.ndarray | None = None
        self._map: tuple[np.ndarray, Window] | None = None
        self._map_shown = False
        self._opacity = 0.6
        self._last_shape: tuple[int, ...] | None = None
        self._fitted = True
        self._asked = False
        self.view: Any = None
        self._message = QLabel(self)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._patience = QTimer(self, singleShot=True, interval=150)
        self._patience.timeout.connect(self._message.show)
        self._legend = MapLegend(self)
        self._legend.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click pans; the keyboard stays where it is
        self._rim = _focus_rim(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 110)

    def prepare(self) -> None:
        """Load pyqtgraph on a thread and make what draws, if that was not begun: shown, or soon to be."""
        if not self._asked:
            self._asked = True
            load_pyqtgraph(self, self._build)

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether pyqtgraph is loaded and pictures are drawn."""
        return self.view is not None

    @property
    def map_shown(self) -> bool:
        """Whether a map is laid over the image now."""
        return self._map_shown and self._map is not None and self._image is not None

    def show_image(self, image: np.ndarray | None, message: str = "") -> None:
        """Show an image, or a message in its place.

        An image of the same size as the one before keeps the zoom; another size is fitted.

        Args:
            image: uint8 RGB, shape (H, W, 3).
            message: shown when there is no image; rich text is not interpreted.
        """
        if image is not None and image.shape != self._last_shape:
            self._fitted = True
            self._last_shape = image.shape
        self._image = image
        self._patience.stop()
        self._message.setText(message)
        self._message.setVisible(image is None and bool(message))
        if self.view is not None:
            self._draw_image()

    def show_loading(self, message: str) -> None:
        """Show nothing, and after a moment why; most pictures are there before."""
        self.show_image(None)
        self._patience.start()
        self._message.setText(message)

    def show_map(
        self, colors: np.ndarray | None, window: Window | None, legend: str = "", short: str = ""
    ) -> None:
        """Lay a painted map over the image.

        Args:
            colors: uint8 RGBA, shape (h, w, 4); None for no map.
            window: left, top, width, height of what it covers, in pixels of the image.
            legend: what the colours mean, or why there are none; shown with the map.
            short: the legend where there is little room.
        """
        self._map = None if colors is None or window is None else (colors, window)
        self._legend.set_text(legend, short, scale=self._map is not None)
        self._draw_map()

    def set_map_shown(self, shown: bool) -> None:
        """Show or hide the map."""
        self._map_shown = shown
        self._draw_map()

    def set_opacity(self, opacity: float) -> None:
        """Set how far the strongest place of the map covers the cell, in [0, 1]."""
        self._opacity = opacity
        self._draw_map()

    # -- zoom -----------------------------------------------------------------------------------------

    @property
    def scale(self) -> float:
        """Screen pixels (of the device) that one image pixel covers; 0 while nothing is drawn."""
        if self.view is None or self._image is None:
            return 0.0
        width = self._box.viewRect().width()
        return self._box.width() * self.devicePixelRatioF() / width if width else 0.0

    def fit(self) -> None:
        """Show the whole image, and keep it whole when the window changes its size."""
        self._fitted = True
        if self.view is None or self._image is None:
            return
        height, width = self._image.shape[:2]
        self._limit()
        self._box.setRange(QRectF(0, 0, width, height), padding=0.0)
        self.zoomed.emit()

    def show_actual_size(self) -> None:
        """Show one image pixel on one pixel of the screen."""
        if self.scale:
            self.zoom_by(1 / self.scale)

    def zoom_by(self, factor: float) -> None:
        """Enlarge around the middle of the view."""
        if self.view is None or self._image is None:
            return
        self._fitted = False
        self._box.scaleBy((1 / factor, 1 / factor))
        self.zoomed.emit()

    def zoom_in(self) -> None:
        """Enlarge by one step."""
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Shrink by one step."""
        self.zoom_by(1 / ZOOM_STEP)

    def to_view(self, x: float, y: float) -> QPointF:
        """Give where an image point lies on this widget, in its coordinates."""
        scene = self._box.mapViewToScene(QPointF(x, y))
        return QPointF(self.view.mapTo(self, self.view.mapFromScene(scene)))

    # -- drawing --------------------------------------------------------------------------------------

    def _build(self) -> None:
        if self.view is not None:
            return
        pg = pyqtgraph()
        self.view = pg.GraphicsLayoutWidget(self)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the classes
        self.view.setFrameShape(self.view.Shape.NoFrame)
        self.view.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.view.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.view.setAccessibleName(self.accessibleName())
        self._box = self.view.addViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0.0)
        self._image_item = pg.ImageItem()
        self._map_item = pg.ImageItem()
        self._outline = pg.QtWidgets.QGraphicsRectItem()
        self._outline.setPen(pg.mkPen("#808080", width=1, style=Qt.PenStyle.DashLine))
        for item in (self._image_item, self._map_item, self._outline):
            self._box.addItem(item, ignoreBounds=True)
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._box.sigResized.connect(self._on_resized)
        self.view.viewport().installEventFilter(self)
        self._paint_background()
        self.layout().addWidget(self.view)
        self.view.lower()
        self._draw_image()

    def _draw_image(self) -> None:
        if self._image is None:
            self._image_item.clear()
        else:
            self._image_item.setImage(self._image, autoLevels=False, levels=None, autoDownsample=False)
        if self._fitted:
            self.fit()
        self._draw_map()

    def _draw_map(self) -> None:
        shown = self.map_shown
        self._legend.setVisible(self._map_shown and self._image is not None and bool(self._legend.text))
        self._place_legend()
        if self.view is None:
            return
        self._map_item.setVisible(shown)
        self._outline.setVisible(False)
        if shown:
            colors, window = self._map
            height, width = self._image.shape[:2]
            whole = all(abs(a - b) < 1 for a, b in zip(window, (0, 0, width, height), strict=True))
            self._outline.setVisible(not whole)  # says that the model saw less, or more, than the picture
            self._map_item.setImage(colors, autoLevels=False, levels=None)
            self._map_item.setRect(QRectF(*window))
            self._map_item.setOpacity(self._opacity)
            self._outline.setRect(QRectF(*window))

    def _limit(self) -> None:
        height, width = self._image.shape[:2]
        most = max(width / max(1.0, self._box.width()), height / max(1.0, self._box.height())) / SMALLEST
        least = 1 / (LARGEST / self.devicePixelRatioF())
        self._box.setLimits(
            minXRange=least * self._box.width(), maxXRange=most * self._box.width(),
            xMin=-4 * width, xMax=5 * width, yMin=-4 * height, yMax=5 * height,
        )  # fmt: skip

    def _paint_background(self) -> None:
        if self.view is not None:
            self.view.setBackground(self.palette().window().color())

    # -- events ---------------------------------------------------------------------------------------

    def _on_moved_by_hand(self, _: object) -> None:
        self._fitted = False
        self.zoomed.emit()

    def _on_resized(self, _: object) -> None:
        if self._fitted:
            self.fit()

    def _place_legend(self) -> None:
        self._legend.place_in(self.rect())
        self._legend.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the picture on a double click."""
        if event.type() == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
            self.fit()
            return True
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show by a rim that the keyboard is here."""
        super().focusInEvent(event)
        self._rim.show()
        self._rim.raise_()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the rim away."""
        super().focusOutEvent(event)
        self._rim.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Load pyqtgraph once there is something on the screen."""
        super().showEvent(event)
        self.prepare()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep message and legend in their places."""
        super().resizeEvent(event)
        self._message.setGeometry(self.rect().adjusted(12, 8, -12, -8))
        self._rim.setGeometry(self.rect())
        self._place_legend()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_background()


def _focus_rim(canvas: QWidget) -> QFrame:
    """Make the frame over a canvas that shows that the keyboard is there."""
    rim = QFrame(canvas)
    rim.setFrameStyle(QFrame.Shape.Box | QFrame.Shadow.Plain)
    rim.setLineWidth(2)
    rim.setForegroundRole(QPalette.ColorRole.Highlight)
    rim.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    rim.hide()
    return rim
