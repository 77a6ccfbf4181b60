"""The texts of the differential: the numbers of the core, marks in words, nothing said twice."""

from __future__ import annotations

import pytest

from marrowdesk.app import numbers
from marrowdesk.app.differential import sentences
from marrowdesk.app.differential.chart import bars
from marrowdesk.app.differential.lines import Column, Kind, as_table, lines
from marrowdesk.cli.count import differential_lines
from marrowdesk.core.cell import CellState
from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.core.shown_lines import Rank, shown_lines
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW


def counted_of(rules=None, **current):
    tally = Tally()
    for code, count in current.items():
        tally.current[code] = tally.predicted[code] = count
        tally.states[CellState.PROPOSED] += count
    return differential(tally, MARROW, rules)


SAMPLE = {"BLA": 91, "PMO": 20, "NGB": 40, "NGS": 149, "EOS": 10, "EBO": 100, "LYT": 80, "PLM": 10, "ART": 25}


@pytest.fixture
def counted():
    return counted_of(**SAMPLE)


def by_key(counted):
    return {line.key: line for line in lines(counted, MARROW)}


def test_that_every_counted_class_has_exactly_one_line_with_the_numbers_of_the_core(counted):
    found = [line for line in lines(counted, MARROW) if line.key.startswith("class:")]
    assert [line.code for line in found] == [each.code for each in MARROW.classes if each.counted]
    for line in found:
        row = counted.row(line.code)
        assert line.texts[Column.COUNT] == numbers.count(row.share.count)
        assert line.texts[Column.PERCENT] == numbers.percent(row.share.percent)
        assert line.texts[Column.INTERVAL] == numbers.interval(row.share.low, row.share.high)


def test_that_the_numbers_are_written_as_a_hematologist_reads_them(counted):
    blasts = by_key(counted)["class:BLA"]
    assert blasts.texts[Column.COUNT] == "91"
    assert blasts.texts[Column.PERCENT] == "18.2"
    assert blasts.texts[Column.INTERVAL] == "14.9–21.9"
    assert blasts.texts[Column.RANGE] == "0.0–3.0"
    assert blasts.texts[Column.MARK] == "↑ high"


def test_that_marks_are_words_on_both_sides_and_absent_inside(counted):
    found = by_key(counted)
    assert found["class:MYB"].texts[Column.MARK] == "↓ low"
    assert found["class:PMO"].texts[Column.MARK] == ""
    assert found["lineage:erythroid"].texts[Column.MARK] == ""


def test_that_a_lineage_of_several_classes_has_a_subtotal_and_one_of_a_single_class_has_none(counted):
    found = by_key(counted)
    assert found["lineage:neutrophilic"].texts[Column.COUNT] == "209"
    assert found["lineage:neutrophilic"].kind is Kind.GROUP
    assert "lineage:plasma cell" not in found
    plasma = found["class:PLM"]
    assert plasma.kind is Kind.GROUP
    assert plasma.name == "Plasma cell"
    assert (plasma.texts[Column.RANGE], plasma.texts[Column.MARK]) == ("0.0–1.2", "↑ high")


def test_that_only_lines_without_cells_and_without_a_range_may_be_left_out(counted):
    found = by_key(counted)
    assert found["class:HAC"].hideable
    assert not found["class:MYB"].hideable, "no myelocyte was found, but there is a range for them"
    assert not found["class:EBO"].hideable


def test_that_a_class_corrected_away_is_still_shown_for_comparison():
    tally = Tally()
    tally.current["LYT"] = tally.predicted["HAC"] = 1
    tally.states[CellState.CHANGED] = 1
    line = {line.key: line for line in lines(differential(tally, MARROW), MARROW)}["class:HAC"]
    assert not line.hideable
    assert (line.texts[Column.COUNT], line.texts[Column.PREDICTED]) == ("0", "1")


def test_that_sums_and_ratios_come_with_what_they_are(counted):
    found = by_key(counted)
    assert found["sum:band + segmented"].texts[Column.COUNT] == "189"
    ratio = found["me"]
    assert ratio.texts[Column.PERCENT] == numbers.ratio(310 / 100) == "3.10"
    assert ratio.texts[Column.RANGE] == "1.1–5.4"
    assert ratio.tip == counted.me_ratio.definition
    assert found["note:me"].name == f"310 : 100 – {counted.me_ratio.definition}"
    assert "ICSH" in found["note:me"].name


