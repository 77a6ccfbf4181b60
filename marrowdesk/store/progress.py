"""How far a case is, read as it lies: it is not brought up to date, and nothing is left beside it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from marrowdesk.store.cells import PROGRESS
from marrowdesk.store.copying import TRIES, log_of, readable_copy, state_of
from marrowdesk.store.database import check_readable, connect
from marrowdesk.store.errors import explained, not_a_case
from marrowdesk.store.holding import read_holder
from marrowdesk.store.schema import version_of


def progress_of(path: Path) -> tuple[int, int]:
    """Give how many cells a case has and how many of them a reader decided on, whoever writes into it.

    A case without a write-ahead log is whole in its file, and the few pages that count are read there without
    locks or files beside it (sqlite.org/uri.html, "immutable"); they are read again where somebody began to
    write meanwhile. One with a log is read beside whoever writes into it.

    Args:
        path: the case file, of this or an earlier version; it and its folder may be read-only.

    Raises:
        CaseFileMissing: there is no such file.
        NotACaseFile: it is something else.
        CaseFileTooNew: a newer program wrote it.
        CaseFileDamaged: its content is damaged.
        CaseFileReadOnly: it cannot be read.
        CaseFileError: another error.
    """
    path = Path(path).absolute()
    check_readable(path)
    with explained(path):
        for _ in range(TRIES):
            before = state_of(path)
            if log_of(path).exists():
                break
            try:
                found = _read(path, "ro&immutable=1", path)
            except sqlite3.Error:
                if before == state_of(path):
                    raise
            else:
                if before == state_of(path) and not log_of(path).exists():
                    return found
        return _beside_a_writer(path)


def _beside_a_writer(path: Path) -> tuple[int, int]:
    """Read a case with a log: SQLite takes part in that on this computer only, and where it may write."""
    holder = read_holder(path)
    if (holder is None or not holder.elsewhere) and path.with_name(path.name + "-shm").exists():
        try:
            return _read(path, "ro", path)
        except sqlite3.Error:  # no right to take part: a copy tells, or has the same error
            pass
    copy = readable_copy(path, same_computer=False)
    try:
        return _read(copy, "rw", path)
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)


def _read(opened: Path, mode: str, path: Path) -> tuple[int, int]:
    """Count in one file; ``path`` is the one to name in messages."""
    with closing(connect(opened, mode)) as connection:
        if not version_of(connection, path):
            raise not_a_case(path, "is an empty database, not a MarrowDesk case")
        cells, reviewed = connection.execute(PROGRESS).fetchone()
    return int(cells), int(reviewed)
