"""The differential: shares, subtotals, ranges, ratios and thresholds, from cells as readers make them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.reference import BAIN_1996, REFERENCE_SETS, Range
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
CODES = ("BLA", "NGS", "NGB", "EBO", "LYT", "PLM", "EOS", "MON", "KSC", "NIF")


def cell(number, proposed, given_code=None, *, excluded=False, doubt=0.2, reference=None):
    """Make a cell with a proposal and, where a code is given, a review."""
    prediction = None
    if proposed is not None:
        probabilities = np.full(len(CODES), 0.01, np.float32)
        probabilities[CODES.index(proposed)] = 0.91
        prediction = Prediction("0" * 64, CODES, probabilities, doubt)
    review = None
    if excluded:
        review = Review(Verdict.EXCLUDED, None, "ab", AT)
    elif given_code is not None:
        verdict = Verdict.CONFIRMED if given_code == proposed else Verdict.ASSIGNED
        review = Review(verdict, given_code, "ab", AT)
    return Cell(number, 1, Place(Path(f"{number}.png")), prediction, review, reference)


def cells(**counts):
    """Make unreviewed cells, so many of each proposed class."""
    codes = [code for code, count in counts.items() for _ in range(count)]
    return [cell(number, code) for number, code in enumerate(codes, 1)]


def count(made, **rules):
    return differential(Tally.of(made), MARROW, CountingRules(**rules))


def group(result, lineage):
    return next(row for row in result.groups if row.lineage is lineage)


def test_that_shares_are_of_nucleated_cells_only():
    result = count(cells(BLA=10, NGS=60, EBO=30, KSC=25, NIF=5))
    assert result.counted == 100
    assert result.row("BLA").share.percent == pytest.approx(10.0)
    assert {each.name: each.count for each in result.apart} == {"smudge cell": 25, "not identifiable": 5}
    assert result.apart[0].per_hundred == pytest.approx(25.0)
    assert result.unresolved == 5
    with pytest.raises(KeyError):
        result.row("KSC")


def test_that_a_readers_class_goes_before_the_proposal():
    made = cells(LYT=4)
    made[0] = cell(1, "LYT", "BLA")
    made[1] = cell(2, "LYT", "LYT")
    made[2] = cell(3, "LYT", excluded=True)
    result = count(made)
    assert result.row("BLA").share.count == 1
    assert result.row("LYT").share.count == 2
    assert result.row("LYT").predicted == 4
    assert result.row("LYT").reviewed == 1
    assert (result.reviewed, result.changed, result.counted_reviewed) == (3, 2, 2)
    assert {each.name: each.count for each in result.apart} == {"excluded by the reader": 1}


def test_that_only_what_was_proposed_is_said_to_be_changed():
    by_hand = [cell(1, None, "LYT"), cell(2, None, "BLA"), cell(3, None, excluded=True)]
    proposed = [cell(4, "LYT", "BLA"), cell(5, "LYT", "LYT"), cell(6, "LYT", excluded=True), cell(7, "LYT")]
    assert (count(by_hand).reviewed, count(by_hand).judged, count(by_hand).changed) == (3, 0, 0)
    result = count([*by_hand, *proposed])
    assert (result.reviewed, result.judged, result.changed) == (6, 3, 2)
    proposed_later = by_hand[0].with_prediction(proposed[0].prediction)
    assert (count([proposed_later]).judged, count([proposed_later]).changed) == (1, 0)
    tally = Tally.of([*by_hand, *proposed])
    for each in proposed:
        tally.remove(each)
    assert (tally.judged, tally.changed) == (0, 0)


def test_that_cells_without_a_proposal_are_told_apart():
    result = count([*cells(NGS=2), cell(9, None)])
    assert result.counted == 2
    assert {each.name: each.count for each in result.apart} == {"not classified yet": 1}
    assert result.total == 3


def test_that_lineage_subtotals_are_the_sums_of_their_classes():
    result = count(cells(NGS=30, NGB=20, EOS=10, EBO=40))
    assert group(result, Lineage.NEUTROPHILIC).share.count == 50
    for row in result.groups:
        assert row.share.count == sum(each.share.count for each in result.rows if each.lineage is row.lineage)


def test_that_an_empty_count_has_no_percentages():
    result = count([])
    assert all(row.share.percent is None and row.mark == "" for row in result.rows)
    assert result.me_ratio.value is None
    assert result.marks == ()


def test_that_the_me_ratio_without_erythroid_cells_is_not_computable():
    ratio = count(cells(NGS=50, LYT=10)).me_ratio
    assert (ratio.above, ratio.below, ratio.value, ratio.low, ratio.high) == (50, 0, None, None, None)


@pytest.mark.parametrize(
    ("rule", "above"),
    [("icsh", 100), ("without-blasts", 90), ("granulocytic", 75), ("granulocytic-with-blasts", 85)],
)
def test_that_the_me_ratio_follows_its_printed_definition(rule, above):
    result = count(cells(BLA=10, NGS=70, EOS=5, MON=15, EBO=25, LYT=9), me_rule=ME_RULES[rule])
    assert (result.me_ratio.above, result.me_ratio.below) == (above, 25)
    assert result.me_ratio.value == pytest.approx(above / 25)
    assert result.me_ratio.definition == ME_RULES[rule].definition


def test_that_the_range_of_the_me_ratio_is_held_only_against_the_definition_it_was_made_for():
    made = cells(BLA=10, NGS=20, LYT=40, EBO=30)
    found = {key: count(made, me_rule=rule, sex="F").me_ratio for key, rule in ME_RULES.items()}
    assert (found["icsh"].range, found["icsh"].mark) == (Range(1.6, 5.4), "low")
    others = [each for key, each in found.items() if key != "icsh"]
    assert [(each.range, each.mark) for each in others] == [(None, "")] * 3
    ours = replace(BAIN_1996, key="own-1", me_definition="granulocytic")
    held = {
        key: bool(count(made, me_rule=rule, references=ours).me_ratio.range) for key, rule in ME_RULES.items()
    }
    assert [key for key, range_held in held.items() if range_held] == ["granulocytic"]


def test_that_a_class_outside_of_the_count_says_how_many_of_it_a_reader_looked_at():
    alerting = CellClass(
        "TUM", "tumour cell", Lineage.NONE, CountRole.APART, "", "#000000", alert="Tumour cells!"
    )
    made = [
        *cells(NGS=5),
        cell(8, "NGS", "TUM"),
        cell(9, "NGS", "TUM"),
        cell(10, "KSC", "KSC"),
        cell(11, "KSC"),
    ]
    scheme = replace(MARROW, classes=(*MARROW.classes, alerting))
    result = differential(Tally.of(made), scheme, CountingRules())
    assert [(each.cell_class.code, each.reviewed, each.left) for each in result.alerts()] == [("TUM", 2, 0)]
    assert {each.name: (each.count, each.reviewed) for each in result.apart} == {
        "smudge cell": (2, 1), "tumour cell": (2, 2),
    }  # fmt: skip


def test_that_shares_outside_of_their_range_are_marked():
    result = count(cells(NGS=50, EBO=10, LYT=35, PLM=5))
    assert group(result, Lineage.ERYTHROID).mark == "low"
    assert group(result, Lineage.LYMPHOID).mark == "high"
    assert group(result, Lineage.PLASMA_CELL).mark == "high"
    assert group(result, Lineage.BASOPHILIC).mark == ""


def test_that_a_share_is_marked_as_it_is_printed():
    printed_inside = group(count(cells(PLM=5, NGS=399)), Lineage.PLASMA_CELL)
    printed_outside = group(count(cells(PLM=5, NGS=395)), Lineage.PLASMA_CELL)
    assert (f"{printed_inside.share.percent:.1f}", printed_inside.mark) == ("1.2", "")
    assert (f"{printed_outside.share.percent:.1f}", printed_outside.mark) == ("1.2", "")
    assert group(count(cells(PLM=5, NGS=385)), Lineage.PLASMA_CELL).mark == "high"


def test_that_ranges_follow_the_sex_and_span_both_where_it_is_unknown():
    made = cells(NGS=44, EBO=30, LYT=26)
    marks = {sex: count(made, sex=sex).sums[0].mark for sex in ("F", "M", "")}
    assert marks == {"F": "", "M": "high", "": ""}


def test_that_another_reference_set_gives_other_ranges():
    result = count(cells(NGS=44, EBO=30, LYT=26), references=REFERENCE_SETS["wintrobe"])
    assert group(result, Lineage.NEUTROPHILIC).mark == "low"
    assert result.sums == ()


@pytest.mark.parametrize(
    ("blasts", "sides"),
    [
        (100, ["above", "above", "crosses"]),
        (2, ["below", "below", "below"]),
        (150, ["above", "above", "above"]),
    ],
)
def test_that_a_threshold_is_crossed_when_the_interval_holds_it(blasts, sides):
    result = count(cells(BLA=blasts, NGS=500 - blasts))
    assert [mark.side for mark in result.marks if mark.threshold.name == "blasts"] == sides


def test_that_blast_equivalents_count_at_the_thresholds_by_choice():
    made = [cell(number, "NGS", "FGC" if number <= 60 else "NGS") for number in range(1, 201)]
    without, chosen = count(made), count(made, blast_equivalents=("FGC",))
    assert without.marks[0].share.count == 0
    assert chosen.marks[0].share.count == 60
    assert chosen.marks[0].threshold.name == "blasts and equivalents"


def test_that_blasts_are_given_of_non_erythroid_cells_where_asked_for():
    faggot = [cell(number, "BLA", "FGC") for number in range(1, 11)]
    made = [*faggot, *cells(BLA=20, EBO=100, NGS=70)]
    assert count(made).non_erythroid is None
    alone, both = (
        count(made, non_erythroid=True, blast_equivalents=chosen).non_erythroid for chosen in ((), ("FGC",))
    )
    assert (alone.count, alone.percent) == (20, 20.0)
    assert (both.count, both.percent) == (30, 30.0)
    # Clopper-Pearson, 20 of 100: 12.7 to 29.2.
    assert (round(alone.low, 1), round(alone.high, 1)) == (12.7, 29.2)
    assert count(cells(EBO=5), non_erythroid=True).non_erythroid.percent is None


def test_that_the_rules_are_read_back_as_they_were_written_and_older_ones_too():
    rules = CountingRules(blast_equivalents=("FGC", "PRM"), non_erythroid=True)
    assert CountingRules.from_json(rules.to_json()) == rules
    older = {key: value for key, value in json.loads(rules.to_json()).items() if key != "non_erythroid"}
    assert CountingRules.from_json(json.dumps(older)) == replace(rules, non_erythroid=False)


def test_that_folder_labels_are_compared_and_never_counted():
    made = [cell(1, "BLA", reference="BLA"), cell(2, "BLA", reference="LYT"), cell(3, None, reference="BLA")]
    result = count(made)
    assert (result.compared, result.agreeing) == (2, 1)
    assert result.row("LYT").share.count == 0


def test_that_unfamiliar_cells_are_counted_until_reviewed():
    made = [cell(1, "BLA", doubt=1.4), cell(2, "BLA", "BLA", doubt=1.4), cell(3, "BLA")]
    assert count(made).unfamiliar == 1


_cells = st.builds(
    cell,
    st.just(1),
    st.one_of(st.none(), st.sampled_from(CODES)),
    st.one_of(st.none(), st.sampled_from(CODES)),
    excluded=st.booleans(),
    doubt=st.sampled_from([0.5, 1.5]),
    reference=st.sampled_from([None, "BLA"]),
)


@given(st.lists(st.tuples(_cells, _cells), max_size=30))
def test_that_a_tally_kept_up_to_date_equals_a_recount(pairs):
    kept = Tally.of(before for before, _ in pairs)
    for before, after in pairs:
        kept.replace(before, after)
    assert differential(kept, MARROW) == differential(Tally.of(after for _, after in pairs), MARROW)
