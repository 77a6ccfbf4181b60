"""A signed case stays as it was signed, in its file: nothing is written into it until it is reopened."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from case_samples import MODEL, case_of, decide, new_cell, proposal, reviews

from marrowdesk.store import clock
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileSigned, CaseRecordRefused

RULES = "{}"


@pytest.fixture
def case(tmp_path):
    """Give a case of four cells, three of them classified, one decided on."""
    with case_of(tmp_path / "case.mdcase", 4) as case:
        case.add_predictions(MODEL.sha256, [proposal(number) for number in (1, 2, 3)])
        case.set_field("accession", "M-1")
        decide(case, case.cells()[:1], "BLA")
        yield case


def _tries(case):
    slide = case.slides()[0]
    edit = case.undo_history()[-1]
    return {
        "decision": lambda: decide(case, case.cells()[1:2], "LYT"),
        "undo": lambda: case.record(edit[1].inverse(), undoes=edit[0]),
        "prediction": lambda: case.add_predictions(MODEL.sha256, [proposal(4)]),
        "cell": lambda: case.add_cells(slide.id, [new_cell(slide.folder / "new.png")]),
        "field": lambda: case.set_field("accession", "M-2"),
    }


@pytest.mark.parametrize("what", ["decision", "undo", "prediction", "cell", "field"])
def test_that_a_signed_case_takes_nothing_until_it_is_reopened(case, what):
    act = _tries(case)[what]
    before = reviews(case), case.fields(), len(case.cells())
    case.sign("Ann", RULES)
    with pytest.raises(CaseFileSigned, match="is signed; nothing was written"):
        act()
    assert (reviews(case), case.fields(), len(case.cells())) == before
    case.reopen("Ben", "A cell was overlooked.")
    act()


def test_that_not_even_another_program_changes_a_signed_case(case):
    case.sign("Ann", RULES)
    with closing(sqlite3.connect(case.path)) as other:
        for statement in (
            "INSERT INTO field(at, name, value) VALUES ('2026', 'accession', 'M-3')",
            "INSERT INTO batch(at, reader, program, text) VALUES ('2026', 'x', '1', 'x')",
            "UPDATE signature SET reader = 'Eve'",
            "DELETE FROM signature",
            "INSERT OR REPLACE INTO signature SELECT * FROM signature",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                other.execute(statement)


def test_that_a_signature_tells_who_when_and_what_stood_against_it(case):
    signed = case.sign("Ann", RULES, "hematologist", [("unidentified", 2)], "Clinically urgent.")
    assert (signed.version, signed.reader, signed.role) == (1, "Ann", "hematologist")
    assert signed.hindrances == (("unidentified", 2),)
    assert signed.reason == "Clinically urgent."
    assert case.signed == signed
    with CaseFile.open(case.path) as again:
        assert again.signatures() == [signed]


def test_that_signing_needs_a_name_and_what_stands_against_it_a_reason(case):
    with pytest.raises(ValueError, match="needs a name"):
        case.sign("  ", RULES)
    with pytest.raises(ValueError, match="a reason"):
        case.sign("Ann", RULES, "", [("unfamiliar", 1)], " ")
    assert case.signatures() == []
    case.sign("Ann", RULES)
    with pytest.raises(ValueError, match="a reason"):
        case.reopen("Ann", "")
    assert case.signed is not None


def test_that_a_case_is_signed_once_and_reopened_once_a_version(case):
    with pytest.raises(CaseRecordRefused, match="not signed"):
        case.reopen("Ben", "why")
    case.sign("Ann", RULES)
    with pytest.raises(CaseFileSigned, match="by Ann"):
        case.sign("Ben", RULES)
    case.reopen("Ben", "why")
    with pytest.raises(CaseRecordRefused, match="not signed"):
        case.reopen("Ben", "why")
    second = case.sign("Cem", RULES)
    assert second.version == 2
    assert second.amended
    assert [each.reopened is None for each in case.signatures()] == [False, True]


def test_that_the_signed_version_can_be_shown_after_the_case_went_on(case):
    case.sign("Ann", RULES)
    first = [(cell.id, cell.code) for cell in case.cells()]
    fields = case.fields()
    case.reopen("Ben", "A cell was overlooked.")
    decide(case, case.cells()[:3], "NGS")
    case.add_predictions(MODEL.sha256, [proposal(4)])
    case.set_field("accession", "M-9")
    case.add_cells(case.slides()[0].id, [new_cell(case.slides()[0].folder / "new.png")])
    moment = case.signatures()[0].moment
    assert [(cell.id, cell.code) for cell in case.cells(moment)] == first
    assert case.fields(moment) == fields
    assert [cell.code for cell in case.cells()] == ["NGS", "NGS", "NGS", "LYT", None]


def test_that_the_state_after_every_act_can_be_shown(case):
    acts = [decide(case, case.cells()[at : at + 1], "NGS", minutes=at) for at in (1, 2)]
    number, edit = case.undo_history()[-1]
    acts.append(case.record(edit.inverse(), undoes=number))
    shown = [[cell.code for cell in case.cells(case.after_act(act))] for act in acts]
    assert shown == [
        ["BLA", "NGS", "LYT", None],
        ["BLA", "NGS", "NGS", None],
        ["BLA", "NGS", "LYT", None],
    ]
    with pytest.raises(KeyError):
        case.after_act(99)


def _shown(case, moment=None):
    """Give what a report shows of a case at a moment."""
    cells = [(cell.code, cell.prediction and cell.prediction.code) for cell in case.cells(moment)]
    return cells, case.fields(moment), len(case.presses(moment)), case.scheme_at(moment).name


def test_that_a_clock_that_jumps_between_every_two_writes_leaves_the_order_of_acts(case, monkeypatch):
    dice = random.Random(8)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(hours=dice.randint(-9, 9))

    monkeypatch.setattr(clock, "datetime", Jumping)
    seen = {}
    for number in range(40):
        case.set_field("site", f"number {number}")
        case.press(1, "BLA", "Ann")
        case.add_predictions(MODEL.sha256, [proposal(1 + number % 4, MODEL.codes[number % 3])])
        case.set_scheme(replace(case.scheme, name=f"classes {number}"))
        act = decide(case, case.cells()[number % 4 :][:1], ("NGS", "BLA")[number // 4 % 2], minutes=number)
        seen[act] = _shown(case)
        case.set_field("site", "after")
        case.add_predictions(MODEL.sha256, [proposal(1 + number % 4, MODEL.codes[(number + 1) % 3])])
    assert {act: _shown(case, case.after_act(act)) for act in seen} == seen
    act = decide(case, case.cells()[:1], "LYT", minutes=99)
    assert _shown(case, case.after_act(act)) == _shown(case)
    times = [each.at for each in case.acts()]
    assert times == sorted(set(times))


def test_that_times_follow_what_another_program_wrote_meanwhile(case):
    decide(case, case.cells()[:1], "NGS", minutes=1)
    with closing(sqlite3.connect(case.path)) as other:
        other.execute(
            "INSERT INTO batch(at, reader, program, text) VALUES ('2999-01-01T00:00:00.000Z', 'Bo', '9', '')"
        )
        other.commit()
    decide(case, case.cells()[:1], "BLA", minutes=2)
    decide(case, case.cells()[:1], "LYT", minutes=3)
    times = [each.at for each in case.acts()]
    assert times == sorted(set(times))
    assert times[-1].year == 2999


@pytest.mark.parametrize("at", ["1999-01-01T00:00:00.000Z", "2000-01-01T00:00:00.000Z"])
def test_that_an_older_case_of_a_clock_set_back_shows_what_was_decided_on(case, at):
    acts = [decide(case, [cell], "NGS", minutes=5) for cell in case.cells()]
    with closing(sqlite3.connect(case.path)) as other:
        other.execute("DROP TRIGGER batch_no_update")
        other.execute("UPDATE batch SET at = ? WHERE id = ?", (at, acts[-1]))
        if at.startswith("1999"):  # before the case was made; else only the last act
            other.execute("UPDATE batch SET at = ?", (at,))
        other.commit()
    moment = case.after_act(acts[-1])
    assert _shown(case, moment)[0] == _shown(case)[0]
    assert case.scheme_at(moment) == case.scheme


def test_that_altering_what_was_signed_is_noticed_and_a_moved_folder_is_not_altering(case, tmp_path):
    signed = case.sign("Ann", RULES)
    assert case.unaltered(signed)
    case.close()
    with closing(sqlite3.connect(case.path)) as other:
        other.execute("UPDATE slide SET folder = '/elsewhere'")
        other.commit()
    with CaseFile.open(case.path) as again:
        assert again.unaltered(again.signed)
    with closing(sqlite3.connect(case.path)) as other:
        other.execute("DROP TRIGGER decision_no_update")
        other.execute("UPDATE decision SET to_code = 'LYT'")
        other.commit()
    with CaseFile.open(case.path) as again:
        assert not again.unaltered(again.signed)
