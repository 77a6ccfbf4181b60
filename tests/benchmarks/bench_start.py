"""Seconds from the command to a window that answers, warm and cold, as a ratio to a bare window of Qt.

Run: python tests/benchmarks/bench_start.py [--warm 5] [--cold 2]

Each start is a process of its own, from its beginning until the window was painted and its loop is free.
Before a cold start, all files of Python, the libraries and the program are taken out of the system's memory.
The bare window is a QApplication with an empty QWidget, measured in turns with the program.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from cold_files import evict, program_folders

TARGETS = {"warm": 1.0, "cold": 2.0}

_QT = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.resize(1366, 768)
window.show()
QTimer.singleShot(0, lambda: (print(time.time(), time.process_time(), flush=True), app.quit()))
app.exec()
"""

_PROGRAM = """
import sys, time
import marrowdesk.cli
from PySide6.QtCore import QTimer
from marrowdesk.app.main import Desk, application
app = application(sys.argv)
desk = Desk(app, None, lambda *_: None)
desk.window.resize(1366, 768)
desk.window.first_shown.connect(
    lambda: QTimer.singleShot(0, lambda: (print(time.time(), time.process_time(), flush=True), app.quit()))
)
desk.show()
app.exec()
desk.end()
"""


def start(program: str, home: str) -> tuple[float, float]:
    """Start a program; give the seconds until its window answers, and those of the processors."""
    # as installed: compiled once, not anew at every start
    environment = os.environ | {"MARROWDESK_HOME": home, "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    answered, spent = map(float, done.stdout.split()[:2])
    return answered - began, spent


def rounds(count: int, cold: bool, home: str) -> tuple[list[tuple[float, float]], ...]:
    """Start bare Qt and the program in turns; give what :func:`start` says of each."""
    found: tuple[list[tuple[float, float]], ...] = ([], [])
    for _ in range(count):
        for times, program in zip(found, (_QT, _PROGRAM), strict=True):
            if cold:
                evict(Path(home), *program_folders())
            times.append(start(program, home))
    return found


def main() -> int:
    """Print a table; give 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warm", type=int, default=5)
    parser.add_argument("--cold", type=int, default=2)
    options = parser.parse_args()
    missed = 0
    print(f"{'':8}{'median s':>10}{'best s':>9}{'processors s':>14}{'target s':>10}{'of bare Qt':>12}")
    with tempfile.TemporaryDirectory() as home:
        for program in (_QT, _PROGRAM):
            start(program, home)  # compiles, and settles into its home
        for kind, count in (("warm", options.warm), ("cold", options.cold)):
            if not count or (kind == "cold" and not evict()):
                continue
            bare, program = rounds(count, kind == "cold", home)
            middle, work = (statistics.median(each) for each in zip(*program, strict=True))
            below = statistics.median(took for took, _ in bare)
            best = min(took for took, _ in program)
            missed |= best > TARGETS[kind]
            print(f"{kind:8}{middle:10.2f}{best:9.2f}{work:14.2f}{TARGETS[kind]:10.1f}{middle / below:12.1f}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
