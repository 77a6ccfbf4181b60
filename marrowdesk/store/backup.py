"""Copies of a case: whole and consistent, made while it is in use, the last ten kept, put back on request.

Copies lie in a folder ``copies`` beside the case, in one folder a case, each a whole case file; there it is
opened to be read only, elsewhere it is a case like any other. Their names tell when they were made, UTC.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from marrowdesk.atomic import sync_folder
from marrowdesk.reach import is_file, is_folder
from marrowdesk.store.casefile import SUFFIX, CaseFile
from marrowdesk.store.database import connect
from marrowdesk.store.errors import (
    CaseFileDamaged,
    CaseFileFull,
    CaseFileMissing,
    CaseFileReadOnly,
    NotACaseFile,
    damaged,
    explained,
)
from marrowdesk.store.holding import Holding
from marrowdesk.store.leftovers import draft_of, sweep_drafts
from marrowdesk.store.surplus import surplus

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 10
"""How many copies of a case are kept; the oldest goes when another comes, see :func:`surplus`."""

_AHEAD = timedelta(hours=1)
"""Dated later than that, a copy was made while a clock was wrong; clocks of two computers differ by less."""

_OF_THE_SOURCE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What can be wrong with what is copied; anything else is wrong where the copy is written."""

_NAME = re.compile(r"(\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d)(?: (\d+))?" + re.escape(SUFFIX))
_FORM = "%Y-%m-%d %H.%M.%S"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a case.

    Attributes:
        path: its file.
        at: when it was made, UTC.
        size: bytes.
    """

    path: Path
    at: datetime
    size: int


def copies_folder(case: Path) -> Path:
    """Give the folder of the copies of a case; it may not exist yet."""
    return case.parent / "copies" / case.stem


def case_of_copy(path: Path) -> Path | None:
    """Give the case that a file is an earlier copy of, by where it lies; None where it is none."""
    path = path.absolute()
    folder = path.parent
    if folder.parent.name != "copies" or not _NAME.fullmatch(path.name):
        return None
    return folder.parent.with_name(folder.name + SUFFIX)


def backups(case: Path, now: datetime | None = None) -> list[Backup]:
    """List the copies of a case, the latest first; other files in their folder are passed over.

    Copies dated in the future come last: what was made while the clock was wrong is older than what it says.

    Args:
        case: the case file.
        now: time, UTC; by default the clock's.
    """
    folder, latest = copies_folder(case), (now or datetime.now(UTC)) + _AHEAD
    found = []
    for path in folder.glob(f"*{SUFFIX}") if is_folder(folder) else ():
        named = _NAME.fullmatch(path.name)
        if named:
            at = datetime.strptime(named[1], _FORM).replace(tzinfo=UTC)
            order = at <= latest, at, int(named[2] or 0)
            found.append((order, Backup(path, at, path.stat().st_size)))
    return [each for _, each in sorted(found, key=lambda row: row[0], reverse=True)]


def back_up(case: Path, now: datetime | None = None) -> Backup:
    """Copy a case as it is at this moment, with all that was decided in any window; older copies go.

    The copy is a snapshot of SQLite's own (its online backup): a decision is wholly in it or not at all. It
    is checked, and on the disk, before it gets its name; a crash leaves nothing that looks like a copy,
    and what it leaves goes with the next one.

    Args:
        case: the case file; it may be open.
        now: time of the copy, UTC; by default the clock's.

    Raises:
        CaseFileError: the case cannot be read, or the copy cannot be written.
    """
    if not is_file(case):
        raise CaseFileMissing(f"There is no case at {case}.", "Was it moved or renamed?")
    at = now or datetime.now(UTC)
    folder = copies_folder(case)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sweep_drafts(folder)
        draft = draft_of(folder / "copy")
        try:
            _copy(case, draft)
            path = _free_name(folder, at)
            os.replace(draft, path)
        finally:
            _remove(draft)
        sync_folder(folder)
        made = Backup(path, at.replace(microsecond=0), path.stat().st_size)
        before = [each.path for each in backups(case, at) if each.path != path]
        for old in surplus([path, *before], KEPT):
            old.unlink(missing_ok=True)
        return made
    except OSError as error:
        raise CaseFileReadOnly(
            f"A copy of the case cannot be written into {folder} ({error.strerror or error}).",
            "Free some space on that disk and check the rights of the folder; the case is not touched.",
        ) from error


def back_up_daily(case: Path, now: datetime | None = None, zone: tzinfo | None = None) -> Backup | None:
    """Copy a case unless a copy of this day is there already.

    Args:
        case: the case file; it may be open.
        now: time, UTC; by default the clock's.
        zone: where the day begins at midnight; by default that of the computer.

    Returns:
        The copy; None where there was one of today.

    Raises:
        CaseFileError: as of :func:`back_up`.
    """
    at = now or datetime.now(UTC)
    today = at.astimezone(zone).date()
    if any(each.at.astimezone(zone).date() == today for each in backups(case, at)):
        return None
    return back_up(case, at)


def restore(backup: Path, case: Path) -> Backup | None:
    """Put a copy in the place of its case; what the case was until now is kept as a copy itself.

    No program may have the case open; while it is put back none can open it.

    Args:
        backup: the copy; it stays where it is.
        case: the case file; it may be missing or damaged.

    Returns:
        The copy of what the case was; None where it could not be read any more. A damaged file is then kept
        beside the case, with the ending ``.damaged``.

    Raises:
        CaseFileInUse: another program has the case open.
        CaseFileError: the copy is no sound case, or the case cannot be written; the case is then as it was.
    """
    holding = Holding.acquire(case)
    try:
        return _restored(backup, case)
    finally:
        holding.release()


def _restored(backup: Path, case: Path) -> Backup | None:
    sweep_drafts(case.parent)
    draft = draft_of(case)
    try:
        _copy(backup, draft)
        with CaseFile.open(draft):
            pass
        kept = _set_aside(case)
        os.replace(draft, case)
        sync_folder(case.parent)
    except OSError as error:
        raise CaseFileReadOnly(
            f"The case {case} cannot be replaced ({error.strerror or error}).",
            "Close other windows that show it and check the rights of the file; nothing was changed.",
        ) from error
    finally:
        _remove(draft)
    return kept


def _remove(draft: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Make a checked copy that is on the disk, as one file without a journal beside it."""
    with explained(source), closing(connect(source)) as old, closing(connect(target, "rwc")) as new:
        try:
            old.backup(new, pages=1024)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _OF_THE_SOURCE:
                raise
            raise CaseFileFull(
                f"A copy of the case cannot be written into {target.parent} ({error}).",
                "Free some space on that disk and check the rights of the folder; the case is not touched.",
            ) from error
        (sound,) = new.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise damaged(source, sound)
        # As every case: written into a journal of its own, which closing empties and takes away.
        new.execute("PRAGMA journal_mode = WAL")
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _free_name(folder: Path, at: datetime) -> Path:
    stem = at.astimezone(UTC).strftime(_FORM)
    names = (f"{stem}{SUFFIX}", *(f"{stem} {number}{SUFFIX}" for number in range(2, 1000)))
    return next(path for name in names if not (path := folder / name).exists())


def _set_aside(case: Path) -> Backup | None:
    """Keep what a case is now; then nothing of its journal lies beside the place for the new file."""
    kept = None
    if case.exists():
        try:
            kept = back_up(case)
        except (CaseFileDamaged, NotACaseFile):  # keep the file itself, for whoever can mend it
            os.replace(case, case.with_name(f"{case.name}.damaged"))
    for ending in ("-wal", "-shm"):
        case.with_name(case.name + ending).unlink(missing_ok=True)
    return kept
