"""What each loss makes of a known posterior, and what is left when its offsets are taken off.

A loss's optimum is found for cells whose classes are known to come in certain shares; no network stands
between.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from marrowdesk.training.losses import class_weights, cost_matrix, make_loss, posterior_offsets

CODES = ("BLA", "PMO", "EOS")
COUNTS = np.array([1600, 100, 16])
TALLY = np.array([[12, 6, 2], [1, 16, 3], [7, 6, 7]])
"""Cells of each class (column) among twenty that look the same (row)."""
TRUTH = TALLY / 20


def fitted(loss, tally, priors=None):
    """Find the logits of each row at the loss's optimum; with priors, one row of logits serves all rows."""
    import torch

    tally = np.asarray(tally)
    rows = torch.from_numpy(np.repeat(np.arange(len(tally)), tally.sum(1)))
    labels = torch.from_numpy(np.concatenate([np.repeat(np.arange(3), each) for each in tally]))
    added = torch.zeros(len(tally), 3) if priors is None else torch.from_numpy(np.log(priors))
    logits = torch.zeros(len(tally) if priors is None else 1, 3, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [logits], max_iter=500, tolerance_grad=1e-10, tolerance_change=1e-14, line_search_fn="strong_wolfe"
    )

    def step():
        search.zero_grad()
        cost = loss((logits + added)[rows], labels)
        cost.backward()
        return cost

    search.step(step)
    return logits.detach().numpy()


def softmax(logits):
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def undone(name, options, tally=TALLY, priors=None):
    found = fitted(make_loss(name, COUNTS, CODES, options), tally, priors)
    return softmax(found - posterior_offsets(name, COUNTS, options))


PROPER = [
    ("cross_entropy", {"smoothing": 0}),
    ("class_balanced", {"smoothing": 0}),
    ("cost_sensitive", {"smoothing": 0, "share": 0}),
    ("focal", {"gamma": 0, "power": 0.5}),
]


@pytest.mark.parametrize(("name", "options"), PROPER)
def test_that_offsets_bring_the_posterior_back(name, options):
    assert undone(name, options) == pytest.approx(TRUTH, abs=1e-5)


@pytest.mark.parametrize(("name", "options"), PROPER)
def test_that_with_sources_priors_inside_the_posterior_of_even_classes_comes_back(name, options):
    # A look that classes show as 1 : 2 : 3, in two sources that hold the classes as 2 : 1 : 1 and 1 : 2 : 3.
    priors = np.array([[1 / 2, 1 / 4, 1 / 4], [1 / 6, 1 / 3, 1 / 2]])
    found = undone(name, options, [[2, 2, 3], [1, 4, 9]], priors)
    assert found == pytest.approx(np.array([[1, 2, 3]]) / 6, abs=1e-5)


def test_that_offsets_are_the_logarithms_of_the_weights_and_nothing_where_there_are_none():
    # Inverse roots 1/40, 1/10, 1/4 have the mean 1/8.
    rooted = np.log([0.2, 0.8, 2.0])
    assert posterior_offsets("cost_sensitive", COUNTS, {}) == pytest.approx(rooted)
    assert posterior_offsets("focal", COUNTS, {"power": 0.5}) == pytest.approx(rooted)
    # With beta 1/2, one, two and three images are worth 1, 1.5 and 1.75: inverse 1, 2/3, 4/7, mean 47/63.
    few = posterior_offsets("class_balanced", np.array([1, 2, 3]), {"beta": 0.5})
    assert few == pytest.approx(np.log([63 / 47, 42 / 47, 36 / 47]))
    for name in ("cross_entropy", "focal", "ldam"):
        assert posterior_offsets(name, COUNTS, {}).tolist() == [0, 0, 0]


def test_that_smoothing_draws_the_weighted_posterior_towards_even_shares():
    found = softmax(fitted(make_loss("cost_sensitive", COUNTS, CODES, {"smoothing": 0.3, "share": 0}), TALLY))
    weighted = TRUTH * class_weights(COUNTS)
    assert found == pytest.approx(0.7 * weighted / weighted.sum(1, keepdims=True) + 0.1, abs=1e-5)


def test_that_the_expected_cost_leans_to_classes_that_are_cheap_to_be_wrong_with():
    found = softmax(fitted(make_loss("cost_sensitive", COUNTS, CODES, {"smoothing": 0}), TALLY))
    weighted, expected = TRUTH * class_weights(COUNTS), TRUTH @ cost_matrix(CODES)
    mean = (found * expected).sum(1, keepdims=True)
    wanted = weighted / (weighted.sum(1, keepdims=True) + expected - mean)
    assert found == pytest.approx(wanted, abs=1e-5)
    # As likely as eosinophils, but only a step from promyelocytes: blasts get more once weights are undone.
    even = softmax(np.log(found[2:]) - posterior_offsets("cost_sensitive", COUNTS, {"smoothing": 0}))[0]
    assert even[0] > 1.2 * even[2]


@pytest.mark.parametrize("power", [0.0, 0.5])
def test_that_the_focal_loss_flattens_the_posterior_as_its_optimum_says(power):
    p = softmax(fitted(make_loss("focal", COUNTS, CODES, {"power": power}), TALLY))
    h = p / ((1 - p) ** 2 - 2 * p * (1 - p) * np.log(p))
    share = h / class_weights(COUNTS, power)
    assert share / share.sum(1, keepdims=True) == pytest.approx(TRUTH, abs=1e-5)
    if power == 0:
        assert (p.max(1) < TRUTH.max(1)).all()


def test_that_ldam_sharpens_the_posterior_as_its_optimum_says():
    p = softmax(fitted(make_loss("ldam", COUNTS, CODES, {"scale": 8}), TALLY))
    kept = [math.exp(-4 * (16 / count) ** 0.25) for count in COUNTS]
    share = p * (1 - (1 - np.array(kept)) * p)
    assert share / share.sum(1, keepdims=True) == pytest.approx(TRUTH, abs=1e-4)
    assert (p.max(1) > TRUTH.max(1)).all()


def test_that_the_class_ldam_favours_has_more_than_half_the_largest_posterior():
    rng = np.random.default_rng(0)
    tally = rng.multinomial(40, rng.dirichlet([1, 1, 1], 12)) + 1
    p = softmax(fitted(make_loss("ldam", COUNTS, CODES, {"scale": 8}), tally))
    favoured = tally[np.arange(12), p.argmax(1)]
    assert (2 * favoured > tally.max(1)).all()