def test_that_another_definition_of_the_ratio_is_the_one_printed():
    rules = CountingRules(me_rule=ME_RULES["without-blasts"])
    found = by_key(counted_of(rules, **SAMPLE))
    assert found["note:me"].name.startswith("219 : 100 – ")
    assert "without blasts" in found["note:me"].name


def test_that_a_ratio_without_erythroid_cells_is_not_computable():
    counted = counted_of(NGS=10)
    assert by_key(counted)["me"].texts[Column.PERCENT] == numbers.NOTHING
    assert sentences.ratio(counted.me_ratio) == "M:E ratio not computable"


def test_that_what_is_not_counted_stands_apart_per_hundred(counted):
    artefacts = by_key(counted)["apart:artefact"]
    assert artefacts.kind is Kind.APART
    assert (artefacts.texts[Column.COUNT], artefacts.texts[Column.PERCENT]) == ("25", "5.0")
    assert by_key(counted)["apart:smudge cell"].hideable


def plain(text):
    return text.replace("\u00a0", " ")


def test_that_thresholds_say_where_the_interval_lies(counted):
    blasts, plasma = sentences.thresholds(counted)
    assert plain(blasts.text) == "blasts 18.2 % (14.9–21.9): above 10 %, crosses 20 %"
    assert blasts.reached
    assert plain(plasma.text) == "plasma cells 2.0 % (1.0–3.6): below 10 %"
    assert not plasma.reached


@pytest.mark.parametrize(
    ("blasts", "words"),
    [(0, "below 5 %"), (25, "crosses 5 %"), (45, "above 5 %, crosses 10 %"), (200, "above 20 %")],
)
def test_that_only_the_telling_thresholds_are_named(blasts, words):
    standing = sentences.thresholds(counted_of(BLA=blasts, LYT=500 - blasts))[0]
    assert plain(standing.text).endswith(f": {words}")


def test_that_nothing_is_said_about_thresholds_before_the_first_cell():
    assert sentences.thresholds(counted_of()) == []
    assert by_key(counted_of())["class:BLA"].texts[Column.PERCENT] == numbers.NOTHING


def test_that_reviewed_changed_and_open_cells_are_told():
    tally = Tally()
    tally.current.update({"BLA": 5, "NIF": 2})
    tally.states.update({CellState.PROPOSED: 4, CellState.CONFIRMED: 2, CellState.CHANGED: 1})
    tally.unfamiliar, tally.judged, tally.changed = 3, 3, 1
    text = plain(sentences.review(differential(tally, MARROW)))
    assert text == "Reviewed 3 of 7 cells (42.9 %), changed 1 · 2 not identified · 3 unfamiliar"


def test_that_agreement_with_folder_labels_is_told_only_where_there_are_some(counted):
    assert sentences.agreement(counted) == ""
    tally = Tally()
    tally.compared, tally.agreeing = 8, 7
    assert plain(sentences.agreement(differential(tally, MARROW))) == "Same as folder label: 7 of 8 (87.5 %)"


def test_that_the_interval_is_never_shown_without_what_it_covers(counted):
    notes = [line.name for line in lines(counted, MARROW) if line.kind is Kind.NOTE]
    assert (
        "Exact 95 % intervals (Clopper-Pearson): sampling error only, not errors of classification." in notes
    )


def test_that_the_copied_table_reads_back_as_rows_and_columns(counted):
    columns = [column for column in Column if column <= Column.MARK]
    text = as_table(lines(counted_of(LYT=2000), MARROW), columns)
    rows = [row.split("\t") for row in text.rstrip("\n").split("\n")]
    assert rows[0] == ["Class", "n", "%", "95 % CI", "Range", "Mark"]
    lymphocytes = next(row for row in rows if row[0] == "lymphocyte")
    assert lymphocytes[:3] == ["lymphocyte", "2000", "100.0"]


def test_that_the_chart_shows_what_the_table_counts(counted):
    found = {bar.name: bar for bar in bars(counted)}
    assert found["blast"].percent == counted.row("BLA").share.percent
    assert (found["blast"].low, found["blast"].high) == (
        counted.row("BLA").share.low,
        counted.row("BLA").share.high,
    )
    assert found["blast"].color == MARROW["BLA"].color
    assert found["blast"].outside
    assert found["plasma cell"].range is not None
    assert found["myelocyte"].percent == 0.0
    assert "hairy cell" not in found
    assert "artefact" not in found


