"""Each template, in each language and on each paper: every number as in the case, nothing over another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from every_report import EVERY_KIND, LANGUAGES, PAPERS, TEMPLATES, full_report, written
from pdf_reading import outline, overprinted, page_texts, text_boxes
from report_samples import ALL_COLUMNS, NORMAL, WRITTEN, cells, normal, report_of

from marrowdesk.core.blood import blood_count
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.reference import DACIE_LEWIS, REFERENCE_SETS
from marrowdesk.core.shipped_schemes import BLOOD_FIVE, SCHEMES
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.pdf.edition import edition_of
from marrowdesk.report.rows import lineage_rows
from marrowdesk.report.words import Words


def table_lines(content: bytes) -> list[list[str]]:
    """Give the lines of all pages in words."""
    return [line.split() for text in page_texts(content) for line in text.split("\n")]


def said_by(row, words: Words, adjusted) -> list[str]:
    """Give what the line of a row says, taken from the case alone."""

    def said(value: float) -> str:
        return f"{value:.1f}".replace(".", "," if words.catalogue.tag == "de" else ".")

    share = row.share
    told = [str(share.count), said(share.percent), said(share.low), "–", said(share.high)]
    if row.range is not None:
        told += [said(row.range.low), "–", said(row.range.high)]
    estimate = adjusted.of(row.codes)
    limits = f"({said(estimate.low)}–{said(estimate.high)})"
    return [*told, str(row.row.predicted), str(row.row.reviewed), said(estimate.percent), limits]


@pytest.mark.parametrize("kind", ["usual", "every class"])
@pytest.mark.parametrize(("template", "language", "page"), EVERY_KIND)
def test_that_every_number_of_the_differential_is_that_of_the_case(kind, template, language, page):
    report = full_report(kind)
    edition = edition_of(report, PrintOptions(template, page, language, ALL_COLUMNS))
    lines = table_lines(written(kind, template, language, page))
    rows, single = edition.rows, edition.rows[2].label.split()
    if template == "summary" and not any(line[: len(single)] == single for line in lines):
        rows = lineage_rows(report.differential, edition.words)
    for row in rows:
        mark = set(edition.words.mark(row.mark).split() + edition.words.mark(row.mark, short=True).split())
        wanted = [*row.label.split(), *said_by(row, edition.words, edition.report.adjusted)]
        found = [[word for word in line if word not in mark] for line in lines]
        assert wanted in found, row.label
        if row.mark:
            assert any(
                line[: len(row.label.split())] == row.label.split() and mark & set(line) for line in lines
            )
    total = edition.report.differential
    predicted = sum(each.predicted for each in total.rows)
    whole_share = edition.words.percent(100.0)
    wanted = [str(total.counted), whole_share, str(predicted), str(total.counted_reviewed)]
    assert [*edition.counted.split(), *wanted] in lines


@pytest.mark.parametrize("kind", ["usual", "every class"])
@pytest.mark.parametrize(("template", "language", "page"), EVERY_KIND)
def test_that_no_text_lies_over_another_on_any_page(kind, template, language, page):
    content = written(kind, template, language, page)
    for number in range(len(page_texts(content))):
        assert overprinted(text_boxes(content, number)) == [], number


@pytest.mark.parametrize("kind", ["usual", "every class"])
@pytest.mark.parametrize(("template", "language", "page"), EVERY_KIND)
def test_that_nothing_leaves_the_page(kind, template, language, page):
    content = written(kind, template, language, page)
    width, height = {"A4": (595.3, 841.9), "Letter": (612, 792)}[page]
    for number in range(len(page_texts(content))):
        for text, (left, bottom, right, top) in text_boxes(content, number):
            assert left >= 40, text
            assert right <= width - 40, text
            assert 12 <= bottom < top <= height - 20, text


@pytest.mark.parametrize(("template", "language", "page"), EVERY_KIND)
def test_that_everything_the_laboratory_wrote_is_on_paper_or_said_to_be_left_out(template, language, page):
    text = "\n".join(page_texts(written("usual", template, language, page)))
    words = Words(language)
    for name in ("institution", "patient_name", "patient_id", "accession", "site", "requester", "conclusion"):
        assert getattr(WRITTEN, name) in text, name
    narrative = {"indication": "Indication", "iron": "Iron stain", "comment": "Comment"}
    for name, label in narrative.items():
        said = words.say(label) if template == "summary" else getattr(WRITTEN, name)
        assert said in text, name


def test_that_a_marrow_report_follows_the_order_of_the_icsh():
    text = "\n".join(page_texts(written("usual", "marrow", "en", "A4")))
    parts = [
        "Doe, Jane", "Clinical details and aspirate", "TXB", "TXC", "TXA", "TXD", "Differential count",
        "Ratios",
        "Morphology and further studies", "TXE", "TXF", "TXG", "TXH", "TXI", "TXJ", "TXK", "TXL",
        "Conclusion",
        "TXM", "\nComment\n", "TXN", "Read and signed by", "Differential with intervals and ranges",
    ]  # fmt: skip
    places = [text.find(each) for each in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_that_a_blood_film_has_no_marrow_ratio_or_range_and_tells_red_cells_apart():
    text = "\n".join(page_texts(written("usual", "blood", "en", "A4")))
    blood = blood_count(full_report("usual").differential)
    assert "Differential count of a blood film" in text
    for marrow in ("M:E ratio", "Maturation index", "Bain", "Reference, %"):
        assert marrow not in text
    assert "Nucleated red cells per 100 white cells" in text
    red = blood.red
    assert f"{red.per_hundred:.1f} ({red.low:.1f}–{red.high:.1f})" in text
    rows = [text.index(name) for name in ("Segmented neutrophils", "Lymphocytes", "Promyelocytes")]
    assert rows == sorted(rows)


@pytest.mark.parametrize("template", TEMPLATES)
def test_that_the_columns_are_those_that_were_chosen(template):
    heads = {"predicted": "Proposed", "reviewed": "Reviewed", "adjusted": "Adjusted, %"}
    for chosen in (set(), {"predicted"}, {"adjusted"}, {"predicted", "reviewed", "adjusted"}):
        options = PrintOptions(template, columns=frozenset(chosen))
        (head,) = [
            line
            for line in page_texts(pdf_bytes(full_report("usual"), options))[0].split("\n")
            if line.startswith("Cells Count")
        ]
        assert {name for name, said in heads.items() if said in head} == chosen


def test_that_an_adjusted_column_that_cannot_be_given_is_left_out_and_said():
    options = PrintOptions(columns=ALL_COLUMNS)
    unknown = " ".join(
        page_texts(pdf_bytes(replace(full_report("usual"), adjusted=None), options))[0].split()
    )
    assert "Adjusted, %" not in unknown
    assert "No adjusted column: the classifier's mistakes are not known" in unknown
    reviewed = " ".join(page_texts(pdf_bytes(normal(1.0), options))[0].split())
    assert "All cells were reviewed: the count needs no adjusting." in reviewed


def test_that_the_method_tells_of_doubt():
    text = "\n".join(page_texts(pdf_bytes(full_report("usual"))))
    assert "Doubt score above 1.0: 17 of 500 (3 %) cells" in text


def test_that_pictures_tell_how_wide_they_are():
    text = "\n".join(page_texts(pdf_bytes(full_report("usual"))))
    assert "each picture 120 pixels wide" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_that_the_sections_are_bookmarked_in_the_language(template, language):
    names = outline(written("usual", template, language, "A4"))
    words = Words(language)
    assert words.say("Differential count") in names
    assert words.say("Conclusion") in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("template", TEMPLATES)
def test_that_an_empty_case_is_printed_without_numbers(template):
    text = page_texts(pdf_bytes(report_of([]), PrintOptions(template)))[0]
    assert "cells counted 0 –" in text


def test_that_long_narratives_flow_over_pages_and_are_signed_once():
    typed = " ".join(f"w{at}" for at in range(2100))
    assert len(typed) > 10_000
    header = replace(WRITTEN, conclusion=typed, iron=typed)
    texts = page_texts(pdf_bytes(replace(report_of(cells(NORMAL)), header=header)))
    text = "\n".join(texts).split()
    assert all(text.count(f"w{at}") == 2 for at in (0, 900, 2099))
    assert sum("Signature" in each for each in texts) == 1
    assert any("Conclusion (continued)" in each for each in texts)


@pytest.mark.parametrize(("template", "language", "page"), EVERY_KIND)
def test_that_no_heading_stands_alone_at_the_foot_of_a_page(template, language, page):
    words = Words(language)
    cells_head = words.say("Representative cells")
    for text in page_texts(written("every class", template, language, page)):
        if cells_head in text:
            assert "#" in text.split(cells_head)[1]


def test_that_a_table_of_smears_is_never_torn_from_its_head():
    for length in range(0, 60, 6):
        header = replace(WRITTEN, conclusion="\n".join(["x"] * length))
        texts = page_texts(pdf_bytes(replace(full_report("usual"), header=header, pictures=())))
        (there,) = [text for text in texts if "Smears counted apart" in text]
        table = there.split("Smears counted apart")[1]
        assert "S1 S2 All" in table
        assert "M:E ratio" in table


def test_that_the_legend_of_the_chart_names_ranges_where_there_are_some():
    assert "reference range" in "".join(page_texts(written("usual", "marrow", "en", "A4")))
    assert "reference range\n" not in "".join(page_texts(written("usual", "blood", "en", "A4")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_that_no_text_of_the_program_is_cut_off(template, language):
    for page in PAPERS:
        if template != "summary":
            assert "…" not in "".join(page_texts(written("every class", template, language, page)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_that_a_case_counted_as_blood_is_never_printed_as_marrow(template, language):
    tally = manual_tally(Counter(NEU=120, LYT=60, MON=12, EOS=6, BAS=2, IGR=3, ALY=1, NRB=8, KSC=4))
    rules = CountingRules(references=DACIE_LEWIS)
    report = replace(normal(1.0), differential=differential(tally, BLOOD_FIVE, rules), pictures=())
    content = pdf_bytes(report, PrintOptions(template, language=language))
    words, text = Words(language), " ".join(" ".join(page_texts(content)).split())
    assert words.say("Differential count of a blood film") in text
    assert words.say("M:E ratio") not in text
    assert words.say(DACIE_LEWIS.name) in text
    said = [words.number(each) for each in (100 * 8 / 204, 100 * 120 / 204)]
    assert f"{said[0]} (" in text
    assert f"120 {said[1]}" in text
    assert words.plural("immature granulocyte").casefold() in text.casefold()
    assert all(overprinted(text_boxes(content, at)) == [] for at in range(len(page_texts(content))))


@pytest.mark.parametrize("key", list(SCHEMES))
def test_that_every_scheme_and_set_of_ranges_that_ships_is_printed(key):
    scheme = SCHEMES[key]
    counts = Counter({each.code: 3 for each in scheme.classes})
    for references in REFERENCE_SETS.values():
        for age in (None, 4.0):
            rules = CountingRules(references=references, age=age, sex="F")
            found = differential(manual_tally(counts), scheme, rules)
            for template in TEMPLATES:
                report = replace(normal(1.0), differential=found, pictures=())
                assert page_texts(pdf_bytes(report, PrintOptions(template, language="de")))
