"""Edits: what a reader's act does, what it leaves alone, and that it can be taken back."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from marrowdesk.core import edits
from marrowdesk.core.cell import Cell, CellState, Place, Prediction, Review, Verdict

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def proposed(number, code="LYT"):
    codes = ("LYT", "BLA")
    chances = np.array([0.8, 0.2] if code == "LYT" else [0.3, 0.7], np.float32)
    return Cell(number, 1, Place(Path(f"{number}.png")), Prediction("0" * 64, codes, chances))


def applied(cells, edit):
    after = {change.cell: change.after for change in edit.changes}
    return [cell.with_review(after[cell.id]) if cell.id in after else cell for cell in cells]


def test_that_giving_the_proposed_class_is_a_confirmation_and_another_a_change():
    cells = [proposed(1), proposed(2, "BLA")]
    after = applied(cells, edits.assign(cells, "BLA", "blast", "ab", AT))
    assert [cell.state for cell in after] == [CellState.CHANGED, CellState.CONFIRMED]
    assert [cell.code for cell in after] == ["BLA", "BLA"]


def test_that_confirming_leaves_reviewed_and_unclassified_cells_alone():
    pending = Cell(3, 1, Place(Path("3.png")))
    cells = applied([proposed(1)], edits.assign([proposed(1)], "BLA", "blast", "ab", AT))
    edit = edits.confirm([*cells, proposed(2), pending], "ab", AT)
    assert [change.cell for change in edit.changes] == [2]


def test_that_an_act_that_changes_nothing_is_empty():
    cells = applied([proposed(1)], edits.assign([proposed(1)], "BLA", "blast", "ab", AT))
    assert not edits.assign(cells, "BLA", "blast", "ab", datetime.now(UTC))
    assert not edits.clear([proposed(1)])


def test_that_another_readers_same_decision_is_recorded():
    cells = applied([proposed(1)], edits.assign([proposed(1)], "BLA", "blast", "ab", AT))
    assert edits.assign(cells, "BLA", "blast", "cd", AT)


def test_that_the_inverse_takes_an_edit_back():
    cells = [proposed(1), proposed(2)]
    edit = edits.exclude(cells, "ab", AT)
    after = applied(cells, edit)
    assert [cell.state for cell in after] == [CellState.EXCLUDED] * 2
    assert [cell.code for cell in after] == [None, None]
    back = applied(after, edit.inverse())
    assert [cell.review for cell in back] == [None, None]


def test_that_the_undo_text_tells_what_and_how_many():
    assert edits.assign([proposed(1), proposed(2)], "BLA", "blast", "ab", AT).text == "2 cells: blast"
    assert edits.exclude([proposed(1)], "ab", AT).text == "1 cell: excluded"


def test_that_upholding_says_who_had_the_last_word_and_leaves_undecided_cells():
    at = datetime(2025, 3, 1, 12, tzinfo=UTC)
    decided = Cell(1, 1, Place(Path("1.png")), None, Review(Verdict.ASSIGNED, "BLA", "Ann", at))
    out = Cell(2, 1, Place(Path("2.png")), None, Review(Verdict.EXCLUDED, None, "Ann", at))
    later = at.replace(hour=13)
    edit = edits.uphold([decided, out, Cell(3, 1, Place(Path("3.png")))], "Cem", later)
    assert edit.text == "2 cells: upheld"
    assert [(each.cell, each.after.code, each.after.reader, each.after.at) for each in edit.changes] == [
        (1, "BLA", "Cem", later), (2, None, "Cem", later),
    ]  # fmt: skip
