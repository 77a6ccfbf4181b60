"""Files named onto a case, what belongs to one, an image or each other: nothing is replaced."""

from __future__ import annotations

import os
import shutil

import pytest
from exchange_cases import make_case

from marrowdesk.cli import main
from marrowdesk.store.casefile import CaseFile

ONE_FILE = ("xlsx", "csv", "json", "fhir", "hl7")


@pytest.fixture
def case_file(tmp_path):
    return make_case(tmp_path / "x.mdcase", tmp_path / "slide", boxes=2, decided=3)


@pytest.fixture
def run(capsys):
    """Give a function that runs a command and returns exit code and errors."""

    def command(*arguments):
        code = main([*map(str, arguments)])
        return code, capsys.readouterr().err

    return command


def kinds(tmp_path, case_file):
    """Give a file of each kind that must stay, by a word of its message."""
    slide = tmp_path / "slide"
    image = next(slide.glob("*_00.png"))
    nameless = slide / "scan"  # an image is told by its content, and a broken one by its name
    shutil.copy(image, nameless)
    broken = slide / "broken.jpg"
    broken.write_bytes(b"")
    other = tmp_path / "damaged.mdcase"
    other.write_bytes(b"\0" * 100)
    link = tmp_path / "link.csv"
    link.symlink_to(case_file)
    beside = [case_file.with_name(case_file.name + ending) for ending in ("-wal", "-shm", ".in-use")]
    for each in beside:
        each.write_bytes(b"kept")
    return [case_file, link, other, *beside, image, nameless, broken]


@pytest.mark.skipif(os.name == "nt", reason="makes a link")
@pytest.mark.parametrize("form", ONE_FILE)
def test_that_no_form_is_written_over_a_case_or_an_image(run, case_file, tmp_path, form):
    copy = tmp_path / "elsewhere" / "y.mdcase"
    copy.parent.mkdir()
    shutil.copy(case_file, copy)
    for target in kinds(tmp_path, case_file):
        before = target.read_bytes()
        code, err = run("exchange", copy, "--form", form, "--out", target, "--quiet")
        assert (code, "nothing was written" in err) == (1, True), target
        assert target.name in err
        assert target.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="makes a link")
@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_that_a_count_refuses_such_files_before_it_counts(run, case_file, tmp_path, form):
    new = tmp_path / "new.mdcase"
    for target in [
        *kinds(tmp_path, case_file),
        new,
        tmp_path / "new.mdcase-wal",
        tmp_path / "new.mdcase.in-use",
    ]:
        before = target.read_bytes() if target.exists() else None
        code, err = run("count", tmp_path / "slide", "--case", new, f"--{form}", target)
        assert (code, "nothing was written" in err) == (1, True), target
        assert (target.read_bytes() if target.exists() else None) == before
    assert not new.exists()


@pytest.mark.parametrize(("first", "second"), [("pdf", "csv"), ("csv", "json"), ("json", "pdf")])
def test_that_one_file_is_not_written_twice_by_one_count(run, case_file, tmp_path, first, second):
    target, again = tmp_path / "o", tmp_path / "slide" / ".." / "o"
    code, err = run("count", case_file, f"--{first}", target, f"--{second}", again)
    assert (code, "is named for two files" in err) == (1, True)
    assert not target.exists()


@pytest.mark.parametrize("form", ["pdf", "csv", "json"])
def test_that_a_count_makes_no_missing_folder(run, case_file, tmp_path, form):
    code, err = run("count", case_file, f"--{form}", tmp_path / "missing" / "drive" / "o")
    assert (code, "is not there; nothing was written" in err) == (1, True)
    assert not (tmp_path / "missing").exists()


def test_that_a_worklist_is_not_written_over_a_database(run, case_file, tmp_path):
    target = tmp_path / "list.csv"
    shutil.copy(case_file, target)
    before = target.read_bytes()
    code, err = run("report", case_file, "--worklist", target)
    assert (code, "list.csv is a case" in err) == (1, True)
    assert target.read_bytes() == before


def test_that_a_report_of_yesterday_is_replaced(run, case_file, tmp_path):
    target = tmp_path / "o.csv"
    target.write_text("of yesterday")
    assert run("exchange", case_file, "--form", "csv", "--out", target, "--quiet") == (0, "")
    assert b"of yesterday" not in target.read_bytes()


@pytest.mark.parametrize("command", ["report", "exchange"])
def test_that_a_copy_of_a_case_is_not_written_over_the_case(run, case_file, tmp_path, command):
    shutil.copy(case_file, tmp_path / "y copy.mdcase")
    with CaseFile.open(case_file) as case:
        case.set_field("accession", "2031")  # decided on after the copy was made
    out = tmp_path / "out"
    out.mkdir()
    form = ["--form", "json"] if command == "exchange" else []
    code, err = run(command, tmp_path, *form, "--out", out, "--quiet")
    assert (code, "y copy.mdcase is a copy of the same case" in err) == (3, True)
    (written,) = out.iterdir()
    assert command == "report" or b"2031" in written.read_bytes()
