"""Exact intervals against published limits and against their definition."""

import numpy as np
import pytest
from scipy.stats import beta, binom

from marrowdesk.core.intervals import clopper_pearson, mixed_interval, ratio_interval


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [
        (5, 100, 1.6, 11.3),
        (25, 500, 3.3, 7.3),
        (100, 500, 16.6, 23.8),
        (0, 100, 0.0, 3.6),
        (100, 100, 96.4, 100.0),
    ],
)
def test_that_intervals_equal_the_published_ones(successes, total, low, high):
    found = clopper_pearson(successes, total)
    assert tuple(round(100 * limit, 1) for limit in found) == (low, high)


def test_that_the_limits_leave_half_the_error_on_each_side():
    low, high = clopper_pearson(37, 412, 0.9)
    assert binom.sf(36, 412, low) == pytest.approx(0.05, abs=1e-9)
    assert binom.cdf(37, 412, high) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("share", [0.003, 0.05, 0.2, 0.6])
def test_that_the_true_share_lies_inside_at_least_as_often_as_stated(share):
    hits = np.random.default_rng(7).binomial(300, share, 10_000)
    inside = [low <= share <= high for low, high in (clopper_pearson(int(each), 300) for each in hits)]
    assert np.mean(inside) >= 0.95


def test_that_the_limits_of_an_open_count_leave_half_the_error_on_each_side():
    rng = np.random.default_rng(1)
    count, total = rng.integers(0, 9, 400), rng.integers(180, 220, 400)
    low, high = mixed_interval(count[count > 0], (total - count)[count > 0])
    n, o = count[count > 0], (total - count)[count > 0]
    assert beta.cdf(low, n, o + 1).mean() == pytest.approx(0.025, abs=1e-4)
    assert beta.cdf(high, n + 1, o).mean() == pytest.approx(0.975, abs=1e-4)
    assert mixed_interval(count, total - count)[0] == 0.0  # one in nine is without a cell


@pytest.mark.parametrize("count", [0, 1, 37, 199, 200])
def test_that_a_count_that_is_not_open_has_the_exact_interval_itself(count):
    found = mixed_interval(np.full(400, count), np.full(400, 200 - count), 0.9)
    assert found == pytest.approx(clopper_pearson(count, 200, 0.9), abs=1e-12)


def test_that_a_ratio_without_numerator_starts_at_zero():
    low, high = ratio_interval(0, 40)
    assert low == 0.0
    assert 0 < high < 0.2


def test_that_the_interval_of_a_ratio_holds_the_ratio():
    low, high = ratio_interval(300, 100)
    assert low < 3.0 < high


@pytest.mark.parametrize(("successes", "total"), [(-1, 10), (11, 10), (0, 0)])
def test_that_impossible_counts_are_refused(successes, total):
    with pytest.raises(ValueError, match="no interval"):
        clopper_pearson(successes, total)
