"""The printed lines: subtotals before classes, one line for a lineage of one class, nothing hidden."""

from __future__ import annotations

import pytest
from report_samples import NORMAL, cells

from marrowdesk.core.blood import blood_count
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import Differential, differential
from marrowdesk.core.reference import DACIE_LEWIS, NO_RANGES, WINTROBE
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.shown_lines import Rank
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW, Scheme
from marrowdesk.report.rows import absent, blood_rows, printed_rows
from marrowdesk.report.words import ENGLISH


def count(counts: dict[str, int], rules: CountingRules | None = None) -> Differential:
    return differential(Tally.of(cells(counts)), MARROW, rules)


def test_that_a_subtotal_stands_before_its_classes_and_their_sum_after_them() -> None:
    rows = printed_rows(count(NORMAL))
    labels = [each.label for each in rows]
    start = labels.index("Neutrophilic series")
    assert labels[start : start + 7] == [
        "Neutrophilic series", "Promyelocytes", "Myelocytes", "Metamyelocytes", "Band neutrophils",
        "Segmented neutrophils", "Sum of band + segmented",
    ]  # fmt: skip
    assert rows[start].rank is Rank.GROUP
    assert rows[start + 6].rank is Rank.SUM


def test_that_a_lineage_with_one_class_is_one_line_with_the_range_of_the_lineage() -> None:
    (row,) = [each for each in printed_rows(count(NORMAL)) if "osinophil" in each.label]
    assert (row.label, row.rank) == ("Eosinophils", Rank.ALONE)
    assert row.range is not None
    assert (row.range.low, row.range.high) == (0.3, 4.2)


def test_that_every_counted_cell_is_in_the_printed_lines() -> None:
    found = count({each.code: at % 4 for at, each in enumerate(MARROW.classes)})
    rows = printed_rows(found)
    assert sum(each.share.count for each in rows if each.rank in (Rank.GROUP, Rank.ALONE)) == found.counted


def test_that_a_class_without_cells_is_named_below_the_table_unless_its_lineage_stands_for_it() -> None:
    found = count({"NGS": 40, "LYT": 60})
    missing = absent(found, printed_rows(found))
    assert "faggot cells" in missing
    assert "erythroblasts" not in missing
    (erythroid,) = [each for each in printed_rows(found) if each.label == "Erythroid series"]
    assert (erythroid.share.count, erythroid.mark) == (0, "low")


def test_that_a_class_with_a_range_is_printed_without_cells() -> None:
    labels = [each.label for each in printed_rows(count({"NGS": 40}))]
    assert "Blasts" in labels
    assert "Mast cells" not in labels


def test_that_other_reference_sets_change_ranges_and_lines() -> None:
    wintrobe = printed_rows(count(NORMAL, CountingRules(references=WINTROBE)))
    (neutrophilic,) = [each for each in wintrobe if each.label == "Neutrophilic series"]
    assert neutrophilic.range is not None
    without = printed_rows(count({"LYT": 3}, CountingRules(references=NO_RANGES)))
    assert [each.label for each in without] == ["Lymphocytes"]


def test_that_a_blood_film_has_its_classes_first_and_their_sum_after_them() -> None:
    found = count(
        {"NGS": 60, "NGB": 10, "LYT": 20, "BLA": 2, "EBO": 5}, CountingRules(references=DACIE_LEWIS)
    )
    labels = [each.label for each in blood_rows(blood_count(found).white, ENGLISH)]
    assert labels == [
        "Segmented neutrophils", "Band neutrophils", "Sum of band + segmented", "Lymphocytes", "Monocytes",
        "Eosinophils", "Basophils", "Blasts",
    ]  # fmt: skip


@pytest.mark.parametrize("age", [None, 4, 60])
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_that_each_scheme_is_printed_for_each_age(scheme: Scheme, age: float | None) -> None:
    tally = Tally()
    tally.current.update({each.code: 3 for each in scheme.classes})
    references = RuleChoice().rules(scheme.specimen, {}).references
    found = differential(tally, scheme, CountingRules(references=references, age=age))
    printed = printed_rows(found)
    shown = {each.row.cell_class.code for each in printed if each.row.cell_class}
    assert shown == {each.code for each in scheme.classes if each.counted}
    assert any(each.range for each in printed) == (age != 4)
