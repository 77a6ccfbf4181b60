"""The open case on the GUI's side: written first, shown second, undone without limit."""

from __future__ import annotations

import contextlib
import sqlite3

import numpy as np
import pytest

from marrowdesk.app.case_model import CaseModel
from marrowdesk.core.cell import CellState, Prediction
from marrowdesk.store.casefile import CaseFile


@pytest.fixture
def model(qapp, drawn_case):
    model = CaseModel()
    model.reader = "Ann"
    model.show_case(drawn_case, drawn_case.cells())
    return model


def proposal(code, codes=("BLA", "LYT", "NGS")):
    shares = np.full(len(codes), 0.1, np.float32)
    shares[codes.index(code)] = 0.8
    return Prediction("ab" * 32, codes, shares)


def codes(model):
    return [cell.code for cell in model.cells]


def standing(path):
    with CaseFile.open(path) as again:
        return [cell.review and (cell.review.code, cell.review.reader) for cell in again.cells()]


def test_that_a_decision_is_in_the_file_before_it_is_told(model):
    seen = []
    model.changed.connect(lambda rows: seen.append((rows, standing(model.case.path)[2])))
    assert model.assign([2], "BLA")
    assert seen == [([2], ("BLA", "Ann"))]


def test_that_one_act_on_many_cells_is_undone_at_once(model):
    model.assign([0, 1, 2, 3], "LYT")
    model.exclude([0, 1])
    model.undo_stack.undo()
    assert codes(model)[:5] == ["LYT"] * 4 + [None]
    model.undo_stack.undo()
    assert codes(model) == [None] * len(model.cells)
    model.undo_stack.redo()
    model.undo_stack.redo()
    assert [cell.state for cell in model.cells[:4]] == [CellState.EXCLUDED] * 2 + [CellState.CHANGED] * 2


def test_that_undo_and_redo_go_on_after_the_case_was_opened_again(model):
    model.assign([0], "BLA")
    model.assign([1], "LYT")
    model.assign([2], "NGS")
    model.undo_stack.undo()
    model.undo_stack.undo()
    path = model.case.path
    with CaseFile.open(path) as again:
        other = CaseModel()
        other.show_case(again, again.cells())
        assert codes(other)[:3] == ["BLA", None, None]
        other.undo_stack.redo()
        assert codes(other)[:3] == ["BLA", "LYT", None]
        other.undo_stack.redo()
        assert codes(other)[:3] == ["BLA", "LYT", "NGS"]
        for _ in range(3):
            other.undo_stack.undo()
        assert codes(other)[:3] == [None, None, None]
        assert not other.undo_stack.canUndo()
    assert standing(path)[:3] == [None, None, None]


def test_that_showing_a_case_writes_nothing_into_its_journal(model):
    model.assign([0], "BLA")
    model.undo_stack.undo()
    before = list(model.case.journal())
    CaseModel().show_case(model.case, model.case.cells())
    assert list(model.case.journal()) == before


def test_that_the_journal_names_who_cleared_a_decision(model):
    model.assign([0], "BLA")
    model.reader = "Bob"
    model.clear([0])
    assert [row.reader for row in model.case.journal()] == ["Ann", "Bob"]


def test_that_a_decision_that_cannot_be_written_is_told_and_not_shown(model):
    failed = []
    model.failed.connect(failed.append)
    model.case.close()
    assert not model.assign([0], "BLA")
    assert model.cells[0].review is None
    assert not model.undo_stack.canUndo()
    assert "closed" in failed[0].message


def test_that_an_undo_that_cannot_be_written_leaves_the_cell_as_it_is(model):
    failed = []
    model.failed.connect(failed.append)
    model.assign([0], "BLA")
    model.case.close()
    model.undo_stack.undo()
    assert failed
    assert model.cells[0].code == "BLA"


def _stack(model):
    """Give the acts on the undo stack, and how many of them stand."""
    stack = model.undo_stack
    return [stack.text(at) for at in range(stack.count())], stack.index()


