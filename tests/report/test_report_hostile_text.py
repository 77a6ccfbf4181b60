"""Whatever is typed into a field is printed as typed or as visible boxes, and harms nothing."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pypdfium2 as pdfium
import pytest
from pdf_reading import page_texts
from report_samples import NORMAL, cells, normal, report_of

from marrowdesk.report.document import Picture, ReportFields
from marrowdesk.report.pdf import pdf_bytes

HOSTILE = {
    "markup": "<b>bold</b> & <para> &amp; <img src='x'/> %s {0} \\n (x) >> endstream",
    "formula": '=HYPERLINK("http://x","y")',
    "path": "../../etc/passwd C:\\temp\\x",
    "right to left": "שלום (abc) 123 محمد",
    "override": "abc\u202edef\u2066ghi",
    "emoji": "😀 🩸 👩‍⚕️ 🇩🇪",
    "control": "".join(map(chr, range(32))) + "\x7f\x85\u2028",
    "broken unicode": "\ud800 \udfff \ufffe \U0010ffff",
    "marks": "a" + "\u0301" * 300,
    "every script": "Ü Ω Ж א ع अ ก 中 か 한 Ա ა ≤ ▲",
    "long word": "x" * 3000,
    "line breaks": "a\n" * 400,
    "blank": " \t\n ",
}


def everywhere(text: str) -> ReportFields:
    return ReportFields(**{each.name: text for each in fields(ReportFields)})


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_text_in_every_field_gives_a_whole_report(kind: str) -> None:
    text = HOSTILE[kind]
    report = replace(normal(0.5), header=everywhere(text), title=text, reader=text, pictures=())
    texts = page_texts(pdf_bytes(report))
    assert f"Page {len(texts)} of {len(texts)}" in texts[-1]
    assert sum("Signature" in each for each in texts) == 1
    assert any("Neutrophilic series 278 55.6" in each for each in texts)


def test_that_markup_is_printed_as_typed() -> None:
    first = page_texts(pdf_bytes(normal(header=ReportFields(patient_name="<b>A & B</b> &lt;"))))[0]
    assert "<b>A & B</b> &lt;" in first


@pytest.mark.parametrize("name", ["王小明", "김철수", "Ελένη", "Иван Ж.", "Đặng Thị Ánh", "สมชาย", "Ա ա"])
def test_that_names_in_other_scripts_can_be_searched_for(name: str) -> None:
    assert name in page_texts(pdf_bytes(normal(header=ReportFields(patient_name=name))))[0]


@pytest.mark.parametrize("name", ["שלום", "محمد", "प्रिया"])
def test_that_shaped_scripts_leave_ink_and_no_boxes(name: str) -> None:
    """Compare the printed name with the box that an unknown character leaves."""

    def ink(text: str) -> np.ndarray:
        content = pdf_bytes(normal(header=ReportFields(patient_name=text), pictures=()))
        with pdfium.PdfDocument(content) as document:
            return np.asarray(document[0].render(scale=2, grayscale=True).to_numpy()).squeeze()

    printed, empty, boxes = ink(name), ink("\u00a0"), ink("\U0001fa78" * len(name))
    assert (printed != empty).sum() > 60
    assert (printed != boxes).sum() > 60


def test_that_ten_thousand_characters_are_printed_to_the_last() -> None:
    words = " ".join(f"w{at}" for at in range(2000))
    for name in ("patient_name", "comment", "indication", "institution"):
        text = "\n".join(page_texts(pdf_bytes(normal(header=ReportFields(**{name: words}), pictures=()))))
        assert set(words.split()) <= set(text.split()), name
    text = "\n".join(page_texts(pdf_bytes(normal(title=words, reader=words, pictures=()))))
    assert text.split().count("w1999") == 2


def test_that_pictures_of_any_shape_are_printed() -> None:
    shapes = ((1, 1), (1, 400), (700, 30), (250, 250))
    shown = [Picture("BLA", np.full((*shape, 3), 90, np.uint8), True, "x" * 80) for shape in shapes]
    content = pdf_bytes(report_of(cells(NORMAL), shown=shown))
    with pdfium.PdfDocument(content) as document:
        images = [each for each in document[1].get_objects() if each.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]
        assert len(images) == len(shapes)


def test_that_more_pictures_of_a_class_than_fit_on_a_line_go_on_below() -> None:
    shown = [Picture("BLA", np.full((20, 20, 3), at, np.uint8), False, f"#{at}") for at in range(25)]
    captions = "\n".join(page_texts(pdf_bytes(report_of(cells(NORMAL), shown=shown)))).split()
    assert {f"#{at}" for at in range(25)} <= set(captions)
