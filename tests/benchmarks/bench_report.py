"""Measures the report: PDF of 500 cells with 60 pictures, cold and warm, and the lists of cells.

Run as ``python tests/benchmarks/bench_report.py [CELLS]``; prints a table.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "report"))

from report_samples import ALL_COLUMNS, NORMAL, cells, report_of

from marrowdesk.core.adjusted import adjusted
from marrowdesk.core.outlook import evidence_of
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.drawn import draw_cell
from marrowdesk.report import pictures

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5
SIDE = 250


def timed(job: Callable[[], bytes]) -> tuple[float, int]:
    """Run a job once; give seconds and bytes."""
    start = time.perf_counter()
    size = len(job())
    return time.perf_counter() - start, size


def show(name: str, job: Callable[[], bytes]) -> None:
    """Print the first run and the median of more."""
    first, size = timed(job)
    median = statistics.median(timed(job)[0] for _ in range(REPEATS))
    print(f"{name:34}{first:10.3f}{median:10.3f}{size / 1024:10.0f}")


def main(count: int) -> None:
    """Measure and print."""
    share = count / 500
    many = cells({code: max(1, round(number * share)) for code, number in NORMAL.items()}, 0.6)
    rng = np.random.default_rng(1)
    shown = [
        pictures.picture(each, draw_cell(each.code or "", rng, SIDE))
        for each in pictures.choose(many, MARROW)
    ]
    report = replace(report_of(many, shown=shown), adjusted=adjusted(evidence_of(many), MARROW))

    def pdf(*options: str) -> bytes:
        from marrowdesk.report.options import PrintOptions
        from marrowdesk.report.pdf import pdf_bytes  # the first run counts loading reportlab and the fonts

        return pdf_bytes(report, PrintOptions(*options, columns=ALL_COLUMNS))

    def csv() -> bytes:
        from marrowdesk.report.tables import cells_csv

        return cells_csv(many, report.slides)

    def json() -> bytes:
        from marrowdesk.report.tables import report_json

        return report_json(report, many)

    print(f"{len(many)} cells, {len(shown)} pictures of {SIDE} px, Python {sys.version.split()[0]}")
    print(f"{'':34}{'first s':>10}{'then s':>10}{'KiB':>10}")
    show("adjusted count", lambda: adjusted(evidence_of(many), MARROW).counts.tobytes())
    for name, *options in (
        ("PDF, whole report, A4", "marrow", "A4", "en"),
        ("PDF, whole report, Letter", "marrow", "Letter", "en"),
        ("PDF, whole report, German", "marrow", "A4", "de"),
        ("PDF, whole report, Chinese", "marrow", "A4", "zh"),
        ("PDF, one page", "summary", "A4", "en"),
        ("PDF, blood film", "blood", "A4", "en"),
    ):
        show(name, lambda options=options: pdf(*options))
    show("CSV", csv)
    show("JSON", json)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
