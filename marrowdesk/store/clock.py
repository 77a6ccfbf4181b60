"""The time of what is written into a case: it never goes back, so that by time acts are in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.store.columns import time_text, time_value
from marrowdesk.store.errors import damaged

if TYPE_CHECKING:
    import sqlite3

_TABLES = ("batch", "analysis", "field", "scheme", "press")
"""From whose times it is told what stood when an act was done."""


def _greatest(of_one: str) -> str:
    """Give the query of the greatest of what a query finds in each of the tables."""
    parts = (f"ifnull(({of_one.format(each)}), '')" for each in _TABLES)
    return f"SELECT max({', '.join(parts)})"


_LATEST = _greatest("SELECT max(at) FROM {}")
_LAST = _greatest("SELECT at FROM {} ORDER BY rowid DESC LIMIT 1")

_NEXT = timedelta(milliseconds=1)


class CaseClock:
    """Gives the times of what one open case writes.

    Looking through all times takes long in a case of many acts, and is done once: from then on the last row
    of each table is the latest.
    """

    def __init__(self) -> None:
        self._found: str | None = None

    def time_after_all(self, connection: sqlite3.Connection) -> str:
        """Give the present time as it is written; where the clock was set back, one just after the last row.

        Signatures are not among these: each says itself what it holds, and has the time of the clock.

        Args:
            connection: of the transaction in which the time is written.

        Raises:
            CaseFileDamaged: a time in the case is none.
        """
        now = time_text(datetime.now(UTC))
        if self._found is None:
            (self._found,) = connection.execute(_LATEST).fetchone()
        last = max(self._found, *connection.execute(_LAST).fetchone())
        if now > last:
            return now
        try:
            return time_text(time_value(last) + _NEXT)
        except (OverflowError, TypeError, ValueError) as error:
            _, _, path = connection.execute("PRAGMA database_list").fetchone()
            raise damaged(Path(path), error) from error
