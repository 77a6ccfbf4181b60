"""A second reader's decisions are kept apart from the first one's; what settles them is kept as such."""

from __future__ import annotations

import pytest
from case_samples import MODEL, at, case_of, decide, proposal, reviews

from marrowdesk.core import edits
from marrowdesk.services.second_reading import compared, differing
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileSigned, CaseRecordRefused


@pytest.fixture
def case(tmp_path):
    """Give a case of four cells; the first reader called two of them blasts and one a lymphocyte."""
    with case_of(tmp_path / "case.mdcase", 4) as case:
        case.add_predictions(MODEL.sha256, [proposal(number) for number in (1, 2, 3, 4)])
        decide(case, case.cells()[:2], "BLA")
        decide(case, case.cells()[2:3], "LYT")
        yield case


def _second(case, sitting, places, code, minutes=10):
    shown = [cell.with_review(case.sitting_reviews(sitting.id).get(cell.id)) for cell in case.cells()]
    edit = edits.assign([shown[place] for place in places], code, code, sitting.reader, at(minutes))
    return edit, case.record_in(sitting.id, edit)


def test_that_neither_readers_decisions_stand_for_the_others(case):
    before = reviews(case)
    sitting = case.add_sitting("Dee")
    _second(case, sitting, [0, 3], "NGS")
    assert reviews(case) == before
    assert {cell: review.code for cell, review in case.sitting_reviews(sitting.id).items()} == {
        1: "NGS", 4: "NGS",
    }  # fmt: skip
    other = case.add_sitting("Eli")
    assert case.sitting_reviews(other.id) == {}
    assert [(each.reader, each.decided) for each in case.sittings()] == [("Dee", 2), ("Eli", 0)]


def test_that_undo_and_redo_go_on_in_a_second_reading_after_a_restart(case):
    sitting = case.add_sitting("Dee")
    edit, number = _second(case, sitting, [0], "NGS")
    _second(case, sitting, [1], "BLA")
    case.record_in(sitting.id, case.sitting_history(sitting.id)[0][-1][1].inverse(), undoes=number + 1)
    with CaseFile.open(case.path) as again:
        undo, redo = again.sitting_history(sitting.id)
        assert [(each, done.text) for each, done in undo] == [(number, edit.text)]
        assert len(redo) == 1
        assert set(again.sitting_reviews(sitting.id)) == {1}
        assert again.undo_history() == case.undo_history()


def test_that_both_readings_are_compared_and_differences_are_settled_by_a_third_decision(case):
    sitting = case.add_sitting("Dee")
    _second(case, sitting, [0, 2], "BLA")
    _second(case, sitting, [1], "NGS")
    found = compared(case, sitting.id)
    assert (found.agreement.compared, found.agreement.agreed) == (3, 1)
    assert found.open == (2, 3)
    third = edits.assign(case.cells()[1:2], "PLM", "plasma cell", "Cem", at(20))
    number = case.record(third, resolves=sitting.id)
    found = compared(case, sitting.id)
    assert found.open == (3,)
    assert found.agreement.differing == (2, 3)  # what they said stays what they said
    assert case.cells()[1].code == "PLM"
    case.record(third.inverse(), undoes=number)
    assert compared(case, sitting.id).open == (2, 3)


def test_that_a_resolution_that_agrees_with_the_first_reader_settles_too(case):
    sitting = case.add_sitting("Dee")
    _second(case, sitting, [1], "NGS")
    case.record(edits.assign(case.cells()[1:2], "BLA", "blast", "Cem", at(20)), resolves=sitting.id)
    assert compared(case, sitting.id).open == ()
    assert differing(case) == ()


def test_that_a_reading_or_cell_that_is_not_there_is_refused(case):
    sitting = case.add_sitting("Dee")
    edit, _ = _second(case, sitting, [0], "NGS")
    with pytest.raises(CaseRecordRefused, match="no second reading 9"):
        case.record_in(9, edit)
    with pytest.raises(ValueError, match="reader's name"):
        case.add_sitting(" ")
    with pytest.raises(CaseRecordRefused):
        case.record(edits.exclude(case.cells()[:1], "Cem", at(1)), resolves=9)
    assert case.cells()[0].code == "BLA"


def test_that_a_signed_case_takes_no_second_reading(case):
    sitting = case.add_sitting("Dee")
    edit, _ = _second(case, sitting, [0], "NGS")
    case.sign("Ann", "{}")
    with pytest.raises(CaseFileSigned):
        case.add_sitting("Eli")
    with pytest.raises(CaseFileSigned):
        case.record_in(sitting.id, edit.inverse())


def test_that_a_cell_stays_decided_on_when_the_decision_is_taken_back_or_a_second_readers(case):
    sitting, other = case.add_sitting("Dee"), "0" * 64
    assert not case.proposed_by_another(other).keys() & {1, 2, 3}
    assert 4 in case.proposed_by_another(other)
    _second(case, sitting, [3], "NGS")
    case.record(edits.clear(case.cells()[:3]))
    assert not case.proposed_by_another(other).keys() & {1, 2, 3, 4}
