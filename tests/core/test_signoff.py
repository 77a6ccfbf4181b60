"""What stands between a case and its signature, and what an amended version says otherwise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from marrowdesk.core.amendment import Version, changed
from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import REFERENCE_SETS
from marrowdesk.core.repeated import counted_again
from marrowdesk.core.shipped_schemes import BLOOD_FIVE, ICSH
from marrowdesk.core.signoff import Hindrance, hindrances, unseen
from marrowdesk.core.taxonomy import MARROW, Scheme

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
CODES = ("BLA", "LYT", "NGS", "LYI", "HAC", "NIF", "ART", "OWN")


def _cell(number, proposed=None, given=None, *, excluded=False, doubt=0.2):
    prediction = None
    if proposed is not None:
        probabilities = np.full(len(CODES), 0.01, np.float32)
        probabilities[CODES.index(proposed)] = 0.93
        prediction = Prediction("0" * 64, CODES, probabilities, doubt)
    review = None
    if excluded:
        review = Review(Verdict.EXCLUDED, None, "ab", AT)
    elif given is not None:
        review = Review(Verdict.ASSIGNED, given, "ab", AT)
    return Cell(number, 1, Place(Path(f"{number}.png")), prediction, review)


def _version(cells=(), fields=None, manual=None, scheme=MARROW, **rules):
    return Version(cells, manual or {}, fields or {}, scheme, CountingRules(**rules))


def _found(*cells, target=0):
    return {each.kind: each.ids for each in hindrances(cells, MARROW, target)}


def test_that_a_plain_proposal_stands_in_nobodys_way():
    assert _found(_cell(1, "LYT"), _cell(2, "ART"), _cell(3, "LYT", "BLA")) == {}


def test_that_a_cell_without_any_class_does_until_a_reader_gives_one_or_excludes_it():
    assert _found(_cell(1), _cell(2, given="LYT"), _cell(3, excluded=True)) == {Hindrance.UNCLASSIFIED: (1,)}


def test_that_not_identifiable_is_to_be_resolved_even_where_a_reader_said_so():
    given = _cell(2, "LYT", "NIF"), _cell(3, "NIF", excluded=True), _cell(4, "NIF", "LYT")
    found = _found(_cell(1, "NIF"), *given)
    assert found == {Hindrance.UNIDENTIFIED: (1, 2)}


@pytest.mark.parametrize("proposed", ["LYI", "HAC", "OWN"])
def test_that_a_class_that_needs_a_reader_is_to_be_reviewed(proposed):
    assert _found(_cell(1, proposed), _cell(2, proposed, proposed)) == {Hindrance.ALWAYS_REVIEWED: (1,)}


def test_that_an_unfamiliar_cell_is_to_be_reviewed_and_stands_there_once():
    found = _found(_cell(1, "LYT", doubt=1.4), _cell(2, "LYI", doubt=1.4), _cell(3, "LYT", "LYT", doubt=1.4))
    assert found == {Hindrance.UNFAMILIAR: (1, 2)}


def test_that_cells_apart_from_the_count_do_not_reach_the_target():
    cells = [*(_cell(number, "LYT") for number in range(3)), _cell(9, "ART"), _cell(10, "LYT", excluded=True)]
    (few,) = hindrances(cells, MARROW, 5)
    assert (few.kind, few.count, few.ids) == (Hindrance.TOO_FEW, 2, ())
    assert hindrances(cells, MARROW, 3) == []


def test_that_a_repeated_cell_stands_in_the_way_whatever_else_it_is():
    cells = [_cell(1, "LYT"), _cell(2, "LYT"), _cell(3, "LYI"), _cell(4, "LYT", excluded=True)]
    found = hindrances(cells, MARROW, 0, repeated={2, 3})
    assert [(each.kind, each.ids) for each in found] == [
        (Hindrance.ALWAYS_REVIEWED, (3,)), (Hindrance.REPEATED, (2, 3)),
    ]  # fmt: skip
    assert unseen(cells, found) == [1, 2]  # that nobody looked at it is said as well


def test_that_an_image_counted_once_is_not_repeated_whichever_of_its_cells_is_excluded():
    cells = [
        _cell(1, "LYT", excluded=True), _cell(2, "LYT"), _cell(3, "LYT"), _cell(4, "LYT", excluded=True),
        *(_cell(number, "NGS") for number in range(5, 9)),
    ]  # fmt: skip
    assert counted_again(cells, [(1, 2)]) == ()
    assert counted_again(cells, [(3, 4)]) == ()
    assert counted_again(cells, [(1, 2, 3), (6, 8), (5, 7)]) == (3, 7, 8)
    assert counted_again(cells[:6], [(6, 8)]) == ()  # of cells that are not there yet nothing is said


def test_that_rules_are_read_back_as_they_were_and_unknown_ones_are_refused():
    rules = CountingRules(200, ME_RULES["granulocytic"], REFERENCE_SETS["wintrobe"], "F", 0.9, ("FGC", "PRM"))
    assert CountingRules.from_json(rules.to_json()) == rules
    with pytest.raises(MarrowdeskError, match="not understood"):
        CountingRules.from_json(rules.to_json().replace("wintrobe", "of tomorrow"))


def test_that_an_amendment_tells_cells_classes_and_fields():
    before = [_cell(1, "LYT"), _cell(2, "LYT"), _cell(3, "BLA"), _cell(4, "BLA")]
    after = [_cell(1, "LYT", "BLA"), _cell(2, "LYT"), _cell(3, "BLA", excluded=True), _cell(4, "BLA", "BLA"),
             _cell(5, "NGS"), _cell(6)]  # fmt: skip
    old = _version(before, {"site": "iliac", "sex": ""})
    found = changed(old, _version(after, {"site": "sternum", "comment": "x"}))
    assert found.cells == 3
    assert found.classes == (("segmented neutrophil", 0, 1), ("lymphocyte", 2, 1))
    assert found.fields == ("comment", "site")
    assert (found.manual, found.rules) == ((), ())
    assert not changed(old, _version(before, {"site": "iliac"}))


def test_that_an_amendment_tells_keys_of_the_manual_count_by_smear():
    before = _version(manual={1: Counter(BLA=2, LYT=60), 2: Counter(LYT=5)})
    found = changed(before, _version(manual={1: Counter(BLA=42, LYT=60), 2: Counter(BAS=1, LYT=5)}))
    assert found
    assert found.manual == ((1, "blast", 2, 42), (2, "basophil", 0, 1))
    assert changed(before, _version()).manual[-1] == (2, "lymphocyte", 5, 0)


@pytest.mark.parametrize(
    ("named", "rules"),
    [
        ("target", {"target": 200}),
        ("me_ratio", {"me_rule": ME_RULES["without-blasts"]}),
        ("references", {"references": REFERENCE_SETS["wintrobe"]}),
        ("references", {"age": 4}),
        ("references", {"age_unclear": True}),
        ("sex", {"sex": "M"}),
        ("blast_equivalents", {"blast_equivalents": ("FGC",)}),
        ("non_erythroid", {"non_erythroid": True}),
        ("confidence", {"confidence": 0.9}),
    ],
)
def test_that_an_amendment_tells_what_it_is_counted_by_otherwise(named, rules):
    found = changed(_version(), _version(**rules))
    assert found
    assert found.rules == (named,)


def test_that_an_amendment_tells_no_rule_that_its_report_does_not_show():
    ratios = {"me_rule": ME_RULES["without-blasts"], "non_erythroid": True}
    blood = {"scheme": BLOOD_FIVE, "references": REFERENCE_SETS["dacie-lewis"]}
    assert not changed(_version(**blood), _version(**blood, **ratios))
    none = {"references": REFERENCE_SETS["none"]}
    assert not changed(_version(**none), _version(**none, sex="F"))
    assert not changed(_version(age=30), _version(age=31))


def test_that_an_amendment_tells_other_classes_and_names_those_that_are_gone():
    colored = Scheme(MARROW.name, tuple(replace(each, color="#000000", key="") for each in MARROW.classes))
    assert not changed(_version(), _version(scheme=colored))
    found = changed(_version([_cell(1, given="EBB")]), _version([_cell(1, given="EBO")], scheme=ICSH))
    assert found.rules == ("scheme",)
    assert found.classes == (("erythroblast", 0, 1), ("basophilic erythroblast", 1, 0))


def test_that_required_fields_that_are_empty_are_one_hindrance_with_their_names():
    (found,) = hindrances([_cell(1, "LYT")], MARROW, 1, empty=["conclusion", "iron"])
    assert (found.kind, found.count, found.fields) == (Hindrance.EMPTY_FIELDS, 2, ("conclusion", "iron"))
