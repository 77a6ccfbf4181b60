"""The manual count of a case: every key pressed is appended, one that is taken back too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk import __version__
from marrowdesk.core.manual import Press
from marrowdesk.store.columns import MAX_ID
from marrowdesk.store.errors import CaseRecordRefused

if TYPE_CHECKING:
    import sqlite3

    from marrowdesk.store.database import Database
    from marrowdesk.store.values import Moment

_INSERT = "INSERT INTO press(at, reader, program, smear, code, undoes) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"


class PressTable:
    """The part of a case file that holds its manual count."""

    _db: Database

    def presses(self, moment: Moment | None = None) -> list[Press]:
        """Give the keys that stand, the oldest first.

        Args:
            moment: the state to show; the present one when None.
        """
        with self._db.reading() as connection:
            return standing_presses(connection, MAX_ID if moment is None else moment.press)

    def press(self, smear: int, code: str, reader: str) -> Press:
        """Append a key; it is on the disk when this returns.

        Args:
            smear: number of the smear, from 1.
            code: the class.
            reader: who counts.

        Raises:
            CaseFileSigned: the case is signed.
            CaseFileError: nothing was written; the child class says why.
        """
        with self._db.writing() as connection:
            row = (self._db.clock.time_after_all(connection), reader, __version__, smear, code, None)
            (number,) = connection.execute(_INSERT, row).fetchone()
        return Press(int(number), smear, code)

    def take_back(self, press: Press, reader: str) -> None:
        """Append that a key is taken back.

        Raises:
            CaseRecordRefused: it is not in the case, or is taken back already.
            CaseFileError: nothing was written; the child class says why.
        """
        with self._db.writing() as connection:
            if press.id not in {each.id for each in standing_presses(connection, MAX_ID)}:
                raise CaseRecordRefused(f"The manual count of {self._db.path} has no key {press.id}.")
            row = (
                self._db.clock.time_after_all(connection),
                reader,
                __version__,
                press.smear,
                press.code,
                press.id,
            )
            connection.execute(_INSERT, row)


def standing_presses(connection: sqlite3.Connection, last: int) -> list[Press]:
    """Read the keys up to a row that stand then, within a transaction."""
    rows = connection.execute(
        "SELECT id, smear, code FROM press WHERE undoes IS NULL AND id <= :last AND id NOT IN "
        "(SELECT undoes FROM press WHERE undoes IS NOT NULL AND id <= :last) ORDER BY id",
        {"last": last},
    )
    return [Press(*row) for row in rows.fetchall()]
