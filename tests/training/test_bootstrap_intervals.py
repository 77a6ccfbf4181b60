"""Intervals by drawing cells anew."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training.bootstrap import draws, intervals


def test_that_each_class_keeps_its_number_of_cells():
    strata = np.array([0, 0, 0, 1, 1, 2])
    drawn = draws(strata, rounds=50, seed=3)
    assert drawn.shape == (50, 6)
    assert (drawn[:, :3].sum(1) == 3).all()
    assert (drawn[:, 3:5].sum(1) == 2).all()
    assert (drawn[:, 5] == 1).all()


def test_that_the_same_seed_draws_the_same_cells():
    strata = np.zeros(20, int)
    assert (draws(strata, 5, seed=1) == draws(strata, 5, seed=1)).all()
    assert (draws(strata, 5, seed=1) != draws(strata, 5, seed=2)).any()


def test_that_the_interval_of_a_share_is_as_wide_as_its_standard_error_says():
    right = np.arange(400) < 300
    told = intervals(np.zeros(400, int), lambda weights: {"share": weights @ right / 400})["share"]
    error = np.sqrt(0.75 * 0.25 / 400)
    assert told["value"] == 0.75
    assert told["95 % from"] == pytest.approx(0.75 - 1.96 * error, abs=0.005)
    assert told["95 % to"] == pytest.approx(0.75 + 1.96 * error, abs=0.005)
