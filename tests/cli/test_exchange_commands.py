"""``marrowdesk exchange`` and ``marrowdesk report`` as a person calls them."""

from __future__ import annotations

import base64
import contextlib
import csv
import io
import json
import sqlite3
from datetime import UTC, datetime

import pytest
from exchange_cases import make_case
from hl7_reading import fields
from pdf_reading import page_sizes, page_texts

from marrowdesk.cli import main
from marrowdesk.cli.exchange import FORMS
from marrowdesk.core import edits
from marrowdesk.services.parcel import Form
from marrowdesk.store.casefile import CaseFile


@pytest.fixture
def case_file(tmp_path):
    return make_case(
        tmp_path / "c.mdcase",
        tmp_path / "slide",
        boxes=2,
        decided=3,
        title="Mustermann",
        patient_name="Erika X",
    )


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def run(capsys):
    """Give a function that runs a command and returns exit code, output and errors."""

    def command(*arguments):
        code = main([*map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_that_the_command_knows_every_form():
    assert set(FORMS) == set(Form)


@pytest.mark.parametrize("form", FORMS)
def test_that_what_leaves_is_printed_before_it_is_written(run, case_file, out, form):
    code, printed, err = run("exchange", case_file, "--form", form, "--out", out)
    assert (code, err) == (0, "")
    assert printed.index("Names of patients   no") < printed.index("Written  ")
    assert "Mustermann" not in printed
    (written,) = out.iterdir()
    assert written.name in printed


def test_that_names_leave_only_when_asked_for(run, case_file, out):
    run("exchange", case_file, "--form", "json", "--out", out / "without.json", "--quiet")
    code, printed, _ = run(
        "exchange", case_file, "--form", "json", "--out", out / "with.json", "--with-names"
    )
    assert code == 0
    assert "Names of patients   yes" in printed
    assert json.loads((out / "without.json").read_bytes())["header"]["patient_name"] == ""
    assert json.loads((out / "with.json").read_bytes())["header"]["patient_name"] == "Erika X"


def test_that_one_failing_case_does_not_stop_the_others_and_is_told_by_the_exit_code(
    run, case_file, out, tmp_path
):
    broken = tmp_path / "broken.mdcase"
    broken.write_bytes(b"no case")
    other = make_case(tmp_path / "d.mdcase", tmp_path / "other")
    code, printed, err = run("exchange", case_file, broken, other, "--form", "csv", "--out", out)
    assert code == 3
    assert "broken.mdcase" in err
    assert len(list(out.iterdir())) == printed.count("Written  ") == 2
    code, _, err = run("exchange", broken, "--form", "csv", "--out", out)
    assert code == 1


def test_that_one_flipped_bit_in_a_time_ends_the_work_on_no_other_case(run, case_file, out, tmp_path):
    flipped, other = (make_case(tmp_path / f"{n}.mdcase", tmp_path / n, decided=2, title=n) for n in "de")
    with contextlib.closing(sqlite3.connect(flipped)) as connection:
        (at,) = connection.execute("SELECT at FROM batch").fetchone()
    content = bytearray(flipped.read_bytes())
    content[content.index(at.encode()) + 4] ^= 4  # no hyphen any more after the year
    flipped.write_bytes(content)
    cases = (case_file, flipped, other)
    code, _, err = run("report", *cases, "--worklist", out / "list.csv")
    assert (code, "d.mdcase is damaged" in err) == (3, True)
    rows = list(csv.DictReader(io.StringIO((out / "list.csv").read_text("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["open", "broken", "open"]
    code, _, err = run("exchange", *cases, "--form", "xlsx", "--out", out)
    assert (code, "d.mdcase is damaged" in err) == (3, True)
    assert len(list(out.glob("*.xlsx"))) == 2


def test_that_an_image_that_is_gone_is_told_by_the_exit_code(run, case_file, out, tmp_path):
    next((tmp_path / "slide").glob("*_00.png")).unlink()
    code, _, err = run("exchange", case_file, "--form", "images", "--out", out)
    assert code == 3
    assert "Cell 1" in err


def test_that_several_cases_need_a_folder_and_a_missing_one_is_named(run, case_file, out, tmp_path):
    other = make_case(tmp_path / "d.mdcase", tmp_path / "other")
    code, _, err = run("exchange", case_file, other, "--form", "csv", "--out", out / "x.csv")
    assert (code, "no folder that is there" in err) == (1, True)
    code, _, err = run("exchange", case_file, "--form", "hl7", "--out", tmp_path / "away" / "x.hl7")
    assert (code, "away is not there" in err) == (1, True)
    assert not (tmp_path / "away").exists()


def test_that_reports_and_worklist_are_written(run, case_file, out, tmp_path):
    (tmp_path / "broken.mdcase").write_bytes(b"no case")
    code, printed, err = run(
        "report", tmp_path, "--out", out, "--worklist", out / "list.csv", "--page", "Letter"
    )
    assert code == 3
    assert err.count("broken.mdcase") == 2  # named, and in its path
    assert len(list(out.glob("*.pdf"))) == 1
    rows = list(csv.DictReader(io.StringIO((out / "list.csv").read_text("utf-8-sig"))))
    assert sorted(row["state"] for row in rows) == ["broken", "open"]
    assert printed.count("Written") == 2


def test_that_a_worklist_alone_is_written_and_its_case_stays_as_it_was(run, case_file, out):
    before = case_file.read_bytes()
    code, _, err = run("report", case_file, "--worklist", out / "list.xlsx", "--quiet")
    assert (code, err) == (0, "")
    assert (out / "list.xlsx").read_bytes().startswith(b"PK")
    assert case_file.read_bytes() == before


def test_that_one_sex_for_a_folder_holds_for_the_cases_whose_header_does_not_say_it(run, out, tmp_path):
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, typed in (("said", "M"), ("open", "")):
        make_case(folder / f"{name}.mdcase", tmp_path / name, title=name, sex=typed)
    code, _, err = run("exchange", folder, "--form", "json", "--out", out, "--with-names", "--sex", "F")
    assert (code, err) == (0, "")
    told = [json.loads(each.read_bytes()) for each in out.iterdir()]
    sexes = {each["title"]: each["differential"]["references"]["sex"] for each in told}
    assert sexes == {"said": "M", "open": "F"}
    for command in (("exchange", "--form", "csv"), ("report",)):
        code, _, err = run(*command, folder / "said.mdcase", "--out", out, "--sex", "F")
        assert code == 0
        assert "the header says 'M' for the sex" in err


@pytest.mark.parametrize("form", ["fhir", "hl7"])
def test_that_the_pdf_inside_is_printed_as_asked_for(run, case_file, out, form):
    how = ("--language", "de", "--page", "Letter", "--template", "summary")
    code, _, err = run("exchange", case_file, "--form", form, "--out", out / "x", "--quiet", *how)
    assert (code, err) == (0, "")
    paper = paper_in((out / "x").read_bytes(), form)
    assert "Knochenmark-Differenzierung" in page_texts(paper)[0]
    assert page_sizes(paper) == [(612, 792)]


def test_that_a_case_sent_or_listed_as_a_film_says_the_same_everywhere(run, out, tmp_path):
    film = make_case(tmp_path / "film.mdcase", tmp_path / "film", single=8)
    with CaseFile.open(film) as case:
        cells = case.cells()
        for some, code in ((cells[:2], "BLA"), (cells[2:4], "EBO"), (cells[4:], "NGS")):
            case.record(edits.assign(some, code, code, "ab", datetime.now(UTC)))
    run("exchange", film, "--form", "fhir", "--out", out / "x", "--template", "blood", "--quiet")
    bundle = json.loads((out / "x").read_bytes())
    told = {
        each["resource"]["code"]["text"]: each["resource"].get("valueQuantity", {}).get("value")
        for each in bundle["entry"]
        if each["resource"]["resourceType"] == "Observation"
    }
    assert (told["White cells counted"], told["Blast"]) == (6, 33.33)
    assert told["Nucleated red cells per 100 white cells"] == 33.33
    assert "M:E ratio" not in told
    paper = " ".join(page_texts(paper_in((out / "x").read_bytes(), "fhir"))[0].split())
    assert "White cells counted 6" in paper
    run("report", film, "--out", out, "--worklist", out / "list.csv", "--template", "blood", "--quiet")
    (row,) = csv.DictReader(io.StringIO((out / "list.csv").read_text("utf-8-sig")))
    assert row["counted"] == "6"


def paper_in(sent, form):
    """Give the PDF inside a bundle or message."""
    if form == "fhir":
        entries = [each["resource"] for each in json.loads(sent)["entry"]]
        (report,) = [each for each in entries if each["resourceType"] == "DiagnosticReport"]
        return base64.b64decode(report["presentedForm"][0]["data"])
    (row,) = [row for row in fields(sent, "OBX") if row[2] == "ED"]
    return base64.b64decode(row[5].split("^")[-1])


def test_that_nothing_asked_for_is_an_error(run, case_file):
    code, _, err = run("report", case_file)
    assert (code, "Nothing is to be written" in err) == (1, True)


def test_that_a_signed_case_leaves_as_it_was_signed(run, case_file, out):
    from marrowdesk.core.counting import CountingRules

    with CaseFile.open(case_file) as case:
        case.sign("A. Reader", CountingRules(target=7).to_json())
    run("exchange", case_file, "--form", "json", "--out", out / "x.json", "--target", 300)
    told = json.loads((out / "x.json").read_bytes())
    assert (told["differential"]["target"], told["signed"]["reader"]) == (7, "A. Reader")
