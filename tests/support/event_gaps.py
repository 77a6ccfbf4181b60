"""Measures how long the GUI thread's event loop leaves events waiting."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, order=True)
class Gap:
    """One time in which the loop was away.

    Attributes:
        seconds: how long.
        at: when it ended, seconds since the monitor began.
        phase: what went on.
        worked: seconds of it in which the GUI thread itself computed.
        queued: seconds of it in which the system let other threads or programs run first; NaN where it does
            not tell. What is left was spent waiting: for the interpreter's lock, for a file.
    """

    seconds: float
    at: float
    phase: str
    worked: float
    queued: float

    @property
    def own(self) -> float:
        """Seconds of it that the program itself is to blame for: all but those it was queued."""
        return self.seconds - (0.0 if math.isnan(self.queued) else self.queued)

    def __str__(self) -> str:
        parts = f"worked {1000 * self.worked:.0f}, queued {1000 * self.queued:.0f}"
        return f"{1000 * self.seconds:6.0f} ms at {self.at:6.1f} s in {self.phase} ({parts})"


class GapMonitor(QObject):
    """A timer that ticks every few milliseconds and notes when a tick came late.

    Attributes:
        gaps: all gaps above 20 ms.
    """

    def __init__(self, parent: QObject | None = None, tick_ms: int = 4) -> None:
        super().__init__(parent)
        self.gaps: list[Gap] = []
        self._phase = ""
        self._schedule = _opened(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._start = self._last = time.perf_counter()
        self._worked, self._queued = time.thread_time(), self._queue_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(tick_ms)

    def phase(self, name: str) -> None:
        """Name what goes on from now on."""
        self._phase = name

    def stop(self) -> None:
        """Measure no longer."""
        self._timer.stop()

    def _queue_time(self) -> float:
        return float("nan") if self._schedule is None else int(_said_now(self._schedule).split()[1]) / 1e9

    def _tick(self) -> None:
        now, worked, queued = time.perf_counter(), time.thread_time(), self._queue_time()
        gap = now - self._last
        if gap > 0.02:
            at = now - self._start
            self.gaps.append(Gap(gap, at, self._phase, worked - self._worked, queued - self._queued))
        self._last, self._worked, self._queued = now, worked, queued

    def worst(self, phase: str | None = None) -> float:
        """Give the longest gap in milliseconds, of one phase or of all."""
        return 1000 * max((gap.seconds for gap in self.gaps if phase in (None, gap.phase)), default=0.0)

    def longest(self, count: int = 12) -> list[Gap]:
        """Give the longest gaps, the worst first."""
        return sorted(self.gaps, reverse=True)[:count]


def _opened(path: str) -> BinaryIO | None:
    """Open a file of the system once, unbuffered: to open it at each tick cost a twentieth of a processor."""
    try:
        return open(path, "rb", buffering=0)
    except OSError:
        return None


def _said_now(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def until(done: Callable[[], object], seconds: float = 1800) -> None:
    """Let the window live until something holds.

    Raises:
        TimeoutError: it did not come to hold.
    """
    loop, poll = QEventLoop(), QTimer()
    end = time.monotonic() + seconds
    poll.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > end else None)
    poll.start(10)
    loop.exec()
    if not done():
        raise TimeoutError("the window did not get there")


def spin(seconds: float) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end)