def test_that_screen_terminal_and_paper_show_the_same_lines_with_the_same_ranges(counted):
    paper = [(each.row.name, each.rank, each.range, each.mark) for each in shown_lines(counted)]
    table = [line for line in lines(counted, MARROW) if not line.hideable]
    ranked = {Kind.GROUP: "head", Kind.CLASS: "class"}
    on_paper = [(name.casefold(), "head" if rank.heads else rank.value) for name, rank, *_ in paper]
    assert [(line.name.casefold(), ranked[line.kind]) for line in table if line.kind in ranked] == [
        each for each in on_paper if each[1] != "sum"
    ]
    marks = {line.name.casefold(): line.mark for line in table if line.kind in ranked}
    assert marks.items() >= {(name.casefold(), mark) for name, rank, _, mark in paper if rank is not Rank.SUM}
    assert [(bar.name, bar.range, bar.outside) for bar in bars(counted)] == [
        (name, limits, bool(mark)) for name, _, limits, mark in paper
    ]
    terminal = differential_lines(counted)[1 : 1 + len(paper)]
    for line, (name, _, limits, mark) in zip(terminal, paper, strict=True):
        assert line.strip(" (").casefold().startswith(name.casefold())
        assert (f"{limits.low:.1f}-{limits.high:.1f}" in line) if limits else len(line) < 70
        assert line.endswith({"": "", "low": "below range", "high": "above range"}[mark])
    assert any("myelocyte" in line and line.endswith("below range") for line in terminal)


def test_that_without_ranges_nothing_is_marked():
    counted = counted_of(CountingRules(references=NO_RANGES), **SAMPLE)
    assert all(not line.mark and not line.texts.get(Column.RANGE) for line in lines(counted, MARROW))
    assert all(bar.range is None for bar in bars(counted))


def test_that_a_probability_never_rounds_to_certainty():
    assert plain(numbers.probability(0.99996)) == "> 99.9 %"
    assert plain(numbers.probability(0.00002)) == "< 0.1 %"
    assert plain(numbers.probability(1.0)) == "100.0 %"
    assert plain(numbers.probability(0.412)) == "41.2 %"


def test_that_an_alert_stands_above_the_table_as_long_as_there_is_such_a_cell():
    found = lines(counted_of(FGC=3, NGS=97), MARROW)
    assert next(line.key for line in found) == "section:alerts"
    assert found[1].name.startswith("Faggot cells found")
    assert found[1].name.endswith("(3 not reviewed)")
    assert found[1].strong
    assert "section:alerts" not in by_key(counted_of(NGS=97))


def test_that_no_reader_is_called_for_to_cells_that_a_reader_gave_their_class():
    tally = Tally()
    tally.current.update({"FGC": 3, "NGS": 97})
    tally.states[CellState.CHANGED] += 100
    tally.reviewed["FGC"] = 3
    assert sentences.alerts(differential(tally, MARROW)) == ["Faggot cell: 3 given by a reader"]
    tally.reviewed["FGC"] = 1
    (told,) = sentences.alerts(differential(tally, MARROW))
    assert told.endswith("at once. (2 not reviewed, 1 given by a reader)")


def test_that_what_counts_with_the_blasts_and_their_share_of_non_erythroid_cells_are_told_below_them():
    rules = CountingRules(blast_equivalents=("FGC",), non_erythroid=True)
    found = lines(counted_of(rules, BLA=20, FGC=10, EBO=100, NGS=70), MARROW)
    texts = [line.name for line in found]
    at = next(place for place, text in enumerate(texts) if text.startswith("blasts and equivalents"))
    told = texts[at + 1 : at + 3]
    share = f"{numbers.percent_sign(30.0)} ({numbers.interval(21.2, 40.0)})"
    assert told == ["with them: faggot cell 10", f"of all but erythroid cells {share}"]
    plain = by_key(counted_of(BLA=20, FGC=10, EBO=100, NGS=70))
    assert not [key for key in plain if key.startswith("note:blasts")]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (CountingRules(age_unclear=True), "the dates in the report leave open how old the patient is"),
        (CountingRules(age=4.0), "Bain 1996, adults does not hold for the patient's age"),
    ],
)
def test_that_it_is_said_above_the_table_why_no_ranges_are_held_against_the_count(rules, words):
    found = lines(counted_of(rules, **SAMPLE), MARROW)
    assert found[0].name == f"No reference ranges: {words}"
    assert not any(line.mark or line.texts.get(Column.RANGE) for line in found)
    for others in (CountingRules(age=40.0), CountingRules(references=NO_RANGES)):
        assert "note:ranges" not in by_key(counted_of(others, **SAMPLE))
