"""The required parts of PDF/A-2b (ISO 19005-2), as far as they can be read out of the file itself."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from pdf_reading import metadata
from PIL import ImageCms
from report_samples import MADE_AT, WRITTEN, normal, whole

from marrowdesk.report.document import ReportFields
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes

_NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
}
HOSTILE_NAME = "\x00]]> <b>&\ud800 \u202e王 😀"


def everything() -> bytes:
    """Give a file with pictures, a text in every script, and characters that no font has."""
    scripts = replace(
        WRITTEN, conclusion="Ω Ж א ع अ ก 中 か 한 Ա ▲ 😀 👩‍⚕️ \U0001fa78 a\u0301\x07", comment="\ufffe\ud800"
    )
    return pdf_bytes(whole(header=scripts))


def objects(content: bytes) -> dict[int, bytes]:
    """Give the objects of a file by their number, without their streams."""
    found = re.finditer(rb"(?m)^(\d+) 0 obj\s(.*?)\sendobj", content, re.DOTALL)
    return {int(each[1]): each[2].split(b"stream", 1)[0] for each in found}


def stream(content: bytes, number: int) -> bytes:
    """Give the decoded stream of an object."""
    body = re.search(rb"(?m)^%d 0 obj\s(.*?)\sendobj" % number, content, re.DOTALL)[1]
    head, data = re.split(rb"stream\r?\n", body, maxsplit=1)
    length = int(re.search(rb"/Length (\d+)", head)[1])
    raw = data[:length]
    return zlib.decompress(raw) if b"FlateDecode" in head else raw


def catalog(content: bytes) -> bytes:
    """Give the document's catalogue."""
    root = int(re.search(rb"/Root (\d+) 0 R", content)[1])
    return objects(content)[root]


def xmp(content: bytes) -> ET.Element:
    """Read the description out of the file."""
    number = int(re.search(rb"/Metadata (\d+) 0 R", catalog(content))[1])
    return ET.fromstring(stream(content, number).decode("utf-8"))


def test_that_the_file_begins_and_ends_as_the_standard_asks():
    content = everything()
    first, second = content.split(b"\n")[:2]
    assert first == b"%PDF-1.7"
    assert second[:1] == b"%"
    assert all(byte > 127 for byte in second[1:5])
    assert content.endswith(b"%%EOF\n")
    assert re.search(rb"/ID\s*\[<([0-9a-f]{32})><\1>\]", content)
    assert b"/Encrypt" not in content


def test_that_the_description_says_pdf_a_2b_and_agrees_with_the_old_metadata():
    content = everything()
    told, old = xmp(content), metadata(content)
    assert told.findtext(".//pdfaid:part", namespaces=_NS) == "2"
    assert told.findtext(".//pdfaid:conformance", namespaces=_NS) == "B"
    assert told.findtext(".//dc:title//rdf:li", namespaces=_NS) == old["Title"]
    assert told.findtext(".//dc:description//rdf:li", namespaces=_NS) == old["Subject"]
    assert told.findtext(".//xmp:CreatorTool", namespaces=_NS) == old["Creator"] == old["Producer"]
    assert told.findtext(".//xmp:CreateDate", namespaces=_NS) == MADE_AT.isoformat(timespec="seconds")
    assert b"/Filter" not in objects(content)[int(re.search(rb"/Metadata (\d+) 0 R", catalog(content))[1])]


def test_that_colours_are_defined_by_an_embedded_profile_of_srgb():
    content = everything()
    assert b"/GTS_PDFA1" in catalog(content)
    number = int(re.search(rb"/DestOutputProfile (\d+) 0 R", content)[1])
    assert b"/N 3" in objects(content)[number]
    profile = ImageCms.ImageCmsProfile(io.BytesIO(stream(content, number)))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert profile.profile.xcolor_space.strip() == "RGB"
    used = set(
        re.findall(rb"/(Device\w+|ICCBased|CalRGB|Separation|Pattern)\b", b"".join(objects(content).values()))
    )
    assert used <= {b"DeviceRGB"}
    drawn = b"".join(pages(content))
    assert not re.search(rb"(?m)\s(k|K|cs|CS|sh)\s", drawn)


def pages(content: bytes) -> list[bytes]:
    """Give what the pages draw."""
    numbers = re.findall(rb"/Contents (\d+) 0 R", b"\n".join(objects(content).values()))
    return [stream(content, int(number)) for number in numbers]


def test_that_nothing_is_transparent_active_or_outside_of_the_file():
    told = b"\n".join(objects(everything()).values())
    forbidden = (
        b"/SMask /Group /ca /CA /BM /JS /JavaScript /Launch /URI /EmbeddedFile /AcroForm /OpenAction /AA "
        b"/LZWDecode /Interpolate"
    )
    for name in forbidden.split():
        assert not re.search(name + rb"\b", told), name


def test_that_every_font_is_embedded_and_tells_its_text():
    content = everything()
    told = list(objects(content).values())
    fonts = [each for each in told if b"/Subtype /Type0" in each]
    assert len(fonts) >= 7
    for font in fonts:
        assert b"/ToUnicode" in font
        assert b"/Encoding /Identity-H" in font
    descendants = [each for each in told if b"/CIDFontType2" in each]
    assert len(descendants) == len(fonts)
    assert all(b"/CIDToGIDMap /Identity" in each for each in descendants)
    descriptors = [each for each in told if b"/FontDescriptor" in each and b"/FontFile2" in each]
    assert len(descriptors) == len(fonts)
    assert not any(b"/CIDSet" in each for each in told)  # it may be left out, and wrong ones are worse
    assert b"/Type1" not in b"".join(told)


def test_that_no_text_shows_the_box_of_a_missing_character():
    drawn = b"".join(pages(everything()))
    shown = re.findall(rb"<([0-9A-F]{4,})>(?=[-\d.]*\])", drawn)
    glyphs = {each[at : at + 4] for each in shown for at in range(0, len(each), 4)}
    assert len(glyphs) > 80
    assert b"0000" not in glyphs


@pytest.mark.parametrize("template", ["marrow", "summary", "blood"])
def test_that_the_same_report_gives_the_same_bytes_in_every_template(template):
    options = PrintOptions(template, language="zh")
    assert pdf_bytes(whole(), options) == pdf_bytes(whole(), options)


def test_that_the_metadata_name_the_patient_only_where_that_was_chosen():
    header = ReportFields(patient_name=HOSTILE_NAME, patient_id="4711", birth_date="1961")
    report = normal(header=header, title="secret case")
    silent = pdf_bytes(report)
    assert "4711" not in str(metadata(silent)) + ET.tostring(xmp(silent), "unicode")
    named = pdf_bytes(report, PrintOptions(patient_in_metadata=True))
    title = xmp(named).findtext(".//dc:title//rdf:li", namespaces=_NS)
    assert title.startswith("Bone marrow differential count · ")
    assert "<b>&" in title
    assert title.endswith(" · 4711 · 1961")
    assert "secret" not in str(metadata(named)) + title


def test_that_the_language_of_the_document_is_told():
    for language, tag in (("en", b"en"), ("de", b"de"), ("zh", b"zh-Hans")):
        assert b"/Lang (%s)" % tag in catalog(pdf_bytes(normal(), PrintOptions(language=language)))


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_that_qpdf_finds_no_fault(tmp_path):
    (tmp_path / "report.pdf").write_bytes(everything())
    done = subprocess.run(["qpdf", "--check", tmp_path / "report.pdf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
