"""How far a case is and where its images lay, read as it lies: nothing is written into it or beside it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from marrowdesk.store.cells import PROGRESS
from marrowdesk.store.copying import TRIES, log_of, readable_copy, state_of
from marrowdesk.store.database import check_readable, connect
from marrowdesk.store.errors import damaged, explained, not_a_case
from marrowdesk.store.holding import read_holder
from marrowdesk.store.schema import version_of
from marrowdesk.store.slides import first_files, slides_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class LyingSlide:
    """A slide of a case that is not open.

    Attributes:
        id: its number in the case.
        name: what the person calls it.
        folder: where its images lay when they were found last.
        images: its first image files in the order of their names, as (path relative to the folder, SHA-256).
    """

    id: int
    name: str
    folder: Path
    images: tuple[tuple[str, bytes], ...]


def slides_of(path: Path, images: int) -> list[LyingSlide]:
    """Give the slides of a case, whoever writes into it, in the order they were added.

    Args:
        path: as for :func:`progress_of`.
        images: how many image files to give of each slide.

    Raises:
        CaseFileError: as for :func:`progress_of`.
    """

    def ask(connection: sqlite3.Connection) -> list[LyingSlide]:
        return [
            LyingSlide(slide.id, slide.name, slide.folder, tuple(first_files(connection, slide.id, images)))
            for slide in slides_by_id(connection).values()
        ]

    return _as_it_lies(path, ask)


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

    def ask(connection: sqlite3.Connection) -> tuple[int, int]:
        cells, reviewed = connection.execute(PROGRESS).fetchone()
        return int(cells), int(reviewed)

    return _as_it_lies(path, ask)


def _as_it_lies(path: Path, ask: Callable[[sqlite3.Connection], _Found]) -> _Found:
    path = Path(path).absolute()
    check_readable(path)
    with explained(path):
        for _ in range(TRIES):
            before = state_of(path)
            if log_of(path).exists():
                break
            try:
                found = _read(path, "ro&immutable=1", path, ask)
            except sqlite3.Error:
                if before == state_of(path):
                    raise
            else:
                if before == state_of(path) and not log_of(path).exists():
                    return found
        return _beside_a_writer(path, ask)


def _beside_a_writer(path: Path, ask: Callable[[sqlite3.Connection], _Found]) -> _Found:
    """Read a case with a log: SQLite takes part in that on this computer only, and where it may write.

    Whoever closes it last has to write the log into the file: were it we, and we could only read, the log
    would stay, and the file taken along by itself would lack what is in it.
    """
    holder = read_holder(path)
    if (holder is None or not holder.elsewhere) and path.with_name(path.name + "-shm").exists():
        try:
            return _read(path, "rw", path, ask)
        except sqlite3.Error:  # no right to take part: a copy tells, or has the same error
            pass
    copy = readable_copy(path, same_computer=False)
    try:
        return _read(copy, "rw", path, ask)
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)


def _read(opened: Path, mode: str, path: Path, ask: Callable[[sqlite3.Connection], _Found]) -> _Found:
    """Ask one file; ``path`` is the one to name in messages."""
    with closing(connect(opened, mode)) as connection:
        if not version_of(connection, path):
            raise not_a_case(path, "is an empty database, not a MarrowDesk case")
        try:
            return ask(connection)
        except (TypeError, ValueError) as error:  # rows that cannot be understood
            raise damaged(path, error) from error
