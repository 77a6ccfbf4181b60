"""Which cells make up a batch."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training.dataset import Sample
from marrowdesk.training.sampling import Drawing, class_balanced, log_shift, odds_of, source_balanced

SAMPLES = [
    *(Sample(f"{at}.jpg", "big", "LYT") for at in range(90)),
    *(Sample(f"{at}.jpg", "small", "LYT") for at in range(10)),
    *(Sample(f"{at}.jpg", "big", "BLA") for at in range(25)),
]


def test_that_each_source_of_a_class_is_drawn_equally_often():
    samples = [*SAMPLES[:100], *(Sample(f"{at}.jpg", "big", "BLA") for at in range(100))]
    odds = source_balanced(samples)
    assert odds.sum() == pytest.approx(1)
    assert odds[:90].sum() == pytest.approx(0.25)
    assert odds[90:100].sum() == pytest.approx(0.25)
    assert odds[100:].sum() == pytest.approx(0.5)


@pytest.mark.parametrize(("balance", "share"), [(1.0, 0.5), (0.5, 10 / 15), (0.0, 100 / 125)])
def test_that_classes_are_balanced_by_a_power_of_their_cells(balance, share):
    odds = class_balanced(SAMPLES, balance)
    assert odds.sum() == pytest.approx(1)
    assert odds[:100].sum() == pytest.approx(share)
    assert np.ptp(odds[:100]) == 0


def test_that_plain_sampling_draws_every_cell_alike_whatever_the_balance():
    assert odds_of(SAMPLES, "plain", 1.0) == pytest.approx(np.full(125, 1 / 125))


def test_that_drawing_a_class_more_often_shifts_its_logit_by_the_log_of_how_much():
    shift = log_shift(SAMPLES, ["LYT", "BLA"], class_balanced(SAMPLES, 1.0))
    assert shift == pytest.approx(np.log([0.5 / 0.8, 0.5 / 0.2]))
    assert log_shift(SAMPLES, ["LYT", "BLA"], source_balanced(SAMPLES)) == pytest.approx([0, 0], abs=1e-6)


def test_that_plain_drawing_shows_every_cell_once_an_epoch_in_a_new_order():
    drawing = Drawing(None, 10, 4, seed=3)
    drawn = np.concatenate([drawing.at(step) for step in range(5)])
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert (drawn[:10] != drawn[10:]).any()
    assert (drawn[:10] != np.arange(10)).any()


def test_that_a_batch_larger_than_the_cells_runs_over_several_epochs():
    assert np.bincount(Drawing(None, 3, 7, seed=0).at(0)).tolist() in ([3, 2, 2], [2, 3, 2], [2, 2, 3])


@pytest.mark.parametrize("odds", [None, np.full(50, 0.02)])
def test_that_a_step_draws_the_same_cells_whenever_it_is_asked(odds):
    first, second = (Drawing(odds, 50, 8, seed=5) for _ in range(2))
    later = [second.at(step) for step in (11, 2, 7)]
    assert (first.at(2) == later[1]).all()
    assert (first.at(7) == later[2]).all()
    assert (first.at(7) != Drawing(odds, 50, 8, seed=6).at(7)).any()


def test_that_cells_are_drawn_as_often_as_their_odds_say():
    odds = class_balanced(SAMPLES, 1.0)
    drawing = Drawing(odds, len(SAMPLES), 100, seed=1)
    drawn = np.concatenate([drawing.at(step) for step in range(50)])
    assert (drawn >= 100).mean() == pytest.approx(0.5, abs=0.03)
