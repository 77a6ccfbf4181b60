"""The tables of a study: a row a combination, with what its runs came to on average."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.training.agreement import WELL_FILLED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from marrowdesk.training.study.grid import Combination, Part
    from marrowdesk.training.study.results import Result

SCORES = ("macro precision", "macro recall", "macro F1")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A combination and what its runs came to.

    Attributes:
        combination: what was trained.
        results: of each seed that is finished.
        peers: those, and the results of the same network with other losses.
        failure: why there is no result, where it was tried; empty otherwise.
    """

    combination: Combination
    results: tuple[Result, ...]
    peers: tuple[Result, ...]
    failure: str = ""

    def mean(self, of: Callable[[Result], float]) -> float:
        """Average over the seeds; nan without a result."""
        return float(np.mean([of(each) for each in self.results])) if self.results else float("nan")

    def fastest(self, of: Callable[[Result], float]) -> float:
        """Give a network's best speed; nan without a result.

        A loss takes next to no time, and other work on the machine makes a run slower, never faster.
        """
        return max((of(each) for each in self.peers), default=float("nan"))

    @property
    def training_speed(self) -> float:
        """Images/s while training."""
        return self.fastest(lambda each: each.training_speed)

    @property
    def classifying_speed(self) -> float:
        """Images/s of the network alone."""
        return self.fastest(lambda each: each.classifying_speed)

    def score(self, name: str, end: str = "value") -> float:
        """Give one of :data:`SCORES`, or an end of its interval, averaged over the seeds."""
        return self.mean(lambda each: each.scores[name][end])

    def filled(self, name: str) -> float:
        """Give one of :data:`SCORES` over the well-filled classes; nan where there are none."""
        return self.mean(lambda each: each.filled.get(name, float("nan")))

    def spread(self) -> float:
        """Give the standard deviation of macro F1 between seeds; nan with fewer than two."""
        values = [each.scores["macro F1"]["value"] for each in self.results]
        return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def rows_of(part: Part, results: Collection[Result], failures: Mapping[Combination, str]) -> list[Row]:
    """Give the rows of one table; combinations that were not tried yet are left out."""
    rows = []
    for combination in part.combinations:
        own = [each for each in results if each.combination == combination]
        peers = [each for each in results if replace(each.combination, loss=combination.loss) == combination]
        failure = "" if own else failures.get(combination, "")
        if own or failure:
            rows.append(Row(combination, tuple(own), tuple(peers if own else ()), failure))
    return rows


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the tables.

    Attributes:
        name: its heading.
        value: gives it of a row; nan where there is none.
        show: writes it.
        best: 1 where more is better, -1 where less is, 0 where neither is.
    """

    name: str
    value: Callable[[Row], float]
    show: Callable[[Row], str]
    best: int = 1


def _number(name: str, value: Callable[[Row], float], form: str, best: int = 1) -> Column:
    return Column(name, value, lambda row: "" if np.isnan(value(row)) else format(value(row), form), best)


def _score(name: str) -> Column:
    def show(row: Row) -> str:
        ends = f"{row.score(name, '95 % from'):.3f}–{row.score(name, '95 % to'):.3f}"
        return f"{row.score(name):.3f} ({ends})"

    return Column(name, lambda row: row.score(name), show)


def _columns(rows: Sequence[Row], classes: int) -> list[Column]:
    """Choose the columns: those of well-filled classes only where they are not all classes or none."""
    some = any(0 < each.filled.get("classes", 0) < classes for row in rows for each in row.results)
    filled = [
        _number(f"{name}, classes ≥ {WELL_FILLED}", partial(Row.filled, name=name), ".3f") for name in SCORES
    ]
    several = [
        _number("± between seeds", Row.spread, ".3f", -1),
        _number("seeds", lambda row: len(row.results), ".0f", 0),
    ]
    return [
        _number("parameters (M)", lambda row: row.mean(lambda each: each.parameters / 1e6), ".2f", -1),
        _number("images/s training", lambda row: row.training_speed, ".1f"),
        _number("images/s classifying", lambda row: row.classifying_speed, ".1f"),
        *(_score(name) for name in SCORES),
        *(several if any(len(row.results) > 1 for row in rows) else []),
        *(filled if some else []),
        _number("macro F1, loss undone", lambda row: row.mean(lambda each: each.undone), ".3f"),
        _number("seconds", lambda row: row.mean(lambda each: each.seconds), ".1f", -1),
    ]


def markdown(part: Part, rows: Sequence[Row], classes: int) -> str:
    """Write a table as Markdown, the best value of each column in bold, and why any row has none.

    Args:
        part: what is compared.
        rows: at least one.
        classes: number of classes that are measured.
    """
    columns = _columns(rows, classes)
    finished = [row for row in rows if row.results]
    best = {each.name: _best(each, finished) for each in columns}
    lines = [
        f"| {part.varied} | {' | '.join(each.name for each in columns)} |",
        f"|---|{'---:|' * len(columns)}",
    ]
    for row in rows:
        shown = [
            f"**{told}**" if (told := each.show(row)) and row in best[each.name] else told for each in columns
        ]
        if not row.results:
            shown = ["failed", *[""] * (len(columns) - 1)]
        lines.append(f"| {getattr(row.combination, part.varied)} | {' | '.join(shown)} |")
    failed = [f"- {row.combination}: failed. {row.failure}" for row in rows if not row.results]
    return "\n".join([*lines, *([""] if failed else []), *failed])


def _best(column: Column, rows: Sequence[Row]) -> list[Row]:
    """Find the rows that are best as they are shown; none where there is nothing to choose between."""
    values = {row: column.best * column.value(row) for row in rows}
    known = [value for value in values.values() if not np.isnan(value)]
    if not column.best or len(known) < 2:
        return []
    top = next(row for row, value in values.items() if value == max(known))
    same = [row for row in rows if column.show(row) == column.show(top)]
    return same if len(same) < len(rows) else []


def as_records(tables: Sequence[tuple[Part, Sequence[Row]]]) -> list[dict[str, object]]:
    """Give every row of every table as plain values, with the same fields in each."""
    return [_record(part, row) for part, rows in tables for row in rows]


def _record(part: Part, row: Row) -> dict[str, object]:
    told = row.combination
    values = {
        "parameters": row.mean(lambda each: each.parameters),
        "training images/s": row.training_speed,
        "classifying images/s": row.classifying_speed,
        **{
            f"{name}{end and ' ' + end}": row.score(name, end or "value")
            for name in SCORES
            for end in ("", "95 % from", "95 % to")
        },
        "macro F1 standard deviation between seeds": row.spread(),
        "well-filled classes": row.mean(lambda each: each.filled.get("classes", 0)),
        **{f"{name}, well-filled classes": row.filled(name) for name in SCORES},
        "macro F1, loss undone": row.mean(lambda each: each.undone),
        "seconds": row.mean(lambda each: each.seconds),
    }
    return {
        "table": part.title.lower(),
        "architecture": told.architecture,
        "loss": told.loss,
        "attention": told.attention,
        "seeds": len(row.results),
        **{name: None if np.isnan(value) else round(value, 6) for name, value in values.items()},
        "machine": "; ".join(dict.fromkeys(each.machine for each in row.results)),
        "failed": row.failure,
    }


def as_csv(records: Sequence[Mapping[str, object]]) -> str:
    """Write records as CSV; what is not known stays empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()
