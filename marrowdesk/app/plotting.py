"""What is loaded after the first window: pyqtgraph, set up for this program, intervals, and readers."""

from __future__ import annotations

import importlib
import threading
from functools import cache
from typing import TYPE_CHECKING

from marrowdesk.app.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from PySide6.QtCore import QObject


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
    _load(owner, pyqtgraph, then)


_READING = ("marrowdesk.imaging.thumbnail", "marrowdesk.services.opening", "marrowdesk.services.analysis")


def load_reading(owner: QObject) -> None:
    """Load what reads folders and decodes images on a thread, so that the first folder waits for none."""
    _load(owner, lambda: [importlib.import_module(name) for name in _READING], lambda: None)


def _load(owner: QObject, load: Callable[[], object], then: Callable[[], object]) -> None:
    Operation(owner, lambda _: load()).on_success(lambda _: then()).start()
