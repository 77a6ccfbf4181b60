"""The smaller parts of a FHIR bundle: ids, codes, quantities, and the observation of one result."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from marrowdesk.core.dates import date_of
from marrowdesk.report.exchange import codes
from marrowdesk.report.exchange.findings import Finding, status
from marrowdesk.report.exchange.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from marrowdesk.report.exchange.content import Content

_DECIMALS = 2
_INTERPRETATIONS = {"low": ("L", "Low"), "high": ("H", "High"), "": ("N", "Normal")}
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Ids:
    """Ids of the resources of a case: version 5 UUIDs, the same each time."""

    def __init__(self, identity: uuid.UUID) -> None:
        self._identity = identity

    def of(self, what: str) -> str:
        """Give the id of a part."""
        return str(uuid.uuid5(self._identity, what))

    def urn(self, what: str) -> str:
        """Give the id of a part as a reference."""
        return f"urn:uuid:{self.of(what)}"


def left_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: FHIR has no empty texts and lists."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def instant(at: datetime) -> str:
    """Write a time as FHIR's instant."""
    return at.isoformat(timespec="seconds")


def day(text: str) -> str | None:
    """Give a date that was typed as ``2026-03-09``; None where a text does not mean one day.

    What is written behind such a date does not matter; every other text has to be a date as a whole.
    """
    known = _DAY.match(text.strip())
    found = date_of(known[0] if known else text)
    return None if found is None else found.isoformat()


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    """Give a concept with one code."""
    return {"coding": [{"system": system, "code": code}], "text": text}


def concept(loinc: str, text: str) -> dict[str, Any]:
    """Give a concept with its code of LOINC; as text alone where there is none."""
    return coded(codes.LOINC, loinc, text) if loinc else {"text": text}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """Give a quantity in a unit of UCUM; whole numbers stay whole."""
    shown = value if isinstance(value, int) else round(value, _DECIMALS)
    said = unit.replace("/100", "per 100 ").replace("{", "").replace("}", "")
    return {"value": shown, "unit": said, "system": codes.UCUM, "code": unit}


def observation(content: Content, ids: Ids, finding: Finding, referred: Mapping[str, Any]) -> dict[str, Any]:
    """Give one result.

    Args:
        content: what leaves.
        ids: of the case.
        finding: the result.
        referred: subject and specimen, as references.
    """
    report = content.report
    name = plain(finding.name)
    return left_out(
        {
            "resourceType": "Observation",
            "id": ids.of(f"observation:{finding.key}"),
            "status": status(report),
            "category": [coded(f"{_TERMINOLOGY}/observation-category", "laboratory", "Laboratory")],
            "code": concept(finding.loinc, name),
            **referred,
            "device": {"reference": ids.urn("program")},
            "effectiveDateTime": day(report.header.collected),
            "issued": instant(report.signed.at if report.signed else report.made_at),
            **_value(finding),
            "interpretation": _interpretation(finding),
            "note": [{"text": finding.note}] if finding.note else [],
            "referenceRange": _range(content, finding),
            "component": _components(content, finding),
        }
    )


def _value(finding: Finding) -> dict[str, Any]:
    if finding.value is None:
        absent = coded(f"{_TERMINOLOGY}/data-absent-reason", "not-a-number", "not computable")
        return {"dataAbsentReason": absent}
    return {"valueQuantity": quantity(finding.value, finding.unit)}


def _interpretation(finding: Finding) -> list[dict[str, Any]]:
    if finding.range is None or finding.value is None:
        return []
    code, text = _INTERPRETATIONS[finding.mark]
    return [coded(f"{_TERMINOLOGY}/v3-ObservationInterpretation", code, text)]


def _range(content: Content, finding: Finding) -> list[dict[str, Any]]:
    if finding.range is None:
        return []
    source = content.report.differential.rules.references.name
    low, high = (quantity(float(each), finding.unit) for each in (finding.range.low, finding.range.high))
    return [left_out({"low": low, "high": high, "text": plain(source)})]


def _components(content: Content, finding: Finding) -> list[dict[str, Any]]:
    """Give the cells counted and the limits of the interval, as far as there are any."""
    level = f"{100 * content.report.differential.rules.confidence:g} %"
    parts = (
        ("Cells counted as this", finding.count, "{cells}"),
        (f"Lower limit of the {level} interval", finding.low, finding.unit),
        (f"Upper limit of the {level} interval", finding.high, finding.unit),
    )
    return [
        {"code": {"text": text}, "valueQuantity": quantity(value, unit)}
        for text, value, unit in parts
        if value is not None
    ]
