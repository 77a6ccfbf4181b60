"""Starts the window: application, settings, theme, window, then the model; and ends all of it again."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from marrowdesk import __version__
from marrowdesk.app import operations, translations
from marrowdesk.app.classifier import EngineState
from marrowdesk.app.collector import GarbageCollector
from marrowdesk.app.crash import CrashHook
from marrowdesk.app.libraries import load_intervals, load_reading
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preferences import Preferences
from marrowdesk.app.theme import Theme
from marrowdesk.app.window import MainWindow
from marrowdesk.store.leftovers import sweep_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.app.classifier import Loader

_SWITCH_INTERVAL = 0.001
"""Seconds for which a thread may keep the interpreter's lock; Python's own 5 ms add up where several wait."""

_BREATH = 100
"""Milliseconds that the first window has to itself, to be painted and to answer, before libraries load."""


class Desk:
    """Everything that lives while the program runs.

    Attributes:
        window: the main window.
        preferences: the person's settings.
        crash: takes what nobody caught.
    """

    def __init__(self, app: QApplication, bundle: Path | None = None, loader: Loader | None = None) -> None:
        """Build the window, without showing it.

        Args:
            app: the application.
            bundle: folder of a model bundle; the shipped one when None.
            loader: makes the engine; in a process of its own when None.
        """
        sys.setswitchinterval(_SWITCH_INTERVAL)
        operations.runner()  # lives in this thread
        self.preferences = Preferences()
        self.crash = CrashHook()
        self.crash.happened.connect(self._tell_fault)
        self._translators = translations.install(app, self.preferences.now.language)
        self.theme = Theme(app, self.preferences.now.theme)
        self.window = MainWindow(self.preferences, self.theme, bundle, loader)
        self.window.first_shown.connect(self._shown)
        self._collector = GarbageCollector(lambda: operations.runner().idle)
        self.window.classifier.engine_changed.connect(self._engine_changed)
        self.window.session.opening_changed.connect(self._opening_changed)
        self._libraries = QTimer(self.window, interval=_BREATH, singleShot=True)
        self._libraries.timeout.connect(self._load)
        self._paths: list[Path] = []
        self._draw: Callable[[], Path] | None = None

    def show(self, paths: Sequence[Path] = (), draw: Callable[[], Path] | None = None) -> None:
        """Show the window; what is to be opened and the model follow when it is on the screen.

        Args:
            paths: folders, images or a case to open.
            draw: draws a slide to open, on a worker, and gives its folder.
        """
        self._paths, self._draw = list(paths), draw
        self.window.show()

    def _shown(self) -> None:
        if self.preferences.broken is not None:
            self.window.show_error(self.preferences.broken)
        if self._paths:
            self.window.session.open(self._paths)
        if self._draw is not None:
            self.window.commands.draw_and_open(self._draw)
        self._libraries.start()

    def _load(self) -> None:
        # of a program that was killed: whole cases, that nobody would ever look for
        Operation(self.window, lambda _: sweep_folders(Path(tempfile.gettempdir())), lane=Lane.LONG).start()
        load_reading(self.window)
        load_intervals(self.window, lambda: None)  # before they are needed: half a second each
        self.window.viewer.canvas.prepare()  # not in the moment in which the first folder is shown
        self.window.models.begin()

    def _engine_changed(self) -> None:
        if self.window.classifier.state is EngineState.READY:
            self._collector.settle()

    def _opening_changed(self, opening: bool) -> None:
        if opening:
            self._collector.hold()
        else:
            self._collector.go_on()

    def _tell_fault(self, error: Exception, report: Path | None) -> None:
        from marrowdesk.app.dialogs.failure import show_fault

        show_fault(self.window, error, report)

    def end(self) -> None:
        """End all work and close all files; nothing is lost, and no thread is left."""
        self._libraries.stop()
        self.window.close()
        self.window.session.close()
        self.preferences.close()
        operations.shut_down()
        self.window.classifier.close()
        self.window.session.end()
        self.window.thumbnails.close()
        self.window.compare.close()
        self._collector.stop()
        self.crash.uninstall()


def application(arguments: Sequence[str]) -> QApplication:
    """Make the application object."""
    QCoreApplication.setApplicationName("MarrowDesk")
    QCoreApplication.setApplicationVersion(__version__)
    app = QApplication.instance() or QApplication(list(arguments))
    assert isinstance(app, QApplication)
    app.setDesktopFileName("marrowdesk")
    return app


def run(paths: Sequence[str], draw: Callable[[], Path] | None = None) -> int:
    """Run the program until its window is closed.

    Args:
        paths: folders, images or a case to open.
        draw: draws a slide to open, on a worker, and gives its folder.

    Returns:
        The exit code.
    """
    app = application([sys.argv[0] or "marrowdesk"])
    desk = Desk(app)
    desk.crash.install()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: desk.window.close())
    desk.show([Path(each) for each in paths], draw)
    try:
        return int(app.exec())
    finally:
        desk.end()
