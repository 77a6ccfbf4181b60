"""A German or Chinese report says everything in its language; each catalogue is complete."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pdf_reading import page_texts
from report_samples import ALL_COLUMNS, EVERY_CLASS, MADE_AT, cells, normal, report_of, whole

import marrowdesk.report
from marrowdesk import RESEARCH_USE
from marrowdesk.core.blood import blood_count
from marrowdesk.core.counting import ME_RULES, thresholds
from marrowdesk.core.differential import Apart, differential
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.reference import REFERENCE_SETS
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage
from marrowdesk.report import words
from marrowdesk.report.document import ManualCount, PastState, header_labels
from marrowdesk.report.language import CATALOGUES
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.pdf.differential import SEXES
from marrowdesk.report.words import Words, capital

OTHERS = ("de", "zh")
TEMPLATES = ("marrow", "summary", "blood")
_SPOKEN = {"say": 0, "heading": 0, "section": 1}


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*_literals(node.body), *_literals(node.orelse)] if isinstance(node, ast.IfExp) else []


def spoken_texts() -> set[str]:
    """Give the texts that the code of the report hands to the language."""
    found = set()
    for file in Path(marrowdesk.report.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = _SPOKEN.get(name)
            if at is not None and len(node.args) > at:
                found |= set(_literals(node.args[at]))
    return found


def own_texts() -> set[str]:
    """Give the sentences and labels that a catalogue has to have."""
    tables = (words.HINDRANCES, words.MARKS, words.SHORT_MARKS, words.SIDES, words.GENDERS, SEXES)
    tables += (words.RULES, words.OTHER_FIELDS)
    labels = {each.label for each in header_labels()}
    return spoken_texts() | labels | {RESEARCH_USE} | {text for each in tables for text in each.values()} | {
        "Manual count", "M:E ratio", "Maturation index", "Proposed", "Reviewed", "Adjusted, %",
    }  # fmt: skip


def shipped_classes() -> list[CellClass]:
    """Give the classes of all schemes that ship."""
    return [each for scheme in SCHEMES.values() for each in scheme.classes]


def domain_texts() -> set[str]:
    """Give what the domain calls things, as far as it is printed."""
    found = differential(Tally.of(cells(EVERY_CLASS)), MARROW)
    limits = [
        *thresholds(),
        *thresholds(("PRM",)),
        *(each.threshold for each in blood_count(found).white.marks),
    ]
    sets = [each for each in REFERENCE_SETS.values() if each.entries]
    return {
        *words.LINEAGES.values(),
        *(each.name for each in limits),
        *(each.source for each in limits),
        *(each.definition for each in ME_RULES.values()),
        found.maturation.definition,
        *(each.name for each in sets),
        *(entry.name for each in sets for entry in each.sums()),
        *(each.alert for each in shipped_classes() if each.alert),
        "excluded by the reader",
        "not classified yet",
        REFERENCE_SETS["wintrobe"].source,
    }


@pytest.mark.parametrize("language", OTHERS)
def test_that_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    catalogue = CATALOGUES[language]
    assert set(catalogue.texts) == own_texts()
    assert set(catalogue.domain) == domain_texts()
    assert set(catalogue.classes) == {each.name for each in shipped_classes()}
    said = [*catalogue.texts.values(), *catalogue.domain.values(), *sum(catalogue.classes.values(), ())]
    assert all(text.strip() == text and text for text in said)


@pytest.mark.parametrize("language", OTHERS)
def test_that_a_translation_takes_the_same_values_as_the_english_text(language: str) -> None:
    for english, said in CATALOGUES[language].texts.items():
        assert sorted(re.findall(r"{\w*}", said)) == sorted(re.findall(r"{\w*}", english)), english


@pytest.mark.parametrize("scheme", list(SCHEMES))
@pytest.mark.parametrize("language", OTHERS)
def test_that_two_classes_of_a_scheme_are_never_called_the_same(language: str, scheme: str) -> None:
    plurals = [Words(language).plural(each.name) for each in SCHEMES[scheme].classes]
    assert len(set(plurals)) == len(plurals)


@pytest.mark.parametrize("scheme", ["marrow", "blood-5"])
def test_that_a_german_blood_film_has_one_name_for_its_nucleated_red_cells(scheme: str) -> None:
    code = "EBO" if scheme == "marrow" else "NRB"
    counts = Counter(LYT=40, MON=5) + Counter({code: 3})
    report = replace(
        normal(1.0), differential=differential(manual_tally(counts), SCHEMES[scheme]), pictures=()
    )
    said = " ".join(" ".join(page_texts(pdf_bytes(report, PrintOptions("blood", language="de")))).split())
    assert "Erythroblasten je 100 Leukozyten" in said
    assert "Erythroblasten 3" in said
    assert "rote Zelle" not in said


def _english_words() -> set[str]:
    """Give the words that only English texts of the program have."""
    english = own_texts() | domain_texts() | {each.name for each in shipped_classes()}
    named = {words.plural(each.name) for each in shipped_classes()}
    return {word.casefold() for text in english | named for word in re.findall(r"[A-Za-z]{2,}", text)}


# A citation keeps its title; names of people, institutions, methods and programs are no English.
_NAMES = """
Bain BJ The bone marrow aspirate of healthy subjects Br J Haematol Clopper Pearson Saerens et al WHO
IMWG ICSH Lee Wintrobe Clinical Hematology Marrow RegNetX GF SE MarrowDesk SHA UTC Index
"""


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_that_no_english_word_of_the_program_is_left(language: str, template: str) -> None:
    manual = differential(manual_tally(Tally.of(cells(EVERY_CLASS)).current), MARROW)
    full = whole(EVERY_CLASS, manual=ManualCount(((1, manual),), manual, True))
    past = replace(full, amends=None, signed=None, past=PastState(3, MADE_AT, "Dr. K. Lang"), adjusted=None)
    by_hand = replace(normal(1.0), method=replace(full.method, models=()), title="X")
    texts = []
    for report in (full, past, by_hand, report_of([], title="X")):
        options = PrintOptions(template, language=language, columns=ALL_COLUMNS)
        content = "\n".join(page_texts(pdf_bytes(report, options)))
        texts.append(content.replace(RESEARCH_USE, "").replace("smear", ""))
    written = {word.casefold() for word in re.findall(r"[A-Za-z]{2,}", " ".join(texts))}
    catalogue = CATALOGUES[language]
    ours = [*catalogue.texts.values(), *catalogue.domain.values(), *sum(catalogue.classes.values(), ())]
    said = {word.casefold() for text in ours for word in re.findall(r"[A-Za-z]{2,}", text)}
    names = {word.casefold() for word in _NAMES.split()}
    assert written & _english_words() - said - names == set()


@pytest.mark.parametrize("language", OTHERS)
def test_that_the_research_sentence_stands_in_both_languages_on_every_page(language: str) -> None:
    said = CATALOGUES[language].texts[RESEARCH_USE]
    for text in page_texts(pdf_bytes(whole(), PrintOptions(language=language))):
        assert said in text
        assert RESEARCH_USE in text


def test_that_what_a_person_typed_stays_as_typed() -> None:
    typed = replace(
        whole(), title="Signature", header=replace(whole().header, conclusion="Blasts, not counted.")
    )
    for language in OTHERS:
        text = "\n".join(page_texts(pdf_bytes(typed, PrintOptions(language=language))))
        assert "Signature" in text
        assert "Blasts, not counted." in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("female", ("female", "weiblich", "女")), ("w", ("female", "weiblich", "女")),
        ("男", ("male", "männlich", "男")), ("divers", ("other", "divers", "其他")),
        ("unbekannt", ("unknown", "unbekannt", "未知")), ("XQ", ("XQ", "XQ", "XQ")),
    ],
)  # fmt: skip
def test_that_the_sex_is_said_in_the_language_and_what_is_not_understood_stays(typed, said) -> None:
    report = replace(whole(), header=replace(whole().header, sex=typed))
    assert tuple(Words(each).sex(typed) for each in ("en", *OTHERS)) == said
    for language, word in zip(("en", *OTHERS), said, strict=True):
        assert word in page_texts(pdf_bytes(report, PrintOptions(language=language)))[0].split()


@pytest.mark.parametrize("page", ["A4", "Letter"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_that_no_name_of_cells_outside_the_differential_is_cut_off(language, template, page) -> None:
    apart = [each.name for each in MARROW.classes if not each.counted]
    names = [*apart, "excluded by the reader", "not classified yet"]
    words = Words(language)
    for some in (names[:4], names[4:8], names[8:]):  # the summary tells six of them
        found = replace(normal().differential, apart=tuple(Apart(name, 17, 3.4, 0) for name in some))
        report = replace(normal(), differential=found, pictures=())
        text = "".join(page_texts(pdf_bytes(report, PrintOptions(template, page, language)))[0].split())
        for name in some:
            assert "".join(f"{capital(words.plural(name))}17".split()) in text


def test_that_classes_without_cells_are_not_said_to_be_left_out() -> None:
    said = {each: CATALOGUES[each].texts["No cells counted as: {}."] for each in OTHERS}
    assert said == {"de": "Keine Zellen dieser Klassen gefunden: {}.", "zh": "未见以下细胞：{}。"}


def test_that_an_alert_is_a_warning() -> None:
    assert [Words(each).say("ALERT") for each in OTHERS] == ["WARNUNG", "警告"]


def test_that_a_class_of_the_laboratory_keeps_its_name() -> None:
    own = CellClass("OWN", "sea-blue histiocyte", Lineage.OTHER, CountRole.COUNTED, "", "#123456")
    counts = manual_tally(Tally.of(cells({"NGS": 20})).current + Tally.of([]).current)
    counts.current["OWN"] = 4
    found = differential(counts, replace(MARROW, classes=(*MARROW.classes, own)))
    for language in OTHERS:
        report = replace(normal(1.0), differential=found, pictures=())
        assert "Sea-blue histiocyte 4" in page_texts(pdf_bytes(report, PrintOptions(language=language)))[0]


def test_that_numbers_and_dates_are_written_as_the_language_writes_them() -> None:
    at = datetime(2026, 3, 9, 14, 7, tzinfo=UTC)
    english, german, chinese = Words("en"), Words("de"), Words("zh")
    assert [each.percent(12.34) for each in (english, german, chinese)] == ["12.3", "12,3", "12.3"]
    assert [each.with_sign("5") for each in (english, german, chinese)] == ["5 %", "5 %", "5%"]
    assert english.moment(at) == "2026-03-09 14:07 (UTC+00:00)"
    assert german.moment(at) == "09.03.2026, 14:07 (UTC+00:00)"
    assert chinese.moment(at) == "2026年3月9日 14:07 (UTC+00:00)"


@pytest.mark.parametrize(
    ("code", "german", "chinese"),
    [
        ("PMO", "Promyelozyten", "早幼粒细胞"), ("MYB", "Myelozyten", "中幼粒细胞"),
        ("MMZ", "Metamyelozyten", "晚幼粒细胞"), ("NGB", "Stabkernige", "杆状核粒细胞"),
        ("NGS", "Segmentkernige", "分叶核粒细胞"), ("BLA", "Blasten", "原始细胞"),
        ("PEB", "Proerythroblasten", "原红细胞"), ("KSC", "Kernschatten", "涂抹细胞"),
    ],
)  # fmt: skip
def test_that_classes_have_the_names_of_the_field(code: str, german: str, chinese: str) -> None:
    assert [capital(Words(each).plural(MARROW[code].name)) for each in OTHERS] == [german, chinese]


def test_that_a_chinese_text_without_spaces_is_broken_into_lines_that_fit() -> None:
    typed = "骨髓增生明显活跃，粒红比例大致正常，各系细胞形态未见明显异常。" * 40
    report = replace(whole(), header=replace(whole().header, conclusion=typed))
    text = "".join("".join(page_texts(pdf_bytes(report, PrintOptions(language="zh")))).split())
    assert text.count("骨髓增生明显活跃，粒红比例大致正常，各系细胞形态未见明显异常。") == 40
