"""How the learning rate and the momentum go."""

from __future__ import annotations

import math

import pytest
from small_run import small_plan

from marrowdesk.training.schedule import SCHEDULES


@pytest.mark.parametrize(
    ("way", "rate"),
    [
        (0.0, 0.04),
        (0.06, 0.52),
        (0.12, 1.0),
        (0.56, 0.001 + 0.999 * 0.5),
        (0.78, 0.001 + 0.999 * (0.5 - 0.25 * math.sqrt(2))),
        (1.0, 0.001),
    ],
)
def test_that_the_cosine_rises_over_twelve_percent_and_falls_to_a_thousandth(way, rate):
    assert SCHEDULES["cosine"].rate(way) == pytest.approx(rate)
    assert SCHEDULES["cosine"].momentum(way) == 0.9


@pytest.mark.parametrize(
    ("way", "rate", "momentum"),
    [
        (0.0, 0.04, 0.95),
        (0.225, 0.52, 0.90),
        (0.45, 1.0, 0.85),
        (0.675, 0.52, 0.90),
        (0.9, 0.04, 0.95),
        (0.95, 0.0202, 0.95),
        (1.0, 0.0004, 0.95),
    ],
)
def test_that_one_cycle_moves_the_momentum_against_the_rate(way, rate, momentum):
    assert SCHEDULES["one_cycle"].rate(way) == pytest.approx(rate)
    assert SCHEDULES["one_cycle"].momentum(way) == pytest.approx(momentum)


def test_that_a_plan_stretches_its_schedule_over_its_steps():
    plan = small_plan(schedule="one_cycle", steps=1000, rate=0.002)
    assert plan.rate_at(450) == pytest.approx(0.002)
    assert plan.rate_at(225) == pytest.approx(0.00104)
    assert plan.momentum_at(450) == pytest.approx(0.85)


def test_that_the_usual_plan_has_the_rates_it_always_had():
    plan = small_plan(steps=1700, rate=2e-3)
    for step in (0, 1, 100, 203, 204, 205, 900, 1699, 1700):
        way = step / 1700
        fallen = 0.5 + 0.5 * math.cos(math.pi * min(1.0, (way - 0.12) / 0.88))
        before = 2e-3 * (0.04 + 0.96 * way / 0.12) if way < 0.12 else 2e-3 * (0.001 + 0.999 * fallen)
        assert plan.rate_at(step) == before
