"""The journal of a case: every act of a reader is appended, nothing is ever changed; undo appends too."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from marrowdesk import __version__
from marrowdesk.core.edits import Change, Edit
from marrowdesk.store.columns import review_columns, review_value, time_value
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.values import Act, JournalRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from marrowdesk.store.database import Database

_PAGE = 2000

_DECIDE = """
INSERT INTO decision(batch, cell, prediction, from_verdict, from_code, from_reader, from_at,
                     to_verdict, to_code, to_reader, to_at)
VALUES (?1, ?2, (SELECT max(id) FROM prediction WHERE cell = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
"""

_JOURNAL = """
SELECT decision.id, batch.id, batch.at, batch.reader, batch.program, batch.text, batch.undoes, model.sha256,
       decision.cell, from_verdict, from_code, from_reader, from_at, to_verdict, to_code, to_reader, to_at
FROM decision JOIN batch ON batch.id = decision.batch
LEFT JOIN prediction ON prediction.id = decision.prediction
LEFT JOIN analysis ON analysis.id = prediction.analysis
LEFT JOIN model ON model.id = analysis.model
WHERE decision.id > ? ORDER BY decision.id LIMIT ?
"""

_ACTS = """
SELECT batch.id, batch.at, batch.reader, batch.text, batch.undoes, count(decision.id), max(decision.id)
FROM batch LEFT JOIN decision ON decision.batch = batch.id GROUP BY batch.id ORDER BY batch.id
"""

History = list[tuple[int, Edit]]
"""Pairs of the number to name as ``undoes`` and the edit; the next one to undo or redo is the last."""


class DecisionJournal:
    """The part of a case file that holds what readers decided."""

    _db: Database

    def record(
        self, edit: Edit, undoes: int | None = None, reader: str | None = None, resolves: int | None = None
    ) -> int:
        """Append an act; it is on the disk when this returns.

        Args:
            edit: what was done; to undo, the inverse of the act's edit; to redo, the act's edit.
            undoes: to undo, the number of the act; to redo, the number of the undo.
            reader: who acts; by default whoever the edit names, and for an undo or redo whoever did the act.
            resolves: number of the sitting on whose differing cells this decides.

        Returns:
            Number of the act, to be named when it is undone.

        Raises:
            CaseRecordRefused: a cell or act is not in the case, or the act is taken back already.
            CaseFileError: nothing was written; the child class says why.
            ValueError: a time has no time zone, or the edit is empty.
        """
        rows = rows_of(edit)
        with self._db.writing() as connection:
            who = reader or _reader(connection, edit, undoes)
            batch = connection.execute(
                "INSERT INTO batch(at, reader, program, text, undoes) VALUES (?, ?, ?, ?, ?)",
                (self._db.clock.time_after_all(connection), who, __version__, edit.text, undoes),
            ).lastrowid
            connection.executemany(_DECIDE, ((batch, *row) for row in rows))
            if resolves is not None:
                connection.execute("INSERT INTO resolution(batch, sitting) VALUES (?, ?)", (batch, resolves))
        if batch is None:
            raise CaseRecordRefused(f"The case {self._db.path} did not take the decision.")
        return batch

    def undo_history(self) -> History:
        """Give the acts that can be undone, the oldest first: undo starts at the end.

        Undo with ``record(edit.inverse(), undoes=number)``.
        """
        return self._histories()[0]

    def redo_history(self) -> History:
        """Give the acts that were undone and can be done again: redo starts at the end.

        Redo with ``record(edit, undoes=number)``, where the number is that of the undo.
        """
        return self._histories()[1]

    def journal(self) -> Iterator[JournalRow]:
        """Give all decisions ever made, the oldest first, one row a cell."""
        last = 0
        while True:
            with self._db.reading() as connection:
                rows = connection.execute(_JOURNAL, (last, _PAGE)).fetchall()
                found = [_journal_row(row) for row in rows]
            if not rows:
                return
            last = rows[-1][0]
            yield from found

    def acts(self) -> list[Act]:
        """Give all acts ever done, the oldest first."""
        with self._db.reading() as connection:
            return [
                Act(number, time_value(at), reader, text, cells, undoes, last or 0)
                for number, at, reader, text, undoes, cells, last in connection.execute(_ACTS)
            ]

    def _histories(self) -> tuple[History, History]:
        with self._db.reading() as connection:
            batches = connection.execute("SELECT id, undoes, text FROM batch ORDER BY id").fetchall()
            changes = changes_of(connection)
            edits = {batch: Edit(text, tuple(changes[batch])) for batch, _, text in batches}
            return histories(batches, edits)


def rows_of(edit: Edit) -> list[tuple[object, ...]]:
    """Write the changes of an edit as columns: cell, what stood before, what stands after.

    Raises:
        ValueError: a time has no time zone, or the edit is empty.
    """
    if not edit:
        raise ValueError("An edit without changes is no act.")
    return [(each.cell, *review_columns(each.before), *review_columns(each.after)) for each in edit.changes]


def histories(
    batches: Iterable[tuple[int, int | None, str]], edits: Mapping[int, Edit]
) -> tuple[History, History]:
    """Give what can be undone and what can be redone, the next one last.

    Args:
        batches: number, what it takes back, and text of each act, the oldest first.
        edits: what each did.
    """
    undo, redo = _stacks(batches)
    return [(batch, edits[batch]) for batch in undo], [(batch, edits[batch].inverse()) for batch in redo]


def _stacks(batches: Iterable[tuple[int, int | None, str]]) -> tuple[list[int], list[int]]:
    """Replay the acts: which stand (to undo), and which undos can be taken back (to redo)."""
    undo: dict[int, None] = {}
    redo: dict[int, None] = {}
    for batch, undoes, _ in batches:
        if undoes is None:
            undo[batch] = None
            redo.clear()
        elif undoes in undo:
            del undo[undoes]
            redo[batch] = None
        else:
            redo.pop(undoes, None)
            undo[batch] = None
    return list(undo), list(redo)


def changes_of(connection: sqlite3.Connection, table: str = "decision") -> defaultdict[int, list[Change]]:
    """Read what all acts of a journal did, by number of the act."""
    rows = connection.execute(
        "SELECT batch, cell, from_verdict, from_code, from_reader, from_at, "
        f"to_verdict, to_code, to_reader, to_at FROM {table} ORDER BY id"
    )
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for batch, cell, *reviews in rows:
        changes[batch].append(Change(cell, review_value(*reviews[:4]), review_value(*reviews[4:])))
    return changes


def _reader(connection: sqlite3.Connection, edit: Edit, undoes: int | None) -> str:
    if undoes is not None:
        row = connection.execute("SELECT reader FROM batch WHERE id = ?", (undoes,)).fetchone()
        return "" if row is None else str(row[0])
    first = edit.changes[0]
    review = first.after or first.before
    return "" if review is None else review.reader


def _journal_row(row: tuple[Any, ...]) -> JournalRow:
    _, batch, at, reader, program, text, undoes, sha256, cell, *reviews = row
    return JournalRow(
        batch=batch,
        at=time_value(at),
        reader=reader,
        program=program,
        text=text,
        cell_id=cell,
        before=review_value(*reviews[:4]),
        after=review_value(*reviews[4:]),
        model=None if sha256 is None else sha256.hex(),
        undoes=undoes,
    )
