"""Python's cyclic garbage collection on the GUI thread alone, in small portions."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

_YOUNG_EVERY = 1_000  # milliseconds
_FULL_EVERY = 120  # young collections, that is two minutes


class GarbageCollector(QObject):
    """Collects cycles from a timer while automatic collection is off.

    Left alone, the collector may run on a worker thread and destroy Qt objects there, which crashes. A full
    collection walks over every object there is (a tenth of a second), so it waits
    until nothing else is going on, and what lives for long is frozen out of its sight: the
    libraries, and the cells of a case, which hold no cycles and go when the case does.
    """

    def __init__(self, idle: Callable[[], bool], parent: QObject | None = None) -> None:
        """Take collection over.

        Args:
            idle: says whether a pause of some tenths of a second would go unnoticed now.
            parent: owner of the timer.
        """
        super().__init__(parent)
        self._idle = idle
        self._rounds = 0
        self._settled = False
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_YOUNG_EVERY)

    def collect(self) -> None:
        """Collect what is young; everything, when it is time for it and nobody waits."""
        gc.collect(1)
        self._rounds += 1
        if self._rounds >= _FULL_EVERY and self._idle():
            self._rounds = 0
            gc.collect()

    def settle(self) -> None:
        """Keep all objects alive now out of sight for good: the libraries are loaded, they stay."""
        self._settled = True
        gc.freeze()

    def hold(self) -> None:
        """Collect nothing while a worker makes the hundred thousands of objects of a case."""
        gc.collect(2 if self._settled else 1)  # what is garbage now must not be frozen with the case
        self._timer.stop()

    def go_on(self) -> None:
        """Collect again; the objects made meanwhile live as long as their case and are never walked over."""
        if not self._timer.isActive():
            gc.freeze()
            self._timer.start()

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
