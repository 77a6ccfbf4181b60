"""The case file: one SQLite file that keeps the cells of a case and every decision made on them."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from marrowdesk import __version__
from marrowdesk.reach import is_file, is_there
from marrowdesk.store.cells import CellTable
from marrowdesk.store.columns import MAX_ID, now_text, time_value
from marrowdesk.store.copying import readable_copy
from marrowdesk.store.database import Database
from marrowdesk.store.decided import DecidedTable
from marrowdesk.store.holding import Holding, read_holder
from marrowdesk.store.journal import DecisionJournal
from marrowdesk.store.packing import PackedImages
from marrowdesk.store.paths import SUFFIX as SUFFIX  # for whoever opens cases
from marrowdesk.store.presses import PressTable
from marrowdesk.store.signing import SignatureTable
from marrowdesk.store.sittings import SittingTable
from marrowdesk.store.twins import TwinTable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.store.values import Moment

_CASES = uuid.UUID("6f0e7a3c-2d0b-4a59-9c0e-5b7d1f4e8a21")  # the namespace of cases (RFC 9562, version 5)


class CaseFile(
    PackedImages,
    CellTable,
    TwinTable,
    DecidedTable,
    DecisionJournal,
    SittingTable,
    PressTable,
    SignatureTable,
):
    """An open case; what a method wrote is on the disk when it returns.

    May be used from several threads at once, see :mod:`marrowdesk.store.database`. All methods raise a
    :class:`~marrowdesk.core.errors.CaseFileError` (its children are in :mod:`marrowdesk.store.errors`) when
    the file cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._db = database

    @classmethod
    def create(cls, path: Path, scheme: Scheme, title: str, *, hold: bool = False) -> Self:
        """Make a new case and open it.

        Args:
            path: the file to make, by custom with the ending ``.mdcase``; missing folders are made.
            scheme: the classes it is counted with.
            title: what the person calls it.
            hold: let no other program write into it, see :mod:`marrowdesk.store.holding`.

        Raises:
            CaseFileExists: there is a file already.
            CaseFileReadOnly: the folder cannot be written.
            CaseFileInUse: another program is making it.
            CaseFileError: another error; its child class says which.
        """

        def fill(connection: sqlite3.Connection) -> None:
            at = now_text()
            connection.execute("INSERT INTO about VALUES (1, ?, ?, ?)", (title, at, __version__))
            connection.execute("INSERT INTO scheme(at, json) VALUES (?, ?)", (at, scheme.to_json()))

        with _held(path, hold) as holding:
            return cls(Database.create(Path(path), fill, holding))

    @classmethod
    def open(cls, path: Path, *, hold: bool = False, take_over: bool = False) -> Self:
        """Open a case; one of an earlier version is brought up to date.

        Args:
            path: the file.
            hold: let no other program write into it, see :mod:`marrowdesk.store.holding`.
            take_over: take it from a program that holds it.

        Raises:
            CaseFileMissing: there is no such file.
            NotACaseFile: it is something else.
            CaseFileTooNew: a newer program wrote it.
            CaseFileDamaged: its content is damaged.
            CaseFileReadOnly: the file or its folder cannot be written.
            CaseFileFull: there is no space left on its disk.
            CaseFileInUse: another program holds it.
            CaseFileLocked: another program keeps it locked.
            CaseFileError: another error.
        """
        if hold and not is_there(Path(path)):  # leave no trace beside a file that is not there
            return cls(Database(Path(path)))
        with _held(path, hold, take_over) as holding:
            return cls(Database(Path(path), holding))

    @classmethod
    def open_copy(cls, path: Path) -> Self:
        """Open a case for reading, as it is at this moment, whoever writes into it.

        Raises:
            CaseFileReadOnly: it cannot be read.
            CaseFileError: as of :meth:`open`.
        """
        path = Path(path).absolute()
        if not is_file(path):
            return cls(Database(path))  # says what is the matter
        holder = read_holder(path)
        copy = readable_copy(path, same_computer=holder is None or not holder.elsewhere)
        try:
            return cls(Database(path, copy=copy))
        except BaseException:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: what is open is a copy."""
        return self._db.read_only

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm. Later calls raise CaseFileClosed."""
        self._db.close()

    @property
    def path(self) -> Path:
        """The file, absolute."""
        return self._db.path

    @cached_property
    def title(self) -> str:
        """What the person calls the case."""
        with self._db.reading() as connection:
            (title,) = connection.execute("SELECT title FROM about").fetchone()
        return str(title)

    @cached_property
    def created(self) -> datetime:
        """When the case was made, UTC."""
        with self._db.reading() as connection:
            (created,) = connection.execute("SELECT created FROM about").fetchone()
            return time_value(created)

    @cached_property
    def identity(self) -> uuid.UUID:
        """What tells the case from all others, wherever it is copied to; it does not give its title away."""
        return uuid.uuid5(_CASES, f"{self.created.isoformat()}\n{self.title}")

    def fields(self, moment: Moment | None = None) -> dict[str, str]:
        """Give the header fields of the report, in the order they were first set.

        Args:
            moment: the state to show; the present one when None.
        """
        last = MAX_ID if moment is None else moment.field
        with self._db.reading() as connection:
            rows = connection.execute("SELECT name, value FROM field WHERE id <= ? ORDER BY id", (last,))
            return dict(rows.fetchall())

    def set_field(self, name: str, value: str) -> None:
        """Set a header field; earlier values stay in the file, the latest stands."""
        with self._db.writing() as connection:
            row = (self._db.clock.time_after_all(connection), name, value)
            connection.execute("INSERT INTO field(at, name, value) VALUES (?, ?, ?)", row)


@contextmanager
def _held(path: Path, hold: bool, take_over: bool = False) -> Iterator[Holding | None]:
    """Take the right to write, if that is wanted; give it back where opening fails."""
    holding = Holding.acquire(Path(path), take_over=take_over) if hold else None
    try:
        yield holding
    except BaseException:
        if holding is not None:
            holding.release()
        raise
