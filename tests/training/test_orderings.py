"""What is left wrong once the least sure cells are given to a reader, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training.confidence import drawn_coverage, shared_errors
from marrowdesk.training.judged import Judged
from marrowdesk.training.metrics import DETAIL, summarise
from marrowdesk.training.orderings import bounds, compare_orderings, sureness

CODES = ("PMO", "MYB", "LYT")


def _judged(odds, right, doubt=None):
    odds = np.asarray(odds, np.float32)
    said = np.array(CODES)[odds.argmax(1)]
    labels = np.where(right, said, np.roll(CODES, -1)[odds.argmax(1)])
    doubts = np.zeros(len(odds), np.float32) if doubt is None else np.asarray(doubt, np.float32)
    return Judged(CODES, odds, doubts, labels, np.array(["a"] * len(odds)))


def _falling(cells):
    """Give probabilities that fall from cell to cell, the rest of each shared by the other two classes."""
    sure = np.linspace(0.95, 0.5, cells)
    return np.stack([sure, (1 - sure) / 2, (1 - sure) / 2], axis=1)


def test_that_the_coverage_is_told_at_which_half_the_error_is_left():
    right = [True] * 6 + [False, True, False, False]  # 3 of 10 wrong; of the first 8, 1 is: 0.125 <= 0.15
    results = summarise(_judged(_falling(10), right), {("a", each) for each in CODES})
    assert results["coverage at half the error"] == pytest.approx(0.8)
    told = results["intervals"]["coverage at half the error"]
    assert told["95 % from"] < 0.8 <= told["95 % to"]
    assert results[DETAIL]["orderings"]["probability"]["coverage at half the error"] == pytest.approx(0.8)


def test_that_no_coverage_has_half_the_error_where_the_surest_cells_are_the_wrong_ones():
    wrong = np.array([True, True, False, False])
    order, errors = shared_errors(np.array([0.9, 0.8, 0.7, 0.6]), wrong)
    assert drawn_coverage(np.ones((1, 4)), order, errors).tolist() == [0.0]


def test_that_all_is_covered_where_nothing_is_wrong():
    order, errors = shared_errors(np.array([0.9, 0.8]), np.array([False, False]))
    assert drawn_coverage(np.ones((1, 2)), order, errors).tolist() == [1.0]


def test_that_margin_and_entropy_order_what_the_probability_cannot():
    odds = [[0.5, 0.5 - 0.01, 0.01], [0.5, 0.25, 0.25]]
    told = sureness(_judged(odds, [False, True]))
    assert told["probability"][0] == told["probability"][1]
    assert told["margin"].argmin() == 0
    assert told["entropy"].argmin() == 1


def test_that_a_measure_which_finds_the_wrong_cells_is_told_to_leave_fewer():
    # The wrong cells are the unfamiliar ones, and as probable as the rest.
    right = np.arange(100) % 10 != 0
    rows = compare_orderings(_judged([[0.8, 0.1, 0.1]] * 100, right, doubt=np.where(right, 0.1, 2.0)))
    assert rows["probability"]["error at 90 % coverage"] == pytest.approx(0.1)
    assert rows["probability"]["less than by probability"] == 0
    for name in ("probability, unfamiliar cells last", "mean rank of probability and doubt"):
        assert rows[name]["error at 90 % coverage"] == pytest.approx(0.0)
        assert rows[name]["95 % from"] > 0
        assert rows[name]["coverage at half the error"] >= 0.9


@pytest.mark.parametrize(
    ("wrong", "needed", "best"),
    [(20, 1.1, 5 / 9), (10, 0.55, 0.0), (18, 0.99, 8 / 90 / 0.18), (0, 0.0, 0.0)],
)
def test_that_the_limits_of_any_ordering_are_worked_out(wrong, needed, best):
    told = bounds(_judged(_falling(100), np.arange(100) >= wrong))
    assert told["wrong in the last tenth, for half the error"] == pytest.approx(needed)
    assert told["at the very best"] == pytest.approx(best)


def test_that_probabilities_alone_say_what_would_be_left_if_they_were_true():
    sure = np.array([0.9] * 90 + [0.6] * 10)
    part = _judged(np.stack([sure, 1 - sure, 0 * sure], axis=1), np.ones(100, bool))
    assert bounds(part)["if probabilities were exactly true"] == pytest.approx(0.1 / 0.13)
