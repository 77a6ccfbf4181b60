"""Second readings: each has a journal of its own, and neither reader's decisions stand for the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk import __version__
from marrowdesk.core.edits import Edit
from marrowdesk.store.cells import models_by_id
from marrowdesk.store.columns import now_text, review_value, time_value
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.journal import changes_of, histories, rows_of
from marrowdesk.store.values import Sitting

if TYPE_CHECKING:
    from marrowdesk.core.cell import Review
    from marrowdesk.store.database import Database
    from marrowdesk.store.journal import History

_STANDING = """
SELECT cell, to_verdict, to_code, to_reader, to_at FROM sitting_decision WHERE id IN (
  SELECT max(sitting_decision.id) FROM sitting_decision JOIN sitting_batch ON sitting_batch.id = batch
  WHERE sitting = ? GROUP BY cell)
"""

_UNDECIDED = """
SELECT cell.id, analysis.model FROM cell
JOIN prediction ON prediction.id = (SELECT max(id) FROM prediction WHERE cell = cell.id)
JOIN analysis ON analysis.id = prediction.analysis
WHERE NOT EXISTS (SELECT 1 FROM decision WHERE decision.cell = cell.id)
AND cell.id NOT IN (SELECT cell FROM sitting_decision) ORDER BY cell.id
"""
"""Cells with a proposal that nobody ever decided on, also where that was taken back since."""

_DECIDE = """
INSERT INTO sitting_decision(batch, cell, prediction, from_verdict, from_code, from_reader, from_at,
                             to_verdict, to_code, to_reader, to_at)
VALUES (?1, ?2, (SELECT max(id) FROM prediction WHERE cell = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
"""


class SittingTable:
    """The part of a case file that holds second readings."""

    _db: Database

    def add_sitting(self, reader: str) -> Sitting:
        """Begin a second reading.

        Raises:
            CaseFileSigned: the case is signed.
            CaseFileError: nothing was written; the child class says why.
            ValueError: there is no name.
        """
        if not reader.strip():
            raise ValueError("A second reading needs the reader's name.")
        with self._db.writing() as connection:
            at = now_text()
            row = connection.execute(
                "INSERT INTO sitting(at, reader, program) VALUES (?, ?, ?) RETURNING id",
                (at, reader.strip(), __version__),
            ).fetchone()
        return Sitting(int(row[0]), time_value(at), reader.strip())

    def sittings(self) -> list[Sitting]:
        """Give all second readings, the oldest first."""
        with self._db.reading() as connection:
            rows = connection.execute("SELECT id, at, reader FROM sitting ORDER BY id").fetchall()
            decided = {
                id_: sum(1 for row in connection.execute(_STANDING, (id_,)) if row[1] is not None)
                for id_, *_ in rows
            }
            return [Sitting(id_, time_value(at), reader, decided[id_]) for id_, at, reader in rows]

    def record_in(self, sitting: int, edit: Edit, undoes: int | None = None) -> int:
        """Append an act to a second reading; it is on the disk when this returns.

        Args:
            sitting: number of the reading.
            edit: as for ``record``.
            undoes: as for ``record``; numbers are those of this journal.

        Returns:
            Number of the act in the journal of second readings.

        Raises:
            CaseRecordRefused: a cell, act or reading is not in the case, or the act is taken back already.
            CaseFileError: nothing was written; the child class says why.
            ValueError: a time has no time zone, or the edit is empty.
        """
        rows = rows_of(edit)
        with self._db.writing() as connection:
            found = connection.execute("SELECT reader FROM sitting WHERE id = ?", (sitting,)).fetchone()
            if found is None:
                raise CaseRecordRefused(f"The case {self._db.path} has no second reading {sitting}.")
            (batch,) = connection.execute(
                "INSERT INTO sitting_batch(sitting, at, reader, program, text, undoes) "
                "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (sitting, now_text(), found[0], __version__, edit.text, undoes),
            ).fetchone()
            connection.executemany(_DECIDE, ((batch, *row) for row in rows))
        return int(batch)

    def sitting_reviews(self, sitting: int) -> dict[int, Review]:
        """Give the standing decisions of a second reading by cell."""
        with self._db.reading() as connection:
            rows = connection.execute(_STANDING, (sitting,)).fetchall()
            found = {cell: review_value(*columns) for cell, *columns in rows}
        return {cell: review for cell, review in found.items() if review is not None}

    def sitting_history(self, sitting: int) -> tuple[History, History]:
        """Give what can be undone and what can be redone in a second reading, the next one last."""
        with self._db.reading() as connection:
            batches = connection.execute(
                "SELECT id, undoes, text FROM sitting_batch WHERE sitting = ? ORDER BY id", (sitting,)
            ).fetchall()
            changes = changes_of(connection, "sitting_decision")
            edits = {batch: Edit(text, tuple(changes[batch])) for batch, _, text in batches}
            return histories(batches, edits)

    def proposed_by_another(self, model: str) -> dict[int, str]:
        """Give the cells that may be classified again: proposed by another model, and never decided on.

        A cell that a first or second reader ever decided on keeps the proposal it was decided against:
        undoing and redoing then never shows an agreement with what nobody saw. Where the case knows no other
        model, no cell is looked at.

        Args:
            model: sha256 of a model's weights.

        Returns:
            The model of the standing proposal by cell, in the order of the case; cells without a proposal are
            not among them.
        """
        with self._db.reading() as connection:
            others = {
                id_: each.sha256 for id_, each in models_by_id(connection).items() if each.sha256 != model
            }
            if not others:
                return {}
            rows = connection.execute(_UNDECIDED).fetchall()
        return {int(cell): others[by] for cell, by in rows if by in others}

    def resolved(self, sitting: int) -> dict[int, Review | None]:
        """Give the cells that were settled between the first reading and this one.

        Returns:
            By cell what the first reader had decided before; a resolution that was taken back or decided on
            again is none any more.
        """
        with self._db.reading() as connection:
            rows = connection.execute(
                "SELECT cell, from_verdict, from_code, from_reader, from_at FROM decision "
                "WHERE id IN (SELECT max(id) FROM decision GROUP BY cell) "
                "AND batch IN (SELECT batch FROM resolution WHERE sitting = ?)",
                (sitting,),
            )
            return {int(cell): review_value(*columns) for cell, *columns in rows}
