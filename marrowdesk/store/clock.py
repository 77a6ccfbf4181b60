"""The time of what is written into a case: it never goes back, so that by time acts are in their order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.store.columns import time_text, time_value
from marrowdesk.store.errors import damaged

if TYPE_CHECKING:
    import sqlite3

_LAST = """
SELECT max(ifnull((SELECT max(at) FROM batch), ''), ifnull((SELECT max(at) FROM analysis), ''),
           ifnull((SELECT max(at) FROM field), ''), ifnull((SELECT max(at) FROM scheme), ''),
           ifnull((SELECT max(at) FROM press), ''))
"""
"""The tables from whose times it is told what stood when an act was done."""

_NEXT = timedelta(milliseconds=1)


def time_after_all(connection: sqlite3.Connection) -> str:
    """Give the present time as it is written; where the clock was set back, one just after the last row.

    Signatures are not among these: each says itself what it holds, and has the time of the clock.

    Args:
        connection: of the transaction in which the time is written.

    Raises:
        CaseFileDamaged: a time in the case is none.
    """
    now = time_text(datetime.now(UTC))
    (last,) = connection.execute(_LAST).fetchone()
    if now > last:
        return now
    try:
        return time_text(time_value(last) + _NEXT)
    except (OverflowError, TypeError, ValueError) as error:
        _, _, path = connection.execute("PRAGMA database_list").fetchone()
        raise damaged(Path(path), error) from error
