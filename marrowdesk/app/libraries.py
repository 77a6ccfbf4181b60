"""What is loaded after the first window: pyqtgraph, set up for this program, intervals, and readers."""

from __future__ import annotations

import importlib
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from marrowdesk.app.operations import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from PySide6.QtCore import QObject

_PORTION = 0.004
"""Seconds of the window's time that are taken at once."""


@cache
def pyqtgraph() -> ModuleType:
    """Give pyqtgraph, set up once: images are (rows, columns), lines are smooth.

    The first call takes about half a second; :func:`load_pyqtgraph` makes it on a thread.
    """
    module = importlib.import_module("pyqtgraph")
    module.setConfigOptions(imageAxisOrder="row-major", antialias=True)
    return module


_intervals = threading.Event()  # sys.modules names a module before it is wholly loaded


def _import_intervals() -> None:
    importlib.import_module("scipy.special")
    _intervals.set()


def intervals_ready() -> bool:
    """Say whether a differential can be computed without first loading scipy.special (about 0.4 s)."""
    return _intervals.is_set()


def load_intervals(owner: QObject, then: Callable[[], object]) -> None:
    """Load what the exact intervals need on a thread; then call back, unless the owner is gone."""
    _load(owner, _import_intervals, then)


def load_pyqtgraph(owner: QObject, then: Callable[[], object]) -> None:
    """Load pyqtgraph on a thread; then call back, unless the owner is gone."""
    _make_qt_types(owner, lambda: _load(owner, pyqtgraph, then))


def _make_qt_types(owner: QObject, then: Callable[[], object]) -> None:
    """Make all types of Qt that pyqtgraph asks for, in portions; then call back, unless the owner is gone.

    PySide makes a type when it is first asked for. Made on a thread while the window computes, that crashed
    the interpreter now and then.
    """
    left = ((module, name) for module in (QtCore, QtGui, QtWidgets) for name in dir(module))
    timer = QtCore.QTimer(owner, interval=0)

    def make_some() -> None:
        end = time.perf_counter() + _PORTION
        for module, name in left:
            getattr(module, name)
            if time.perf_counter() > end:
                return
        timer.stop()
        timer.deleteLater()
        then()

    timer.timeout.connect(make_some)
    timer.start()


_READING = ("marrowdesk.imaging.thumbnail", "marrowdesk.services.opening", "marrowdesk.services.analysis")


def load_reading(owner: QObject) -> None:
    """Load what reads folders and decodes images on a thread, so that the first folder waits for none."""
    _load(owner, lambda: [importlib.import_module(name) for name in _READING], lambda: None)


def _load(owner: QObject, load: Callable[[], object], then: Callable[[], object]) -> None:
    Operation(owner, lambda _: load(), lane=Lane.LIGHT).on_success(lambda _: then()).start()
