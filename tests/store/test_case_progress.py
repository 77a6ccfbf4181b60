"""How far the review of a case is, told without reading its cells."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from case_samples import at, build, case_of, decide, new_cell, write_images
from holding_child import holders

from marrowdesk.core import edits
from marrowdesk.store import progress, schema
from marrowdesk.store.backup import back_up
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileTooNew, NotACaseFile
from marrowdesk.store.progress import progress_of, slides_of


def _as_they_lie(folder):
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    }


def test_that_progress_counts_the_decisions_that_stand(tmp_path):
    with case_of(tmp_path / "a.mdcase", 5) as case:
        assert case.progress() == (5, 0)
        cells = case.cells()
        decide(case, cells[:3], "BLA")
        case.record(edits.exclude(case.cells()[3:4], "Ann", at(1)))
        assert case.progress() == (5, 4)
        act = decide(case, case.cells()[:1], "LYT", minutes=2)  # decided again: still one cell
        assert case.progress() == (5, 4)
        case.record(edits.clear(case.cells()[1:3]))
        assert case.progress() == (5, 2)
        assert act


@pytest.mark.parametrize("number", range(1, len(schema.STEPS) + 1))
def test_that_a_case_of_every_version_and_its_copy_tell_how_far_they_are_and_stay_as_they_are(
    tmp_path, number
):
    path = build(number, tmp_path / "case.mdcase")
    copy = back_up(path).path
    before = _as_they_lie(tmp_path)
    assert progress_of(path) == progress_of(copy) == (5, 3)
    assert slides_of(path, 3) == slides_of(copy, 3)
    assert [(each.name, len(each.images)) for each in slides_of(path, 3)] == [
        ("Müller 骨髄", 3),
        ("second smear", 1),
    ]
    assert _as_they_lie(tmp_path) == before


def test_that_a_case_that_is_open_tells_the_latest_decision(tmp_path):
    path = tmp_path / "a.mdcase"
    with case_of(path, 5) as case:
        decide(case, case.cells()[:2], "BLA")
        assert progress_of(path) == (5, 2)
    assert [each.name for each in tmp_path.iterdir()] == ["a.mdcase"]


def test_that_a_case_closed_while_it_is_asked_is_whole_in_its_file(tmp_path, monkeypatch):
    path, connect = tmp_path / "a.mdcase", progress.connect
    case = case_of(path, 5)
    decide(case, case.cells()[:2], "BLA")

    def connecting(opened, mode):
        connection = connect(opened, mode)
        connection.execute("SELECT count(*) FROM cell").fetchone()
        case.close()
        return connection

    monkeypatch.setattr(progress, "connect", connecting)
    assert progress_of(path) == (5, 2)
    assert [each.name for each in tmp_path.iterdir()] == ["a.mdcase"]
    with CaseFile.open(path) as again:
        assert again.progress() == (5, 2)


def test_that_the_folders_and_first_images_of_a_case_are_told_while_it_is_open(tmp_path):
    path, folder = tmp_path / "a.mdcase", tmp_path / "slide"
    with case_of(path, 3) as case:
        write_images(folder, ["2.png"])  # altered, and read anew
        case.add_cells(1, [new_cell(folder / "2.png")])
        (told,) = slides_of(path, 2)
    known = [hashlib.sha256(each).digest() for each in (str(folder / "1.png").encode(), b"image 2.png")]
    assert (told.id, told.name, told.folder) == (1, "slide", folder)
    assert told.images == (("1.png", known[0]), ("2.png", known[1]))


def test_that_what_a_crash_left_in_the_log_counts_and_stays_there(tmp_path):
    folder = tmp_path / "crashed"
    folder.mkdir()
    with case_of(tmp_path / "a.mdcase", 5) as case:
        decide(case, case.cells()[:2], "BLA")
        for name in ("a.mdcase", "a.mdcase-wal"):
            shutil.copyfile(tmp_path / name, folder / name)
    before = _as_they_lie(folder)
    assert progress_of(folder / "a.mdcase") == (5, 2)
    assert _as_they_lie(folder) == before


def test_that_a_case_that_another_program_holds_tells_how_far_it_is(tmp_path):
    path = tmp_path / "a.mdcase"
    case_of(path, 5).close()
    with holders() as start:
        start(path)
        assert progress_of(path) == (5, 0)


def test_that_a_case_that_is_written_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "a.mdcase"
    case_of(path, 5).close()
    read, turns = progress._read, []

    def written_meanwhile(*arguments):
        found = read(*arguments)
        if not turns:
            with CaseFile.open(path) as case:
                decide(case, case.cells()[:4], "BLA")
        turns.append(found)
        return found

    monkeypatch.setattr(progress, "_read", written_meanwhile)
    assert progress_of(path) == (5, 4)
    assert turns == [(5, 0), (5, 4)]


def test_that_what_is_no_case_of_this_program_is_told_and_stays_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "a.mdcase"
    case_of(path, 5).close()
    (tmp_path / "empty.mdcase").write_bytes(b"")
    before = _as_they_lie(tmp_path)
    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:-1])
    with pytest.raises(CaseFileTooNew):
        progress_of(path)
    with pytest.raises(NotACaseFile):
        progress_of(tmp_path / "empty.mdcase")
    assert _as_they_lie(tmp_path) == before
