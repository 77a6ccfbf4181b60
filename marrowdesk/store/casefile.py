"""The case file: one SQLite file that keeps the cells of a case and every decision made on them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from marrowdesk import __version__
from marrowdesk.core.taxonomy import Scheme
from marrowdesk.store.cells import CellTable
from marrowdesk.store.columns import MAX_ID, now_text
from marrowdesk.store.database import Database
from marrowdesk.store.journal import DecisionJournal
from marrowdesk.store.predictions import PredictionTable
from marrowdesk.store.signing import SignatureTable
from marrowdesk.store.slides import SlideTable

if TYPE_CHECKING:
    import sqlite3

    from marrowdesk.store.values import Moment

SUFFIX = ".mdcase"
"""Ending of case files."""


class CaseFile(SlideTable, CellTable, PredictionTable, DecisionJournal, SignatureTable):
    """An open case; what a method wrote is on the disk when it returns.

    May be used from several threads at once, see :mod:`marrowdesk.store.database`. All methods raise a
    :class:`~marrowdesk.core.errors.CaseFileError` (its children are in :mod:`marrowdesk.store.errors`) when
    the file cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self._db = database

    @classmethod
    def create(cls, path: Path, scheme: Scheme, title: str) -> Self:
        """Make a new case and open it.

        Args:
            path: the file to make, by custom with the ending ``.mdcase``; missing folders are made.
            scheme: the classes it is counted with.
            title: what the person calls it.

        Raises:
            CaseFileExists: there is a file already.
            CaseFileReadOnly: the folder cannot be written.
            CaseFileError: another error; its child class says which.
        """

        def fill(connection: sqlite3.Connection) -> None:
            at = now_text()
            connection.execute("INSERT INTO about VALUES (1, ?, ?, ?)", (title, at, __version__))
            connection.execute("INSERT INTO scheme(at, json) VALUES (?, ?)", (at, scheme.to_json()))

        return cls(Database.create(Path(path), fill))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a case; one of an earlier version is brought up to date.

        Raises:
            CaseFileMissing: there is no such file.
            NotACaseFile: it is something else.
            CaseFileTooNew: a newer program wrote it.
            CaseFileDamaged: its content is damaged.
            CaseFileReadOnly: the file or its folder cannot be written.
            CaseFileLocked: another program keeps it locked.
            CaseFileError: another error.
        """
        return cls(Database(Path(path)))

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
    def scheme(self) -> Scheme:
        """The classes the case is counted with."""
        with self._db.reading() as connection:
            (json,) = connection.execute("SELECT json FROM scheme ORDER BY id DESC LIMIT 1").fetchone()
        return Scheme.from_json(json)

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
            connection.execute(
                "INSERT INTO field(at, name, value) VALUES (?, ?, ?)", (now_text(), name, value)
            )
