"""Measures what a reader waits for after a key: ``python tests/benchmarks/bench_keys.py [CELLS ...]``.

The whole window is on the (offscreen) screen with a case of so many cells, all classified. Each key is sent
as an event, its decision written to the case file on the disk, and the time taken until the changed window is
painted. Figures are the median, the 95th percentile and the worst, in milliseconds. So that machines compare,
the last column gives the median in units of a plain commit of one row to a file of the same kind, measured
in the same run.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import numpy as np
from large_cases import large_case, linked_slide
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

PRESSES = 60


def wait(application: QApplication, until, seconds: float = 120.0) -> None:
    """Let the window work until something holds."""
    end = time.monotonic() + seconds
    while not until():
        application.processEvents()
        time.sleep(0.005)
        if time.monotonic() > end:
            raise SystemExit("The window did not get ready.")


def commits(folder: Path) -> float:
    """Give the median time of a plain commit of one row, milliseconds."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE row(id INTEGER PRIMARY KEY, text TEXT)")
    times = []
    for _ in range(PRESSES):
        began = time.perf_counter()
        connection.execute("INSERT INTO row(text) VALUES ('BLA')")
        times.append(1000 * (time.perf_counter() - began))
    connection.close()
    return statistics.median(times)


def press(application: QApplication, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier) -> float:
    """Press a key; give the milliseconds until the window is painted anew."""
    target = application.focusWidget()
    began = time.perf_counter()
    QTest.keyClick(target, key, held)
    application.processEvents()  # the paint events that the key led to
    return 1000 * (time.perf_counter() - began)


def main(counts: list[int]) -> None:
    """Measure and print."""
    from marrowdesk.app.main import Desk

    application = QApplication([])
    told: list[str] = []
    acts = {
        "space: confirm, next": (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        "b: another class, next": (Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier),
        "right arrow": (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        "Ctrl+Z: undo": (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier),
        "Shift+Space: a screen": (Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier),
    }
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.environ["MARROWDESK_HOME"] = str(folder / "home")
            path = large_case(folder / "bench.mdcase", linked_slide(folder / "slide", count))
            unit = commits(folder)
            desk = Desk(application, None, lambda *_: None)
            window = desk.window
            window.resize(1366, 768)
            window.preferences.change(reader="bench")
            desk.show([path], None)
            wait(application, lambda window=window, count=count: len(window.model.cells) == count)
            window.activateWindow()
            wait(application, lambda window=window: application.activeWindow() is window)
            window.focus_cells()
            end = time.monotonic() + 3
            wait(application, lambda end=end: time.monotonic() > end)  # pictures and intervals come
            for name_, (key, held) in acts.items():
                press(application, key, held)
                times = []
                for _ in range(PRESSES if "screen" not in name_ else 15):
                    times.append(press(application, key, held))
                    pause = time.monotonic() + 0.02
                    wait(application, lambda pause=pause: time.monotonic() > pause)
                high = float(np.percentile(times, 95))
                told.append(
                    f"{count:>8,}  {name_:24}{statistics.median(times):>8.1f}{high:>8.1f}{max(times):>8.1f}"
                    f"{statistics.median(times) / unit:>10.1f}"
                )
            window.session.close()
            desk.end()
    print(f"{'cells':>8}  {'key':24}{'median':>8}{'95 %':>8}{'worst':>8}{'commits':>10}")
    print("\n".join(told))


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [500, 20_000, 100_000])
