"""What a case of 500, 20,000 and 100,000 cells costs in the real window: opening, working, memory, file.

Run: python tests/benchmarks/bench_large_case.py [CELLS ...]

Each case is opened in a process of its own. Times of acts are medians, painted windows included; the unit
beside them is a loop of a million additions in the same process, so that machines compare. Gaps are those of
the event loop, without the time in which the system let other programs run first.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from event_gaps import GapMonitor, spin, until
from large_cases import large_case, linked_slide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNTS = (500, 20_000, 100_000)
RUNS = 15
DECIDED = 200
LIMIT_MB = {20_000: 1536}
"""Most memory that the window may take, by cells."""


def acts(window) -> Iterator[tuple[str, Callable[[int], object]]]:
    """Give what is measured: a name, and what to do in run number n."""
    from marrowdesk.app.gallery import Sort, Special

    gallery, model, bar = window.gallery, window.model, window.gallery.view.verticalScrollBar()
    sorts = (Sort.MOST_CERTAIN, Sort.STATE, Sort.RISK, Sort.CASE, Sort.LEAST_CERTAIN)
    choices = ("LYT", Special.UNREVIEWED, "BLA", None)
    yield "scroll a page", lambda n: bar.setValue((n + 1) * bar.pageStep())
    yield "jump anywhere", lambda n: bar.setValue(bar.maximum() * (n * 7 % RUNS) // RUNS)
    yield "sort", lambda n: gallery.set_sort(sorts[n % len(sorts)])
    yield "sort by name", lambda n: gallery.set_sort((Sort.NAME, Sort.CASE)[n % 2])
    yield "filter by class or kind", lambda n: gallery.set_class_filter(choices[n % len(choices)])
    yield "filter by certainty", lambda n: gallery.set_filter(low=(n % 5) / 10, high=0.9)
    gallery.clear_filters()
    gallery.set_sort(Sort.LEAST_CERTAIN)
    yield "decide on a cell, go on", lambda n: window.review.assign("EOS")
    yield "to the next unreviewed", lambda n: window.review.next()
    yield "undo", lambda n: window.review.undo()
    yield "recount", lambda n: (model._count.outdated(), model.differential())


def clock(app, act: Callable[[int], object]) -> tuple[float, float]:
    """Give the median and the worst milliseconds of an act with the paint events it leads to."""
    times = []
    for number in range(RUNS):
        began = time.perf_counter()
        act(number)
        app.processEvents()
        times.append(1000 * (time.perf_counter() - began))
        spin(0.02)
    return statistics.median(times), max(times)


def unit() -> float:
    """Give the milliseconds of a million additions."""
    began, total = time.perf_counter(), 0
    for number in range(1_000_000):
        total += number
    return 1000 * (time.perf_counter() - began)


def opened(path: Path, count: int) -> int:
    """Open a case in the window and work with it; in a process of its own."""
    from marrowdesk.app.main import Desk, application

    app = application(["bench"])
    desk = Desk(app, None, lambda *_: None)
    window = desk.window
    window.resize(1366, 768)
    window.preferences.change(reader="bench")
    desk.show()
    spin(3)
    print(f"{count:,} cells: {path.stat().st_size / count:.0f} bytes a cell with its proposal, without maps")
    monitor, additions = GapMonitor(), unit()
    monitor.phase("opening")
    began = time.perf_counter()
    window.session.open([path])
    until(lambda: len(window.model.cells) == count)
    took = time.perf_counter() - began
    monitor.phase("the five seconds after")
    spin(5)
    monitor.stop()
    print(f"  opened in {took:.1f} s")
    for phase in ("opening", "the five seconds after"):
        own = max((1000 * gap.own for gap in monitor.gaps if gap.phase == phase), default=0)
        print(f"  worst gap {own:4.0f} ms of its own, {monitor.worst(phase):4.0f} ms in all, {phase}")
    print(f"  {'':26}{'median ms':>10}{'worst':>8}{'units':>8}")
    for name, act in acts(window):
        middle, worst = clock(app, act)
        print(f"  {name:26}{middle:10.1f}{worst:8.1f}{middle / additions:8.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of the window {peak:.0f} MB")
    window.session.close()
    desk.end()
    return int(peak > LIMIT_MB.get(count, peak))


def main(counts: list[int]) -> int:
    """Make the cases and open each; give 1 where one took too much memory."""
    failed = 0
    for count in counts:
        with tempfile.TemporaryDirectory() as home:
            began = time.perf_counter()
            path = large_case(
                Path(home) / "bench.mdcase", linked_slide(Path(home) / "slide", count), decided=DECIDED
            )
            print(f"(made in {time.perf_counter() - began:.0f} s)", flush=True)
            environment = os.environ | {"MARROWDESK_HOME": str(Path(home) / "home")}
            command = [sys.executable, __file__, "--case", str(path), str(count)]
            failed |= subprocess.run(command, env=environment, check=False).returncode
    return failed


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        sys.exit(opened(Path(sys.argv[2]), int(sys.argv[3])))
    sys.exit(main([int(each) for each in sys.argv[1:]] or list(COUNTS)))
