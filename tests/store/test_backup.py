"""Copies of a case are whole, few, and put back without losing what the case was."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from case_samples import at, case_of, decide

from marrowdesk.core import edits
from marrowdesk.core.errors import CaseFileError
from marrowdesk.store import backup as module
from marrowdesk.store.backup import KEPT, back_up, back_up_daily, backups, copies_folder, restore
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileFull, CaseFileMissing, CaseFileReadOnly

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _reviewed(path):
    with CaseFile.open(path) as case:
        return case.progress()[1]


def test_that_a_copy_of_an_open_case_holds_every_decision_and_is_one_file(tmp_path):
    with case_of(tmp_path / "a.mdcase", 5) as case:
        decide(case, case.cells()[:3], "BLA")
        copy = back_up(case.path, NOON)
        decide(case, case.cells()[3:], "LYT", minutes=1)
    assert [each.name for each in copy.path.parent.iterdir()] == ["2026-03-01 12.00.00.mdcase"]
    assert copy.size == copy.path.stat().st_size
    assert _reviewed(copy.path) == 3
    assert _reviewed(tmp_path / "a.mdcase") == 5


def test_that_the_last_ten_are_kept_the_latest_first_and_other_files_are_left_alone(tmp_path):
    with case_of(tmp_path / "a.mdcase", 2) as case:
        other = copies_folder(case.path) / "notes.txt"
        for hour in range(KEPT + 3):
            back_up(case.path, NOON + timedelta(hours=hour))
            other.write_text("mine")
        kept = backups(case.path)
    assert [each.at for each in kept] == [NOON + timedelta(hours=hour) for hour in range(KEPT + 2, 2, -1)]
    assert other.exists()


def test_that_two_copies_of_one_second_are_both_there(tmp_path):
    with case_of(tmp_path / "a.mdcase", 2) as case:
        first, second = back_up(case.path, NOON), back_up(case.path, NOON)
        assert [each.path for each in backups(case.path)] == [second.path, first.path]


def test_that_the_first_opening_of_a_day_makes_a_copy_and_the_second_none(tmp_path):
    tokyo = timezone(timedelta(hours=9))
    with case_of(tmp_path / "a.mdcase", 2) as case:
        assert back_up_daily(case.path, NOON, tokyo) is not None
        assert back_up_daily(case.path, NOON + timedelta(hours=2), tokyo) is None
        # 15:00 UTC is midnight there: another day.
        assert back_up_daily(case.path, NOON + timedelta(hours=3), tokyo) is not None
        # A clock that was set back makes no copies again and again.
        assert back_up_daily(case.path, NOON - timedelta(days=2), tokyo) is not None
        assert back_up_daily(case.path, NOON - timedelta(days=2), tokyo) is None
        assert len(backups(case.path)) == 3


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-9000)])
def test_that_a_clock_that_went_wrong_for_a_while_costs_no_copy_after_it(tmp_path, wrong):
    with case_of(tmp_path / "a.mdcase", 4) as case:
        path, cells = case.path, case.cells()
        for number in range(KEPT):
            back_up(path, NOON + wrong + timedelta(days=number))
        decide(case, cells[:1], "BLA")
        made = [back_up_daily(path, NOON + timedelta(days=day)) for day in range(3)]
        assert all(each is not None for each in made)
        assert back_up_daily(path, NOON + timedelta(days=2, hours=1)) is None
        listed = backups(path, NOON + timedelta(days=2, hours=1))
        assert listed[:3] == made[::-1]
        decide(case, cells[1:], "BLA", minutes=1)
    kept = restore(made[0].path, path)
    assert (_reviewed(path), _reviewed(kept.path)) == (1, 4)


def test_that_a_copy_in_which_somebody_worked_on_is_not_lost_when_later_ones_come(tmp_path):
    with case_of(tmp_path / "a.mdcase", 4) as case:
        early = [back_up(case.path, NOON + timedelta(minutes=minute)).path for minute in range(3)]
        with CaseFile.open(early[0]) as copy:
            decide(copy, copy.cells(), "LYT")
        with CaseFile.open(early[1], hold=True):
            for hour in range(1, KEPT + 2):
                decide(case, case.cells()[:1], "BLA" if hour % 2 else "NGS", minutes=hour)
                back_up(case.path, NOON + timedelta(hours=hour))
            assert early[1].exists()  # it is open
        assert _reviewed(early[0]) == 4
        assert not early[2].exists()
        back_up(case.path, NOON + timedelta(hours=20))
        assert not early[1].exists()
        assert len(backups(case.path)) == KEPT + 1


def test_that_what_a_case_was_before_a_copy_was_put_back_stays_while_no_other_copy_holds_it(tmp_path):
    with case_of(tmp_path / "a.mdcase", 4) as case:
        path = case.path
        first = back_up(path, NOON)
        decide(case, case.cells()[:3], "BLA")
        back_up(path, NOON + timedelta(hours=1))
        decide(case, case.cells()[3:], "BLA", minutes=1)
    kept = restore(first.path, path)
    for day in range(1, KEPT + 3):
        back_up(path, kept.at + timedelta(days=day))
    left = backups(path, kept.at + timedelta(days=KEPT + 3))
    assert [_reviewed(each.path) for each in left] == [0] * KEPT + [4]
    assert left[-1] == kept


def test_that_a_copy_is_put_back_and_what_the_case_was_is_a_copy_now(tmp_path):
    with case_of(tmp_path / "a.mdcase", 4) as case:
        path = case.path
        decide(case, case.cells()[:1], "BLA")
        early = back_up(path, NOON)
        decide(case, case.cells()[1:], "LYT", minutes=1)
    kept = restore(early.path, path)
    assert _reviewed(path) == 1
    assert _reviewed(kept.path) == 4
    with CaseFile.open(path) as case:  # it is a case like any other: decisions go on, also by undo
        (batch, edit) = case.undo_history()[-1]
        case.record(edit.inverse(), undoes=batch)
        decide(case, case.cells()[2:3], "NGS", minutes=3)
        assert case.progress()[1] == 1
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["a.mdcase"]


def test_that_a_missing_case_comes_back_and_a_damaged_one_is_kept_aside(tmp_path):
    with case_of(tmp_path / "a.mdcase", 3) as case:
        path = case.path
        decide(case, case.cells()[:2], "BLA")
        copy = back_up(path, NOON)
    path.unlink()
    assert restore(copy.path, path) is None
    assert _reviewed(path) == 2
    path.write_bytes(b"SQLite format 3\x00" + os.urandom(5000))
    assert restore(copy.path, path) is None
    assert _reviewed(path) == 2
    assert (tmp_path / "a.mdcase.damaged").stat().st_size == 5016


def test_that_a_copy_that_is_no_case_is_refused_and_nothing_is_changed(tmp_path):
    with case_of(tmp_path / "a.mdcase", 3) as case:
        path = case.path
        decide(case, case.cells()[:2], "BLA")
    bad = tmp_path / "bad.mdcase"
    bad.write_bytes(b"no database at all, but long enough to be one" * 40)
    before = path.read_bytes()
    with pytest.raises(CaseFileError):
        restore(bad, path)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.mdcase", "bad.mdcase"]


def test_that_a_copy_made_while_decisions_stream_in_holds_whole_acts(tmp_path):
    with case_of(tmp_path / "a.mdcase", 40) as case:
        stop = threading.Event()

        def decide_on() -> None:
            minute = 0
            while not stop.is_set():
                minute += 1
                case.record(
                    edits.assign(case.cells()[:20], "BLA" if minute % 2 else "LYT", "x", "Ann", at(minute))
                )

        worker = threading.Thread(target=decide_on)
        worker.start()
        try:
            copies = [back_up(case.path, NOON + timedelta(minutes=number)) for number in range(6)]
        finally:
            stop.set()
            worker.join()
    for copy in copies:
        with CaseFile.open(copy.path) as there:
            codes = {cell.code for cell in there.cells()[:20]}
            assert len(codes) == 1
            assert there.progress()[1] in (0, 20)


def test_that_no_space_or_rights_for_a_copy_is_told_and_leaves_nothing_behind(tmp_path, monkeypatch):
    with case_of(tmp_path / "a.mdcase", 2) as case:

        def full(source, target):
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(module, "_copy", full)
        with pytest.raises(CaseFileReadOnly, match="No space left on device"):
            back_up(case.path)
        assert list(copies_folder(case.path).iterdir()) == []
        # Without room for a copy of what it is, a case is not replaced.
        with pytest.raises(CaseFileReadOnly):
            restore(case.path, case.path)
    with pytest.raises(CaseFileMissing):
        back_up(tmp_path / "none.mdcase")


def test_that_a_full_disk_is_told_of_the_copies_and_not_of_the_case(tmp_path, monkeypatch):
    connect = module.connect

    def small(path, mode="rw"):
        connection = connect(path, mode)
        if mode == "rwc":  # the copy: a disk with room for two pages
            connection.execute("PRAGMA max_page_count = 2")
        return connection

    with case_of(tmp_path / "a.mdcase", 2) as case:
        monkeypatch.setattr(module, "connect", small)
        with pytest.raises(CaseFileFull, match="A copy of the case cannot be written into") as caught:
            back_up(case.path, NOON)
        assert str(copies_folder(case.path)) in caught.value.message
        assert backups(case.path) == []
        assert list(copies_folder(case.path).iterdir()) == []
        decide(case, case.cells()[:1], "BLA")
