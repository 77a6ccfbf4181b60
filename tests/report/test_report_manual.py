"""The manual count is printed by smear and together, and whether it is part of the differential."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from pdf_reading import page_texts
from report_samples import NORMAL, cells, normal, report_of

from marrowdesk.core.differential import differential
from marrowdesk.core.manual import manual_tally, together
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import ManualCount, Method
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.words import Words

FIRST, SECOND = Counter(BLA=3, NGS=40, EBO=17), Counter(BLA=1, NGS=45, EBO=14, ART=2)


def _manual(included=True):
    return ManualCount(
        tuple((n, differential(manual_tally(c), MARROW)) for n, c in ((1, FIRST), (2, SECOND))),
        differential(manual_tally(FIRST + SECOND), MARROW),
        included,
    )


def _beside(included=True):
    """Give a report of two smears with a manual count beside or among them."""
    made = cells(NORMAL, 0.8, changed=9)
    report = report_of(made)
    apart = tuple(
        replace(each, differential=differential(Tally.of(c for c in made if c.slide == each.number), MARROW))
        for each in report.slides
    )
    tally = together(Tally.of(made), [FIRST, SECOND] if included else [])
    return replace(
        report, slides=apart, manual=_manual(included), differential=differential(tally, MARROW), pictures=()
    )


def _text(report, language="en"):
    pages = page_texts(pdf_bytes(report, PrintOptions(language=language)))
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("included", [True, False])
def test_that_every_number_of_the_manual_count_is_printed(included):
    text = _text(replace(normal(), manual=_manual(included)))
    assert "Manual count at the microscope" in text
    assert "Blasts 3 (5.0 %) 1 (1.7 %) 4 (3.3 %)" in text
    assert "Neutrophilic series 40 (66.7 %) 45 (75.0 %) 85 (70.8 %)" in text
    assert "Nucleated cells counted 60 60 120" in text
    assert ("It is part of the differential." in text) == included
    assert ("It is not part of the differential." in text) != included


def test_that_smears_and_manual_count_add_up_where_they_are_counted_together():
    text = _text(_beside())
    assert "smear 1 smear 2 Manual count All" in text
    (told,) = re.findall(r"Blasts (\d+) \(\S+ %\) (\d+) \(\S+ %\) (\d+) \(\S+ %\) (\d+) \(\S+ %\) N", text)
    first, second, by_eye, whole = map(int, told)
    assert (first + second + by_eye, by_eye) == (whole, 4)
    assert "smear 1 smear 2 All" in _text(_beside(included=False))


@pytest.mark.parametrize(
    ("language", "smears", "reviewed"),
    [
        ("en", "2 520 cells + 122 by eye", "of them 122 cells by eye"),
        ("de", "2 520 Zellen + 122 manuell", "davon 122 Zellen manuell"),
        ("zh", "2 520 个细胞 + 手工 122", "其中手工 122 个细胞"),
    ],
)
def test_that_cells_of_the_smears_are_not_mixed_with_those_counted_by_eye(language, smears, reviewed):
    report = _beside()
    text = _text(report, language).replace(" ", "")
    assert smears.replace(" ", "") in text
    assert reviewed.replace(" ", "") in text
    apart = _text(_beside(included=False))
    assert "2 520 cells in all" in apart
    assert "by eye" not in apart
    (judged,) = re.findall(r"(\d+) of (\d+) \(\d+ %\) reviewed proposals", _text(report))
    assert tuple(map(int, judged)) == (report.differential.changed, report.differential.judged)
    assert report.differential.judged < 520


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["2 122 cells by eye", "0 proposals", "Smears manual count, smear 1: 60 cells"]),
        ("de", ["2 122 Zellen manuell", "0 Vorschläge", "Ausstriche manuelle Zählung, Ausstrich 1: 60"]),
        ("zh", ["2 手工 122 个细胞", "0 项建议", "涂片 手工计数，涂片 1：60"]),
    ],
)
def test_that_a_count_by_eye_alone_has_its_smears_and_no_proposals(language, said):
    counted = differential(manual_tally(FIRST + SECOND), MARROW)
    report = replace(
        normal(), slides=(), manual=_manual(), differential=counted, method=Method((), "0.1.0"), pictures=()
    )
    text = _text(report, language).replace(" ", "")
    for each in said:
        assert each.replace(" ", "") in text
    assert Words(language).say("Proposals changed or excluded").replace(" ", "") not in text
