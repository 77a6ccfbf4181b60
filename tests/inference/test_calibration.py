"""Probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.inference.calibration import calibration_error, fit_temperature, probabilities


def test_that_class_weights_of_the_loss_are_undone():
    # Trained with weights 1 and 3, a network at even odds says 1:3; undone, that is even again.
    logits = np.log([[0.25, 0.75]])
    assert probabilities(logits, np.log([1.0, 3.0]), 1.0) == pytest.approx(np.array([[0.5, 0.5]]))


def test_that_a_class_that_is_not_proposed_gets_nothing_and_the_rest_sums_to_one():
    odds = probabilities(np.log([[0.5, 0.3, 0.2]]), np.zeros(3), 1.0, np.array([False, True, True]))
    assert odds == pytest.approx(np.array([[0.0, 0.6, 0.4]]))


def test_that_huge_logits_do_not_overflow():
    assert probabilities(np.array([[1e4, -1e4]]), np.zeros(2), 0.05).tolist() == [[1.0, 0.0]]


def test_that_the_temperature_of_overconfident_logits_is_found():
    rng = np.random.default_rng(0)
    true = rng.normal(0, 1.5, (6000, 4))
    odds = np.exp(true) / np.exp(true).sum(1, keepdims=True)
    labels = np.array([rng.choice(4, p=row) for row in odds])
    assert fit_temperature(2.5 * true, labels, np.zeros(4)) == pytest.approx(2.5, rel=0.06)


def test_that_the_calibration_error_is_the_mean_gap():
    # Five cells said 0.9, of which three are right (gap 0.3); five said 0.5, of which none is (gap 0.5).
    confidence = np.array([0.9] * 5 + [0.5] * 5)
    right = np.array([True] * 3 + [False] * 7)
    assert calibration_error(confidence, right) == pytest.approx(0.4)
