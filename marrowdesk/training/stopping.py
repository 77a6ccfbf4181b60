"""Ending a training with Ctrl+C after the step it is at, instead of in the middle of it."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def asked_to_stop(patient: bool = False) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl+C was pressed; a second press ends the program at once.

    Args:
        patient: ignore further presses: ``torchrun`` passes on to its processes one that they had already.
    """
    asked = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set() and not patient:
            raise KeyboardInterrupt
        if not asked.is_set():
            print("\nStopping after this step; its checkpoint is written.", file=sys.stderr)
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
