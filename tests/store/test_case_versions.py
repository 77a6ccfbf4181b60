"""Case files of every earlier version open, and a step to a newer version is done whole or not at all."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from case_samples import ADAPTED, MODEL, SAMPLE_REVIEWS, STORED, at, build, decide, dump, proposal, reviews

from marrowdesk.core.cell import Box
from marrowdesk.core.errors import CaseFileError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store import schema
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileTooNew

VERSIONS = range(1, len(schema.STEPS) + 1)
TOMORROW = "CREATE TABLE tomorrow(id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch(id));\n"


def objects(path: Path) -> dict[str, str]:
    """Give the tables, indexes and triggers of a file."""
    with contextlib.closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return dict(rows.fetchall())


def version(path: Path) -> int:
    """Give the version a file says it has."""
    with contextlib.closing(sqlite3.connect(path)) as plain:
        return plain.execute("PRAGMA user_version").fetchone()[0]


def check_sample(case: CaseFile) -> None:
    """Check that a case holds what the stored samples hold."""
    folder = Path("/slides/Müller 骨髄").absolute()
    cells = case.cells()
    assert case.title == "Sample case"
    assert case.scheme.codes[:3] == ("BLA", "PMO", "FGC")
    assert [(slide.name, slide.folder.name) for slide in case.slides()] == [
        ("Müller 骨髄", "Müller 骨髄"),
        ("second smear", "second"),
    ]
    assert [cell.place.path.name for cell in cells] == [
        "BLA_0.jpg", "BLA_1.jpg", "BLA_2.jpg", "field.tif", "a.png",
    ]  # fmt: skip
    assert cells[0].place.path.absolute() == folder / "BLA" / "BLA_0.jpg"
    assert (cells[3].place.page, cells[3].place.box) == (2, Box(10, 20, 80, 90))
    assert [cell.reference for cell in cells] == ["BLA", "BLA", "BLA", None, None]
    assert [cell.prediction and cell.prediction.code for cell in cells] == ["LYT"] * 4 + [None]
    assert cells[0].prediction.doubt == 0.25
    assert reviews(case) == SAMPLE_REVIEWS
    assert case.models()[0] == MODEL
    assert [problem.reason for problem in case.problems()] == ["The file is cut off."]
    assert case.fields() == {"patient": "Müller, 佐藤"}
    check_features_and_journal(case)


def check_features_and_journal(case: CaseFile) -> None:
    """Check the rest of the sample."""
    given = proposal(2, features=True)
    assert case.attention(2).window == given.window
    np.testing.assert_allclose(case.attention(2).maps, given.maps, atol=0.02)
    np.testing.assert_allclose(case.embedding(2), given.embedding, rtol=1e-3)
    assert case.attention(3) is None
    assert [(row.batch, row.cell_id, row.reader, row.undoes) for row in case.journal()] == [
        (1, 1, "Ann", None), (1, 2, "Ann", None), (2, 3, "Ann", None), (3, 3, "Ben", 2), (4, 3, "Ben", None),
    ]  # fmt: skip
    assert [(number, edit.text) for number, edit in case.undo_history()] == [
        (1, "2 cells: confirmed"),
        (4, "1 cell: excluded"),
    ]
    assert case.redo_history() == []


def check_beside(case: CaseFile, number: int) -> None:
    """Check what stands in the tables that came with version 2; they are empty where they came later."""
    if number < 2:
        assert (case.signatures(), case.sittings(), case.presses()) == ([], [], [])
        return
    (signed,), (sitting,) = case.signatures(), case.sittings()
    assert (signed.reader, signed.hindrances) == ("Ann", (("too few", 495),))
    assert (signed.reopened.reader, signed.reopened.reason) == ("Ben", "To go on.")
    assert case.unaltered(signed)
    assert (sitting.reader, sitting.decided) == ("Dee", 2)
    assert {cell: review.code for cell, review in case.sitting_reviews(1).items()} == {1: "BLA", 2: "BLA"}
    assert [(each.id, each.smear, each.code) for each in case.presses()] == [(1, 1, "BLA"), (2, 2, "LYT")]
    assert case.packed() == (5, 0)
    assert case.models()[1:] == ([ADAPTED] if number >= 3 else [])


@pytest.mark.parametrize("number", VERSIONS)
def test_that_a_case_of_every_version_opens_with_all_it_holds_and_goes_on(tmp_path, number):
    path = build(number, tmp_path / "case.mdcase")
    assert version(path) == number
    for _ in range(2):
        with CaseFile.open(path) as case:
            check_sample(case)
            check_beside(case, number)
    assert version(path) == len(schema.STEPS)
    with CaseFile.open(path) as case:
        act = decide(case, case.cells()[3:4], "PLM", "Cem", 9)
        case.add_predictions(MODEL.sha256, [proposal(5, "NGS")])
        case.record(case.undo_history()[-1][1].inverse(), undoes=act)
        assert reviews(case) == SAMPLE_REVIEWS
        assert case.cells()[4].prediction.code == "NGS"


@pytest.mark.parametrize("number", VERSIONS)
def test_that_no_released_step_was_edited(tmp_path, monkeypatch, number):
    stored = build(number, tmp_path / "stored.mdcase")
    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:number])
    with contextlib.closing(sqlite3.connect(tmp_path / "fresh", isolation_level=None)) as fresh:
        schema.migrate(fresh, tmp_path / "fresh")
    assert objects(tmp_path / "fresh") == objects(stored)


def test_that_every_version_has_a_stored_sample():
    assert sorted(each.name for each in STORED.glob("*.sql")) == sorted(
        f"case_v{number}.sql" for number in VERSIONS
    )


def test_that_a_new_step_brings_an_old_case_up_to_date_and_keeps_all(tmp_path, monkeypatch):
    path = build(len(schema.STEPS), tmp_path / "case.mdcase")
    with monkeypatch.context() as newer:
        newer.setattr(schema, "STEPS", (*schema.STEPS, TOMORROW))
        with CaseFile.open(path) as case:
            check_sample(case)
        assert version(path) == len(VERSIONS) + 1
        assert "tomorrow" in objects(path)
        with CaseFile.create(tmp_path / "new.mdcase", MARROW, "new"):
            assert "tomorrow" in objects(tmp_path / "new.mdcase")
    with pytest.raises(CaseFileTooNew):
        CaseFile.open(path)


def test_that_a_step_that_fails_leaves_the_old_case_as_it_was(tmp_path, monkeypatch):
    path = build(len(schema.STEPS), tmp_path / "case.mdcase")
    before = dump(path)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "STEPS", (*schema.STEPS, f"{TOMORROW}INSERT INTO no_such_table VALUES (1);\n"))
        with pytest.raises(CaseFileError, match="no_such_table"):
            CaseFile.open(path)
    assert dump(path) == before
    with CaseFile.open(path) as case:
        check_sample(case)


def test_that_an_old_case_opened_twice_at_once_is_brought_up_to_date_once(tmp_path, monkeypatch):
    path = build(len(schema.STEPS), tmp_path / "case.mdcase")
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, TOMORROW))
    together = threading.Barrier(4)

    def open_and_decide(turn: int) -> None:
        together.wait()
        with CaseFile.open(path) as case:
            decide(case, case.cells()[4:], "BLA", f"Reader {turn}", turn)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_and_decide, range(4)))
    with CaseFile.open(path) as case:
        assert len(case.undo_history()) == 6
        assert reviews(case)[5].at in {at(turn) for turn in range(4)}
