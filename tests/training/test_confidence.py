"""Calibration, doubt and coverage on cells that nothing was fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.inference.calibration import calibration_error
from marrowdesk.training.confidence import cross_fitted, reliability, risk_at, risks
from marrowdesk.training.judged import Judged

CODES = ("PMO", "LYT", "EOS")


def sure_of(shares, right, blocks, doubt=None, confidence=0.9):
    """Cells proposed as PMO at ``confidence``, of which ``right`` of each block are PMO."""
    labels, at = [], []
    for block, (cells, hits) in zip(blocks, zip(shares, right, strict=True), strict=True):
        labels += ["PMO"] * hits + ["LYT"] * (cells - hits)
        at += [block] * cells
    odds = np.tile(np.float32([confidence, 1 - confidence, 0]), (len(labels), 1))
    doubts = np.zeros(len(labels), np.float32) if doubt is None else np.asarray(doubt, np.float32)
    return Judged(CODES, odds, doubts, np.array(labels), np.array(["a"] * len(at)), blocks=np.array(at))


def test_that_a_block_gets_the_temperature_that_fits_the_other_two():
    # Of the others' cells 80 % (blocks 1 and 2), 70 % and 70 % are right: the confidence fitted to them.
    told = cross_fitted(sure_of((10, 10, 10), (6, 8, 8), (0, 1, 2)))
    for block, share in enumerate((0.8, 0.7, 0.7)):
        assert told.confidence[block * 10] == pytest.approx(share, abs=1e-3)
        # Odds of 0.9 to 0.1 divided by a temperature: log 9 / T = log share / (1 - share).
        assert told.temperatures[block] == pytest.approx(np.log(9) / np.log(share / (1 - share)), rel=1e-2)


def test_that_a_temperature_that_flatters_on_its_own_cells_is_found_out():
    told = sure_of((20, 20, 20), (20, 10, 12), (0, 1, 2), confidence=0.7)
    right = told.labels == "PMO"
    assert calibration_error(told.confidence, right) == pytest.approx(0.0, abs=1e-3)
    assert calibration_error(cross_fitted(told).confidence, right) > 0.15


def test_that_the_doubt_threshold_is_fitted_without_the_block_it_is_measured_on():
    doubt = [0.2, 0.4, 0.6, 0.8, 1.2, 0.1, 0.2, 0.3, 0.4, 1.1, 0.1, 0.2, 0.3, 0.4, 1.05]
    told = cross_fitted(sure_of((5, 5, 5), (4, 4, 4), (0, 1, 2), doubt))
    # A fifth is unfamiliar as shipped; the upper fifth of each two blocks lies above the quantile 0.8.
    rest = np.delete(np.array(doubt), slice(0, 5))
    assert told.thresholds[0] == pytest.approx(np.quantile(rest, 0.8))
    assert told.unfamiliar[:5].tolist() == [False, False, True, True, True]


def test_that_cells_of_a_class_never_proposed_fit_no_temperature():
    told = sure_of((10, 10, 10), (8, 8, 8), (0, 1, 2))
    labels = told.labels.copy()
    labels[[9, 19, 29]] = "EOS"
    other = Judged(CODES, told.probabilities, told.doubt, labels, told.sources, blocks=told.blocks)
    assert cross_fitted(other).confidence[0] == pytest.approx(8 / 9, abs=1e-3)


def test_that_a_single_cell_can_be_measured():
    told = cross_fitted(sure_of((1,), (1,), (0,)))
    assert (told.confidence.tolist(), told.unfamiliar.tolist()) == ([pytest.approx(0.9)], [False])


def test_that_the_bars_of_the_diagram_tell_cells_confidence_and_hits():
    bars = reliability(np.array([0.31, 0.33, 0.98, 1.0]), np.array([True, False, True, True]), bins=10)
    assert [(bar["from"], bar["to"], bar["cells"]) for bar in bars] == [(0.3, 0.4, 2), (0.9, 1.0, 2)]
    assert bars[0]["mean confidence"] == pytest.approx(0.32)
    assert [bar["share right"] for bar in bars] == [0.5, 1.0]


def test_that_the_bars_give_the_calibration_error():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.3, 1, 500)
    right = rng.random(500) < confidence**2
    gaps = [
        bar["cells"] / 500 * abs(bar["mean confidence"] - bar["share right"])
        for bar in reliability(confidence, right)
    ]
    assert sum(gaps) == pytest.approx(calibration_error(confidence, right))


def test_that_the_most_confident_cells_come_first():
    curve = risks(np.array([0.5, 0.9, 0.8, 0.7]), np.array([True, False, True, False]))
    assert curve == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])
    assert (risk_at(curve, 0.5), risk_at(curve, 1.0)) == (0.5, 0.5)


def test_that_cells_of_equal_confidence_share_their_errors_whatever_their_order():
    wrong = np.array([True, False, False, True])
    one = risks(np.array([0.9, 0.9, 0.9, 0.4]), wrong)
    other = risks(np.array([0.9, 0.9, 0.9, 0.4]), wrong[[1, 2, 0, 3]])
    assert one == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 2])
    assert (one == other).all()
