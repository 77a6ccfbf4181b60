"""One program at a time writes into a case; a second one reads, and takes over when the first has crashed."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import pytest
from case_samples import case_of, decide, reviews
from holding_child import holders

from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store import holding
from marrowdesk.store.backup import back_up, restore
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import (
    CaseFileFull,
    CaseFileInUse,
    CaseFileMissing,
    CaseFileReadOnly,
    CaseFileTakenOver,
)
from marrowdesk.store.holding import ENDING, Holder, Holding, read_holder


@pytest.fixture
def path(tmp_path):
    """Give a closed case of three cells."""
    path = tmp_path / "case.mdcase"
    case_of(path, 3).close()
    return path


@pytest.fixture
def child(path):
    """Give a maker of processes that hold the case until they read a line."""
    with holders() as start:
        yield partial(start, path)


def _mark(path):
    return path.with_name(path.name + ENDING)


def _pretend(path, **told):
    """Let somebody else hold the case."""
    other = replace(Holder.here(), **told)
    _mark(path).write_text(json.dumps(asdict(other)))
    return other


def test_that_a_case_that_is_held_names_its_holder_and_is_free_when_closed(path):
    with CaseFile.open(path, hold=True):
        assert read_holder(path).process == os.getpid()
        assert read_holder(path).words.endswith(read_holder(path).computer)
    assert not _mark(path).exists()


def test_that_a_second_program_is_refused_until_the_first_has_closed(path, child):
    first = child()
    with pytest.raises(CaseFileInUse, match="is open already: "):
        CaseFile.open(path, hold=True)
    first.stdin.write("\n")
    first.stdin.flush()
    assert first.stdout.readline() == "closed\n"
    CaseFile.open(path, hold=True).close()


def test_that_after_a_crash_the_case_opens_without_a_word(path, child):
    first = child()
    first.kill()
    first.wait()
    assert _mark(path).exists()
    with CaseFile.open(path, hold=True) as case:
        decide(case, case.cells()[:1], "BLA")


def test_that_a_holder_that_was_taken_over_notices_before_it_writes(path, child):
    with CaseFile.open(path, hold=True) as case:
        decide(case, case.cells()[:1], "BLA")
        child("take over")
        with pytest.raises(CaseFileTakenOver, match="the last step was not kept"):
            decide(case, case.cells()[1:2], "BLA")
        assert [review is not None for review in reviews(case).values()] == [True, False, False]
    assert _mark(path).exists()  # that of the other one stays


def test_that_a_holder_on_another_computer_is_believed_until_a_person_takes_over(path):
    _pretend(path, computer="elsewhere", person="Ann", process=1)
    os.utime(_mark(path), (1, 1))
    with pytest.raises(CaseFileInUse, match="Ann on elsewhere"):
        CaseFile.open(path, hold=True)
    with CaseFile.open(path, hold=True, take_over=True):
        assert read_holder(path).computer != "elsewhere"


def test_that_a_number_that_another_process_got_since_is_no_holder(path):
    _pretend(path, process=os.getppid())
    with pytest.raises(CaseFileInUse):
        CaseFile.open(path, hold=True)
    long_ago = time.time() - 3600
    os.utime(_mark(path), (long_ago, long_ago))
    CaseFile.open(path, hold=True).close()


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b'{"token": "x"}'])
def test_that_a_mark_that_cannot_be_read_holds_only_while_it_is_new(path, content):
    _mark(path).write_bytes(content)
    with pytest.raises(CaseFileInUse, match="by another program"):
        CaseFile.open(path, hold=True)
    os.utime(_mark(path), (1, 1))
    CaseFile.open(path, hold=True).close()


def _beating() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "holding"}


def test_that_a_disk_that_was_full_at_opening_holds_nothing_once_there_is_space(path, monkeypatch):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full")
    whole = Path.open

    def no_space(self, mode="r", *rest):
        opened = whole(self, mode, *rest)
        if mode != "xb":
            return opened
        opened.close()
        return whole(full, "wb")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", no_space)
        with pytest.raises(CaseFileFull, match="no space left beside the case") as caught:
            CaseFile.open(path, hold=True)
        assert "Free some space" in caught.value.hint
    assert not _mark(path).exists()
    CaseFile.open(path, hold=True).close()


def test_that_one_process_may_open_it_twice_and_holds_it_until_the_last_is_closed(path):
    before = _beating()  # cases that tests of other files in this process have left open
    first, second = (CaseFile.open(path, hold=True) for _ in range(2))
    first.close()
    first.close()
    decide(second, second.cells()[:1], "BLA")
    assert _mark(path).exists()
    assert len(_beating() - before) == 1
    second.close()
    assert not _mark(path).exists()
    assert _beating() == before


def test_that_a_holder_goes_on_where_somebody_tidied_its_mark_away(path):
    with CaseFile.open(path, hold=True) as case:
        _mark(path).unlink()
        decide(case, case.cells()[:1], "BLA")
        assert read_holder(path).process == os.getpid()


def test_that_a_holder_tells_again_and_again_that_it_lives(path, monkeypatch):
    monkeypatch.setattr(holding, "BEAT_SECONDS", 0.02)
    with CaseFile.open(path, hold=True):
        os.utime(_mark(path), (1, 1))
        for _ in range(200):
            if _mark(path).stat().st_mtime > 1:
                break
            time.sleep(0.02)
        assert _mark(path).stat().st_mtime > 1


def test_that_a_case_that_is_not_there_leaves_no_mark(tmp_path):
    with pytest.raises(CaseFileMissing):
        CaseFile.open(tmp_path / "none.mdcase", hold=True)
    assert list(tmp_path.iterdir()) == []


def test_that_a_file_that_is_no_case_leaves_no_mark(tmp_path):
    (tmp_path / "text.mdcase").write_text("no case at all")
    with pytest.raises(Exception, match="not a MarrowDesk case"):
        CaseFile.open(tmp_path / "text.mdcase", hold=True)
    assert not _mark(tmp_path / "text.mdcase").exists()


def test_that_a_new_case_is_held_from_the_start(tmp_path):
    path = tmp_path / "new.mdcase"
    with CaseFile.create(path, MARROW, "new", hold=True):
        assert read_holder(path).process == os.getpid()


@pytest.mark.parametrize("computer", ["here", "elsewhere"])
def test_that_a_copy_shows_what_was_kept_and_takes_nothing(path, computer):
    with CaseFile.open(path) as holder:
        decide(holder, holder.cells()[:1], "BLA")  # still in the write-ahead log
        if computer == "elsewhere":
            _pretend(path, computer=computer)
        with CaseFile.open_copy(path) as copy:
            assert copy.read_only
            assert copy.path == path
            assert reviews(copy)[1].code == "BLA"
            with pytest.raises(CaseFileReadOnly, match="reading only; nothing was written"):
                decide(copy, copy.cells()[1:2], "BLA")
            decide(holder, holder.cells()[1:2], "LYT")
            assert reviews(copy)[2] is None
    with CaseFile.open_copy(path) as later:
        assert reviews(later)[2].code == "LYT"


def test_that_a_copy_is_removed_when_it_is_closed(path, monkeypatch, tmp_path):
    spare = tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    copy = CaseFile.open_copy(path)
    assert len(list(spare.iterdir())) == 1
    copy.close()
    assert list(spare.iterdir()) == []


def test_that_an_open_case_is_not_replaced_by_a_copy(path, child):
    copy = back_up(path)
    child()
    with pytest.raises(CaseFileInUse):
        restore(copy.path, path)


def test_that_releasing_twice_gives_the_right_back_once(path):
    first, second = Holding.acquire(path), Holding.acquire(path)
    first.release()
    first.release()
    second.check()
    second.release()
    assert not _mark(path).exists()
