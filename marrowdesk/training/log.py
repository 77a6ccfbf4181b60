"""The log of a training run: one CSV row a report, cut back where a run goes on from a checkpoint."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.training.checkpoint import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LOG = "log.csv"
COLUMNS = ("step", "loss", "rate", "images_per_second", "macro_f1", "mean_recall")
_FORMATS = {"step": "d", "loss": ".4f", "rate": ".2e", "images_per_second": ".1f"}


def add_row(folder: Path, row: Mapping[str, float]) -> None:
    """Add a row; columns it does not name stay empty.

    Raises:
        MarrowdeskError: the log cannot be written.
    """
    path = folder / LOG
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow({name: format(value, _FORMATS.get(name, ".4f")) for name, value in row.items()})


def read_log(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Read the log: for each column the steps at which it has a value, and the values."""
    series: dict[str, list[tuple[int, float]]] = {name: [] for name in COLUMNS[1:]}
    if not (folder / LOG).exists():
        return series
    for step, row in _rows(folder / LOG):
        for name, values in series.items():
            if row.get(name):
                values.append((step, float(row[name])))
    return series


def cut_log(folder: Path, step: int) -> None:
    """Forget the rows after a step: a run that goes on from its checkpoint writes them anew.

    Raises:
        MarrowdeskError: the log cannot be written.
    """
    path = folder / LOG
    if not path.exists():
        return
    with writing(path):
        kept = io.StringIO(newline="")
        writer = csv.DictWriter(kept, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for done, row in _rows(path) if done <= step)
        write_atomically(path, kept.getvalue().encode())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Read the whole rows of a log with their steps.

    A kill or a full disk may have torn one, and the next was then written behind what was left of it. The
    checkpoint is whole nevertheless, and the run goes on without that row.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as stream:
        for row in csv.DictReader(stream):
            whole = None not in row and None not in row.values()
            if whole and row.get("step", "").isdecimal():
                yield int(row["step"]), row
