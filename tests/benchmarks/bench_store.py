"""Measures the case file: opening, deciding (alone and while predictions stream in) and its size.

Run as ``python tests/benchmarks/bench_store.py [CELLS]``; prints a table.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core import edits
from marrowdesk.core.cell import Cell, Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = ModelInfo("ab" * 32, "bench", "1", MARROW.codes[:21])
DECISIONS = 500
BATCH = 32


def fill(case: CaseFile, folder: Path, count: int) -> None:
    slide = case.add_slide("slide", folder)
    cells = [
        NewCell(Place(folder / "BLA" / f"BLA_{at:06}.jpg"), f"{at:064x}", 250, 250, "BLA")
        for at in range(count)
    ]
    for start in range(0, count, 500):
        case.add_cells(slide.id, cells[start : start + 500])
    case.add_model(MODEL)


def batches(cells: list[Cell], features: bool) -> Iterator[list[StoredPrediction]]:
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(21, 7, 7)).astype(np.float32)
    embedding = rng.normal(size=1008).astype(np.float32)
    shares = rng.dirichlet(np.ones(21), len(cells)).astype(np.float32)
    for start in range(0, len(cells), BATCH):
        yield [
            StoredPrediction(
                cell.id,
                shares[start + at],
                0.4,
                maps if features else None,
                (0.0, 0.0, 250.0, 250.0) if features else None,
                embedding if features else None,
            )
            for at, cell in enumerate(cells[start : start + BATCH])
        ]


def decide(case: CaseFile, cells: list[Cell]) -> list[float]:
    """Give the milliseconds of each decision."""
    taken = []
    for cell in cells:
        edit = edits.assign([cell], "LYT", "lymphocyte", "Reader", datetime.now(UTC))
        started = time.perf_counter()
        case.record(edit)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def decide_meanwhile(case: CaseFile, cells: list[Cell]) -> list[float]:
    """Decide while a worker writes predictions without pause."""
    done = threading.Event()

    def stream() -> None:
        while not done.is_set():
            for batch in batches(cells[-2000:], features=True):
                if done.is_set():
                    break
                case.add_predictions(MODEL.sha256, batch)

    worker = threading.Thread(target=stream)
    worker.start()
    try:
        taken = []
        for cell in cells[:DECISIONS]:
            taken += decide(case, [cell])
            time.sleep(0.01)
        return taken
    finally:
        done.set()
        worker.join()


def seconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def spread(taken: list[float]) -> str:
    tail = statistics.quantiles(taken, n=100)[98]
    return f"median {statistics.median(taken):.1f} ms, 99 % {tail:.1f} ms, worst {max(taken):.1f} ms"


def size_after_close(case: CaseFile) -> int:
    case.close()
    return case.path.stat().st_size


def open_and_read(path: Path) -> None:
    with CaseFile.open(path) as case:
        case.cells()


def open_and_rebuild(path: Path) -> None:
    with CaseFile.open(path) as case:
        case.undo_history()


def measure(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Give what was measured as (label, value)."""
    path = folder / "bench.mdcase"
    case = CaseFile.create(path, MARROW, "bench")
    yield "add the cells", f"{seconds(lambda: fill(case, folder, count)):.2f} s"
    cells = case.cells()
    sizes = [size_after_close(case)]
    case = CaseFile.open(path)
    streamed = list(batches(cells, features=True))
    taken = seconds(lambda: [case.add_predictions(MODEL.sha256, batch) for batch in streamed])
    yield "store a prediction with maps and embedding", f"{1000 * taken / count:.2f} ms"
    sizes.append(size_after_close(case))
    case = CaseFile.open(path)
    yield "record a decision", spread(decide(case, cells[:DECISIONS]))
    sizes.append(size_after_close(case))
    case = CaseFile.open(path)
    everything = edits.assign(cells, "BLA", "blast", "Reader", datetime.now(UTC))
    yield "record a decision on all cells", f"{seconds(lambda: case.record(everything)):.2f} s"
    sizes.append(size_after_close(case))
    yield "bytes a cell", f"{sizes[0] / count:.0f}"
    yield "bytes a prediction with maps and embedding", f"{(sizes[1] - sizes[0]) / count:.0f}"
    yield "bytes a decision, one by one", f"{(sizes[2] - sizes[1]) / DECISIONS:.0f}"
    yield "bytes a decision, all at once", f"{(sizes[3] - sizes[2]) / count:.0f}"
    yield "open and read all cells", f"{min(seconds(lambda: open_and_read(path)) for _ in range(3)):.2f} s"
    yield "open and rebuild the undo history", f"{seconds(lambda: open_and_rebuild(path)):.2f} s"
    with CaseFile.open(path) as case:
        yield "record while predictions stream in", spread(decide_meanwhile(case, cells))


def main(count: int) -> None:
    print(f"Case of {count} cells, all predicted and decided")
    with tempfile.TemporaryDirectory() as name:
        for label, value in measure(Path(name), count):
            print(f"  {label:<44} {value}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
