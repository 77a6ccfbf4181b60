"""Reference ranges by sex and age, and as text."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from marrowdesk.core.age import ANY_AGE, DateFault, PatientAge, age_of
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.dates import date_of
from marrowdesk.core.differential import differential
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.reference import BAIN_1996, REFERENCE_SETS, MeDefinition, Range, RangeEntry, ReferenceSet
from marrowdesk.core.reference_text import reference_set, told
from marrowdesk.core.rule_choice import RuleChoice
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


def test_that_a_set_says_which_me_ratio_its_range_is_of_and_an_earlier_file_means_that_of_the_icsh() -> None:
    ours = replace(CHILDREN, me_definition="without-blasts")
    assert reference_set(json.loads(json.dumps(told(ours)))) == ours
    earlier = told(CHILDREN)
    del earlier["me_definition"]
    assert reference_set(earlier).me_definition == "icsh"
    assert set(get_args(MeDefinition)) == set(ME_RULES)


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
        ({"me_definition": "my own"}, "'my own'"),
        ({"name": ""}, "empty or too long"),
    ],
)
def test_that_what_cannot_be_a_set_is_refused_and_named(change: dict, words: str) -> None:
    with pytest.raises(MarrowdeskError, match=words):
        reference_set({**told(CHILDREN), **change})


TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1961-08-12", (1961, 8, 12)), (" 1961/8/12 ", (1961, 8, 12)), ("12.08.1961", (1961, 8, 12)),
        ("12. 8. 1961", (1961, 8, 12)), ("1961年8月12日", (1961, 8, 12)), ("31/12/1961", (1961, 12, 31)),
        ("12/31/1961", (1961, 12, 31)), ("05/05/1961", (1961, 5, 5)), ("31-12-1961", (1961, 12, 31)),
        ("20210312", (2021, 3, 12)), ("31122021", (2021, 12, 31)), ("12 Mar 2021", (2021, 3, 12)),
        ("12. März 2021", (2021, 3, 12)), ("March 12th, 2021", (2021, 3, 12)), ("12MAR2021", (2021, 3, 12)),
        ("2021 Mar 12", (2021, 3, 12)), ("１９６１／８／１２", (1961, 8, 12)),
        ("12. Jänner 1961", (1961, 1, 12)), ("2026-03-09 08:30", (2026, 3, 9)),
        ("09.03.2026, 8.30 Uhr", (2026, 3, 9)),
        ("2026-03-09T08:30:00+01:00", (2026, 3, 9)), ("2026年3月9日8时30分", (2026, 3, 9)),
    ],
)  # fmt: skip
def test_that_dates_are_read_as_people_write_them(text: str, day: tuple[int, int, int]) -> None:
    assert date_of(text) == date(*day)


@pytest.mark.parametrize(
    "text",
    [
        "", "12/08/1961", "5-6-2022", "12032021", "12.3.21", "1961-13-01", "30.02.1961", "about 60", "1961",
        "-", "12 Mar 21", "12 Mar Apr 2021", "1961-08-12-1", "12:30", "0", "1" * 5000, "²²²²",
    ],
)  # fmt: skip
def test_that_a_date_that_may_be_another_is_not_guessed(text: str) -> None:
    assert date_of(text) is None


def test_that_the_age_is_that_at_which_the_specimen_was_taken() -> None:
    assert age_of("2008-03-10", "2026-03-09", TODAY).ages == (17, 17)
    assert age_of("2008-03-10", "2026-03-10", TODAY).ages == (18, 18)
    assert age_of("2008-03-10", "", TODAY).ages == (18, 18)
    assert age_of("2026-05-25", "", TODAY).ages == (pytest.approx(0.5, abs=0.01),) * 2
    assert age_of("", "2026-03-09", TODAY) == PatientAge()


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("05/06/2022", (4, 4)), ("03/12/2021", (4, 5)), ("5-6-2022", (4, 4)), ("2021", (4, 5)),
        ("2021年3月", (5, 5)), ("12.3.21", (5, 105)), ("12-03-30", (14, 114)), ("1961", (64, 65)),
    ],
)  # fmt: skip
def test_that_a_date_that_may_be_several_days_gives_all_ages_that_it_allows(text, ages) -> None:
    assert age_of(text, "", TODAY) == PatientAge(ages, DateFault.OPEN)


def test_that_a_century_in_which_nobody_could_be_born_is_none() -> None:
    assert age_of("12.3.61", "", TODAY) == PatientAge((65, 65))
    assert age_of("61-08-12", "", TODAY) == PatientAge((65, 65))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("about 60", DateFault.UNREADABLE), ("31.02.1960", DateFault.NO_SUCH_DAY),
        ("2026-11-27", DateFault.LATER), ("1861-08-12", DateFault.LONG_AGO),
    ],
)  # fmt: skip
def test_that_it_is_said_why_no_age_follows_from_a_birth(text: str, fault: DateFault) -> None:
    assert age_of(text, "2026-11-20", TODAY) == PatientAge(ANY_AGE, fault)


@pytest.mark.parametrize(
    ("text", "ages", "fault"),
    [
        ("day 5", (26, 31), DateFault.UNREADABLE), ("2062-03-01", (26, 31), DateFault.LATER),
        ("30.02.2026", (26, 31), DateFault.NO_SUCH_DAY), ("03/04/2026", (30, 31), DateFault.OPEN),
        ("09.03.26", (30, 30), None), ("11.11.99", (4, 4), None),
    ],
)  # fmt: skip
def test_that_a_collection_that_is_not_understood_may_have_been_any_day_of_five_years(text, ages, fault):
    assert age_of("1995-03-12", text, TODAY) == PatientAge(ages, None, fault)


@pytest.mark.parametrize("text", ["2026-11-2O", "30.02.2026", "2062-11-20", "20.12.26"])
@pytest.mark.parametrize(
    ("birth", "held"), [("12.08.1961", True), ("12.08.2006", False), ("12.08.2012", False)]
)
def test_that_a_slip_in_the_collection_takes_ranges_from_no_one_who_was_long_grown_up(text, birth, held):
    ages = age_of(birth, text, TODAY).ages
    assert (ages[0] >= 18) == held
    assert age_of(birth, text, TODAY).collected is not None


@pytest.mark.parametrize("text", ["", " ", "-", "–", "n/a", "today", "heute", "不明"])
def test_that_a_collection_without_a_number_is_none_and_means_today(text: str) -> None:
    assert age_of("1961-08-12", text, TODAY) == PatientAge((65, 65))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-09 10.30", "09.03.2026 10.30", "2026-03-09 1030", "2026-03-09 10h30", "10:30 09.03.2026",
        "10.30 Uhr, 09.03.2026", "202603091030", "20260309103000", "20260309103000.123+0100", "2026030910",
        "2026-03-09 10:30 CET", "2026-03-09 10:30 (MEZ)", "2026-03-09 10:30 UTC+1", "2026-03-09T1030Z",
        "Mon 9 March 2026", "Mon, 9 Mar 2026 10:30:00 +0100", "Montag, den 9. März 2026 um 10.30 Uhr",
        "Mo., 09.03.2026, 8 Uhr 30", "09.03.2026, vormittags", "9 March 2026 in the morning",
        "10 am 9 March 2026", "9 March 2026, 10:30 a.m.", "2026年3月9日 上午", "2026年3月9号",
        "2026年3月9日（周一）10:30", "2026年3月9日星期一下午3点半", "2026年3月9日10时30分15秒",
    ],
)  # fmt: skip
def test_that_what_stands_beside_a_date_does_not_matter(text: str) -> None:
    assert date_of(text) == date(2026, 3, 9)
    assert age_of("12.08.1961", text, date(2026, 3, 10)) == PatientAge((64, 64))


@pytest.mark.parametrize(
    "text", ["2005 1961", "1961 2010", "12 in 2021", "12 Mar 10.30", "10.03.26-12.03.26", "3.2026 1030"]
)
def test_that_a_year_or_a_part_of_a_date_is_not_taken_for_a_time(text: str) -> None:
    assert date_of(text) is None
    assert age_of(text, "", TODAY).ages == ANY_AGE


def test_that_numbers_with_full_stops_begin_with_the_day() -> None:
    today = date(2026, 3, 10)
    assert age_of("01.01.2000", "12.11.26", today) == PatientAge((21, 26), None, DateFault.LATER)
    assert age_of("01.01.2000", "12.08.26", today).collected is DateFault.LATER
    # Not the 26th of November 2012, which the same text means in a third order.
    assert age_of("01.01.2000", "12/11/26", today) == PatientAge((21, 26), None, DateFault.LATER)
    assert age_of("12.08.30", "", today) == PatientAge((95, 95))
    assert age_of("30.02.12", "", today) == PatientAge(ANY_AGE, DateFault.NO_SUCH_DAY)
    assert age_of("61.08.12", "", today) == PatientAge((64, 64))


@pytest.mark.parametrize("birth", ["about 60", "12.3.21", "31.02.1960", "2999-01-01", "12 months"])
def test_that_ranges_of_adults_are_not_held_against_a_patient_of_unknown_age(birth: str) -> None:
    rules = RuleChoice().rules("marrow", {"birth_date": birth, "collected": "2025-05-01"})
    assert (rules.age, rules.age_unclear, rules.held.entries, rules.held.me_ratio) == (None, True, (), None)
    found = differential(manual_tally(Counter(BLA=90, NGS=10)), MARROW, rules)
    assert [row.mark for row in (*found.rows, *found.groups, *found.sums) if row.range or row.mark] == []
    assert (found.me_ratio.range, found.me_ratio.mark) == (None, "")


@pytest.mark.parametrize(
    ("birth", "held"), [("05/06/2022", False), ("2021", False), ("05/06/1961", True), ("1961", True)]
)
def test_that_a_date_that_leaves_the_day_open_chooses_ranges_that_hold_for_all_of_them(birth, held) -> None:
    rules = RuleChoice().rules("marrow", {"birth_date": birth, "collected": "2025-05-01"})
    assert not rules.age_unclear
    assert (rules.held.entries == BAIN_1996.entries) == held


def test_that_ranges_for_every_age_need_no_date_that_is_understood() -> None:
    every = replace(CHILDREN, entries=CHILDREN.entries[2:], me_ratio=None)
    rules = RuleChoice(marrow=every).rules("marrow", {"birth_date": "about 60"})
    assert (rules.age, rules.age_unclear, rules.held.entries) == (None, False, every.entries)


def test_that_a_signature_keeps_that_the_age_was_unclear() -> None:
    rules = RuleChoice().rules("marrow", {"birth_date": "about 60"})
    assert CountingRules.from_json(rules.to_json()) == rules
    earlier = {name: value for name, value in json.loads(rules.to_json()).items() if name != "age_unclear"}
    assert not CountingRules.from_json(json.dumps(earlier)).age_unclear


def test_that_own_limits_for_both_sexes_follow_the_sex() -> None:
    entry = replace(CHILDREN.entries[2])
    assert (entry.for_sex("F"), entry.for_sex("M"), entry.for_sex("")) == (
        Range(10, 40), Range(12, 42), Range(10, 42),
    )  # fmt: skip
