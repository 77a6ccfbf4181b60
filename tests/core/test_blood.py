"""A blood film's differential counts white cells alone, with nucleated red cells per 100 of them."""

from __future__ import annotations

from collections import Counter

import pytest

from marrowdesk.core.blood import IN_BLOOD, blood_count, cells_of_blood, looks_like_blood
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.intervals import clopper_pearson
from marrowdesk.core.manual import manual_tally
from marrowdesk.core.reference import DACIE_LEWIS
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.core.taxonomy import MARROW

COUNTS = Counter(NGS=110, NGB=12, LYT=50, MON=14, EOS=6, BAS=1, BLA=7, EBO=24, PEB=1, KSC=5)


def blood(counts=COUNTS, rules=None):
    return blood_count(differential(manual_tally(counts), MARROW, rules))


def test_that_shares_are_of_white_cells_and_keep_their_counts():
    white = blood().white
    assert white.counted == 200
    share = white.row("NGS").share
    low, high = clopper_pearson(110, 200)
    assert (share.count, share.percent) == (110, 55.0)
    assert (share.low, share.high) == (pytest.approx(100 * low), pytest.approx(100 * high))
    assert all(row.cell_class.code not in ("EBO", "PEB") for row in white.rows)


def test_that_nucleated_red_cells_stand_apart_per_hundred_white_cells():
    found = blood()
    assert (found.red.count, found.red.per_hundred) == (25, 12.5)
    assert found.red.low < 12.5 < found.red.high
    told = {each.name: each.per_hundred for each in found.white.apart}
    assert told == {"proerythroblast": 0.5, "erythroblast": 12.0, "smudge cell": 2.5}


def test_that_the_classes_that_belong_in_blood_come_first():
    codes = [row.cell_class.code for row in blood().white.rows]
    assert codes[:6] == [code for code in IN_BLOOD if code in MARROW]


def test_that_no_marrow_range_marks_a_blood_film():
    assert all(row.range is None and not row.mark for row in (*blood().white.rows, *blood().white.groups))


def test_that_thresholds_are_those_of_blood_and_hold_equivalents():
    marks = blood(COUNTS + Counter(PRM=2), CountingRules(blast_equivalents=("PRM",))).white.marks
    assert [(each.threshold.name, each.threshold.percent) for each in marks] == [
        ("blasts and equivalents", 2.0), ("blasts and equivalents", 5.0), ("blasts and equivalents", 20.0),
        ("plasma cells", 5.0),
    ]  # fmt: skip
    assert [each.share.count for each in marks] == [9, 9, 9, 0]


def test_that_ranges_made_for_blood_mark_a_blood_film():
    white = blood(rules=CountingRules(references=DACIE_LEWIS)).white
    assert (white.row("NGS").range, white.row("LYT").range.low) == (None, 20.0)
    assert [(row.range.low, row.share.count) for row in white.sums] == [(40.0, 122)]


def test_that_a_case_counted_as_blood_stays_as_it_was_counted():
    counts = Counter(NEU=120, LYT=60, MON=12, EOS=6, BAS=2, NRB=8, KSC=4)
    counted = differential(manual_tally(counts), BLOOD_FIVE, CountingRules(references=DACIE_LEWIS))
    found = blood_count(counted)
    assert found.white is counted
    assert (found.red.count, found.red.per_hundred) == (8, 4.0)


def test_that_a_film_without_white_cells_has_no_numbers():
    found = blood(Counter(EBO=3))
    assert found.white.counted == 0
    assert (found.red.count, found.red.per_hundred) == (3, None)
    assert found.white.marks == ()


def test_that_cells_of_all_kinds_are_accounted_for():
    found = blood()
    apart = sum(each.count for each in found.white.apart)
    assert found.white.counted + apart == COUNTS.total() == found.white.total


@pytest.mark.parametrize(
    ("counts", "like"),
    [
        # The published shares of 945 marrows.
        (
            Counter(NGS=199, NGB=67, LYT=177, MON=27, EOS=40, BAS=3, PMO=81, MYB=44, EBO=185, PLM=52, BLA=81),
            False,
        ),
        (Counter(NGS=200, EOS=80, LYT=20, MON=15, BLA=11, PMO=2, NIF=20, ART=16), True),
        (Counter(NGS=30, LYT=5), False),  # too few to tell
        (Counter(NGS=30, LYT=6), True),
        (Counter(NGS=60, LYT=20, BLA=20), False),
        (Counter(ART=100), False),
    ],
)
def test_that_a_marrow_without_marrow_cells_looks_like_blood(counts, like):
    found = differential(manual_tally(counts), MARROW)
    assert looks_like_blood(found) is like


def test_that_what_is_counted_as_blood_is_not_said_to_look_like_it():
    found = differential(manual_tally(Counter(NEU=100, LYT=40, ART=3)), BLOOD_FIVE)
    assert (cells_of_blood(found), found.counted) == (140, 140)
    assert not looks_like_blood(found)
