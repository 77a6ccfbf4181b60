"""A count as a FHIR R4 bundle (4.0.1): the report with one observation a class, specimen, device, the PDF.

The elements written are those that R4 (4.0.1) and R4B (4.3.0) share, with the same meaning. The bundle is
checked against R4B before it leaves, by ``fhir.resources``, which has no R4; that nothing beyond R4 is used
is held by a test that knows R4's elements.
"""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import ReportError
from marrowdesk.core.sex import gender_of
from marrowdesk.report.exchange import codes
from marrowdesk.report.exchange.fhir_parts import (
    Ids,
    coded,
    concept,
    day,
    instant,
    left_out,
    observation,
)
from marrowdesk.report.exchange.findings import findings, status
from marrowdesk.report.exchange.text import plain

if TYPE_CHECKING:
    from marrowdesk.report.document import ModelUsed, Report
    from marrowdesk.report.exchange.content import Content

_GENDERS = {"F": "female", "M": "male", "O": "other", "U": "unknown"}


def fhir_bytes(content: Content, pdf: bytes) -> bytes:
    """Write the bundle as JSON; the same content gives the same bytes.

    Ids follow from the case alone, so that an amended report takes the place of the one before.

    Args:
        content: what leaves; a Patient is in it only with names.
        pdf: the report on paper, in ``presentedForm``.

    Raises:
        ReportError: what was put together is no valid FHIR.
    """
    bundle = _bundle(content, pdf)
    _check(bundle)
    return (json.dumps(bundle, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _check(bundle: dict[str, Any]) -> None:
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        Bundle.model_validate(bundle)
    except ValidationError as error:
        first = error.errors()[0]
        raise ReportError(
            f"The report does not become valid FHIR ({'.'.join(map(str, first['loc']))}: {first['msg']}).",
            "Write it in another form, and tell the makers of the program.",
        ) from error


def _bundle(content: Content, pdf: bytes) -> dict[str, Any]:
    ids = Ids(content.identity)
    shared = _shared(content, ids)
    results = [
        observation(content, ids, each, _referred(content, ids))
        for each in findings(content.report.differential, content.report.repeated)
    ]
    resources = [_report(content, ids, results, pdf), *shared, *results]
    version = f"version:{content.report.version}:{instant(content.report.made_at)}"
    return {
        "resourceType": "Bundle",
        "id": ids.of(f"bundle:{version}"),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": ids.urn(f"bundle:{version}")},
        "type": "collection",
        "timestamp": instant(content.report.made_at),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }


def _referred(content: Content, ids: Ids) -> dict[str, Any]:
    """Give what every result refers to."""
    return {
        **({"subject": {"reference": ids.urn("patient")}} if content.named else {}),
        "specimen": {"reference": ids.urn("specimen")},
    }


def _shared(content: Content, ids: Ids) -> list[dict[str, Any]]:
    models = [_model(model, ids) for model in content.report.method.models]
    patient = [_patient(content, ids)] if content.named else []
    return [*patient, _specimen(content, ids), _program(content, ids), *models]


def _report(content: Content, ids: Ids, results: list[dict[str, Any]], pdf: bytes) -> dict[str, Any]:
    report = content.report
    header, terms = report.header, codes.TERMS[report.differential.specimen]
    referred = _referred(content, ids)
    return left_out(
        {
            "resourceType": "DiagnosticReport",
            "id": ids.of("report"),
            "text": _narrative(report),
            "identifier": _accession(content),
            "status": status(report),
            "category": [coded("http://terminology.hl7.org/CodeSystem/v2-0074", "HM", "Hematology")],
            "code": concept(terms.report_code, terms.report),
            "subject": referred.get("subject"),
            "effectiveDateTime": day(header.collected),
            "issued": instant(report.signed.at if report.signed else report.made_at),
            "performer": _displayed(header.institution),
            "resultsInterpreter": _displayed(report.signed.reader if report.signed else ""),
            "specimen": [referred["specimen"]],
            "result": [{"reference": f"urn:uuid:{each['id']}"} for each in results],
            "conclusion": plain(header.conclusion).strip(),
            "presentedForm": [_paper(report, pdf)],
        }
    )


def _narrative(report: Report) -> dict[str, str]:
    counted = codes.TERMS[report.differential.specimen].counted
    said = f"{report.research_use} {counted}: {report.differential.counted}."
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{escape(said)}</div>',
    }


def _paper(report: Report, pdf: bytes) -> dict[str, str]:
    return {
        "contentType": "application/pdf",
        "data": b64encode(pdf).decode(),
        "title": codes.TERMS[report.differential.specimen].report,
        "creation": instant(report.made_at),
    }


def _displayed(text: str) -> list[dict[str, str]]:
    shown = plain(text).strip()
    return [{"display": shown}] if shown else []


def _accession(content: Content) -> list[dict[str, str]]:
    text = plain(content.report.header.accession).strip()
    return [{"value": text}] if text else []


def _patient(content: Content, ids: Ids) -> dict[str, Any]:
    header = content.report.header
    name, number = plain(header.patient_name).strip(), plain(header.patient_id).strip()
    return left_out(
        {
            "resourceType": "Patient",
            "id": ids.of("patient"),
            "identifier": [{"value": number}] if number else [],
            "name": [{"text": name}] if name else [],
            "gender": _GENDERS.get(gender_of(header.sex) or ""),
            "birthDate": day(header.birth_date),
        }
    )


def _specimen(content: Content, ids: Ids) -> dict[str, Any]:
    header = content.report.header
    site, quality = plain(header.site).strip(), plain(header.aspirate).strip()
    collection = left_out(
        {"collectedDateTime": day(header.collected), "bodySite": {"text": site} if site else None}
    )
    accession = _accession(content)
    return left_out(
        {
            "resourceType": "Specimen",
            "id": ids.of("specimen"),
            "accessionIdentifier": accession[0] if accession else None,
            "type": {"text": codes.TERMS[content.report.differential.specimen].specimen},
            "subject": _referred(content, ids).get("subject"),
            "collection": collection,
            "note": [{"text": f"Aspirate: {quality}"}] if quality else [],
        }
    )


def _program(content: Content, ids: Ids) -> dict[str, Any]:
    return {
        "resourceType": "Device",
        "id": ids.of("program"),
        "deviceName": [{"name": "MarrowDesk", "type": "user-friendly-name"}],
        "type": {"text": "Program for marrow differentials"},
        "version": [{"value": content.report.method.program_version}],
        "note": [{"text": content.report.research_use}],
    }


def _model(model: ModelUsed, ids: Ids) -> dict[str, Any]:
    device = {
        "resourceType": "Device",
        "id": ids.of(f"model:{model.sha256}"),
        "identifier": [{"system": "urn:marrowdesk:model-sha256", "value": model.sha256}],
        "deviceName": [{"name": plain(model.name).strip() or "unnamed", "type": "model-name"}],
        "type": {"text": "Classifier that proposed the classes"},
        "version": [{"value": plain(model.version).strip() or "unknown"}],
        "parent": {"reference": ids.urn("program")},
    }
    if model.origin is not None:
        device["note"] = [{"text": plain(f"{model.origin.words}, SHA-256 {model.origin.sha256}")}]
    return device
