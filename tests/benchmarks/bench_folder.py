"""Seconds from choosing a folder of 20,000 cells to the first thumbnail, a screen of them, a first proposal.

Run: python tests/benchmarks/bench_folder.py [--cells 20000] [--bundle FOLDER]

The model is loaded beforehand, the folder is new to the program. The reference is a plain loop that lists the
folder and decodes as many images as the screen shows, one after the other, in the same run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from event_gaps import GapMonitor, spin, until
from large_cases import linked_slide
from PySide6.QtGui import QImage

TARGET = 1.0


def plain_loop(folder: Path, count: int) -> float:
    """List a folder and decode its first images; give the seconds."""
    from marrowdesk.imaging.decode import read_image

    began = time.perf_counter()
    for path in sorted(folder.iterdir())[:count]:
        read_image(path)
    return time.perf_counter() - began


def main() -> int:
    """Measure and print; give 1 where the first thumbnail came late."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--bundle", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["MARROWDESK_HOME"] = str(Path(home) / "home")
        folder = Path(home) / "slide"
        linked_slide(folder, options.cells)
        return measure(folder, options.bundle)


def measure(folder: Path, bundle: Path | None) -> int:
    """Open the folder in the real window."""
    from marrowdesk.app.classifier import EngineState
    from marrowdesk.app.main import Desk, application

    app = application(["bench"])
    desk = Desk(app, bundle)
    window = desk.window
    window.resize(1366, 768)
    desk.show()
    until(lambda: window.classifier.state in (EngineState.READY, EngineState.FAILED))
    spin(1)
    monitor, times = GapMonitor(), {}
    began = time.perf_counter()

    def note(name: str) -> None:
        times.setdefault(name, time.perf_counter() - began)

    window.thumbnails.arrived.connect(lambda _: note("first thumbnail"))
    window.classifier.progressed.connect(lambda _: note("first proposal"))
    window.commands.open([folder])
    until(lambda: screen_full(window))
    note("a screen of thumbnails")
    shown = len(window.gallery.screen_rows())
    until(lambda: "first proposal" in times)
    monitor.stop()
    desk.end()
    plain = plain_loop(folder, shown)
    print(
        f"{len(list(folder.iterdir())):,} images, {shown} on the screen; plain loop over these {plain:.2f} s"
    )
    print(f"{'':26}{'s':>8}{'of the plain loop':>20}")
    for name, seconds in times.items():
        print(f"{name:26}{seconds:8.2f}{seconds / plain:20.1f}")
    print(f"worst gap of the window meanwhile {monitor.worst():.0f} ms")
    return int(times["first thumbnail"] > TARGET)


def screen_full(window) -> bool:
    """Whether the screen is full of cells, all with their pictures."""
    gallery, cells = window.gallery, window.model.cells
    if window.gallery.view.grid.height <= gallery.view.viewport().height():
        return False
    side = gallery._delegate.device_side(gallery.view.devicePixelRatioF())
    return all(
        isinstance(window.thumbnails.picture(cells[row].place, side), QImage) for row in gallery.screen_rows()
    )


if __name__ == "__main__":
    sys.exit(main())
