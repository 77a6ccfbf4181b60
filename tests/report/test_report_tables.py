"""CSV and JSON hold the cells and the differential as they are, and do nothing when opened."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from report_samples import AT, FOLDER, MODEL, NORMAL, cells, normal, prediction, report_of, review

from marrowdesk.core.cell import Box, Cell, Place, Verdict
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import ReportFields, SlideUsed
from marrowdesk.report.tables import CELL_COLUMNS, cell_record, cells_csv, csv_bytes, report_json

SLIDES = (SlideUsed(1, "smear 1", FOLDER / "smear 1", 3), SlideUsed(2, "smear 2", FOLDER / "smear 2", 1))


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_that_a_cell_is_written_with_all_that_is_known_of_it() -> None:
    place = Place(FOLDER / "smear 1" / "BLA" / "f.tif", 2, Box(10, 20, 64, 48))
    cell = Cell(7, 1, place, prediction("BLA", 0.75, 1.25), review("LYT", Verdict.ASSIGNED), "LYT")
    assert cell_record(cell, SLIDES) == {
        "id": 7, "slide": "smear 1", "file": "BLA/f.tif", "page": 3,
        "box_x": 10, "box_y": 20, "box_width": 64, "box_height": 48,
        "proposed_class": "BLA", "confidence": 0.75, "doubt": 1.25, "model": MODEL,
        "reviewed_class": "LYT", "state": "changed", "reader": "A. Reader", "reviewed_at": AT.isoformat(),
        "counted_as": "LYT", "reference_label": "LYT",
    }  # fmt: skip


def test_that_what_is_not_known_stays_empty() -> None:
    pending = Cell(1, 1, Place(FOLDER / "smear 1" / "a.jpg"))
    excluded = Cell(2, 9, Place(Path("elsewhere/b.jpg")), prediction("LYT", doubt=float("nan")),
                    review(None, Verdict.EXCLUDED))  # fmt: skip
    first, second = read_csv(cells_csv([pending, excluded], SLIDES))
    assert {name for name, value in first.items() if value} == {"id", "slide", "file", "page", "state"}
    assert (second["slide"], second["file"], second["doubt"]) == ("", "b.jpg", "")
    assert (second["state"], second["counted_as"], second["reviewed_class"]) == ("excluded", "", "")


def test_that_the_csv_reads_back_equal() -> None:
    many = cells(NORMAL, 0.6, changed=9)
    content = cells_csv(many, SLIDES)
    assert content.startswith(b"\xef\xbb\xbfid,slide,file")
    rows = read_csv(content)
    wanted = [cell_record(cell, SLIDES) for cell in many]
    assert [tuple(row) for row in rows[:1]] == [CELL_COLUMNS]
    assert rows == [{k: "" if v is None else str(v) for k, v in each.items()} for each in wanted]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_that_no_text_is_run_as_a_formula(start: str) -> None:
    hostile = f'{start}HYPERLINK("http://x";"y"),z'
    cell = Cell(
        1, 1, Place(FOLDER / "smear 1" / f"{hostile}.jpg"), None, review("LYT", reader=hostile), hostile
    )
    slide = replace(SLIDES[0], name=hostile)
    (row,) = read_csv(cells_csv([cell], [slide]))
    for name in ("slide", "reader", "reference_label"):
        assert row[name] == f"'{hostile}"
    assert not any(value.startswith(start) for value in row.values())


SEMICOLONS = (
    "a;=1+1",
    "a; +1",
    "b;'=1",
    'c;"=1";d',
    "d\n=1",
    "e\r\n@x",
    "'=1",
    "''=1",
    "\t=1",
    "; ;=1",
    "x;y",
    "-3",
)


@pytest.mark.parametrize("text", SEMICOLONS)
def test_that_no_part_of_a_text_is_run_where_lists_are_separated_by_semicolons(text: str) -> None:
    """Such a computer takes every semicolon for the end of a cell, within quotes too."""
    (row,) = read_csv(csv_bytes(["text"], [[text]]))
    for part in re.split(r"[;\t\r\n]", row["text"]):
        assert not part.strip().lstrip('"').startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", [*SEMICOLONS, "it's", "a, -5", "=x;=y"])
def test_that_the_apostrophes_can_be_taken_off_again(text: str) -> None:
    (row,) = read_csv(csv_bytes(["text"], [[text]]))
    added = re.compile(r"""(^|[;\t\r\n])'(?=[^\S\t\r\n"']*(?:["'][^\S\t\r\n"']*)*[=+\-@]|(?<=^')[\t\r\n])""")
    assert added.sub(r"\1", row["text"]) == text
    assert len(row["text"]) - len(text) <= 1 + sum(text.count(each) for each in ";\t\r\n")


def test_that_numbers_and_plain_words_are_left_as_they_are() -> None:
    (row,) = read_csv(csv_bytes(["n", "text"], [[-5, "del(5q), -7; it's = x"]]))
    assert row == {"n": "-5", "text": "del(5q), -7; it's = x"}


def test_that_file_names_that_are_no_text_come_out_as_escapes() -> None:
    cell = Cell(1, 1, Place(FOLDER / "smear 1" / "bad\udcff.jpg"), reference="x\x00y")
    (row,) = read_csv(cells_csv([cell], SLIDES))
    assert row["file"] == "bad\\udcff.jpg"
    written = json.loads(report_json(normal(), [cell]))
    assert written["cells"][0]["file"] == "bad\udcff.jpg"


def equal(written: Any, value: Any) -> bool:
    """Compare what was read from JSON with a value of the program."""
    return bool(json.loads(json.dumps(value)) == written)


def test_that_the_json_reads_back_equal() -> None:
    many = cells({each.code: 3 for each in MARROW.classes}, 0.6)
    report = report_of(many, header=ReportFields(patient_name="王 <b>", comment="=1+1\n"), reader="R")
    report = replace(report, problems=2)
    written = json.loads(report_json(report, many))
    found = report.differential
    assert (written["format"], written["version"]) == ("marrowdesk-report", 1)
    assert written["made_at"] == "2026-03-09T14:07:00+01:00"
    assert (written["problems"], written["preliminary"]) == (2, True)
    assert equal(written["header"], asdict(report.header))
    assert equal(written["cells"], [cell_record(cell, report.slides) for cell in many])
    assert written["slides"][0]["folder"] == "smear 1"
    differential = written["differential"]
    for name in ("counted", "total", "reviewed", "changed", "unresolved", "unfamiliar", "counted_reviewed"):
        assert differential[name] == getattr(found, name)
    for key, rows in (("classes", found.rows), ("lineages", found.groups), ("sums", found.sums)):
        assert len(differential[key]) == len(rows)
        for line, row in zip(differential[key], rows, strict=True):
            assert equal({k: line[k] for k in ("count", "percent", "low", "high")}, asdict(row.share))
            assert (line["name"], line["predicted"], line["mark"]) == (row.name, row.predicted, row.mark)
            assert equal(line["range"], asdict(row.range) if row.range else None)
    assert equal(differential["me_ratio"], asdict(found.me_ratio))
    assert equal(differential["maturation_index"], asdict(found.maturation))
    assert [each["side"] for each in differential["thresholds"]] == [each.side for each in found.marks]
    assert [each["count"] for each in differential["apart"]] == [each.count for each in found.apart]
    assert differential["blasts_of_non_erythroid_cells"] is None
    asked = report_of(many, rules=CountingRules(non_erythroid=True))
    told = json.loads(report_json(asked, many))["differential"]["blasts_of_non_erythroid_cells"]
    assert equal(told, asdict(asked.differential.non_erythroid))


def test_that_an_empty_case_is_valid_json_without_numbers_that_are_none() -> None:
    written = json.loads(report_json(report_of([]), []), parse_constant=pytest.fail)
    assert written["cells"] == []
    assert written["differential"]["me_ratio"]["value"] is None
    assert written["differential"]["classes"][0]["percent"] is None
