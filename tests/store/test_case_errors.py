"""What can go wrong with a case file is said in a sentence that names it, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from case_samples import MODEL, SAMPLE_REVIEWS, case_of, decide, fill_sample, new_cell, proposal, reviews

from marrowdesk.core.errors import CaseFileError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store import database
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import (
    CaseFileClosed,
    CaseFileDamaged,
    CaseFileExists,
    CaseFileFull,
    CaseFileLocked,
    CaseFileMissing,
    CaseFileReadOnly,
    CaseFileTooNew,
    NotACaseFile,
)
from marrowdesk.store.progress import progress_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sample.mdcase"


@pytest.fixture
def protected() -> Iterator[Path]:
    """Give a folder that the test may make read-only; run as root, the test goes on as a plain user."""
    if sys.platform == "win32":
        pytest.skip("Windows guards folders in another way")
    folder = Path(tempfile.mkdtemp(prefix="marrowdesk-"))
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield folder
    finally:
        for each in (folder, *folder.rglob("*")):
            each.chmod(0o700)
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


def refusal(path: Path, kind: type[CaseFileError], words: str) -> None:
    """Check that opening is refused with the error of that kind, which names the file and has a hint."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(CaseFileError, match=words) as caught:
        CaseFile.open(path)
    assert type(caught.value) is kind
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before


def test_that_a_missing_case_is_said_to_be_missing(path):
    refusal(path, CaseFileMissing, "no case at")
    assert not path.exists()


def test_that_a_path_through_a_file_is_said_to_be_missing(path):
    path.write_text("a file, not a folder")
    refusal(path / "case.mdcase", CaseFileMissing, "no case at")


def test_that_a_folder_is_not_a_case(tmp_path):
    refusal(tmp_path, CaseFileReadOnly if sys.platform == "win32" else NotACaseFile, "folder|cannot")


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "is empty"), (b"patient;cells\n1;2\n", "not a MarrowDesk"), (b"SQL", "not")]
)
def test_that_another_file_is_not_a_case(path, content, words):
    path.write_bytes(content)
    refusal(path, NotACaseFile, words)


@pytest.mark.parametrize(
    ("name", "hint"), [("case.mdcase", "restore the case from a backup"), ("table.csv", "ends in .mdcase")]
)
@pytest.mark.parametrize("content", [b"", b"no case at all " * 40, b"SQLite format 3\x00" + b"?" * 600])
def test_that_a_file_named_as_a_case_is_not_said_to_need_that_ending(tmp_path, name, hint, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CaseFileError) as caught:
        CaseFile.open(path)
    assert hint in caught.value.hint


def test_that_a_database_of_another_program_is_not_a_case_and_stays_as_it_is(path):
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE patients(name)")
    refusal(path, NotACaseFile, "another program")


def test_that_a_case_of_a_newer_program_is_refused_and_stays_as_it_is(path):
    case_of(path, 1).close()
    with contextlib.closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA journal_mode = DELETE")
        newer.execute("PRAGMA user_version = 99")
    refusal(path, CaseFileTooNew, "file version 99")


def test_that_a_new_case_does_not_overwrite_a_file(path):
    path.write_text("precious")
    with pytest.raises(CaseFileExists, match="already a file"):
        CaseFile.create(path, MARROW, "new")
    assert path.read_text() == "precious"
    assert list(path.parent.glob(".*")) == []


def test_that_a_case_that_cannot_be_created_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_text("where a folder should be")
    for path in (tmp_path / "file" / "case.mdcase", tmp_path / ("n" * 300 + ".mdcase")):
        with pytest.raises(CaseFileReadOnly, match="cannot be created"):
            CaseFile.create(path, MARROW, "new")
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["file"]


def test_that_a_path_too_long_for_the_database_is_explained(tmp_path):
    folder = tmp_path.joinpath(*["long" * 20] * 7)
    with pytest.raises(CaseFileReadOnly) as caught:
        CaseFile.create(folder / "case.mdcase", MARROW, "new")
    assert "under 500" in caught.value.hint or "shorter" in caught.value.hint
    assert not any(folder.glob("*"))


def test_that_a_case_in_a_read_only_folder_is_refused_with_the_reason(protected):
    path = protected / "case.mdcase"
    case_of(path, 1).close()
    protected.chmod(0o500)
    refusal(path, CaseFileReadOnly, "cannot be")
    with pytest.raises(CaseFileReadOnly, match=r"new\.mdcase"):
        CaseFile.create(protected / "new.mdcase", MARROW, "new")


@pytest.mark.parametrize("endings", [("",), ("", "-wal"), ("", "-wal", "-shm")])
def test_that_a_case_in_a_read_only_folder_tells_how_far_it_is(protected, endings):
    folder = protected / "share"
    folder.mkdir()
    with case_of(protected / "case.mdcase", 5) as case:
        decide(case, case.cells()[:2], "BLA")
        if len(endings) > 1:  # as a crash leaves it
            for ending in endings:
                shutil.copyfile(case.path.with_name(case.path.name + ending), folder / f"case.mdcase{ending}")
    if len(endings) == 1:
        shutil.copyfile(protected / "case.mdcase", folder / "case.mdcase")
    for each in folder.iterdir():
        each.chmod(0o400)
    folder.chmod(0o500)
    assert progress_of(folder / "case.mdcase") == (5, 2)
    assert {each.name for each in folder.iterdir()} == {f"case.mdcase{ending}" for ending in endings}


