"""How long the window leaves the person waiting while a report is typed beside its preview.

Run: python tests/benchmarks/bench_preview.py [--keys 120]

Types into a field beside the preview of a report of 500 cells with 60 pictures, as a good typist would, then
scrolls, zooms, and prints to a file at 600 dpi. What must hold: below 100 ms while it is typed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

import numpy as np
from event_gaps import GapMonitor, spin, until
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget
from report_samples import NORMAL, cells, report_of

from marrowdesk.app import operations
from marrowdesk.app.collector import GarbageCollector
from marrowdesk.app.main import application
from marrowdesk.app.preview import ReportPreview
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.drawn import draw_cell
from marrowdesk.report import pictures

SIDE = 250
KEY_EVERY = 0.09
PAUSE_EVERY = 12
"""Keys after which the typist thinks for as long as it takes to see the pages made anew."""

WORDS = "Hypercellular marrow with left shift; megakaryocytes of normal number and shape. "


def main() -> int:
    """Measure and print; give 1 when the window was away for 100 ms while the report was typed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=120)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application(["bench"])  # noqa: F841 - lives as long as this function
    collector = GarbageCollector(lambda: True)  # as in the program
    report = sample()
    window, field, preview = desk()
    made, shown = [], []
    preview.changed.connect(lambda: shown.append(time.perf_counter()))
    monitor = GapMonitor()
    monitor.phase("first report")

    def typed() -> None:
        written = replace(report, header=replace(report.header, comment=field.toPlainText()))
        preview.show_report(lambda: made.append(1) or pdf(written))

    field.textChanged.connect(typed)
    typed()
    until(lambda: shown)
    monitor.phase("typing")
    for number in range(options.keys):
        QTest.keyClick(field, WORDS[number % len(WORDS)])
        spin(KEY_EVERY)
        if number % PAUSE_EVERY == PAUSE_EVERY - 1:
            until(lambda: not preview.busy)
    until(lambda: not preview.busy)
    monitor.phase("scrolling and zooming")
    scroll_and_zoom(preview)
    monitor.phase("printing")
    pages, seconds = print_to_file(window, preview.content())
    monitor.stop()
    print(
        f"{len(report.pictures)} pictures, {options.keys} keys, {len(made)} reports made, {len(shown)} shown"
    )
    print(f"{pages} pages painted at 600 dpi in {seconds:.1f} s")
    for phase in ("first report", "typing", "scrolling and zooming", "printing"):
        print(f"  worst gap {monitor.worst(phase):6.0f} ms  {phase}")
    for gap in monitor.longest(8):
        print(f"  {gap}")
    worst = monitor.worst("typing")
    collector.stop()
    window.close()
    operations.shut_down()
    return int(worst >= 100)


def sample():
    """Give a report of 520 cells with 60 pictures."""
    many = cells(NORMAL, 0.6)
    rng = np.random.default_rng(1)
    chosen = pictures.choose(many, MARROW)
    return report_of(
        many, shown=[pictures.picture(each, draw_cell(each.code or "", rng, SIDE)) for each in chosen]
    )


def pdf(report) -> bytes:
    """Write the report."""
    from marrowdesk.report.pdf import pdf_bytes

    return pdf_bytes(report)


def desk() -> tuple[QWidget, QPlainTextEdit, ReportPreview]:
    """Give a window with a field and a preview beside each other."""
    window = QWidget()
    field, preview = QPlainTextEdit(), ReportPreview()
    row = QHBoxLayout(window)
    row.addWidget(field, 1)
    row.addWidget(preview, 1)
    window.resize(1366, 768)
    window.show()
    field.setFocus()
    return window, field, preview


def scroll_and_zoom(preview: ReportPreview) -> None:
    """Look through the pages."""
    bar = preview.view.verticalScrollBar()
    for _ in range(40):
        bar.setValue((bar.value() + 150) % max(1, bar.maximum()))
        spin(0.03)
    for action in (preview.bar.zoom_in, preview.bar.zoom_in, preview.bar.fit_page, preview.bar.fit_width):
        action.trigger()
        spin(0.4)


def print_to_file(window: QWidget, content: bytes) -> tuple[int, float]:
    """Print all pages to a file; give how many, and the seconds."""
    from marrowdesk.app.print_job import measure
    from marrowdesk.app.printing import PrintProgress, print_on, printer_for

    found: list = []
    owner = QObject()
    operations.Operation(owner, lambda _: measure(content), lane=operations.Lane.LONG).on_success(
        found.append
    ).start()
    until(lambda: found)
    with tempfile.TemporaryDirectory() as folder:
        printer = printer_for(found[0].sizes[0], "bench")
        printer.setOutputFileName(str(Path(folder) / "out.pdf"))
        printer.setResolution(600)
        began = time.perf_counter()
        print_on(window, printer, content, found[0])
        until(lambda: not window.findChildren(PrintProgress))
        return len(found[0].sizes), time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
