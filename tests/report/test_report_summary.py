"""A summary is one page whatever is typed, and says what it cut; it never loses its signature."""

from __future__ import annotations

import io
from dataclasses import fields, replace

import pytest
from every_report import LANGUAGES, PAPERS, full_report
from pdf_reading import overprinted, page_texts, text_boxes
from PIL import Image
from report_samples import ALL_COLUMNS, AMENDS, EVERY_CLASS, MADE_AT, SIGNED, WRITTEN, normal, whole

from marrowdesk.report.document import PastState
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.words import Words


@pytest.mark.parametrize("page", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", [0, 40, 400, 4000])
def test_that_a_summary_is_one_page_and_says_what_it_cut(page, language, length):
    conclusion = " ".join(f"w{at}" for at in range(length))
    report = replace(full_report("every class"), header=replace(WRITTEN, conclusion=conclusion))
    texts = page_texts(pdf_bytes(report, PrintOptions("summary", page, language)))
    assert len(texts) == 1
    words = Words(language)
    whole_text = not length or f"w{length - 1}" in texts[0]
    cut = words.say("Cut to fit on one page, in full in the whole report: {}.").split("{}")[0].strip()
    shown = " ".join(texts[0].split())
    assert whole_text == (length <= 40)
    if not whole_text:
        assert cut in shown
        assert words.say("Conclusion") in shown.split(cut)[1]
        assert "w0 w1 w2" in shown


def test_that_a_summary_with_everything_too_long_is_still_one_page_and_says_so():
    long = "word " * 500
    header = replace(WRITTEN, institution=long, patient_name=long, site=long, conclusion=long)
    report = replace(full_report("every class"), header=header, title=long, reader=long, signed=None)
    report = replace(report, amends=replace(AMENDS, reason=long))
    for page in PAPERS:
        (text,) = page_texts(pdf_bytes(report, PrintOptions("summary", page)))
        shown = " ".join(text.split())
        (told,) = [part for part in shown.split("whole report: ")[1:2]]
        for label in (
            "Institution",
            "Case",
            "Patient",
            "Site",
            "notices",
            "single classes",
            "Conclusion",
            "Read by",
        ):
            assert label in told.split(".")[0], label


def test_that_a_short_summary_cuts_nothing_and_shows_single_classes():
    (text,) = page_texts(pdf_bytes(normal(1.0), PrintOptions("summary")))
    assert "Metamyelocytes 31 6.2" in text
    assert "whole report" not in text


@pytest.mark.parametrize("page", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_that_the_fullest_summary_there_can_be_still_holds_its_signature_and_method(language, page):
    long = "word " * 300
    written_logo = io.BytesIO()
    Image.new("RGB", (300, 300), "navy").save(written_logo, "PNG")
    header = replace(WRITTEN, **{each.name: long for each in fields(WRITTEN)})
    past = PastState(7, MADE_AT, long)
    report = whole(
        EVERY_CLASS, header=header, title=long, past=past, logo=written_logo.getvalue(),
        signed=replace(SIGNED, reason=long), amends=replace(AMENDS, reason=long),
    )  # fmt: skip
    content = pdf_bytes(report, PrintOptions("summary", page, language, ALL_COLUMNS))
    (text,) = page_texts(content)
    words = Words(language)
    for said in ("Read and signed by", "State of the case that was signed", "Method", "Conclusion"):
        assert words.say(said) in text, said
    assert overprinted(text_boxes(content)) == []


def test_that_alerts_are_kept_where_notices_are_cut():
    report = replace(full_report("every class"), header=replace(WRITTEN, conclusion="word " * 900))
    (text,) = page_texts(pdf_bytes(report, PrintOptions("summary")))
    for alert in ("Faggot cells found", "Abnormal eosinophils found", "Hairy cells found", "AMENDED"):
        assert alert in text
