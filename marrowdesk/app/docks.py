"""The panels around the gallery: where they stand at first, and as the person left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QWidget

from marrowdesk.app.icons import icon
from marrowdesk.app.preferences import window_state

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

_Area = Qt.DockWidgetArea
_SIDES = (_Area.LeftDockWidgetArea, _Area.RightDockWidgetArea)
_TITLE_BUTTONS = (("qt_dockwidget_floatbutton", "float"), ("qt_dockwidget_closebutton", "close"))
_ROOMY = (16_000, 2_000)  # pixels; larger than any screen
_STATE = 2  # version of the arrangement; one saved by another version is not restored


class Docks(QObject):
    """Keeps the dock widgets of the window.

    While no case is open they are out of the way; with a case they stand where the person left them. A
    window that was small and grows gives them back the widths that it took from them.
    """

    def __init__(
        self, window: QMainWindow, classes: QWidget, viewer: QWidget, count: QWidget, problems: QWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, _Area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _Area.RightDockWidgetArea)
        self.classes = self._add("classes", self.tr("Classes"), classes, _Area.LeftDockWidgetArea)
        self.viewer = self._add("viewer", self.tr("Cell"), viewer, _Area.RightDockWidgetArea)
        self.count = self._add("differential", self.tr("Differential"), count, _Area.RightDockWidgetArea)
        self.problems = self._add("problems", self.tr("Problems"), problems, _Area.BottomDockWidgetArea)
        self._all = (self.classes, self.viewer, self.count, self.problems)
        self._working: QByteArray | None = None
        self._shown = True
        self._wanted = {"classes": 212, "viewer": 440, "differential": 440}
        self._pressed: dict[str, int] = {}
        self._arrange()
        self.show_panels(False)
        window.installEventFilter(self)

    def _add(self, name: str, title: str, widget: QWidget, area: _Area) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setAccessibleName(title)
        for button, picture in _TITLE_BUTTONS:
            for each in dock.findChildren(QAbstractButton, button):
                _Picture(each, picture)
        self._window.addDockWidget(area, dock)
        return dock

    def _arrange(self) -> None:
        """Give the panels their first sizes, so that the gallery keeps the most room."""
        across, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.splitDockWidget(self.viewer, self.count, upright)
        self._window.resizeDocks([self.classes, self.viewer, self.count], list(self._wanted.values()), across)
        self._window.resizeDocks([self.viewer, self.count], [520, 380], upright)
        self._window.resizeDocks([self.problems], [150], upright)
        self.problems.hide()

    def toggles(self) -> list[QAction]:
        """Give the actions that show and hide the panels."""
        return [dock.toggleViewAction() for dock in self._all]

    def panels(self) -> list[QDockWidget]:
        """Give the panels, shown or not."""
        return list(self._all)

    @property
    def shown(self) -> bool:
        """Whether the panels are in use: a case is open."""
        return self._shown

    def show_panels(self, shown: bool) -> None:
        """Bring the panels to where they were, or put them out of the way."""
        if shown == self._shown:
            return
        if not shown:
            self._working = self._window.saveState(_STATE)
            for dock in self._all:
                dock.hide()
        elif self._working is not None:
            self._window.restoreState(self._working, _STATE)
            self.problems.hide()  # comes by itself when there are problems
            self._widen()
        for action in self.toggles():
            action.setEnabled(shown)
        self._shown = shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the window grows, and that the person drags the edge of a panel."""
        if watched is self._window and self._shown:
            if isinstance(event, QResizeEvent):
                if event.size().width() > event.oldSize().width():
                    self._widen()
            elif event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = self._widths()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._wanted |= dict(self._widths().items() - self._pressed.items())
        return super().eventFilter(watched, event)

    def _beside(self) -> list[QDockWidget]:
        """Give the panels beside the gallery, the widest last: of those in one column it has its way."""
        found = [each for each in (self.classes, self.viewer, self.count) if _is_beside(self._window, each)]
        return sorted(found, key=lambda each: self._wanted[each.objectName()])

    def _widths(self) -> dict[str, int]:
        return {each.objectName(): each.width() for each in self._beside()}

    def _widen(self) -> None:
        """Give the panels the widths that they had, as far as there is room."""
        docks = self._beside()
        if docks:
            widths = [self._wanted[each.objectName()] for each in docks]
            self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)

    def restore(self) -> None:
        """Put the window where it was when the program ended last, or in the middle of the screen."""
        kept = window_state()
        if not self._window.restoreGeometry(kept.value("geometry", QByteArray(), QByteArray)):
            room = QGuiApplication.primaryScreen().availableGeometry()
            self._window.resize(min(1680, int(room.width() * 0.94)), min(1050, int(room.height() * 0.92)))
            self._window.move(
                room.center().x() - self._window.width() // 2, room.center().y() - self._window.height() // 2
            )
        state = kept.value("state", QByteArray(), QByteArray)
        if not state.isEmpty():
            self._working = state
            if not all(kept.contains(_width_key(name)) for name in self._wanted):  # of an earlier version
                self._wanted |= _widths_in(state, list(self._wanted))
        for name in self._wanted:
            self._wanted[name] = kept.value(_width_key(name), self._wanted[name], int)

    def save(self) -> None:
        """Keep where the window and its panels are."""
        kept = window_state()
        kept.setValue("geometry", self._window.saveGeometry())
        state = self._window.saveState(_STATE) if self._shown else self._working
        if state is not None:
            kept.setValue("state", state)
        for name, width in self._wanted.items():
            kept.setValue(_width_key(name), width)
        kept.sync()


def _width_key(name: str) -> str:
    return f"width of {name}"


def _is_beside(window: QMainWindow, dock: QDockWidget) -> bool:
    return not dock.isHidden() and not dock.isFloating() and window.dockWidgetArea(dock) in _SIDES


def _widths_in(state: QByteArray, names: list[str]) -> dict[str, int]:
    """Give the widths that panels beside the gallery have in a kept arrangement.

    Another window, never on the screen, is arranged so. It has room for any widths, while the person's own
    may be smaller than it was and is not laid out before it is shown.
    """
    window = QMainWindow()
    window.setDockNestingEnabled(True)
    window.setCentralWidget(QWidget())
    window.resize(*_ROOMY)
    docks = []
    for name in names:
        dock = QDockWidget()
        dock.setObjectName(name)
        dock.setWidget(QWidget())
        dock.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)  # the arrangement shows one that floats
        dock.resize(0, 0)
        dock.hide()  # stays so when the arrangement does not speak of it
        window.addDockWidget(_Area.LeftDockWidgetArea, dock)
        docks.append(dock)
    if not window.restoreState(state, _STATE):
        return {}
    window.layout().activate()
    widths = {}
    for dock in docks:
        if _is_beside(window, dock):
            tabs = [dock, *window.tabifiedDockWidgets(dock)]  # only the one in front is laid out
            widths[dock.objectName()] = max(each.width() for each in tabs)
    return widths


class _Picture(QObject):
    """Keeps a picture in the colour of text on a button in the title of a panel.

    Qt puts its own gray one there with each new state of the panel, and that has a contrast of 2.8 on a dark
    ground; a control needs 3 (WCAG 2.1, 1.4.11).
    """

    def __init__(self, button: QAbstractButton, picture: str) -> None:
        super().__init__(button)
        self._button, self._icon = button, icon(picture)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Put it back before the button is painted."""
        if event.type() == QEvent.Type.Paint and self._button.icon().cacheKey() != self._icon.cacheKey():
            self._button.setIcon(self._icon)
        return super().eventFilter(watched, event)
