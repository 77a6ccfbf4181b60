"""The tables of a study say what its runs came to, and mark what is best."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.study.grid import Combination, make_grid
from marrowdesk.training.study.plot import _apart
from marrowdesk.training.study.results import Result, read_result, read_results, write_result
from marrowdesk.training.study.table import as_csv, as_records, markdown, rows_of


def result(loss, f1, speed=50.0, seed=1, filled=None, **told):
    interval = {"value": f1, "95 % from": f1 - 0.1, "95 % to": f1 + 0.1}
    plain = {
        "combination": Combination("regnetx_002", loss, "none"),
        "seed": seed,
        "parameters": 2_300_000,
        "training_speed": speed,
        "classifying_speed": 4 * speed,
        "seconds": 12.0,
        "scores": {f"macro {name}": interval for name in ("precision", "recall", "F1")},
        "filled": filled or {},
        "undone": f1,
        "by_class": {},
        "machine": "a processor",
        "finished": f"2026-01-0{seed}T10:00:00+00:00",
        "command": "marrowdesk study",
        "plan": {},
    }
    return Result(**{**plain, **told})


@pytest.fixture
def part():
    return make_grid(["regnetx_002"], ["cross_entropy", "focal", "ldam"])["losses"]


def rows_in(table):
    return {
        line.split(" | ")[0].removeprefix("| "): [each.strip(" |") for each in line.split(" | ")[1:]]
        for line in table.splitlines()
        if line.startswith("| ")
    }


def test_that_the_best_of_each_column_is_bold_and_what_all_share_is_not(part):
    results = [result("cross_entropy", 0.5), result("focal", 0.6), result("ldam", 0.4, seconds=9.0)]
    told = rows_in(markdown(part, rows_of(part, results, {}), classes=3))
    column = told["loss"].index("macro F1")
    assert [told[name][column] for name in ("cross_entropy", "focal", "ldam")] == [
        "0.500 (0.400–0.600)", "**0.600 (0.500–0.700)**", "0.400 (0.300–0.500)",
    ]  # fmt: skip
    assert told["ldam"][told["loss"].index("seconds")] == "**9.0**"
    assert {told[name][0] for name in ("cross_entropy", "focal", "ldam")} == {"2.30"}


def test_that_a_networks_speed_is_its_best_whatever_the_loss(part):
    results = [
        result("focal", 0.5, speed=30),
        result("ldam", 0.4, speed=50),
        result("ldam", 0.4, speed=20, seed=2),
    ]
    results += [replace(results[0], combination=Combination("regnetx_002", "focal", "se"), training_speed=90)]
    told = rows_in(markdown(part, rows_of(part, results, {}), classes=3))
    assert {told[name][1] for name in ("focal", "ldam")} == {"50.0"}
    assert {told[name][2] for name in ("focal", "ldam")} == {"200.0"}


def test_that_seeds_are_averaged_and_their_spread_is_told(part):
    results = [result("focal", 0.5), result("focal", 0.7, seed=2), result("ldam", 0.4)]
    rows = rows_of(part, results, {})
    told = rows_in(markdown(part, rows, classes=3))
    assert told["focal"][told["loss"].index("macro F1")] == "**0.600 (0.500–0.700)**"
    # Standard deviation of 0.5 and 0.7: the root of 0.1² + 0.1², over one degree of freedom.
    assert told["focal"][told["loss"].index("± between seeds")] == "0.141"
    assert told["ldam"][told["loss"].index("± between seeds")] == ""
    assert [told[name][told["loss"].index("seeds")] for name in ("focal", "ldam")] == ["2", "1"]
    assert as_records([(part, rows)])[0]["macro F1 standard deviation between seeds"] == pytest.approx(
        0.141421
    )


def test_that_well_filled_classes_have_columns_where_they_are_not_all(part):
    filled = {"classes": 2, "macro precision": 0.9, "macro recall": 0.8, "macro F1": 0.85}
    rows = rows_of(part, [result("focal", 0.5, filled=filled)], {})
    assert rows_in(markdown(part, rows, classes=3))["focal"][-5:-2] == ["0.900", "0.800", "0.850"]
    assert "≥ 50" not in markdown(part, rows, classes=2)


def test_that_a_failed_combination_stands_in_its_table_with_the_reason(part):
    failures = {part.combinations[2]: "There is no room."}
    rows = rows_of(part, [result("focal", 0.5)], failures)
    table = markdown(part, rows, classes=3)
    assert rows_in(table)["ldam"][0] == "failed"
    assert "- regnetx_002, ldam, none: failed. There is no room." in table
    csv = as_csv(as_records([(part, rows)])).splitlines()
    assert csv[2].endswith(",There is no room.")
    assert "nan" not in csv[2]
    assert len(csv) == 3  # cross-entropy was not tried


def test_that_a_result_is_read_as_it_was_written_and_a_damaged_one_is_named(tmp_path):
    written = result("focal", 0.5)
    write_result(tmp_path / "a", written)
    assert read_result(tmp_path / "a") == written
    assert read_result(tmp_path / "none") is None
    (tmp_path / "a" / "result.json").write_text("{")
    with pytest.raises(MarrowdeskError, match=r"result\.json is not understood"):
        read_results(tmp_path)


def test_that_names_in_the_plot_never_lie_on_each_other():
    places = _apart([0.2, 0.21, 0.99, 1.0, 1.0], 0.1)
    assert places == pytest.approx([0.2, 0.3, 0.8, 0.9, 1.0])
