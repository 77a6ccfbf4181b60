"""Several smears are printed apart and together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pdf_reading import outline, page_texts
from report_samples import NORMAL, cells, normal, report_of

from marrowdesk.core.differential import differential
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.words import ENGLISH, LINEAGES


def _counted_apart(slides: int):
    made = cells(NORMAL, slides=slides)
    report = report_of(made)
    apart = tuple(
        replace(
            each,
            differential=differential(Tally.of(c for c in made if c.slide == each.number), MARROW),
        )
        for each in report.slides
    )
    return replace(report, slides=apart)


@pytest.mark.parametrize("slides", [2, 4, 6])
def test_that_every_count_of_every_smear_is_printed(slides):
    report = _counted_apart(slides)
    text = " ".join(" ".join(page_texts(pdf_bytes(report))).split())
    assert "Smears counted apart" in outline(pdf_bytes(report))
    assert ("Smears counted apart (continued)" in text) == (slides > 4)
    for slide in report.slides:
        assert slide.name in text
    for group in report.differential.groups:
        if not group.share.count:
            continue
        for start in range(0, slides, 4):
            found = [
                next(row for row in each.differential.groups if row.lineage is group.lineage)
                for each in report.slides[start : start + 4]
            ]
            told = [f"{row.share.count} ({ENGLISH.percent(row.share.percent)} %)" for row in (*found, group)]
            assert " ".join([LINEAGES[group.lineage], *told]) in text


def test_that_a_single_smear_has_no_such_table():
    assert "Smears counted apart" not in " ".join(page_texts(pdf_bytes(normal())))
