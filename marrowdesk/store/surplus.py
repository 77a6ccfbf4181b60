"""Which copies of a case may go: the oldest, but none that is open or holds work that is nowhere else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from marrowdesk.store.database import connect
from marrowdesk.store.holding import living_holder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ACTS = ("batch", "sitting_batch", "press", "field", "scheme", "signature", "reopening")
"""The tables that hold what readers did; what a model proposed can be proposed again."""

_UNTOUCHED = "ro&immutable=1"
"""Reads a file without a lock and leaves nothing beside it."""

_Acts = dict[str, tuple[int, str]]
"""Number and time of the last row by table."""


def surplus(copies: Sequence[Path], most: int) -> list[Path]:
    """Give the copies that are more than wanted.

    A copy that somebody went on working in, or that holds what a case was before another copy was put in its
    place, stays until a later one holds the same acts.

    Args:
        copies: all of a case, the latest first.
        most: how many stay in any case.
    """
    stay = list(copies[:most])
    for copy in copies[most:]:
        if _in_use(copy) or not _held_by_one(stay, _last_acts(copy)):
            stay.append(copy)
    return [copy for copy in copies if copy not in stay]


def _in_use(copy: Path) -> bool:
    """Whether a program has it open, or left a journal beside it that is not in the file yet."""
    return living_holder(copy) is not None or copy.with_name(copy.name + "-wal").exists()


def _last_acts(copy: Path) -> _Acts:
    """Read the last acts; none where it is damaged."""
    found: _Acts = {}
    try:
        with closing(connect(copy, _UNTOUCHED)) as connection:
            for table in _tables(connection):
                row = connection.execute(f"SELECT id, at FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
                if row is not None:
                    found[table] = row
    except sqlite3.Error:
        return {}
    return found


def _held_by_one(copies: Sequence[Path], acts: _Acts) -> bool:
    return any(_holds(copy, acts) for copy in copies)


def _holds(copy: Path, acts: _Acts) -> bool:
    """Whether a copy holds those acts, and so all before them: they are only ever appended."""
    try:
        with closing(connect(copy, _UNTOUCHED)) as connection:
            there = _tables(connection)
            return all(
                table in there
                and connection.execute(f"SELECT 1 FROM {table} WHERE id = ? AND at = ?", row).fetchone()
                for table, row in acts.items()
            )
    except sqlite3.Error:
        return False


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Give those of the tables that a copy has: one of an earlier version has fewer."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = {name for (name,) in rows}
    return [table for table in _ACTS if table in names]
