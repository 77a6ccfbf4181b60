"""The one way off the GUI thread: an operation with progress, success and failure."""

from __future__ import annotations

import inspect
import math
import threading
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import QMetaObject, QObject, Qt
from shiboken6 import isValid

from marrowdesk.app.runner import Lane, Runner, runner, shut_down
from marrowdesk.core.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["Lane", "Operation", "Runner", "runner", "shut_down"]

PROGRESS_INTERVAL = 0.1
"""Shortest time between two calls of a progress callback, in seconds: ten repaints a second are enough."""


class Operation:
    """Work that runs on a worker thread and tells the GUI thread how it went.

    ``work`` is called with a ``threading.Event`` that is set when the person cancels. It gives a result, or
    it is a generator: what it yields is progress, what it returns is the result. Python threads are used,
    not Qt's: those keep the platform's default stack, too small for BLAS on macOS.

    Callbacks run on the GUI thread, and never again once the owner is gone, the operation was dropped or a
    newer one of the same series was started by the same owner. Nobody waits for the work then, and it is
    asked to stop, unless it finishes what the person ordered.

    Attributes:
        number: generation number; grows with every operation started.
        cancelled: set when the work shall stop.
    """

    def __init__(
        self,
        owner: QObject,
        work: Callable[[threading.Event], Any],
        *,
        lane: Lane,
        series: str = "",
        finishes: bool = False,
    ) -> None:
        """Prepare an operation; nothing runs before :meth:`start`.

        Args:
            owner: lives in the GUI thread; a window or panel when errors shall be shown over it.
            work: what to do; must not touch any widget.
            lane: the threads to run on.
            series: of several operations with the same owner and series only the newest is heard.
            finishes: is done though the owner goes, or the program ends before it has begun, as the writing
                of a file that the person asked for. ``work`` may still look whether it is cancelled.
        """
        self.owner = owner
        self.lane = lane
        self.series = series
        self.finishes = finishes
        self.number = 0
        self.cancelled = threading.Event()
        self._work = work
        self._mail: deque[Any] = deque()
        self._outcome: _Outcome | None = None
        self._dropped = False
        self._last_delivery = -math.inf
        self._waiting = False
        self._watch: QMetaObject.Connection | None = None
        self._success: Callable[[Any], object] | None = None
        self._failure: Callable[[Exception], object] | None = None
        self._progress: Callable[[list[Any]], object] | None = None
        self._end: Callable[[], object] | None = None

    def on_success(self, callback: Callable[[Any], object]) -> Self:
        """Call ``callback(result)`` when the work is done."""
        self._success = callback
        return self

    def on_failure(self, callback: Callable[[Exception], object]) -> Self:
        """Call ``callback(error)`` instead of showing the error over the owner."""
        self._failure = callback
        return self

    def on_progress(self, callback: Callable[[list[Any]], object]) -> Self:
        """Call ``callback(events)`` with all events since the last call, at most ten times a second."""
        self._progress = callback
        return self

    def on_end(self, callback: Callable[[], object]) -> Self:
        """Call ``callback()`` last, after success, failure or cancellation."""
        self._end = callback
        return self

    def start(self) -> Self:
        """Hand the work to its lane."""
        runner().start(self)
        return self

    def cancel(self) -> None:
        """Ask the work to stop; what it did so far is kept and its end is still told."""
        self.cancelled.set()

    def drop(self) -> None:
        """Ask the work to stop and hear nothing of it any more."""
        self._dropped = True
        self.cancelled.set()

    def watch_owner(self) -> None:
        """Ask the work to stop as soon as the owner is gone, in whatever thread it goes; for the runner."""
        if self.finishes:
            return
        cancelled = self.cancelled
        if isValid(self.owner):
            direct = Qt.ConnectionType.DirectConnection
            self._watch = self.owner.destroyed.connect(lambda: cancelled.set(), direct)
        else:
            cancelled.set()

    @property
    def running(self) -> bool:
        """Whether the end is still to come."""
        return self.number > 0 and self._outcome is None

    @property
    def failed(self) -> bool:
        """Whether the work ended with an error that is no cancellation."""
        error = None if self._outcome is None else self._outcome.error
        return error is not None and not isinstance(error, Cancelled)

    # -- on the worker thread -------------------------------------------------------------------------

    def run(self, wake: Callable[[Operation], None]) -> None:
        """Do the work and post what happens; called by the runner on a worker thread."""
        try:
            if self._dropped or (self.cancelled.is_set() and not self.finishes):
                raise Cancelled("Cancelled before it began.")
            result = self._work(self.cancelled)
            if inspect.isgenerator(result):
                result = self._drain(result, wake)
            outcome = _Outcome(result, None)
        except Exception as error:  # told to the person on the GUI thread, by the failure callback
            outcome = _Outcome(None, error)
        self._mail.append(outcome)
        wake(self)

    def _drain(self, events: Any, wake: Callable[[Operation], None]) -> Any:
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                return stop.value
            self._mail.append(event)
            wake(self)

    # -- on the GUI thread ----------------------------------------------------------------------------

    @property
    def stale(self) -> bool:
        """Whether nobody wants to hear of it any more."""
        return self._dropped or not isValid(self.owner)

    def deliver(self) -> bool:
        """Call the callbacks for all that was posted; for the runner.

        Returns:
            True once the end was delivered (or is of no interest any more, and the work has ended).
        """
        if not self.finishes and not isValid(self.owner):
            self.cancelled.set()
        events = []
        while self._mail:
            item = self._mail.popleft()
            if isinstance(item, _Outcome):
                self._outcome = item
            else:
                events.append(item)
        if self._outcome is not None and self._watch is not None and isValid(self.owner):
            QObject.disconnect(self._watch)
            self._watch = None
        self._last_delivery = monotonic()
        try:
            if events and self._progress is not None and not self.stale:
                self._progress(events)
        finally:  # an error in a progress callback must not hide the end
            if self._outcome is not None and not self.stale:
                self._finish(self._outcome)
            elif self._outcome is not None and self.finishes and not self._dropped and self.failed:
                _show_anyway(self._outcome.error)
        return self._outcome is not None

    def _finish(self, outcome: _Outcome) -> None:
        try:
            if outcome.error is None:
                if self._success is not None:
                    self._success(outcome.result)
            elif not isinstance(outcome.error, Cancelled):
                self._fail(outcome.error)
        finally:
            if self._end is not None and not self.stale:
                self._end()

    def _fail(self, error: Exception) -> None:
        if self._failure is not None:
            self._failure(error)
            return
        from marrowdesk.app.dialogs.failure import show_failure  # needs widgets; only when something failed

        show_failure(self.owner, error)

    def pause(self) -> float:
        """Give the seconds to wait before progress may be delivered again."""
        if any(isinstance(item, _Outcome) for item in tuple(self._mail)):
            return 0.0
        return max(0.0, self._last_delivery + PROGRESS_INTERVAL - monotonic())


def _show_anyway(error: Exception | None) -> None:
    """Show what became of an order whose owner is gone, over the window the person is in."""
    from PySide6.QtWidgets import QApplication

    from marrowdesk.app.dialogs.failure import show_failure

    if error is not None:
        show_failure(QApplication.activeWindow(), error)


class _Outcome:
    """How the work ended: a result or an error."""

    __slots__ = ("error", "result")

    def __init__(self, result: Any, error: Exception | None) -> None:
        self.result = result
        self.error = error
