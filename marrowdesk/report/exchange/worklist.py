"""A day's worklist: what a laboratory wants to know of each case, one row a case, as CSV or workbook."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marrowdesk import __version__
from marrowdesk.report.exchange.workbook import Sheet, workbook_bytes
from marrowdesk.report.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

COLUMNS = (
    "title", "accession", "state", "held_by", "counted", "cells", "reviewed", "open", "version", "signed_by",
    "signed_at", "changed_at", "thresholds", "flags", "file", "error",
)  # fmt: skip
"""The columns of the table, in order."""


class State(enum.StrEnum):
    """How far a case is.

    Attributes:
        OPEN: not signed.
        REOPENED: signed before, and open again.
        SIGNED: its first version is signed.
        AMENDED: a later version is signed.
        BROKEN: its file cannot be read.
    """

    OPEN = "open"
    REOPENED = "reopened"
    SIGNED = "signed"
    AMENDED = "amended"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Entry:
    """One case.

    Attributes:
        path: its file.
        state: how far it is.
        title: what the person calls it; the file's name where it cannot be read.
        accession: number of the specimen.
        held_by: who else has it open, and where; empty for nobody.
        counted: nucleated cells counted.
        total: all cells.
        reviewed: cells a reader decided on.
        version: the signed one, or the one that is being worked on.
        signed_by: who signed; empty while it is open.
        signed_at: when; None while it is open.
        changed_at: when it was last worked on; None where it cannot be read.
        thresholds: those that the count crosses or lies above, in words.
        flags: what a reader should know besides, in words.
        error: why it cannot be read; empty where it can.
    """

    path: Path
    state: State
    title: str
    accession: str = ""
    held_by: str = ""
    counted: int = 0
    total: int = 0
    reviewed: int = 0
    version: int = 1
    signed_by: str = ""
    signed_at: datetime | None = None
    changed_at: datetime | None = None
    thresholds: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    error: str = ""

    @property
    def open(self) -> int:
        """Cells no reader decided on."""
        return self.total - self.reviewed


def worklist_csv(entries: Iterable[Entry]) -> bytes:
    """Write the table as CSV; times are ISO 8601 in their own zone."""
    rows = (
        [value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value for value in row]
        for row in _rows(entries)
    )
    return csv_bytes(COLUMNS, rows)


def worklist_xlsx(entries: Iterable[Entry], made_at: datetime) -> bytes:
    """Write the table as a workbook; times are UTC."""
    heads = [f"{each} (UTC)" if each.endswith("_at") else each for each in COLUMNS]
    return workbook_bytes([Sheet("Worklist", heads, _rows(entries))], made_at, f"MarrowDesk {__version__}")


def _rows(entries: Iterable[Entry]) -> Iterator[list[Any]]:
    for each in entries:
        known = each.state is not State.BROKEN
        counts = (each.counted, each.total, each.reviewed, each.open, each.version)
        yield [
            each.title, each.accession, each.state.value, each.held_by, *(counts if known else (None,) * 5),
            each.signed_by, each.signed_at, each.changed_at,
            "; ".join(each.thresholds), "; ".join(each.flags), each.path.name, each.error,
        ]  # fmt: skip
