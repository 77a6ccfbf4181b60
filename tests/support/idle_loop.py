"""A process that only ticks: how late it comes is what the machine itself does to any program at that time.

Run as ``python idle_loop.py``; ends when its input ends, and prints its gaps in milliseconds as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

TICK = 0.004


class IdleLoop:
    """Runs such a process beside what is measured."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-S", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def end(self) -> list[float]:
        """Stop it and give its gaps above 20 ms, in milliseconds, the longest first."""
        said, _ = self._process.communicate()
        return sorted(json.loads(said), reverse=True)


def tick() -> list[float]:
    """Tick until the input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    gaps, last = [], time.perf_counter()
    while not ended.is_set():
        time.sleep(TICK)
        now = time.perf_counter()
        if now - last > 0.02:
            gaps.append(1000 * (now - last))
        last = now
    return gaps


if __name__ == "__main__":
    print(json.dumps(tick()))
