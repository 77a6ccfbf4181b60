"""The classes that a case is counted with; the earlier ones stay in the file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import Scheme
from marrowdesk.store.columns import MAX_ID
from marrowdesk.store.errors import CaseRecordRefused, damaged

if TYPE_CHECKING:
    from marrowdesk.store.database import Database
    from marrowdesk.store.values import Moment


class ClassTable:
    """The part of a case file that holds its classes."""

    _db: Database

    @cached_property
    def scheme(self) -> Scheme:
        """The classes the case is counted with."""
        return self.scheme_at(None)

    def scheme_at(self, moment: Moment | None) -> Scheme:
        """Give the classes that the case was counted with at a moment; now where it is None."""
        last = MAX_ID if moment is None else moment.scheme
        with self._db.reading() as connection:
            (json,) = connection.execute(
                "SELECT json FROM scheme WHERE id <= ? ORDER BY id DESC LIMIT 1", (last,)
            ).fetchone()
        try:
            return Scheme.from_json(json)
        except MarrowdeskError as error:
            raise damaged(self._db.path, error) from error

    def set_scheme(self, scheme: Scheme) -> None:
        """Count with other classes from now on; the earlier ones stay in the file.

        Raises:
            CaseFileSigned: the case is signed.
            CaseRecordRefused: the classes lack one that a reader gave to a cell.
            CaseFileError: nothing was written; the child class says why.
        """
        with self._db.writing() as connection:
            rows = connection.execute("SELECT DISTINCT to_code FROM decision WHERE to_code IS NOT NULL")
            lost = sorted({code for (code,) in rows} - set(scheme.codes))
            if lost:
                raise CaseRecordRefused(
                    f"Readers of the case {self._db.path} gave cells the class {', '.join(lost)}, which the "
                    "new classes lack; nothing was changed.",
                    "Keep that class.",
                )
            row = (self._db.clock.time_after_all(connection), scheme.to_json())
            connection.execute("INSERT INTO scheme(at, json) VALUES (?, ?)", row)
        self.__dict__.pop("scheme", None)
