"""A report whose classifier was adapted to the laboratory says so, on paper and wherever it is handed on."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from exchange_samples import PDF, content_of
from hl7_reading import fields, unescaped
from hostile import HOSTILE
from jsonschema import Draft202012Validator
from pdf_reading import page_texts
from report_samples import normal

from marrowdesk.assets import resource_path
from marrowdesk.core.model_origin import ModelOrigin
from marrowdesk.report.document import Method, ModelUsed
from marrowdesk.report.exchange.fhir import fhir_bytes
from marrowdesk.report.exchange.hl7 import hl7_bytes
from marrowdesk.report.exchange.spreadsheet import xlsx_bytes
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.tables import report_json

MADE = datetime(2031, 4, 1, 8, 15, tzinfo=UTC)
ORIGIN = ModelOrigin("marrow-regnetx-032-se", "1.3.0", "1a" * 32, MADE, 5, 1234)
ADAPTED = ModelUsed("Our stain", "2", "2b" * 32, ORIGIN)
WORDS = (
    "Our stain 2 (adapted from marrow-regnetx-032-se 1.3.0 on 1,234 reviewed cells of 5 cases), SHA-256 "
    + ("2b" * 32)
)


def _by(*models: ModelUsed) -> Method:
    return Method(models, "0.1.0")


def _letters(text: str) -> str:
    """Leave blanks and hyphens out: a line may end at either."""
    return "".join(each for each in text if each.isalnum())


@pytest.mark.parametrize("template", ["marrow", "summary", "blood"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Adapted to the laboratory from {}; reviewed cells: 1234, cases: 5"),
        ("de", "An das Labor angepasst aus {}; geprüfte Zellen: 1234, Fälle: 5"),
        ("zh", "由 {} 针对本实验室调整"),
    ],
)  # fmt: skip
def test_that_every_report_on_paper_says_what_the_classifier_was_adapted_from(template, language, said):
    options = PrintOptions(template=template, language=language)
    texts = page_texts(pdf_bytes(normal(method=_by(ADAPTED)), options))
    whole = _letters("".join(texts))
    assert _letters("Our stain 2") in whole
    assert _letters(said.format("marrow-regnetx-032-se 1.3.0 (SHA-256 1a1a1a1a1a1a)")) in whole


def test_that_a_report_of_the_shipped_model_says_nothing_of_it():
    texts = " ".join(page_texts(pdf_bytes(normal())))
    assert "Adapted" not in texts


def test_that_it_is_handed_on_in_every_form():
    content = content_of(method=_by(ADAPTED))
    about = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(content)))["Report"]
    assert WORDS in [row[1].value for row in about.iter_rows()]
    observations = [[unescaped(each) for each in row] for row in fields(hl7_bytes(content, PDF), "OBX")]
    assert any(WORDS in row for row in observations)
    devices = [
        entry["resource"]
        for entry in json.loads(fhir_bytes(content, PDF))["entry"]
        if entry["resource"]["resourceType"] == "Device"
    ]
    (device,) = [each for each in devices if each["deviceName"][0]["name"] == "Our stain"]
    assert device["note"][0]["text"].endswith("1,234 reviewed cells of 5 cases, SHA-256 " + "1a" * 32)


def test_that_the_json_keeps_to_its_schema_and_names_the_base():
    path = resource_path("schemas", "marrowdesk-report-1.schema.json")
    schema = Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    document = json.loads(report_json(normal(method=_by(replace(ADAPTED, origin=None), ADAPTED)), []))
    schema.validate(document)
    first, second = document["method"]["models"]
    assert first["origin"] is None
    assert second["origin"] == {
        "name": "marrow-regnetx-032-se", "version": "1.3.0", "sha256": "1a" * 32,
        "made": "2031-04-01T08:15:00+00:00", "cases": 5, "cells": 1234,
    }  # fmt: skip
    second["origin"]["cells"] = 0
    assert not schema.is_valid(document)


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_name_that_a_laboratory_gives_is_borne(kind):
    method = _by(replace(ADAPTED, name=HOSTILE[kind], origin=replace(ORIGIN, name=HOSTILE[kind])))
    content = content_of(method=method)
    for template in ("marrow", "summary", "blood"):
        assert page_texts(pdf_bytes(normal(method=method), PrintOptions(template=template)))
    openpyxl.load_workbook(io.BytesIO(xlsx_bytes(content)))
    assert fields(hl7_bytes(content, PDF), "OBX")
    json.loads(fhir_bytes(content, PDF))
    json.loads(report_json(normal(method=method), []))
