"""A count as an HL7 v2.5.1 message ORU^R01: one OBX a result, with an NTE where it is to be explained.

The PDF is an ED; the characters are UTF-8.

The text is put together here, since every separator that a person typed must be escaped, and is read by
``hl7apy`` before it leaves, which knows the structure and the fields of the message.
"""

from __future__ import annotations

import uuid
from base64 import b64encode
from typing import TYPE_CHECKING

from marrowdesk.core.errors import ReportError
from marrowdesk.core.sex import gender_of
from marrowdesk.report.exchange import codes
from marrowdesk.report.exchange.fhir_parts import day
from marrowdesk.report.exchange.findings import findings, status
from marrowdesk.report.exchange.hl7_text import composed, escaped, segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from marrowdesk.report.exchange.content import Content
    from marrowdesk.report.exchange.findings import Finding

LOCAL = "99MDK"
"""Coding system of the program's own codes (table 0396: 99 and three letters)."""

_STATUS = {"preliminary": "P", "final": "F", "amended": "C"}
_FLAGS = {"low": "L", "high": "H", "": "N"}
_UNITS = {
    "%": ("%", "percent"), "{ratio}": ("{ratio}", "ratio"), "{cells}": ("{cells}", "cells"),
    "/100{cells}": ("/100{cells}", "per 100 cells"), "/100{WBCs}": ("/100{WBCs}", "per 100 white cells"),
}  # fmt: skip


def hl7_bytes(content: Content, pdf: bytes) -> bytes:
    """Write the message; segments end with a carriage return, as the standard asks.

    Args:
        content: what leaves; without names the patient is a coded pseudonym.
        pdf: the report on paper.

    Raises:
        ReportError: what was put together is no valid message.
    """
    report = content.report
    control = uuid.uuid5(content.identity, f"message:{report.version}:{report.made_at.isoformat()}")
    lines = [
        _msh(content, control.hex[:20]),
        _pid(content),
        _obr(content),
        *_observations(content, pdf),
        _spm(content),
    ]
    text = "".join(f"{line}\r" for line in lines)
    _check(text)
    return text.encode()


def _check(text: str) -> None:
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    try:
        parse_message(text, find_groups=True).validate()
    except HL7apyException as error:
        raise ReportError(
            f"The report does not become a valid HL7 message ({error}).",
            "Write it in another form, and tell the makers of the program.",
        ) from error


def _time(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S%z}"


def _msh(content: Content, control: str) -> str:
    report = content.report
    facility = escaped(report.header.institution)
    return "|".join(
        ("MSH", "^~\\&", "MarrowDesk", facility, "", "", _time(report.made_at), "", "ORU^R01^ORU_R01",
         control, "P", "2.5.1", "", "", "", "", "", "UNICODE UTF-8")
    )  # fmt: skip


def _pid(content: Content) -> str:
    header = content.report.header
    if not content.named:
        # Table 0200: S, a coded pseudo-name to ensure anonymity. PID-3 and PID-5 must not be empty.
        known = {
            3: composed(content.report.title, "", "", LOCAL),
            5: composed(content.report.title, *[""] * 5, "S"),
        }
        return segment("PID", {1: "1", **known})
    birth = day(header.birth_date)
    return segment(
        "PID",
        {
            1: "1",
            3: composed(header.patient_id or content.report.title),
            5: composed(header.patient_name or "unknown"),
            7: birth.replace("-", "") if birth else "",
            8: gender_of(header.sex) or "U",
        },
    )


def _obr(content: Content) -> str:
    report = content.report
    terms = codes.TERMS[report.differential.specimen]
    collected = day(report.header.collected)
    return segment(
        "OBR",
        {
            1: "1",
            3: composed(report.header.accession),
            4: composed(terms.report_code, terms.report, "LN" if terms.report_code else LOCAL),
            7: collected.replace("-", "") if collected else "",
            16: composed("", report.header.requester) if report.header.requester else "",
            22: _time(report.signed.at if report.signed else report.made_at),
            24: "HM",
            25: _STATUS[status(report)],
            32: composed(report.signed.reader) if report.signed else "",
        },
    )


def _observations(content: Content, pdf: bytes) -> Iterator[str]:
    """Give the results, what the reader wrote, what counted, and the report on paper."""
    report = content.report
    rows: list[tuple[str, str, str, str, dict[int, str]]] = []
    notes: dict[int, str] = {}
    for sub, finding in enumerate(findings(report.differential, report.repeated), 1):
        notes[len(rows) + 1] = finding.note
        rows += _of(finding, sub)
    if text := report.header.conclusion:
        rows.append(("FT", composed("conclusion", "Conclusion", LOCAL), "", escaped(text), {}))
    for model in report.method.models:
        rows.append(("ST", composed("model", "Classifier", LOCAL), "", escaped(model.words), {}))
    program = f"MarrowDesk {report.method.program_version}. {report.research_use}"
    rows.append(("ST", composed("program", "Program", LOCAL), "", escaped(program), {}))
    paper = composed("", "application", "pdf", "Base64", b64encode(pdf).decode())
    rows.append(("ED", composed("report", "Report", LOCAL), "", paper, {}))
    for number, (kind, code, sub_id, value, more) in enumerate(rows, 1):
        known = {1: str(number), 2: kind, 3: code, 4: sub_id, 5: value, 11: _STATUS[status(report)]}
        yield segment("OBX", known | more)
        if note := notes.get(number):
            yield segment("NTE", {1: "1", 3: escaped(note)})


def _of(finding: Finding, sub: int) -> Iterator[tuple[str, str, str, str, dict[int, str]]]:
    """Give a result, then its cells and the limits of its interval under the same sub-id."""
    key = finding.key
    code = composed(finding.loinc, finding.name, "LN", key, finding.name, LOCAL)
    if not finding.loinc:
        code = composed(key, finding.name, LOCAL)
    more = {6: composed(*_UNITS[finding.unit], "UCUM")}
    if finding.range is not None:
        more[7] = f"{finding.range.low:g}-{finding.range.high:g}"
        more[8] = _FLAGS[finding.mark] if finding.value is not None else ""
    if finding.value is None:
        yield "ST", code, str(sub), "not computable", {7: more.get(7, "")}
    else:
        yield "NM", code, str(sub), _number(finding.value), more
    parts = (
        ("cells", finding.count, "{cells}"),
        ("low", finding.low, finding.unit),
        ("high", finding.high, finding.unit),
    )
    for part, value, unit in parts:
        if value is not None:
            told = composed(f"{key}.{part}", f"{finding.name}, {part}", LOCAL)
            yield "NM", told, str(sub), _number(value), {6: composed(*_UNITS[unit], "UCUM")}


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _spm(content: Content) -> str:
    header = content.report.header
    return segment(
        "SPM",
        {
            1: "1",
            2: composed(header.accession) if header.accession else "",
            4: composed("", codes.TERMS[content.report.differential.specimen].specimen),
            8: composed("", header.site) if header.site else "",
            14: escaped(header.aspirate),
        },
    )
