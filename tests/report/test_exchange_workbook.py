"""The workbook holds the count as numbers, texts as typed, and nothing that runs."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from exchange_samples import BLOOD, content_of, everywhere
from hostile import HOSTILE
from pdf_reading import page_texts
from report_samples import AT, NORMAL, cells, report_of, review

from marrowdesk.core.cell import Cell, Place, Verdict
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.report.exchange.spreadsheet import DIFFERENTIAL_COLUMNS, xlsx_bytes
from marrowdesk.report.exchange.text import plain
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.tables import CELL_COLUMNS, DECISION_COLUMNS, cell_record

LONGEST = 32_767


def book(content):
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(content)))


def table(page):
    return [[cell.value for cell in row] for row in page.iter_rows()]


def fitting(text):
    return plain(text).replace("\r\n", "\n").replace("\r", "\n")


def test_that_the_workbook_says_what_the_report_says():
    content = content_of()
    found = content.report.differential
    read = book(content)
    assert read.sheetnames == ["Differential", "Cells", "Decisions", "Report"]
    head, *rows = table(read["Differential"])
    assert tuple(head) == DIFFERENTIAL_COLUMNS
    classes = {row[1]: row for row in rows if row[0] == "class"}
    for row in found.rows:
        line = classes[row.cell_class.code]
        assert line[2:4] == [row.name, row.share.count]
        assert line[4:7] == pytest.approx([row.share.percent, row.share.low, row.share.high])
        assert line[7:9] == ([row.range.low, row.range.high] if row.range else [None, None])
        assert line[10:12] == [row.predicted, row.reviewed]
    ratio = next(row for row in rows if row[0] == "ratio")
    assert ratio[4] == pytest.approx(found.me_ratio.value)
    assert [row[2:4] for row in rows if row[0] == "total"] == [["nucleated cells counted", found.counted]]


def test_that_the_workbook_says_what_stands_beside_the_differential():
    rules = CountingRules(blast_equivalents=("FGC",), non_erythroid=True)
    found = report_of(cells(NORMAL), rules=rules).differential
    head, *rows = table(book(content_of(differential=found))["Differential"])
    per_100 = head.index("Per 100")
    assert {row[1]: row[per_100] for row in rows if row[0] == "apart"} == {"KSC": 1.2, "ART": 2.2, "NIF": 0.6}
    marks = [[*row[2:7], row[9]] for row in rows if row[0] == "threshold"]
    assert len(marks) == 5
    share = found.marks[2].share
    wanted = [7, pytest.approx(1.4), pytest.approx(share.low), pytest.approx(share.high), "below"]
    assert marks[2] == ["blasts and equivalents, threshold 20 %", *wanted]
    (of_others,) = [row[2:5] for row in rows if row[0] == "share"]
    assert of_others == [
        "blasts and equivalents, of all but erythroid cells",
        7,
        pytest.approx(100 * 7 / (500 - 126)),
    ]


def test_that_the_workbook_of_a_blood_film_speaks_of_white_cells_and_has_no_ratio_of_the_marrow():
    head, *rows = table(book(content_of(differential=BLOOD))["Differential"])
    assert [row[2:4] for row in rows if row[0] == "total"] == [["white cells counted", 100]]
    assert not [row for row in rows if row[0] == "ratio"]
    (red,) = [row for row in rows if row[0] == "red cells"]
    assert (red[3], red[head.index("Per 100")]) == (4, 4)
    assert red[head.index("Interval low")] < 4 < red[head.index("Interval high")]


def test_that_a_blood_film_has_no_lines_of_ratios():
    rows = table(book(content_of(differential=BLOOD))["Differential"])
    assert "class" in {row[0] for row in rows}
    assert "ratio" not in {row[0] for row in rows}


@pytest.mark.parametrize("rules", [CountingRules(age_unclear=True), CountingRules(age=4)])
def test_that_ranges_are_named_only_where_they_are_held_against_the_count(rules):
    def said(report):
        return dict(table(book(content_of(differential=report.differential))["Report"]))["Reference ranges"]

    assert said(report_of(cells(NORMAL))) == "Bain 1996, adults"
    assert said(report_of(cells(NORMAL), rules=CountingRules(references=NO_RANGES))) == NO_RANGES.name
    left_out = report_of(cells(NORMAL), rules=rules)
    why = said(left_out)
    assert why.startswith("No reference ranges are held against this count: ")
    assert ("Bain" in why) != rules.age_unclear
    assert why in " ".join(page_texts(pdf_bytes(left_out))[0].split())


def test_that_cells_and_decisions_stand_one_a_row_with_typed_values():
    content = content_of()
    read = book(content)
    head, *rows = table(read["Cells"])
    assert [name.removesuffix(" (UTC)") for name in head] == list(CELL_COLUMNS)
    assert len(rows) == len(content.cells)
    for row, cell in zip(rows, content.cells, strict=True):
        wanted = cell_record(cell, content.report.slides)
        wanted["reviewed_at"] = AT.replace(tzinfo=None) if cell.review else None
        assert row == list(wanted.values())
    head, *rows = table(read["Decisions"])
    assert [name.removesuffix(" (UTC)") for name in head] == list(DECISION_COLUMNS)
    assert len(rows) == 3
    assert isinstance(rows[0][1], datetime)
    assert isinstance(rows[0][0], int)


def test_that_the_header_row_stays_in_sight():
    assert {page.freeze_panes for page in book(content_of())} == {"A2"}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_a_text_is_shown_as_typed_and_is_never_a_formula(kind):
    text = HOSTILE[kind]
    cell = Cell(1, 1, Place(Path("a.png")), None, review("LYT", Verdict.ASSIGNED, reader=text), None)
    content = content_of([cell], title=text, header=everywhere(text))
    data = xlsx_bytes(content)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        sheets = [opened.read(name) for name in opened.namelist() if "worksheets/sheet" in name]
    assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
    read = openpyxl.load_workbook(io.BytesIO(data))
    shown = {row[0]: row[1] for row in table(read["Report"])}
    wanted = plain(text)
    if len(wanted.encode("utf-16-le")) // 2 > LONGEST:
        assert shown["Conclusion"].endswith(" […]")
        assert wanted.startswith(shown["Conclusion"].removesuffix(" […]"))
        assert len(shown["Conclusion"].encode("utf-16-le")) // 2 <= LONGEST
    else:
        for name in ("Case", "Patient", "Conclusion", "Comment"):
            assert fitting(shown[name]) == fitting(wanted)
        assert fitting(read["Cells"]["O2"].value) == fitting(wanted)
    assert {cell.data_type for row in read["Report"].iter_rows() for cell in row} <= {"s", "n", "d"}


def test_that_what_looks_like_a_formula_stays_a_text_when_it_is_edited():
    read = book(content_of(title="=1+1"))
    assert read["Report"]["B2"].value == "=1+1"
    assert read["Report"]["B2"].quotePrefix
    assert not read["Report"]["A2"].quotePrefix


def test_that_the_same_count_gives_the_same_bytes():
    assert xlsx_bytes(content_of()) == xlsx_bytes(content_of())


def test_that_the_file_itself_names_no_patient():
    data = xlsx_bytes(content_of(title="Erika Mustermann"))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        told = opened.read("docProps/core.xml") + opened.read("docProps/app.xml")
    assert b"Mustermann" not in told
    assert b"MarrowDesk" in told


@pytest.mark.slow
def test_that_another_program_reads_the_same_values(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    content = content_of(title="=1+1", header=everywhere(HOSTILE["formula"]))
    (tmp_path / "count.xlsx").write_bytes(xlsx_bytes(content))
    # Comma, quotes, UTF-8, values as they are kept and not as they are shown, all sheets.
    how = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    done = subprocess.run(
        [office, "--headless", "--convert-to", how, "--outdir", str(tmp_path), profile, "count.xlsx"],
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    read = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(content)))
    for name in ("Differential", "Cells", "Report"):
        with (tmp_path / f"count-{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        wanted = table(read[name])
        assert len(rows) == len(wanted)
        for row, line in zip(rows, wanted, strict=True):
            for value, kept in zip(row, line, strict=True):
                if isinstance(kept, int | float):
                    assert float(value) == pytest.approx(kept)
                elif not isinstance(kept, datetime):
                    assert value == (kept or "")