@contextlib.contextmanager
def _locked(case):
    """Let another program write into the case meanwhile."""
    case._db._writer.execute("PRAGMA busy_timeout = 1")
    with contextlib.closing(sqlite3.connect(case.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_that_an_undo_or_redo_that_failed_is_what_the_next_key_does(model):
    failed = []
    model.failed.connect(failed.append)
    for code in ("LYT", "BLA", "NGS"):
        model.assign([0], code)
    acts, _ = _stack(model)
    for undone, before, after in ((0, "NGS", "BLA"), (1, "BLA", "LYT"), (2, "LYT", None)):
        with _locked(model.case):
            model.undo_stack.undo()
        assert _stack(model) == (acts, 3 - undone)
        assert codes(model)[0] == before
        model.undo_stack.undo()
        assert _stack(model) == (acts, 2 - undone)
        assert codes(model)[0] == after
        assert [edit.text for _, edit in model.case.undo_history()] == acts[: 2 - undone]
    for redone, before, after in ((0, None, "LYT"), (1, "LYT", "BLA"), (2, "BLA", "NGS")):
        with _locked(model.case):
            model.undo_stack.redo()
        assert _stack(model) == (acts, redone)
        assert codes(model)[0] == before
        model.undo_stack.redo()
        assert _stack(model) == (acts, redone + 1)
        assert codes(model)[0] == after
    assert len(failed) == 6
    assert standing(model.case.path)[0] == ("NGS", "Ann")
    assert [edit.text for _, edit in model.case.undo_history()] == acts


def test_that_an_act_taken_back_elsewhere_already_is_told_and_the_file_is_read_again(model):
    told = []
    model.outdated.connect(lambda: told.append("outdated"))
    model.assign([0], "LYT")
    (number, edit) = model.case.undo_history()[-1]
    model.case.record(edit.inverse(), undoes=number)
    model.undo_stack.undo()
    assert told == ["outdated"]
    assert len(model.case.acts()) == 2


def test_that_a_review_made_meanwhile_outlives_a_proposal(model):
    cell = model.cells[1]
    model.assign([1], "PLM")
    model.take_predictions([cell.with_prediction(proposal("BLA"))])
    assert model.cells[1].code == "PLM"
    assert model.cells[1].prediction.code == "BLA"
    row = model.differential().row("BLA")
    assert (row.predicted, row.share.count) == (1, 0)
    assert model.differential().row("PLM").share.count == 1


def test_that_cells_of_another_case_are_passed_over(model):
    stranger = model.cells[0].with_prediction(proposal("BLA"))
    object.__setattr__(stranger, "id", 999)
    model.take_predictions([stranger])
    assert model.tally.states[CellState.PROPOSED] == 0


def test_that_cells_found_twice_are_shown_once(model):
    told = []
    model.inserted.connect(lambda first, last: told.append((first, last)))
    number = len(model.cells)
    model.append_cells(list(model.cells))
    assert len(model.cells) == number
    assert told == []


def test_that_the_next_unreviewed_cell_is_looked_for_from_here_and_then_from_the_start(model):
    order = list(range(len(model.cells)))
    model.assign([1, 2, 23], "LYT")
    assert model.unreviewed_after(0, order) == 3
    assert model.unreviewed_after(22, order) == 0
    assert model.unreviewed_after(5, [5, 4, 3]) == 4
    model.assign(order, "LYT")
    assert model.unreviewed_after(0, order) == -1


def test_that_assigning_what_already_stands_is_no_act(model):
    assert model.assign([0], "BLA")
    assert not model.assign([0], "BLA")
    assert model.undo_stack.count() == 1


def test_that_the_tally_is_the_same_as_one_counted_from_nothing(model):
    model.take_predictions([cell.with_prediction(proposal("NGS")) for cell in model.cells[:12]])
    model.confirm(range(6))
    model.assign([6, 7], "BLA")
    model.exclude([8])
    model.undo_stack.undo()
    kept = model.differential()
    model.show_case(model.case, list(model.cells))
    fresh = model.differential()
    assert (kept.rows, kept.apart, kept.reviewed, kept.changed) == (
        fresh.rows,
        fresh.apart,
        fresh.reviewed,
        fresh.changed,
    )
