"""The panels around the gallery: where they stand at first, and as the person left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from marrowdesk.app.preferences import window_state

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

_Area = Qt.DockWidgetArea
_STATE = 2  # version of the arrangement; one saved by another version is not restored


class Docks(QObject):
    """Keeps the dock widgets of the window.

    While no case is open they are out of the way; with a case they stand where the person left them.
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
        self._arrange()
        self.show_panels(False)

    def _add(self, name: str, title: str, widget: QWidget, area: _Area) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setAccessibleName(title)
        self._window.addDockWidget(area, dock)
        return dock

    def _arrange(self) -> None:
        """Give the panels their first sizes, so that the gallery keeps the most room."""
        across, upright = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.splitDockWidget(self.viewer, self.count, upright)
        self._window.resizeDocks([self.classes, self.viewer], [212, 440], across)
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
        for action in self.toggles():
            action.setEnabled(shown)
        self._shown = shown

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

    def save(self) -> None:
        """Keep where the window and its panels are."""
        kept = window_state()
        kept.setValue("geometry", self._window.saveGeometry())
        state = self._window.saveState(_STATE) if self._shown else self._working
        if state is not None:
            kept.setValue("state", state)
        kept.sync()
