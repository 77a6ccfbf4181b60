"""The bundle is FHIR R4, says what the report says, and holds what was typed as it was typed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_samples import AMENDS, BLOOD, PDF, SIGNED, content_of, everywhere
from fhir.resources.R4B.bundle import Bundle
from hostile import HOSTILE
from report_samples import MODEL, NORMAL, cells, report_of

from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import ReportError
from marrowdesk.report.document import Method, ModelUsed, ReportFields
from marrowdesk.report.exchange import codes, fhir
from marrowdesk.report.exchange.aliases import without_names
from marrowdesk.report.exchange.fhir import fhir_bytes
from marrowdesk.report.exchange.text import plain
from marrowdesk.report.rows import printed_rows

R4 = json.loads((Path(__file__).parent / "fhir_r4_elements.json").read_text())["types"]
NAMED = ReportFields(patient_name="Erika Müller", patient_id="4711", birth_date="1961-02-03", sex="female",
                     accession="2031/25", collected="2026-03-08", site="iliac crest", aspirate="good",
                     institution="Laboratory", conclusion="No blasts.")  # fmt: skip


def read(content):
    """Give the resources by kind, the bundle checked by the library first."""
    written = fhir_bytes(content, PDF)
    Bundle.model_validate_json(written)
    found = {}
    for entry in json.loads(written)["entry"]:
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def coded(resource):
    return resource["code"].get("coding", [{}])[0].get("code")


def beyond_r4(kind, value, where=""):
    """List elements that R4 (4.0.1) does not have, or has otherwise."""
    wrong = []
    for name, part in value.items():
        if name == "resourceType":
            continue
        if name not in R4[kind]:
            wrong.append(f"{where}.{name}")
            continue
        of, many, _ = R4[kind][name]
        if isinstance(part, list) != many:
            wrong.append(f"{where}.{name} is {'no' if many else 'a'} list")
        for each in part if isinstance(part, list) else [part]:
            of_each = each.get("resourceType", of) if isinstance(each, dict) else of
            if isinstance(each, dict):
                wrong += beyond_r4(of_each, each, f"{where}.{name}") if of_each in R4 else [f"{where}.{name}"]
    wrong += [
        f"{where}.{name} missing" for name, (_, _, must) in R4[kind].items() if must and name not in value
    ]
    return wrong


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_that_the_bundle_uses_nothing_that_r4_does_not_have(signed, named):
    content = content_of(header=NAMED, signed=SIGNED if signed else None, amends=AMENDS)
    bundle = json.loads(fhir_bytes(content if named else without_names(content), PDF))
    assert beyond_r4("Bundle", bundle, "Bundle") == []
    assert beyond_r4("Observation", {"status": "final", "code": {}, "bodyStructure": {}}, "x") == [
        "x.bodyStructure"
    ]


def test_that_each_class_is_an_observation_with_its_share_count_interval_and_range():
    content = content_of(header=NAMED, signed=SIGNED)
    found = read(content)
    by_name = {each["code"]["text"]: each for each in found["Observation"]}
    for row in printed_rows(content.report.differential):
        if row.row.cell_class is None or not row.share.count:
            continue
        each = by_name[row.row.name.capitalize()]
        assert each["valueQuantity"]["value"] == round(row.share.percent, 2)
        assert (each["valueQuantity"]["system"], each["valueQuantity"]["code"]) == (codes.UCUM, "%")
        assert coded(each) == codes.TERMS["marrow"].classes.get(row.row.cell_class.code)
        count, low, high = (part["valueQuantity"]["value"] for part in each["component"])
        assert (count, low, high) == (row.share.count, round(row.share.low, 2), round(row.share.high, 2))
        if row.range:
            (limits,) = each["referenceRange"]
            assert (limits["low"]["value"], limits["high"]["value"]) == (row.range.low, row.range.high)
            mark = {"": "N", "low": "L", "high": "H"}[row.mark]
            assert each["interpretation"][0]["coding"][0]["code"] == mark
        else:
            assert "referenceRange" not in each
    by_code = {coded(each): each for each in found["Observation"]}
    assert (
        by_code[codes.TERMS["marrow"].cells_counted]["valueQuantity"]["value"]
        == content.report.differential.counted
    )
    ratio = by_code[codes.TERMS["marrow"].me_ratio]
    assert ratio["valueQuantity"]["value"] == round(content.report.differential.me_ratio.value, 2)
    assert ratio["note"][0]["text"] == content.report.differential.me_ratio.definition
    assert by_name["Erythroblast"]["code"] == {"text": "Erythroblast"}  # no code is guessed


def test_that_a_blood_film_has_no_code_and_no_ratio_of_the_marrow():
    found = read(content_of(differential=BLOOD, header=NAMED, signed=SIGNED))
    (report,), (specimen,) = found["DiagnosticReport"], found["Specimen"]
    assert report["code"] == {"text": "Differential count of blood"}
    assert specimen["type"] == {"text": "Peripheral blood"}
    assert not any("coding" in each["code"] for each in found["Observation"])
    names = [each["code"]["text"] for each in found["Observation"]]
    assert "Neutrophil" in names
    assert "M:E ratio" not in names
    assert "Nucleated cells counted" not in json.dumps(found)
    by_name = {each["code"]["text"]: each for each in found["Observation"]}
    assert by_name["White cells counted"]["valueQuantity"]["value"] == 100
    assert by_name["Basophil"]["valueQuantity"]["value"] == 0  # on paper what belongs in blood is told, too
    red = by_name["Nucleated red cells per 100 white cells"]
    assert red["valueQuantity"] == {
        "value": 4.0, "unit": "per 100 WBCs", "system": codes.UCUM, "code": "/100{WBCs}",
    }  # fmt: skip
    count, low, high = (part["valueQuantity"]["value"] for part in red["component"])
    assert low < 4 < high
    assert count == 4


def test_that_what_is_printed_beside_the_differential_of_a_marrow_leaves_as_text():
    counted = cells(NORMAL | {"MGK": 4, "MIT": 2, "FGC": 3}, 0.6)
    rules = CountingRules(blast_equivalents=("FGC",), non_erythroid=True)
    found = read(content_of(counted, differential=report_of(counted, rules=rules).differential, repeated=2))
    by_name = {each["code"]["text"]: each for each in found["Observation"]}
    told = {
        "Smudge cells": (6, 1.19), "Megakaryocytes": (4, 0.8), "Mitoses": (2, 0.4), "Artefacts": (11, 2.19),
    }  # fmt: skip
    for name, (count, per_hundred) in told.items():
        each = by_name[f"{name}, per 100 nucleated cells"]
        assert (each["valueQuantity"]["value"], each["valueQuantity"]["code"]) == (per_hundred, "/100{cells}")
        assert each["component"][0]["valueQuantity"]["value"] == count
        assert "coding" not in each["code"]
    blasts = by_name["Blasts and equivalents, held against thresholds"]
    assert blasts["valueQuantity"]["value"] == round(100 * 10 / 503, 2)
    assert blasts["note"] == [{"text": "Below 5, 10 and 20 %."}]
    assert by_name["Plasma cells, held against thresholds"]["note"] == [{"text": "Below 10 and 60 %."}]
    others = by_name["Blasts and equivalents, of all but erythroid cells"]
    assert others["valueQuantity"]["value"] == round(100 * 10 / (503 - 126), 2)
    repeated = by_name["Cells showing the very image of another cell, counted once more"]
    assert repeated["valueQuantity"]["value"] == 2


def test_that_the_report_refers_to_all_its_results_and_carries_the_pdf():
    content = content_of(header=NAMED, signed=SIGNED)
    found = read(content)
    (report,) = found["DiagnosticReport"]
    assert report["result"] == [{"reference": f"urn:uuid:{each['id']}"} for each in found["Observation"]]
    assert base64.b64decode(report["presentedForm"][0]["data"]) == PDF
    assert report["presentedForm"][0]["contentType"] == "application/pdf"
    assert (coded(report), report["conclusion"]) == (codes.TERMS["marrow"].report_code, "No blasts.")
    assert report["effectiveDateTime"] == "2026-03-08"
    assert report["resultsInterpreter"] == [{"display": "A. Reader"}]
    ids = {f"urn:uuid:{each['id']}" for kind in found.values() for each in kind}
    text = json.dumps(found)
    referred = {part.split('"')[0] for part in text.split('"reference": "')[1:]}
    assert referred <= ids


def test_that_the_model_is_named_with_version_and_hash():
    model = read(content_of())["Device"][1]
    assert model["identifier"][0]["value"] == MODEL
    assert model["version"] == [{"value": "1.0"}]
    assert model["deviceName"][0]["name"] == "Marrow RegNetX-3.2GF SE"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "preliminary"),
        ({"signed": SIGNED}, "final"),
        ({"signed": SIGNED, "amends": AMENDS}, "amended"),
        ({"amends": AMENDS}, "preliminary"),
    ],
)
def test_that_the_status_is_that_of_the_report(changes, status):
    found = read(content_of(**changes))
    statuses = {each["status"] for each in found["Observation"] + found["DiagnosticReport"]}
    assert statuses == {status}


def test_that_a_patient_is_in_it_only_with_names():
    content = content_of(header=NAMED, title="Müller E")
    (patient,) = read(content)["Patient"]
    assert (patient["name"], patient["gender"]) == ([{"text": "Erika Müller"}], "female")
    assert (patient["birthDate"], patient["identifier"]) == ("1961-02-03", [{"value": "4711"}])
    without = fhir_bytes(without_names(content), PDF).decode()
    assert "Patient" not in without
    assert not any(name in without for name in ("Müller", "4711", "1961"))
    assert "2031/25" in without


@pytest.mark.parametrize(
    ("typed", "gender"),
    [("weiblich", "female"), ("男", "male"), ("divers", "other"), ("未知", "unknown"), ("yes", None)],
)
def test_that_the_gender_has_its_code_in_whatever_language_the_sex_is_typed(typed, gender):
    (patient,) = read(content_of(header=replace(NAMED, sex=typed)))["Patient"]
    assert patient.get("gender") == gender


def test_that_ids_stay_the_same_and_an_amended_report_takes_the_place_of_the_one_before():
    def ids(content):
        return {each["id"] for kind in read(content).values() for each in kind}

    first, again = content_of(signed=SIGNED), content_of(signed=SIGNED)
    assert fhir_bytes(first, PDF) == fhir_bytes(again, PDF)
    assert ids(content_of(signed=SIGNED, amends=AMENDS)) == ids(first)
    other = replace(first, identity=type(first.identity)(int=7))
    assert not ids(other) & ids(first)


def test_that_a_count_of_nothing_is_told_as_not_computable():
    found = read(content_of([]))
    by_code = {coded(each): each for each in found["Observation"]}
    assert by_code[codes.TERMS["marrow"].cells_counted]["valueQuantity"]["value"] == 0
    assert by_code[codes.TERMS["marrow"].me_ratio]["dataAbsentReason"]["coding"][0]["code"] == "not-a-number"
    assert "valueQuantity" not in by_code["11150-0"]


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_text_in_every_field_gives_a_valid_bundle_that_holds_it(kind):
    text = HOSTILE[kind]
    method = Method((ModelUsed(text, text, MODEL),), "0.1.0")
    signed = replace(SIGNED, reader=text, role=text, reason=text)
    found = read(content_of(header=everywhere(text), title=text, signed=signed, method=method))
    wanted = plain(text).strip()
    for name in ("conclusion",):
        assert found["DiagnosticReport"][0].get(name, "") == wanted
    assert found["Patient"][0].get("name", [{"text": ""}])[0]["text"] == wanted
    assert found["Specimen"][0].get("collection", {"bodySite": {"text": ""}})["bodySite"]["text"] == wanted


def test_that_a_bundle_that_is_no_fhir_does_not_leave(monkeypatch):
    monkeypatch.setattr(fhir, "_program", lambda *_: {"resourceType": "Device", "id": "x", "colour": "blue"})
    with pytest.raises(ReportError, match="valid FHIR"):
        fhir_bytes(content_of(), PDF)
