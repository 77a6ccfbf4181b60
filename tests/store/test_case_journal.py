"""Decisions: appended before anything else happens, never changed, undone and redone across restarts."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from case_samples import MODEL, at, case_of, decide, fill_sample, proposal, reviews
from hypothesis import given, settings
from hypothesis import strategies as st

from marrowdesk import __version__
from marrowdesk.core import edits
from marrowdesk.core.cell import Cell, Review, Verdict
from marrowdesk.core.edits import Change, Edit
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.schema import APPEND_ONLY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sample.mdcase"


def test_that_the_journal_says_who_when_what_and_with_which_model(path):
    with case_of(path, 3) as case:
        case.add_predictions(MODEL.sha256, [proposal(1), proposal(2)])
        first, second, third = case.cells()
        case.record(edits.confirm([first, second], "Ann", at(0)))
        number = decide(case, [third], "BLA", "佐藤", 1)
        undo = edits.assign([third], "BLA", "blast", "佐藤", at(1)).inverse()
        case.record(undo, undoes=number, reader="Ben")
    with CaseFile.open(path) as case:
        rows = list(case.journal())
    assert [(row.batch, row.cell_id, row.reader, row.undoes) for row in rows] == [
        (1, 1, "Ann", None),
        (1, 2, "Ann", None),
        (2, 3, "佐藤", None),
        (3, 3, "Ben", 2),
    ]
    assert [row.text for row in rows] == ["2 cells: confirmed"] * 2 + ["1 cell: blast"] * 2
    assert [(row.from_verdict, row.from_code, row.to_verdict, row.to_code) for row in rows] == [
        (None, None, "confirmed", "LYT"),
        (None, None, "confirmed", "LYT"),
        (None, None, "assigned", "BLA"),
        ("assigned", "BLA", None, None),
    ]
    assert [row.model for row in rows] == [MODEL.sha256, MODEL.sha256, None, None]
    assert {row.program for row in rows} == {__version__}
    assert rows[2].after == Review(Verdict.ASSIGNED, "BLA", "佐藤", at(1))
    assert all(abs(datetime.now(UTC) - row.at) < timedelta(minutes=5) for row in rows)


def test_that_times_are_kept_as_utc_with_milliseconds(path):
    with case_of(path, 1) as case:
        case.record(
            edits.exclude(case.cells(), "Ann", datetime.fromisoformat("2025-03-01T23:59:59.9999+05:30"))
        )
        assert reviews(case)[1].at == datetime(2025, 3, 1, 18, 29, 59, 999_000, UTC)
    with contextlib.closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT to_at FROM decision").fetchone() == ("2025-03-01T18:29:59.999Z",)


def test_that_the_last_decision_written_stands_though_the_clock_was_set_back(path):
    with case_of(path, 1) as case:
        decide(case, case.cells(), "BLA", minutes=100)
        decide(case, case.cells(), "LYT", minutes=-100)
        assert reviews(case)[1].code == "LYT"


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id + 1000",
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1",
    ],
)
def test_that_the_file_itself_refuses_to_change_what_was_written(path, table, statement):
    with CaseFile.create(path, MARROW, "kept") as case:
        fill_sample(case)
    with contextlib.closing(sqlite3.connect(path)) as plain:
        before = plain.execute(f"SELECT * FROM {table}").fetchall()
        column = plain.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()[1][0]
        with pytest.raises(sqlite3.IntegrityError, match=f"rows of {table} are never"):
            plain.execute(statement.format(table=table, column=column))
        assert before
        assert plain.execute(f"SELECT * FROM {table}").fetchall() == before


def test_that_undo_and_redo_go_on_after_a_restart(path):
    with case_of(path, 2) as case:
        first, second = case.cells()
        one = edits.assign([first], "BLA", "blast", "Ann", at(0))
        two = edits.exclude([second], "Ann", at(1))
        case.record(one)
        number = case.record(two)
        case.record(two.inverse(), undoes=number)
    with CaseFile.open(path) as case:
        assert case.undo_history() == [(1, one)]
        assert case.redo_history() == [(3, two)]
        undo, again = case.redo_history()[-1]
        redone = case.record(again, undoes=undo)
        assert case.redo_history() == []
    with CaseFile.open(path) as case:
        assert case.undo_history() == [(1, one), (redone, two)]
        assert reviews(case)[2].verdict is Verdict.EXCLUDED
        for number, edit in reversed(case.undo_history()):
            case.record(edit.inverse(), undoes=number)
        assert reviews(case) == {1: None, 2: None}
        assert case.undo_history() == []
        assert [edit for _, edit in case.redo_history()] == [two, one]
        assert len(list(case.journal())) == 6


def test_that_a_new_act_ends_what_could_be_redone(path):
    with case_of(path, 1) as case:
        number = decide(case, case.cells(), "BLA")
        case.record(case.undo_history()[-1][1].inverse(), undoes=number)
        assert len(case.redo_history()) == 1
        decide(case, case.cells(), "LYT")
        assert case.redo_history() == []
        assert len(case.undo_history()) == 1


def test_that_an_act_is_taken_back_once(path):
    with case_of(path, 1) as case:
        number = decide(case, case.cells(), "BLA")
        undo = case.undo_history()[-1][1].inverse()
        case.record(undo, undoes=number)
        with pytest.raises(CaseRecordRefused):
            case.record(undo, undoes=number)
        with pytest.raises(CaseRecordRefused):
            case.record(undo, undoes=99)
        assert len(list(case.journal())) == 2


def test_that_a_refused_act_leaves_nothing_behind(path):
    with case_of(path, 1) as case:
        known = Change(1, None, Review(Verdict.EXCLUDED, None, "Ann", at(0)))
        unknown = Change(2, None, Review(Verdict.EXCLUDED, None, "Ann", at(0)))
        with pytest.raises(CaseRecordRefused):
            case.record(Edit("2 cells: excluded", (known, unknown)))
        assert list(case.journal()) == []
        assert case.undo_history() == []
        assert reviews(case) == {1: None}
        assert case.record(Edit("1 cell: excluded", (known,))) == 1


def test_that_an_act_without_changes_or_time_zone_is_refused(path):
    with case_of(path, 1) as case:
        with pytest.raises(ValueError, match="without changes"):
            case.record(edits.clear(case.cells()))
        with pytest.raises(ValueError, match="time zone"):
            case.record(edits.exclude(case.cells(), "Ann", at(0).replace(tzinfo=None)))
        assert list(case.journal()) == []


def test_that_a_cleared_review_is_signed_by_the_reader_who_had_made_it_unless_told(path):
    with case_of(path, 1) as case:
        decide(case, case.cells(), "BLA", "Ann")
        case.record(edits.clear(case.cells()))
        decide(case, case.cells(), "LYT", "Ann")
        case.record(edits.clear(case.cells()), reader="Ben")
        assert [row.reader for row in case.journal()] == ["Ann", "Ann", "Ann", "Ben"]


def test_that_two_openings_of_one_case_see_each_other(path):
    with case_of(path, 2) as one, CaseFile.open(path) as other:
        decide(one, one.cells()[:1], "BLA", "Ann")
        assert reviews(other)[1].code == "BLA"
        decide(other, other.cells()[1:], "LYT", "Ben")
        other.set_field("site", "sternum")
        assert reviews(one) == reviews(other)
        assert one.fields() == {"site": "sternum"}
        assert [row.reader for row in one.journal()] == ["Ann", "Ben"]


def test_that_a_long_journal_is_given_whole_and_in_order(path):
    with case_of(path, 1500) as case:
        for code in ("BLA", "LYT", "NGS"):
            decide(case, case.cells(), code)
        rows = list(case.journal())
    assert [(row.batch, row.cell_id) for row in rows] == [
        (batch, cell) for batch in (1, 2, 3) for cell in range(1, 1501)
    ]


_CELLS = st.sets(st.integers(0, 3), min_size=1)
_READERS = st.sampled_from(["Ann", "Ben"])
_ACTS = st.one_of(
    st.tuples(st.just("assign"), _CELLS, st.sampled_from(["BLA", "LYT"]), _READERS),
    st.tuples(st.just("confirm"), _CELLS, _READERS),
    st.tuples(st.just("exclude"), _CELLS, _READERS),
    st.tuples(st.just("clear"), _CELLS),
    st.sampled_from([("undo",), ("undo",), ("redo",), ("reopen",)]),
)


class Desk:
    """A case, and beside it the plainest model of what it should hold."""

    def __init__(self, path: Path) -> None:
        self.case = case_of(path, 4)
        self.case.add_predictions(MODEL.sha256, [proposal(1), proposal(2, "BLA"), proposal(3)])
        self.cells = self.case.cells()
        self.done: list[tuple[int, Edit]] = []
        self.undone: list[tuple[int, Edit]] = []
        self.minutes = 0

    def act(self, name: str, *parts: object) -> None:
        """Do one step on both."""
        self.minutes += 1
        if name == "reopen":
            self.case.close()
            self.case = CaseFile.open(self.case.path)
        elif name == "undo" and self.done:
            number, edit = self.done.pop()
            self.undone.append((self.case.record(edit.inverse(), undoes=number), edit))
            self.apply(edit.inverse())
        elif name == "redo" and self.undone:
            number, edit = self.undone.pop()
            self.done.append((self.case.record(edit, undoes=number), edit))
            self.apply(edit)
        elif name not in ("undo", "redo") and (edit := self.edit(name, *parts)):
            self.done.append((self.case.record(edit), edit))
            self.undone.clear()
            self.apply(edit)

    def edit(self, name: str, chosen: set[int], *parts: str) -> Edit:
        """Make the edit of a step from the cells of the plain model."""
        cells: list[Cell] = [self.cells[at_] for at_ in sorted(chosen)]
        if name == "assign":
            return edits.assign(cells, parts[0], "name", parts[1], at(self.minutes))
        if name == "clear":
            return edits.clear(cells)
        return getattr(edits, name)(cells, parts[0], at(self.minutes))

    def apply(self, edit: Edit) -> None:
        """Do an edit on the plain model."""
        for change in edit.changes:
            self.cells[change.cell - 1] = self.cells[change.cell - 1].with_review(change.after)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(_ACTS, max_size=25))
def test_that_any_sequence_of_acts_equals_a_plain_model(tmp_path_factory, steps):
    desk = Desk(tmp_path_factory.mktemp("desk") / "case.mdcase")
    for step in steps:
        desk.act(*step)
    desk.act("reopen")
    with desk.case as case:
        assert reviews(case) == {cell.id: cell.review for cell in desk.cells}
        assert [cell.code for cell in case.cells()] == [cell.code for cell in desk.cells]
        assert case.undo_history() == desk.done
        assert case.redo_history() == desk.undone
        replayed = {cell.id: None for cell in desk.cells}
        for row in case.journal():
            assert row.before == replayed[row.cell_id]
            replayed[row.cell_id] = row.after
        assert replayed == reviews(case)