def test_that_a_read_only_case_is_refused_at_opening_not_at_the_first_decision(protected):
    path = protected / "case.mdcase"
    case_of(path, 1).close()
    path.chmod(0o400)
    refusal(path, CaseFileReadOnly, "cannot be written")


def test_that_a_case_that_may_not_be_read_is_refused(protected):
    path = protected / "case.mdcase"
    case_of(path, 1).close()
    path.chmod(0)
    with pytest.raises(CaseFileReadOnly, match="cannot be read"):
        CaseFile.open(path)


def test_that_a_locked_case_is_said_to_be_locked_and_goes_on_when_free(path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with case_of(path, 1) as case, contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CaseFileLocked, match="keeps the case"):
            decide(case, case.cells(), "BLA")
        refusal_when_locked(path)
        other.execute("ROLLBACK")
        assert decide(case, case.cells(), "BLA") == 1
        assert reviews(case)[1].code == "BLA"


def refusal_when_locked(path: Path) -> None:
    """Check that a second opening is refused as long as the file is locked."""
    with pytest.raises(CaseFileLocked):
        CaseFile.open(path)


def test_that_a_full_file_refuses_the_step_and_keeps_all_before(path):
    with case_of(path, 400) as case:
        decide(case, case.cells()[:1], "BLA")
        kept = reviews(case)
        with case._db.writing() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
        case._db._writer.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(CaseFileFull, match="no space left"):
            decide(case, case.cells()[1:], "LYT")
        with pytest.raises(CaseFileFull):
            case.add_predictions(MODEL.sha256, [proposal(number, features=True) for number in range(1, 401)])
        assert reviews(case) == kept
        assert len(case.undo_history()) == 1
        case._db._writer.execute(f"PRAGMA max_page_count = {pages * 100}")
        decide(case, case.cells()[1:], "LYT")
        assert all(review is not None for review in reviews(case).values())


def test_that_a_case_deleted_while_open_refuses_decisions_instead_of_losing_them(path, tmp_path):
    if sys.platform == "win32":
        pytest.skip("Windows does not delete open files")
    with case_of(path, 2) as case:
        decide(case, case.cells()[:1], "BLA")
        path.rename(tmp_path / "elsewhere.mdcase")
        with pytest.raises(CaseFileMissing, match="moved, replaced or deleted"):
            decide(case, case.cells()[1:], "LYT")
        shutil.copy(tmp_path / "elsewhere.mdcase", path)
        with pytest.raises(CaseFileMissing):
            decide(case, case.cells()[1:], "LYT")
        path.unlink()
        (tmp_path / "elsewhere.mdcase").rename(path)
        decide(case, case.cells()[1:], "LYT")
    with CaseFile.open(path) as case:
        assert [review.code for review in reviews(case).values()] == ["BLA", "LYT"]


def test_that_a_closed_case_says_so(path):
    case = case_of(path, 1)
    case.close()
    case.close()
    with pytest.raises(CaseFileClosed, match="is closed"):
        case.cells()
    with pytest.raises(CaseFileClosed, match="is closed"):
        case.add_slide("slide", path.parent)
    with pytest.raises(CaseFileClosed):
        list(case.journal())


def test_that_a_truncated_case_is_damaged(path):
    with case_of(path, 2000) as case:
        case.add_predictions(MODEL.sha256, [proposal(number) for number in range(1, 2001)])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(CaseFileDamaged, match="damaged") as caught, CaseFile.open(path) as case:
        case.cells()
    assert "backup" in caught.value.hint


def test_that_random_damage_is_reported_or_harmless(path, tmp_path):
    with CaseFile.create(path, MARROW, "damage") as case:
        fill_sample(case)
        folder = tmp_path / "slide"
        case.add_cells(1, [new_cell(folder / f"{number}.png") for number in range(300)])
        case.add_predictions(MODEL.sha256, [proposal(number) for number in range(1, 300)])
    whole = path.read_bytes()
    dice = random.Random(4)
    reported = []
    for _ in range(150):
        broken = bytearray(whole)
        start = dice.randrange(len(whole))
        broken[start : start + dice.choice([1, 8, 600])] = dice.randbytes(dice.choice([1, 8, 600]))
        path.write_bytes(broken)
        try:
            with CaseFile.open(path) as case:
                read_everything(case)
        except CaseFileError as error:
            reported.append(error.message)
    assert len(reported) > 20
    assert all(str(path) in message for message in reported)


def read_everything(case: CaseFile) -> None:
    """Read all there is in a case."""
    case.slides(), case.problems(), case.models(), case.fields(), case.title, case.scheme
    case.undo_history(), list(case.journal())
    for cell in case.cells()[:6]:
        case.attention(cell.id), case.embedding(cell.id)


def test_that_a_whole_case_reads_back_as_it_was(path):
    with CaseFile.create(path, MARROW, "whole") as case:
        fill_sample(case)
        assert reviews(case) == SAMPLE_REVIEWS
        read_everything(case)


def test_that_classes_that_cannot_be_understood_are_damage_of_the_case(path):
    case_of(path, 1).close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO scheme(at, json) VALUES ('2026', '{half')")
        other.commit()
    with CaseFile.open(path) as case, pytest.raises(CaseFileDamaged, match="damaged") as caught:
        _ = case.scheme
    assert str(path) in caught.value.message
