"""Owns the worker threads and carries what operations post to the GUI thread."""

from __future__ import annotations

import enum
import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from marrowdesk.app.priority import stand_back

if TYPE_CHECKING:
    from marrowdesk.app.operations import Operation


@enum.unique
class Lane(enum.Enum):
    """Which threads do the work; the value is how many there are.

    Attributes:
        INFERENCE: one thread; torch lives there, and jobs wait for each other.
        LIGHT: a few threads for what is waited for at the screen: opening a case, decoding one image.
        LONG: a few threads for what may take seconds or minutes: whole folders, several cases, reports,
            printing, fitting. None of it keeps the screen waiting.
    """

    INFERENCE = 1
    LIGHT = 3
    LONG = 4


class Runner(QObject):
    """Owns the worker threads and carries what they post to the GUI thread.

    Signals:
        idle_changed: the last operation ended, or the first began; whether none is running.
    """

    idle_changed = Signal(bool)
    _woken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lanes = {
            lane: ThreadPoolExecutor(lane.value, f"marrowdesk-{lane.name.lower()}", stand_back)
            for lane in Lane
        }
        self._numbers = itertools.count(1)
        self._alive: dict[int, tuple[Operation, Future[None]]] = {}
        self._closed = False
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Whether no operation is running."""
        return not self._alive

    def start(self, operation: Operation) -> None:
        """Start an operation; an older one of its series becomes stale."""
        if self._closed:
            operation.drop()
            return
        if operation.series:
            for other, _ in list(self._alive.values()):
                if other.series == operation.series and other.owner is operation.owner:
                    other.drop()
        operation.number = next(self._numbers)
        operation.watch_owner()
        future = self._lanes[operation.lane].submit(operation.run, self._woken.emit)
        self._alive[operation.number] = (operation, future)
        if len(self._alive) == 1:
            self.idle_changed.emit(False)

    @Slot(object)
    def _on_woken(self, operation: Operation) -> None:
        if self._closed or operation.number not in self._alive or operation._waiting:
            return
        pause = operation.pause()
        if pause <= 0:
            self._deliver(operation)
            return
        operation._waiting = True
        QTimer.singleShot(int(pause * 1000) + 1, self, lambda: self._deliver(operation))

    def _deliver(self, operation: Operation) -> None:
        operation._waiting = False
        if self._closed or operation.number not in self._alive:
            return
        ended = False
        try:
            ended = operation.deliver()
        finally:
            if ended or operation._outcome is not None:
                self._alive.pop(operation.number, None)
                if not self._alive:
                    self.idle_changed.emit(True)

    def shut_down(self) -> None:
        """Cancel everything and wait until all threads have ended; no callback runs afterwards.

        What was ordered to be done and waits for a thread is still begun.
        """
        self._closed = True
        for operation, future in self._alive.values():
            if operation.finishes:
                operation.cancel()
            else:
                operation.drop()
                future.cancel()
        for pool in self._lanes.values():
            pool.shutdown(wait=True)
        self._alive.clear()


_runner: Runner | None = None


def runner() -> Runner:
    """Give the one runner of the program, made at first use on the GUI thread."""
    global _runner
    if _runner is None:
        _runner = Runner()
    return _runner


def shut_down() -> None:
    """End all worker threads; a later :func:`runner` begins anew."""
    global _runner
    if _runner is not None:
        _runner.shut_down()
        _runner.deleteLater()
        _runner = None
