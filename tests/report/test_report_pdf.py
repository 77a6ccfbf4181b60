"""The printed report says every number of the differential, and on each page what it is and is not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pdf_reading import (
    lines_beginning,
    metadata,
    outline,
    overprinted,
    page_sizes,
    page_texts,
    text_boxes,
)
from report_samples import MODEL, NORMAL, cells, normal, prediction, report_of, review

import marrowdesk
from marrowdesk import RESEARCH_USE
from marrowdesk.core.cell import Cell, Place, Verdict
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.reference import DACIE_LEWIS, NO_RANGES
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import DoubtFound, Method, ModelUsed, Report, ReportFields, SlideUsed
from marrowdesk.report.options import PrintOptions, Template
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.rows import PrintedRow, printed_rows

EVERY_CLASS = {each.code: at % 7 + 2 for at, each in enumerate(MARROW.classes)}
HEADER = ReportFields(
    institution="University Hospital", accession="KM-26-1", patient_name="Doe, Jane", patient_id="4711",
    birth_date="1961-08-12", sex="female", requester="Dr. A. Smith", collected="2026-03-09",
    site="iliac crest", aspirate="cellular", indication="Pancytopenia", comment="Dysplasia of two lines.",
)  # fmt: skip


def said_numbers(row: PrintedRow, preliminary: bool) -> list[str]:
    """Give the numbers and marks of a row as the page must say them, from the differential itself."""
    share = row.share
    said = [str(share.count), f"{share.percent:.1f}", f"{share.low:.1f}", "–", f"{share.high:.1f}"]
    if row.range is not None:
        said += [f"{row.range.low:.1f}", "–", f"{row.range.high:.1f}"]
    said += {"": [], "low": ["▼", "below", "range"], "high": ["▲", "above", "range"]}[row.mark]
    said.append(str(row.row.predicted))
    return [*said, str(row.row.reviewed)] if preliminary else said


def _first(report: Report, template: Template = "marrow") -> str:
    return " ".join(page_texts(pdf_bytes(report, PrintOptions(template)))[0].split())


@pytest.mark.parametrize(
    ("counts", "reviewed"), [(NORMAL, 1.0), (NORMAL, 0.4), (EVERY_CLASS, 0.5), ({"NGS": 40, "LYT": 60}, 0.0)]
)
def test_that_each_row_says_the_numbers_of_the_differential(counts: dict[str, int], reviewed: float) -> None:
    report = report_of(cells(counts, reviewed))
    content = pdf_bytes(report)
    for row in printed_rows(report.differential):
        found = [line.removeprefix(row.label).split() for line in lines_beginning(content, row.label)]
        assert said_numbers(row, report.preliminary) in found, row.label


@pytest.mark.parametrize("counts", [NORMAL, {"NGS": 300, "EBO": 20, "BLA": 40}, {"NGS": 40, "EBO": 300}])
def test_that_no_text_of_the_first_page_lies_over_another(counts: dict[str, int]) -> None:
    boxes = text_boxes(pdf_bytes(report_of(cells(counts), header=HEADER)))
    assert overprinted(boxes) == []


def test_that_sums_ratios_thresholds_and_cells_apart_are_said() -> None:
    report = report_of(cells(NORMAL | {"BLA": 28}))
    found = report.differential
    first = page_texts(pdf_bytes(report))[0]
    assert f"Nucleated cells counted {found.counted} 100.0" in first
    ratio = found.me_ratio
    assert f"M:E ratio {ratio.value:.2f} ({ratio.low:.2f}–{ratio.high:.2f})" in first
    assert f"{ratio.above} : {ratio.below} cells" in first
    index = found.maturation
    assert f"Maturation index {index.value:.2f} ({index.low:.2f}–{index.high:.2f})" in first
    blasts = found.row("BLA").share
    assert f"Blasts {blasts.percent:.1f} % ({blasts.low:.1f}–{blasts.high:.1f})" in first
    assert "crosses 5 %, below 10 and 20 %" in first
    for apart in found.apart:
        assert re.search(rf"{apart.name}s? {apart.count} {apart.per_hundred:.1f}", first, re.IGNORECASE)
    assert "not errors of classification" in first


def test_that_what_counts_with_the_blasts_and_their_non_erythroid_share_are_said_where_chosen() -> None:
    counted = cells({"BLA": 20, "FGC": 10, "EBO": 100, "NGS": 70})
    rules = CountingRules(blast_equivalents=("FGC",), non_erythroid=True)
    content = pdf_bytes(report_of(counted, rules=rules))
    first = " ".join(page_texts(content)[0].replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Blasts and equivalents 15.0 % (10.4–20.7)" in first
    assert "with them: faggot cells 10 of all but erythroid cells 30.0 % (21.2–40.0)" in first
    assert overprinted(text_boxes(content)) == []
    plain = " ".join(page_texts(pdf_bytes(report_of(counted)))[0].split())
    assert "but erythroid" not in plain
    assert "with them" not in plain


@pytest.mark.parametrize("key", list(ME_RULES))
def test_that_the_definition_of_the_ratio_in_use_is_printed(key: str) -> None:
    rules = CountingRules(me_rule=ME_RULES[key])
    (first, *_) = page_texts(pdf_bytes(report_of(cells(NORMAL), rules=rules)))
    assert ME_RULES[key].definition in first.replace("\n", " ")


def test_that_a_marrow_without_erythroid_cells_has_no_ratio() -> None:
    counts = {code: number for code, number in NORMAL.items() if code not in ("EBO", "PEB")}
    assert "M:E ratio not computable" in page_texts(pdf_bytes(report_of(cells(counts))))[0]


def test_that_an_empty_case_gives_a_report_without_numbers() -> None:
    content = pdf_bytes(report_of([]))
    assert "Nucleated cells counted 0 –" in page_texts(content)[0]
    assert list(lines_beginning(content, "Representative")) == []


@pytest.mark.parametrize("page", ["A4", "Letter"])
@pytest.mark.parametrize("reviewed", [1.0, 0.4])
def test_that_a_normal_case_takes_two_pages_and_is_signed_on_the_first(page: str, reviewed: float) -> None:
    report = replace(normal(reviewed), header=replace(HEADER, comment=""))
    content = pdf_bytes(report, PrintOptions(page=page))
    first, second = page_texts(content)
    assert "Signature" in first
    assert "Representative cells" in second
    wanted = {"A4": (595.28, 841.89), "Letter": (612, 792)}[page]
    assert page_sizes(content) == [pytest.approx(wanted, abs=0.1)] * 2


def test_that_each_page_says_research_use_its_number_and_its_case() -> None:
    report = replace(normal(), title="Case 0815", header=replace(HEADER, comment="word " * 2000))
    texts = page_texts(pdf_bytes(report))
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert RESEARCH_USE in text
        assert f"Page {number} of {len(texts)}" in text
        assert "Case Case 0815" in text
        assert "Doe, Jane" in text
        assert "4711" in text


def test_that_the_unreviewed_share_is_said_plainly() -> None:
    report = normal(0.4)
    found = report.differential
    texts = page_texts(pdf_bytes(report))
    assert f"PRELIMINARY {found.total - found.reviewed} of {found.total} cells not reviewed" in texts[0]
    assert all("preliminary" in text.lower() for text in texts)
    assert f"{found.reviewed} of {found.total} ({100 * found.reviewed / found.total:.0f} %)" in texts[0]
    assert "preliminary" not in "".join(page_texts(pdf_bytes(normal(1.0)))).lower()


def test_that_unresolved_and_alerting_cells_are_said_first() -> None:
    first = page_texts(pdf_bytes(report_of(cells({"FGC": 2, "LYT": 50, "NIF": 1}, reviewed=0.0))))[0]
    assert "UNRESOLVED 1 cell not identifiable" in first
    assert "ALERT Faggot cells found" in first
    assert "need a reader at once. (2 cells)" in " ".join(first.split())


def test_that_no_reader_is_called_for_to_cells_that_a_reader_gave_their_class() -> None:
    first = _first(report_of(cells({"FGC": 2, "LYT": 50})))
    assert "ALERT Faggot cells found: 2 cells given this class by a reader" in first
    assert "at once" not in first
    some = [*cells({"FGC": 2}), *cells({"FGC": 3, "LYT": 50}, reviewed=0.0)]
    assert "at once. (3 cells not yet reviewed; 2 cells given this class by a reader)" in _first(
        report_of(some)
    )


def test_that_it_is_said_why_no_ranges_are_held_against_a_count() -> None:
    unclear = CountingRules(age_unclear=True)
    texts = [_first(report_of(cells(NORMAL), rules=unclear), template) for template in ("marrow", "summary")]
    for said in texts:
        assert "how old the patient was does not follow for certain" in said
        assert not any(mark in said for mark in "▲▼")
        assert "Bain" not in said
    child = "No reference ranges are held against this count: Bain 1996, adults does not hold for the age"
    assert child in _first(report_of(cells(NORMAL), rules=CountingRules(age=4)))
    assert "held against" not in _first(report_of(cells(NORMAL)))
    none = CountingRules(references=NO_RANGES, age_unclear=True)
    assert "held against" not in _first(report_of(cells(NORMAL), rules=none))


def test_that_a_blood_film_says_why_its_own_ranges_are_not_held_against_it() -> None:
    counted = manual_tally(Counter(NGS=60, LYT=40))
    found = differential(counted, BLOOD_FIVE, CountingRules(references=DACIE_LEWIS, age_unclear=True))
    said = _first(replace(normal(), differential=found, pictures=()))
    assert "how old the patient was does not follow" in said
    assert "of the marrow do not hold" not in said


def test_that_header_fields_are_printed_and_empty_ones_vanish_or_wait_for_a_hand() -> None:
    full = page_texts(pdf_bytes(normal(header=HEADER, reader="Dr. J. Roth")))[0]
    for said in (
        "University Hospital",
        "Doe, Jane",
        "KM-26-1",
        "Pancytopenia",
        "Dysplasia of two lines.",
        "Dr. J. Roth",
    ):
        assert said in full
    empty = page_texts(pdf_bytes(normal()))[0]
    for label in ("Patient", "Patient ID", "Date of birth", "Accession", "Read by", "Signature"):
        assert label in empty
    for label in ("Requested by", "Site", "Indication", "Comment", "Aspirate quality"):
        assert label not in empty


def test_that_the_method_names_each_model_with_its_whole_hash() -> None:
    other = "0123456789abcdef" * 4
    method = Method((ModelUsed("First", "1.0", MODEL), ModelUsed("Second", "2.1", other)), "0.1.0")
    second = "".join(page_texts(pdf_bytes(replace(normal(), method=method)))[1].split())
    assert MODEL in second
    assert other in second
    assert "Second2.1" in second
    by_hand = replace(normal(), method=Method((), "0.1.0"))
    assert "every class was given by a reader" in page_texts(pdf_bytes(by_hand))[1]


def test_that_unread_images_and_unfamiliar_cells_and_labels_are_said() -> None:
    place = Place(normal().slides[0].folder / "a.jpg")
    known = Cell(1, 1, place, prediction("LYT"), review("LYT"), reference="LYT")
    strange = Cell(2, 1, place, prediction("BLA", doubt=1.4), reference="LYT")
    text = page_texts(pdf_bytes(replace(report_of([known, strange]), problems=3)))[1]
    assert "3, not counted" in text
    assert "1 cell not yet reviewed" in text
    assert "1 of 2 (50 %) cells" in text


def test_that_slides_the_classifier_does_not_know_are_said() -> None:
    sentence = "The classifier does not know slides like these"
    known = replace(normal(), doubt=DoubtFound(1.0, 500, 25))
    assert sentence not in page_texts(pdf_bytes(known))[1]
    foreign = replace(normal(), doubt=DoubtFound(1.0, 500, 260))
    assert sentence in page_texts(pdf_bytes(foreign))[1]


def test_that_they_are_said_before_the_numbers_while_cells_are_left_that_nobody_saw() -> None:
    doubt = DoubtFound(1.0, 500, 260)
    first = page_texts(pdf_bytes(replace(normal(0.4), doubt=doubt)))[0]
    assert "UNFAMILIAR The classifier does not know slides like these" in first
    assert first.index("PRELIMINARY") < first.index("UNFAMILIAR") < first.index("Differential count")
    # What a reader has seen whole is the reader's word.
    assert "UNFAMILIAR" not in page_texts(pdf_bytes(replace(normal(1.0), doubt=doubt)))[0]
    assert "UNFAMILIAR" not in page_texts(pdf_bytes(replace(normal(0.4), doubt=DoubtFound(1.0, 500, 25))))[0]


def test_that_many_slides_and_long_names_go_on_over_pages() -> None:
    report = normal()
    many = tuple(SlideUsed(at, f"smear {at} " + "x" * 60, report.slides[0].folder, 5) for at in range(90))
    text = "".join(page_texts(pdf_bytes(replace(report, slides=many))))
    assert all(f"smear {at} " in text for at in range(90))


def test_that_excluded_cells_stand_apart() -> None:
    place = Place(normal().slides[0].folder / "a.jpg")
    excluded = Cell(999, 1, place, prediction("LYT"), review(None, Verdict.EXCLUDED))
    report = report_of([*cells(NORMAL), excluded])
    assert "Excluded by the reader 1 0.2" in page_texts(pdf_bytes(report))[0]


def test_that_the_same_report_gives_the_same_bytes_and_another_minute_does_not() -> None:
    report = normal(0.7, header=replace(HEADER, patient_name="王小明 محمد"))
    assert pdf_bytes(report) == pdf_bytes(report)
    later = replace(report, made_at=report.made_at + timedelta(minutes=1))
    assert pdf_bytes(later) != pdf_bytes(report)


def test_that_the_metadata_name_no_patient_and_no_case() -> None:
    content = pdf_bytes(replace(normal(), header=HEADER, title="Jane Doe slide 1"))
    described = metadata(content)
    assert described["Title"] == "Bone marrow differential count"
    assert described["CreationDate"].startswith("D:20260309140700+01'00")
    assert "Doe" not in " ".join(described.values())


def test_that_the_sections_are_bookmarked() -> None:
    assert outline(pdf_bytes(normal())) == [
        "Bone marrow differential count", "Differential count", "Ratios", "Thresholds",
        "Outside the differential", "Differential with intervals and ranges", "Method",
        "Representative cells",
    ]  # fmt: skip


def test_that_all_fonts_are_embedded() -> None:
    content = pdf_bytes(normal(header=replace(HEADER, patient_name="王小明")))
    fonts = set(re.findall(rb"/BaseFont /(\S+)", content))
    assert len(fonts) == content.count(b"/FontFile2")
    assert all(re.fullmatch(rb"[A-Z]{6}\+\S+", font) for font in fonts)


def test_that_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from report_samples import normal;"
        "from marrowdesk.report.pdf import pdf_bytes; Path(sys.argv[1]).write_bytes(pdf_bytes(normal(0.7)))"
    )
    written = tmp_path / "other.pdf"
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(marrowdesk.__file__).parent.parent)])
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", script, str(written)], env=environment, check=True)
    assert written.read_bytes() == pdf_bytes(normal(0.7))
