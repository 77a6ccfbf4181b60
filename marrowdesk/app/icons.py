"""Icons from our own SVG files, drawn in the colour of the palette and crisp at every scale."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from marrowdesk.assets import resource_path


@cache
def _source(name: str) -> bytes:
    return resource_path("icons", f"{name}.svg").read_bytes()


def exists(name: str) -> bool:
    """Say whether an icon ships with the program."""
    try:
        return bool(_source(name))
    except FileNotFoundError:
        return False


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", color.encode())))


class _PaletteIcon(QIconEngine):
    """Draws an SVG whose lines are ``currentColor`` in the palette's colour of the moment."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def clone(self) -> QIconEngine:
        return _PaletteIcon(self._name)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        group, role = QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText
        if mode == QIcon.Mode.Disabled:
            group = QPalette.ColorGroup.Disabled
        elif mode == QIcon.Mode.Selected:
            role = QPalette.ColorRole.HighlightedText
        color = QGuiApplication.palette().color(group, role).name()
        _renderer(self._name, color).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def icon(name: str) -> QIcon:
    """Give a shipped icon by its file name in ``resources/icons``, without the ending.

    Where the file is missing the icon is empty: every action also has a text.
    """
    return QIcon(_PaletteIcon(name)) if exists(name) else QIcon()


def application_icon() -> QIcon:
    """Give the program's own icon, in its own colours."""
    return QIcon(str(resource_path("icons", "marrowdesk.svg"))) if exists("marrowdesk") else QIcon()
