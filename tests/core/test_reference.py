"""Reference ranges by sex and age, and as text."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import pytest

from marrowdesk.core.age import age_of, date_of
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import BAIN_1996, REFERENCE_SETS, Range, RangeEntry, ReferenceSet
from marrowdesk.core.reference_text import reference_set, told
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW

CHILDREN = ReferenceSet(
    "own-1",
    "Our children",
    "Our own, 2024",
    (
        RangeEntry("blasts", ("BLA",), both=Range(0, 2), ages=(0, 6)),
        RangeEntry("blasts", ("BLA",), both=Range(0, 4), ages=(6, 18)),
        RangeEntry("lymphocytes", ("LYT",), female=Range(10, 40), male=Range(12, 42)),
    ),
    RangeEntry("M:E ratio", both=Range(1, 4), ages=(2, 18)),
    ages=(0.0, math.inf),
)


def _range(references: ReferenceSet, code: str, age: float | None) -> Range | None:
    tally = Tally()
    tally.current.update({"BLA": 3, "LYT": 97})
    return differential(tally, MARROW, CountingRules(references=references, age=age)).row(code).range


@pytest.mark.parametrize(("age", "high"), [(0, 2), (5.99, 2), (6, 4), (17, 4)])
def test_that_a_range_follows_the_age(age: float, high: float) -> None:
    assert _range(CHILDREN, "BLA", age).high == high


def test_that_ranges_of_adults_are_not_held_against_a_child() -> None:
    assert _range(BAIN_1996, "BLA", 17) is None
    assert _range(BAIN_1996, "BLA", 18) == _range(BAIN_1996, "BLA", None) == Range(0, 3)
    child = differential(Tally(), MARROW, CountingRules(age=4))
    assert child.me_ratio.range is None
    assert not child.sums


def test_that_the_ratio_has_ages_of_its_own() -> None:
    assert CHILDREN.at_age(1).me_ratio is None
    assert CHILDREN.at_age(2).me_ratio is not None


@pytest.mark.parametrize("found", [*REFERENCE_SETS.values(), CHILDREN], ids=lambda each: each.key)
def test_that_a_set_is_read_back_as_it_was(found: ReferenceSet) -> None:
    assert reference_set(json.loads(json.dumps(told(found)))) == found


def test_that_a_signature_keeps_the_laboratorys_own_ranges_themselves() -> None:
    rules = CountingRules(references=CHILDREN, age=5, sex="F")
    assert CountingRules.from_json(rules.to_json()) == rules
    shipped = CountingRules()
    assert "ranges" not in json.loads(shipped.to_json())
    assert CountingRules.from_json(shipped.to_json()) == shipped


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entries": 5}, "cannot be read"),
        ({"entries": [{"name": "x"}]}, "needs limits"),
        ({"entries": [{"name": "x", "both": [3, 1]}]}, "goes from 3 to 1"),
        ({"entries": [{"name": "x", "both": ["a", 1]}]}, "cannot be read"),
        ({"entries": [{"name": "x", "both": [0, float("nan")]}]}, "goes from 0 to nan"),
        ({"entries": [{"name": " ", "both": [0, 1]}]}, "empty or too long"),
        ({"entries": [{"name": "x", "both": [0, 1], "lineage": "green"}]}, "cannot be read"),
        ({"entries": [{"name": "x", "both": [0, 1], "ages": [9, 3]}]}, "from 9 to 3 years"),
        ({"entries": [{"name": "x", "both": [0, 1]}] * 201}, "too large"),
        ({"specimen": "urine"}, "'urine'"),
        ({"name": ""}, "empty or too long"),
    ],
)
def test_that_what_cannot_be_a_set_is_refused_and_named(change: dict, words: str) -> None:
    with pytest.raises(MarrowdeskError, match=words):
        reference_set({**told(CHILDREN), **change})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1961-08-12", (1961, 8, 12)), (" 1961/8/12 ", (1961, 8, 12)), ("12.08.1961", (1961, 8, 12)),
        ("12. 8. 1961", (1961, 8, 12)), ("1961年8月12日", (1961, 8, 12)), ("31/12/1961", (1961, 12, 31)),
        ("12/31/1961", (1961, 12, 31)), ("05/05/1961", (1961, 5, 5)),
    ],
)  # fmt: skip
def test_that_dates_are_read_as_people_write_them(text: str, day: tuple[int, int, int]) -> None:
    assert date_of(text) == date(*day)


@pytest.mark.parametrize(
    "text", ["", "12/08/1961", "61-08-12", "1961-13-01", "30.02.1961", "about 60", "1961"]
)
def test_that_a_date_that_may_be_another_is_not_guessed(text: str) -> None:
    assert date_of(text) is None


def test_that_the_age_is_that_at_which_the_specimen_was_taken() -> None:
    today = date(2026, 11, 25)
    assert age_of("2008-03-10", "2026-03-09", today) == 17
    assert age_of("2008-03-10", "2026-03-10", today) == 18
    assert age_of("2008-03-10", "some day", today) == 18
    assert age_of("2026-05-25", "", today) == pytest.approx(0.5, abs=0.01)
    assert age_of("2027-01-01", "", today) is None
    assert age_of("", "2026-03-09", today) is None


def test_that_own_limits_for_both_sexes_follow_the_sex() -> None:
    entry = replace(CHILDREN.entries[2])
    assert (entry.for_sex("F"), entry.for_sex("M"), entry.for_sex("")) == (
        Range(10, 40), Range(12, 42), Range(10, 42),
    )  # fmt: skip
