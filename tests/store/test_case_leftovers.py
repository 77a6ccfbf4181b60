"""A program that is killed while it copies a case leaves nothing of it for long."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import pytest
from case_samples import case_of, decide

from marrowdesk.store.backup import back_up, backups, copies_folder, restore
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileReadOnly

# Does what is named, and stops with the copy made and not yet in its place, until it is killed.
CHILD = """
import pathlib, sys
from marrowdesk.store import backup, casefile, copying
case, what = pathlib.Path(sys.argv[1]), sys.argv[2]

def stopping(work):
    def wrapped(*given):
        work(*given)
        print("copied", flush=True)
        sys.stdin.readline()
    return wrapped

backup._copy = stopping(backup._copy)
copying._files_copied = stopping(copying._files_copied)
if what == "copy":
    backup.back_up(case)
elif what == "put back":
    backup.restore(backup.backups(case)[0].path, case)
else:
    casefile.CaseFile.open_copy(case)
"""


@pytest.fixture
def case_file(tmp_path, monkeypatch):
    """Give a case with a copy; temporary files lie in a folder of their own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("TEMP", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with case_of(tmp_path / "cases" / "big.mdcase", 3) as case:
        decide(case, case.cells(), "BLA")
    back_up(case.path)
    return case.path


@pytest.fixture
def stopped(case_file):
    """Give a maker of processes that are in the midst of a copy."""
    children = []

    def start(what):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(case_file), what],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        children.append(child)
        assert child.stdout.readline() == "copied\n"
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def _whole(case_file):
    """Give all files that hold the case or a part of it, but for the case and its copies."""
    named = {case_file, *(each.path for each in backups(case_file))}
    return [path for path in case_file.parent.parent.rglob("*") if path.is_file() and path not in named]


def _again(case_file, what):
    """Do the same once more, to its end."""
    if what == "copy":
        back_up(case_file)
    elif what == "put back":
        restore(backups(case_file)[0].path, case_file)
    else:
        CaseFile.open_copy(case_file).close()


@pytest.mark.parametrize("what", ["copy", "put back", "read"])
def test_that_a_program_killed_while_it_copies_leaves_nothing_after_the_next_time(case_file, stopped, what):
    child = stopped(what)
    drafts = _whole(case_file)
    assert max(path.stat().st_size for path in drafts) >= case_file.stat().st_size // 2
    if what != "put back":  # then the case is held
        _again(case_file, what)
        assert _whole(case_file) == drafts  # it still runs
    child.kill()
    child.wait()
    _again(case_file, what)
    assert _whole(case_file) == []


def test_that_what_an_earlier_version_or_another_computer_left_goes_after_a_day(case_file):
    folder, names = (
        copies_folder(case_file),
        (".0123456789ab.new", ".copy.00000000-1-0123456789ab.new-journal"),
    )
    temporary = [
        case_file.parents[1] / "tmp" / f"marrowdesk-{name}" for name in ("ab12_xyz", "00000000-1-ab12_xyz")
    ]
    other = case_file.parents[1] / "tmp" / "marrowdesk-ab12_abc"
    for each in (*temporary, other):
        each.mkdir()
        (each / ("notes.txt" if each is other else "big.mdcase")).write_text("x")
    left = [*(folder / name for name in names), *temporary]
    for path in left[:2]:
        path.write_text("x")
    for old in (False, True):
        for path in (*left, other):
            if old:
                os.utime(path, (time.time() - 100_000,) * 2)
        back_up(case_file)
        CaseFile.open_copy(case_file).close()
        assert [path.exists() for path in left] == [not old] * 4
    assert other.exists()  # not of this program


def test_that_a_copy_that_cannot_be_read_leaves_no_folder(case_file, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("marrowdesk.store.copying._files_copied", refused)
    with pytest.raises(CaseFileReadOnly):
        CaseFile.open_copy(case_file)
    assert _whole(case_file) == []
