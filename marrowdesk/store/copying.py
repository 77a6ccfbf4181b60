"""A copy of a case to read, made beside whoever writes into it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.store.database import connect
from marrowdesk.store.errors import CaseFileLocked, CaseFileReadOnly
from marrowdesk.store.leftovers import folder_prefix, sweep_folders

if TYPE_CHECKING:
    from os import stat_result

TRIES = 20
"""How often a case is read that changes meanwhile."""

_PAUSE = 0.1


def readable_copy(case: Path, *, same_computer: bool) -> Path:
    """Copy a case into a folder of its own among the temporary files.

    On the computer of whoever writes into it SQLite copies it (its online backup). On another one SQLite
    must not touch it, nor can it where the folder is read-only: then file and write-ahead log are copied as
    they are, until neither has changed meanwhile, and SQLite puts them together from the copies. A case
    without a log is whole in its file and copied likewise: SQLite would leave files of its own beside it.

    What killed programs left of such copies is removed before.

    Args:
        case: the case file.
        same_computer: whether whoever writes into it does so on this computer.

    Returns:
        The copy, alone in a new folder; the caller removes it.

    Raises:
        CaseFileLocked: it changes without a pause.
        CaseFileReadOnly: it cannot be copied.
    """
    sweep_folders(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=folder_prefix()))
    copy = folder / case.name
    try:
        if not (same_computer and log_of(case).exists() and _backed_up(case, copy)):
            _files_copied(case, copy)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise CaseFileReadOnly(
                f"The case {case} cannot be read ({error.strerror or error}).",
                "Check the rights of the file and the space among the temporary files.",
            ) from error
        raise
    return copy


def _backed_up(case: Path, copy: Path) -> bool:
    try:
        with closing(connect(case, "ro")) as old, closing(connect(copy, "rwc")) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error:  # no right to take part in its journal
        for ending in ("", "-wal", "-shm"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)
        return False
    return True


def _files_copied(case: Path, copy: Path) -> None:
    log, log_copy = log_of(case), log_of(copy)
    for _ in range(TRIES):
        before = state_of(case), state_of(log)
        log_copy.unlink(missing_ok=True)
        if before[1] is not None:  # first the log: what goes from it into the file is then in both
            shutil.copyfile(log, log_copy)
        shutil.copyfile(case, copy)
        if before == (state_of(case), state_of(log)):
            return
        time.sleep(_PAUSE)
    raise CaseFileLocked(
        f"The case {case} is being written without a pause.", "Wait a moment and open it again."
    )


def log_of(case: Path) -> Path:
    """Give the write-ahead log of a case; it is there while somebody writes, and after a crash."""
    return case.with_name(case.name + "-wal")


def state_of(path: Path) -> tuple[int, int] | None:
    """Give what changes when a file is written: its size in bytes and its time in ns; None without a file."""
    try:
        found: stat_result = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
