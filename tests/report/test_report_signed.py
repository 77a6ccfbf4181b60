"""What a signed and an amended report print."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pdf_reading import page_texts
from report_samples import MADE_AT, NORMAL, cells, normal, report_of

from marrowdesk.core.amendment import Changed
from marrowdesk.report.document import Amends, Signed
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.words import Words

STATE = "0123456789abcdef" * 4
SIGNED = Signed("Dr. J. Roth", "hematologist", MADE_AT, STATE)
AMENDS = Amends(
    1, "Dr. A. Lang", MADE_AT, "Dr. J. Roth", MADE_AT, "Two blasts were overlooked.",
    Changed(2, (("blast", 7, 9), ("lymphocyte", 57, 55)), ("comment",)),
)  # fmt: skip


def _first(report):
    return " ".join(page_texts(pdf_bytes(report))[0].split())


def test_that_a_signed_report_names_reader_role_time_version_and_state():
    said = _first(normal(signed=SIGNED))
    assert "Dr. J. Roth, hematologist" in said
    assert "signed in the program, version 1" in said
    assert said.count("2026-03-09 14:07 (UTC+01:00)") == 2  # when it was reported, and signed
    assert "SHA-256 " + " ".join([STATE[:16]] * 4) in said


def test_that_an_unsigned_report_leaves_lines_for_a_hand():
    said = _first(normal(reader="Dr. J. Roth"))
    assert "Dr. J. Roth" in said
    assert "signed in the program" not in said
    assert "SHA-256" not in said.split("Method")[0]


def test_that_a_signed_report_says_what_is_unreviewed_and_is_not_preliminary():
    report = replace(report_of(cells(NORMAL, 0.4)), signed=SIGNED)
    assert "UNREVIEWED 310 of 520 cells not reviewed" in _first(report).replace(
        str(report.unreviewed), "310", 1
    )
    assert "preliminary" not in " ".join(page_texts(pdf_bytes(report))).lower()


def test_that_signing_in_spite_of_something_is_printed_with_its_reason():
    signed = replace(SIGNED, hindrances=(("unidentified", 3), ("too few", 12)), reason="No more cells.")
    said = _first(normal(signed=signed))
    assert "OVERRIDDEN Signed in spite of 3 cells not identifiable; 12 cells fewer than the target" in said
    assert "Reason: No more cells." in said


def test_that_an_amended_report_says_so_on_every_page_and_what_changed():
    report = normal(signed=SIGNED, amends=AMENDS)
    texts = page_texts(pdf_bytes(report))
    assert all("AMENDED, version 2" in text for text in texts)
    said = _first(report)
    assert "AMENDED Version 2, in place of version 1 that Dr. A. Lang signed" in said
    assert "(“Two blasts were overlooked.”)." in said
    assert "Changed: 2 cells (blast 7 to 9, lymphocyte 57 to 55), Comment." in said
    assert "preliminary" not in " ".join(texts).lower()


@pytest.mark.parametrize(
    ("language", "preliminary", "state", "notice"),
    [
        ("en", "PRELIMINARY", "reopened, not signed; is to replace version 1",
         "PRELIMINARY Reopened, not signed; is to be version 2 and to replace version 1 that Dr. A. Lang"),
        ("de", "VORLÄUFIG", "wieder geöffnet, nicht unterzeichnet; soll Version 1 ersetzen",
         "VORLÄUFIG Wieder geöffnet, nicht unterzeichnet; soll als Version 2 die Version 1 ersetzen"),
        ("zh", "初步报告", "已重新打开，尚未签发；拟取代第 1 版",
         "初步报告 已重新打开，尚未签发；拟作为第 2 版"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("template", ["marrow", "blood", "summary"])
def test_that_a_reopened_report_is_preliminary_until_it_is_signed(
    template, language, preliminary, state, notice
):
    report = normal(amends=AMENDS)  # no cell is left to be reviewed
    assert report.preliminary
    texts = [
        "".join(text.split())
        for text in page_texts(pdf_bytes(report, PrintOptions(template, language=language)))
    ]
    assert all("".join(f"{preliminary} · {state}".split()) in text for text in texts)
    assert "".join(notice.split()) in texts[0]
    amended = Words(language).say("AMENDED, version {}").split(",")[0].split("，")[0]
    assert amended not in " ".join(texts)


def test_that_a_long_reason_does_not_hide_what_changed():
    said = _first(normal(signed=SIGNED, amends=replace(AMENDS, reason="word " * 900)))
    assert "Changed: 2 cells (blast 7 to 9, lymphocyte 57 to 55), Comment." in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "(“second film came”). Changed: 2 cells"), ("de", "(„second film came“). Geändert: 2 Zellen"),
        ("zh", "（“secondfilmcame”）。更改：2个细胞"),
    ],
)  # fmt: skip
def test_that_a_reason_without_a_full_stop_does_not_run_into_the_next_sentence(language, said):
    report = normal(amends=replace(AMENDS, reason="second film came"))
    text = page_texts(pdf_bytes(report, PrintOptions(language=language)))[0]
    assert "".join(said.split()) in "".join(text.split())


def test_that_an_amendment_without_a_difference_says_nothing_changed():
    said = _first(normal(amends=replace(AMENDS, changed=Changed(0, (), ()))))
    assert "Changed: nothing." in said
