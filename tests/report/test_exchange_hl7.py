"""The message is HL7 v2.5.1, and a receiver that parses it has the values and texts of the report."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from exchange_samples import AMENDS, BLOOD, PDF, SIGNED, content_of, everywhere
from hl7_reading import components, fields, message, unescaped
from hostile import HOSTILE
from report_samples import MODEL

from marrowdesk.core.errors import ReportError
from marrowdesk.report.document import ReportFields
from marrowdesk.report.exchange import codes, hl7
from marrowdesk.report.exchange.aliases import without_names
from marrowdesk.report.exchange.findings import findings
from marrowdesk.report.exchange.hl7 import hl7_bytes
from marrowdesk.report.exchange.text import plain

NAMED = ReportFields(patient_name="Erika Müller", patient_id="4711", birth_date="1961-02-03", sex="female",
                     accession="2031/25", collected="2026-03-08", site="iliac crest", aspirate="good",
                     institution="Laboratory A|B", conclusion="No blasts.\nNone.")  # fmt: skip


def test_that_the_message_parses_and_declares_its_version_type_and_characters():
    content = hl7_bytes(content_of(header=NAMED), PDF)
    parsed = message(content)
    assert parsed.msh.msh_9.value == "ORU^R01^ORU_R01"
    assert (parsed.msh.msh_12.value, parsed.msh.msh_18.value) == ("2.5.1", "UNICODE UTF-8")
    assert content.endswith(b"\r")
    assert b"\n" not in content


def test_that_each_result_parses_back_to_the_same_values():
    content = content_of(header=NAMED, signed=SIGNED)
    group = message(hl7_bytes(content, PDF)).oru_r01_patient_result.oru_r01_order_observation
    rows = [each.obx for each in group.oru_r01_observation]
    told = {}
    for row in rows:
        told.setdefault(row.obx_4.value, []).append(row)
    results = findings(content.report.differential)
    assert {each.key for each in results} >= {"apart.KSC", "threshold.blasts", "threshold.plasma_cells"}
    for sub, finding in enumerate(results, 1):
        first, *parts = told[str(sub)]
        assert float(first.obx_5.value) == pytest.approx(finding.value, abs=0.005)
        code, text, system = components(first.obx_3.value)[:3]
        assert text == finding.name
        assert (code, system) == ((finding.loinc, "LN") if finding.loinc else (finding.key, "99MDK"))
        if finding.range:
            assert first.obx_7.value == f"{finding.range.low:g}-{finding.range.high:g}"
            assert first.obx_8.value == {"low": "L", "high": "H", "": "N"}[finding.mark]
        values = [float(part.obx_5.value) for part in parts]
        wanted = [each for each in (finding.count, finding.low, finding.high) if each is not None]
        assert values == pytest.approx(wanted, abs=0.005)
    assert {row.obx_11.value for row in rows} == {"F"}
    assert [row.obx_1.value for row in rows] == [str(at) for at in range(1, len(rows) + 1)]


def test_that_a_blood_film_has_a_code_of_the_programs_own():
    written = hl7_bytes(content_of(differential=BLOOD, header=NAMED, signed=SIGNED), PDF)
    (obr,), (spm,) = fields(written, "OBR"), fields(written, "SPM")
    assert components(obr[4])[:3] == ["", "Differential count of blood", "99MDK"]
    assert components(spm[4])[1] == "Peripheral blood"
    assert not any("LN" in row[3] for row in fields(written, "OBX"))


def test_that_nucleated_red_cells_thresholds_and_repeated_cells_reach_a_receiver():
    content = content_of(differential=BLOOD, header=NAMED, signed=SIGNED, repeated=3)
    written = hl7_bytes(content, PDF)
    message(written)
    lines = [line.split("|") for line in written.decode().split("\r")]
    named = {components(line[3])[1]: (at, line) for at, line in enumerate(lines) if line[0] == "OBX"}
    at, red = named["Nucleated red cells per 100 white cells"]
    assert (red[2], red[5], components(red[6])[0]) == ("NM", "4.00", "/100{WBCs}")
    assert named["White cells counted"][1][5] == "100"
    assert named["Cells showing the very image of another cell, counted once more"][1][5] == "3"
    at, blasts = named["Blasts, held against thresholds"]
    assert blasts[5] == "2.00"
    assert lines[at + 1] == ["NTE", "1", "", "Crosses 2 and 5 %, below 20 %."]


def test_that_patient_order_specimen_and_pdf_are_where_a_receiver_looks_for_them():
    content = content_of(header=NAMED, signed=SIGNED)
    written = hl7_bytes(content, PDF)
    (pid,), (obr,), (spm,) = (fields(written, name) for name in ("PID", "OBR", "SPM"))
    assert (pid[3], pid[5], pid[7], pid[8]) == ("4711", "Erika Müller", "19610203", "F")
    code = codes.TERMS["marrow"].report_code
    assert (obr[3], components(obr[4])[0], obr[7], obr[25]) == ("2031/25", code, "20260308", "F")
    assert (spm[2], components(spm[4])[1], components(spm[8])[1]) == (
        "2031/25", "Bone marrow aspirate", "iliac crest",
    )  # fmt: skip
    papers = [row for row in fields(written, "OBX") if row[2] == "ED"]
    _, kind, subkind, encoding, data = papers[0][5].split("^")
    assert (kind, subkind, encoding) == ("application", "pdf", "Base64")
    assert base64.b64decode(data) == PDF
    assert any(MODEL in row[5] for row in fields(written, "OBX"))
    texts = {components(row[3])[0]: unescaped(row[5]) for row in fields(written, "OBX") if row[2] == "FT"}
    assert texts == {"conclusion": "No blasts.\nNone."}
    assert unescaped(fields(written, "MSH")[0][4]) == "Laboratory A|B"


@pytest.mark.parametrize(
    ("typed", "code"), [("weiblich", "F"), ("男", "M"), ("divers", "O"), ("unbekannt", "U"), ("yes", "U")]
)
def test_that_the_sex_has_the_letter_of_the_standard_in_whatever_language_it_is_typed(typed, code):
    (pid,) = fields(hl7_bytes(content_of(header=replace(NAMED, sex=typed)), PDF), "PID")
    assert pid[8] == code


def test_that_a_date_of_birth_that_is_understood_is_sent_and_another_is_not():
    def sent(typed):
        (pid,) = fields(hl7_bytes(content_of(header=replace(NAMED, birth_date=typed)), PDF), "PID")
        return pid[7]

    typed = ("1961-02-03 at home", "12. März 1961", "05/06/1961", "1961")
    assert [sent(each) for each in typed] == ["19610203", "19610312", "", ""]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "P"),
        ({"signed": SIGNED}, "F"),
        ({"signed": SIGNED, "amends": AMENDS}, "C"),
        ({"amends": AMENDS}, "P"),
    ],
)
def test_that_the_status_is_that_of_the_report(changes, status):
    written = hl7_bytes(content_of(**changes), PDF)
    assert {row[11] for row in fields(written, "OBX")} == {status}
    assert fields(written, "OBR")[0][25] == status


def test_that_without_names_the_patient_is_a_pseudonym():
    content = without_names(content_of(header=NAMED, title="Müller"))
    written = hl7_bytes(content, PDF)
    message(written)
    (pid,) = fields(written, "PID")
    assert components(pid[5])[-1] == "S"
    assert pid[5].startswith(content.report.title)
    assert not any(name in written.decode() for name in ("Müller", "4711", "1961"))


def test_that_the_same_count_gives_the_same_bytes():
    assert hl7_bytes(content_of(), PDF) == hl7_bytes(content_of(), PDF)


def test_that_a_count_of_nothing_is_told_as_not_computable():
    written = hl7_bytes(content_of([]), PDF)
    message(written)
    ratio = next(
        row for row in fields(written, "OBX") if components(row[3])[0] == codes.TERMS["marrow"].me_ratio
    )
    assert (ratio[2], ratio[5]) == ("ST", "not computable")


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_text_in_every_field_stays_in_its_field(kind):
    text = HOSTILE[kind]
    signed = replace(SIGNED, reader=text)
    written = hl7_bytes(content_of(header=everywhere(text), title=text, signed=signed), PDF)
    message(written)
    plainly = hl7_bytes(content_of(header=everywhere("x"), title="x", signed=SIGNED), PDF)
    kinds = [line.partition("|")[0] for line in written.decode().split("\r")]
    assert kinds == [line.partition("|")[0] for line in plainly.decode().split("\r")]
    (pid,), (obr,), (spm,) = (fields(written, name) for name in ("PID", "OBR", "SPM"))
    wanted = "\n".join(plain(text).replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert components(pid[5]) == [wanted]
    assert components(obr[3]) == [wanted]
    assert components(spm[8])[1] == wanted
    texts = [unescaped(row[5]) for row in fields(written, "OBX") if row[2] == "FT"]
    assert texts == [wanted]


def test_that_a_message_that_is_none_does_not_leave(monkeypatch):
    monkeypatch.setattr(hl7, "_obr", lambda _: "OBX|1|NM|x|||||||||F")
    monkeypatch.setattr(hl7, "_pid", lambda _: "ZZZ")
    with pytest.raises(ReportError, match="valid HL7"):
        hl7_bytes(content_of(), PDF)
