"""The published schema takes every report that the program writes, and refuses what is wrong."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest
from exchange_samples import AMENDS, BLOOD, SIGNED, boxed, content_of, everywhere
from hostile import HOSTILE
from jsonschema import Draft202012Validator
from report_samples import AT, NORMAL, cells, normal, report_of

from marrowdesk.assets import resource_path
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import ManualCount, PastState
from marrowdesk.report.exchange.aliases import without_names
from marrowdesk.report.film import report_of_film
from marrowdesk.report.tables import JSON_SCHEMA, JSON_VERSION, report_json


@pytest.fixture(scope="module")
def schema():
    path = resource_path("schemas", f"marrowdesk-report-{JSON_VERSION}.schema.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    assert found["$id"] == JSON_SCHEMA
    return Draft202012Validator(found)


def written(report, listed=()):
    return json.loads(report_json(report, listed))


def samples():
    many = cells({each.code: 3 for each in MARROW.classes}, 0.6)
    whole = report_of(many)
    by_smear = replace(whole, slides=tuple(replace(s, differential=whole.differential) for s in whole.slides))
    manual = ManualCount(((1, whole.differential),), whole.differential, True)
    yield "normal", normal(), cells(NORMAL, 0.6, changed=9)
    yield "nothing", report_of([]), []
    yield "every class", whole, many
    yield "boxes", report_of(boxed()), boxed()
    yield "smears", by_smear, many
    yield "manual", replace(whole, manual=manual), many
    yield "signed", normal(signed=SIGNED), []
    yield "amended", normal(signed=SIGNED, amends=AMENDS), []
    yield "past", normal(past=PastState(3, AT, "A. Reader")), []
    yield "film", report_of_film(replace(by_smear, manual=manual)), many
    content = without_names(content_of(signed=SIGNED, amends=AMENDS))
    yield "aliases", content.report, content.cells
    yield "age unclear", report_of(many, rules=CountingRules(age_unclear=True)), many
    yield "blood", replace(whole, differential=BLOOD), []
    yield "child", report_of(many, rules=CountingRules(age=4)), many
    for kind, text in HOSTILE.items():
        yield kind, normal(header=everywhere(text), title=text, signed=replace(SIGNED, role=text)), []


SAMPLES = {name: (report, listed) for name, report, listed in samples()}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_that_every_report_keeps_to_the_schema(schema, name):
    document = written(*SAMPLES[name])
    assert document["$schema"] == JSON_SCHEMA
    assert [error.message for error in schema.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("rules", "age", "held", "unclear"),
    [
        (CountingRules(), None, True, False),
        (CountingRules(age=64), 64, True, False),
        (CountingRules(age=4), 4, False, False),
        (CountingRules(age_unclear=True), None, False, True),
        (CountingRules(references=NO_RANGES), None, False, False),
    ],
)
def test_that_it_is_told_whether_ranges_are_held_against_the_count(schema, rules, age, held, unclear):
    document = written(report_of(cells(NORMAL), rules=rules))
    told = document["differential"]["references"]
    assert (told["name"], told["age"]) == (rules.references.name, age)
    assert (told["held"], told["age_unclear"]) == (held, unclear)
    told["held"] = "yes"
    assert not schema.is_valid(document)


def test_that_a_blood_film_has_no_ratios_of_marrow_cells():
    told = written(replace(normal(), differential=BLOOD))["differential"]
    assert (told["me_ratio"], told["maturation_index"]) == (None, None)
    assert all(written(normal())["differential"][name]["value"] for name in ("me_ratio", "maturation_index"))


WRONG = {
    "another format": lambda d: d.update(format="other"),
    "a later version": lambda d: d.update(version=2),
    "no cells": lambda d: d.pop("cells"),
    "a member nobody knows": lambda d: d.update(colour="blue"),
    "a percentage above 100": lambda d: d["differential"]["classes"][0].update(percent=101),
    "a count that is no whole number": lambda d: d["differential"].update(counted=1.5),
    "a negative count": lambda d: d["differential"]["classes"][0].update(count=-1),
    "a class without code": lambda d: d["differential"]["classes"][0].pop("code"),
    "a mark nobody knows": lambda d: d["differential"]["me_ratio"].update(mark="strange"),
    "a side nobody knows": lambda d: d["differential"]["thresholds"][0].update(side="near"),
    "a confidence above 1": lambda d: d["cells"][0].update(confidence=1.2),
    "a state nobody knows": lambda d: d["cells"][0].update(state="done"),
    "a cell with a member too many": lambda d: d["cells"][0].update(patient="x"),
    "a hash that is none": lambda d: d["method"]["models"][0].update(sha256="abc"),
    "a time without a zone": lambda d: d.update(made_at="2026-03-09T14:07:00"),
    "a header field that is no text": lambda d: d["header"].update(comment=None),
    "a number as a text": lambda d: d["differential"].update(total="520"),
    "a page 0": lambda d: d["cells"][0].update(page=0),
}


@pytest.mark.parametrize("what", list(WRONG))
def test_that_the_schema_refuses(schema, what):
    document = copy.deepcopy(written(normal(0.5), cells(NORMAL, 0.5)))
    assert schema.is_valid(document)
    WRONG[what](document)
    assert not schema.is_valid(document)
