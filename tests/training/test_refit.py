"""The last layer fitted anew: what it finds, and what a source's prior keeps it from learning."""

from __future__ import annotations

import numpy as np
import pytest
from small_run import small_plan

from marrowdesk.training.dataset import Sample
from marrowdesk.training.heads import HeadFit, fit_head
from marrowdesk.training.priors import source_log_priors
from marrowdesk.training.refit import refit_head, source_directions
from marrowdesk.training.sampling import log_shift, odds_of


def _even(count):
    return np.full(count, 1 / count)


def test_that_the_head_finds_the_posterior_of_two_gaussian_classes():
    rng = np.random.default_rng(0)
    labels = np.arange(4000) % 2
    cells = rng.normal(np.where(labels == 1, 1.0, -1.0), 1.0)[:, None] * 5 + 40
    weights, biases = refit_head(cells, labels, np.zeros((4000, 2)), _even(4000), decay=1e-6)
    # log p(1|x) - log p(0|x) = 2 z for unit variance and means ±1, z = (x - 40) / 5
    slope = (weights[1] - weights[0])[0]
    assert slope == pytest.approx(2 / 5, rel=0.1)
    assert biases[1] - biases[0] == pytest.approx(-40 * slope, abs=0.15)


def _two_laboratories(rng, count=3000):
    """Laboratory A shows classes 0 and 1, B shows 1 and 2; the last feature is the look of the laboratory."""
    lab = np.arange(count) % 2
    labels = np.where(lab == 0, rng.integers(0, 2, count), rng.integers(1, 3, count))
    cell = np.eye(3)[labels] * 2 + rng.normal(0, 1.2, (count, 3))
    look = np.where(lab == 0, -2.0, 2.0)[:, None] + rng.normal(0, 0.2, (count, 1))
    samples = [
        Sample(str(at), "AB"[one], "XYZ"[label])
        for at, (one, label) in enumerate(zip(lab, labels, strict=True))
    ]
    return np.concatenate([cell, look], 1), labels, samples


def _recall_of_class_0_in_the_other_laboratory(weights, biases, rng):
    cell = np.eye(3)[np.zeros(500, int)] * 2 + rng.normal(0, 1.2, (500, 3))
    strangers = np.concatenate([cell, np.full((500, 1), 2.0)], 1)
    return float(((strangers @ weights.T + biases).argmax(1) == 0).mean())


def test_that_the_prior_of_the_source_keeps_the_head_from_learning_the_laboratory():
    rng = np.random.default_rng(1)
    cells, labels, samples = _two_laboratories(rng)
    odds = _even(len(labels))
    recalls = []
    for smoothing in (0.001, None):
        priors = (
            np.zeros((len(labels), 3))
            if smoothing is None
            else source_log_priors(samples, ("X", "Y", "Z"), smoothing, odds)
        )
        weights, biases = refit_head(cells, labels, priors, odds, decay=1e-5)
        recalls.append(_recall_of_class_0_in_the_other_laboratory(weights, biases, rng))
    with_prior, without = recalls
    assert with_prior > 0.7
    assert without < 0.3


def test_that_the_prior_is_that_of_the_cells_as_drawn():
    samples = [Sample("1", "A", "X"), Sample("2", "A", "X"), Sample("3", "A", "Y"), Sample("4", "B", "Y")]
    priors = np.exp(source_log_priors(samples, ("X", "Y"), 0.0, np.array([0.1, 0.1, 0.6, 0.2])))
    assert priors[0] == pytest.approx([0.25, 0.75])
    assert priors[3] == pytest.approx([0.0, 1.0], abs=1e-6)
    smoothed = np.exp(source_log_priors(samples, ("X", "Y"), 0.5, np.array([0.1, 0.1, 0.6, 0.2])))
    # source B: counts 0 and 0.2, each plus 0.5 · 0.2 / 2 = 0.05, over 0.3
    assert smoothed[3] == pytest.approx([0.05 / 0.3, 0.25 / 0.3])


def test_that_the_directions_found_are_those_in_which_laboratories_differ():
    rng = np.random.default_rng(2)
    cells, labels, samples = _two_laboratories(rng)
    sources = np.array([each.source for each in samples])
    found = source_directions(cells, labels, sources, 3)
    assert found.shape == (1, 4)  # only class 1 comes from both; its two middles give one direction
    assert abs(found[0, 3]) > 0.99  # the look of the laboratory, not the cell
    assert source_directions(cells, labels, np.full(len(labels), "A"), 3).shape == (0, 4)
    assert source_directions(cells, labels, sources, 3, fewest=10_000).shape == (0, 4)


def test_that_a_head_that_does_not_look_along_them_finds_the_cell_in_another_laboratory():
    rng = np.random.default_rng(1)
    cells, labels, samples = _two_laboratories(rng)
    sources = np.array([each.source for each in samples])
    priors = np.zeros((len(labels), 3))
    recalls = []
    for nuisances in (None, source_directions(cells, labels, sources, 1)):
        weights, biases = refit_head(cells, labels, priors, _even(len(labels)), 1e-5, nuisances)
        recalls.append(_recall_of_class_0_in_the_other_laboratory(weights, biases, rng))
    looking, blind = recalls
    assert looking < 0.3
    assert blind > 0.6


def test_that_what_drawing_a_class_more_often_puts_on_a_fitted_layer_is_taken_off():
    rng = np.random.default_rng(5)
    samples = [Sample(str(at), "A", "BLA" if at % 10 == 0 else "LYT") for at in range(2000)]
    nothing_to_see = rng.normal(size=(2000, 3)).astype(np.float32)
    shares = {}
    for sampling in ("plain", "class"):
        plan = small_plan(codes=("BLA", "LYT"), sampling=sampling)
        weights, biases = fit_head([nothing_to_see], samples, plan, HeadFit(prior=None))
        logits = nothing_to_see @ weights.T + biases
        odds = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        shares[sampling] = float(odds[:, 0].mean())
    assert shares == pytest.approx({"plain": 0.1, "class": 0.1}, abs=0.01)


def test_that_a_class_without_a_cell_shifts_nothing():
    samples = [Sample(str(at), "A", "BLA" if at < 3 else "LYT") for at in range(12)]
    shift = log_shift(samples, ("BLA", "LYT", "ART"), odds_of(samples, "class", 1.0))
    assert shift == pytest.approx([np.log(0.5 / 0.25), np.log(0.5 / 0.75), 0.0], abs=1e-6)
