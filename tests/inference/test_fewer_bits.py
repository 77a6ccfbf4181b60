"""What fewer bits change in the proposals of a fitted last layer is counted fairly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from marrowdesk.inference.adapting import Judged, Layer
from marrowdesk.inference.fewer_bits import Seen, loss, mean_f1, rounded
from marrowdesk.training.agreement import confusion, scores

CLASSES, WIDTH, CELLS = 3, 5, 40


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_that_numbers_are_rounded_as_torch_rounds_them(precision):
    values = np.random.default_rng(0).normal(0, 1, 5000).astype(np.float32)
    values = np.concatenate([values, [0, -0.0, 1.00390625, 1.01171875, -1.00390625]]).astype(np.float32)
    wanted = torch.from_numpy(values).to(getattr(torch, precision)).float().numpy()
    np.testing.assert_array_equal(rounded(values, precision), wanted)


def test_that_the_mean_f1_is_that_of_the_evaluation():
    rng = np.random.default_rng(1)
    labels, said = rng.integers(0, 4, 200), rng.integers(0, 6, 200)
    wanted = scores(confusion(labels, said, 6)).means()["macro F1"]
    assert mean_f1(labels, said) == pytest.approx(float(wanted))


LAYER = Layer(np.eye(CLASSES, WIDTH, dtype=np.float32), np.zeros(CLASSES, np.float32))


def _says(embeddings, layer=LAYER):
    """Give what an engine with that last layer says of cells."""
    return Seen(embeddings, layer.probabilities(embeddings))


@pytest.fixture
def measured():
    """Give what stands for 40 cells, of which fewer bits change none."""
    rng = np.random.default_rng(2)
    labels = rng.integers(0, CLASSES, CELLS)
    embeddings = np.eye(CLASSES, WIDTH)[labels] + rng.normal(0, 0.05, (CELLS, WIDTH))
    seen = _says(embeddings.astype(np.float32))
    folds, odds = np.arange(CELLS) % 2, seen.probabilities
    judged = Judged(labels, odds, odds, np.zeros(CELLS, int), False, (LAYER, LAYER), folds)
    return {
        "bases": {"float32": LAYER}, "fitted": LAYER, "judged": judged, "at": np.arange(CELLS),
        "exact": seen, "fewer": seen,
    }  # fmt: skip


def _moved(seen, at, to):
    """Give the same cells, of which one looks like another class."""
    embeddings = seen.embeddings.copy()
    embeddings[at] = np.eye(CLASSES, WIDTH)[to]
    return _says(embeddings)


def _other(measured, at):
    return (measured["judged"].labels[at] + 1) % CLASSES


def test_that_where_nothing_changes_nothing_is_lost(measured):
    found = loss(**measured)
    assert (found.cells, found.changed, found.f1_lost) == (CELLS, 0, 0.0)


def test_that_a_cell_that_looks_otherwise_in_fewer_bits_is_counted_and_costs(measured):
    labels, other = measured["judged"].labels, _other(measured, 7)
    found = loss(**{**measured, "fewer": _moved(measured["exact"], 7, other)})
    said = labels.copy()
    said[7] = other
    assert found.changed == 1
    assert found.f1_lost == pytest.approx(1 - mean_f1(labels, said))


def test_that_a_change_counts_that_only_the_layer_fitted_without_the_cell_shows(measured):
    judged, at = measured["judged"], 6  # an even one: of the first fold
    label, other = judged.labels[at], _other(measured, at)
    nearly = measured["exact"].embeddings.copy()
    nearly[at] = 0
    nearly[at, [label, other]] = 1.0, 0.9
    fewer = nearly.copy()
    fewer[at, other] = 0.95
    told = {**measured, "exact": _says(nearly), "fewer": _says(fewer)}
    assert loss(**told).changed == 0
    tilted = Layer(LAYER.weights, LAYER.biases.copy())
    tilted.biases[other] += 0.075  # its border lies between what the two make of the cell
    for layers, changed in (((tilted, LAYER), 1), ((LAYER, tilted), 0)):
        found = loss(**{**told, "judged": replace(judged, layers=layers)})
        assert found.changed == changed
        assert (found.f1_lost > 0) == bool(changed)


def test_that_a_cell_of_which_the_engine_says_something_else_than_reckoned_is_counted(measured):
    seen = measured["exact"]
    odds = seen.probabilities.copy()
    odds[3] = np.roll(odds[3], 1)
    assert loss(**{**measured, "fewer": Seen(seen.embeddings, odds)}).changed == 1


def test_that_the_weights_are_rounded_where_what_the_engine_says_shows_that_it_rounds_them(measured):
    uneven = Layer(LAYER.weights * np.float32(1.003), LAYER.biases)  # 1.0 in bfloat16
    bases = {"float32": uneven, "bfloat16": LAYER}
    at, other = 5, _other(measured, 5)
    fitted = Layer(LAYER.weights.copy(), LAYER.biases)
    fitted.weights[other, 4] = 1.003
    embeddings = measured["exact"].embeddings.copy()
    embeddings[at] = 0
    embeddings[at, [measured["judged"].labels[at], 4]] = 1.001, 1.0
    told = {**measured, "bases": bases, "fitted": fitted, "exact": _says(embeddings, uneven)}
    assert loss(**{**told, "fewer": _says(embeddings, LAYER)}).changed == 1
    assert loss(**{**told, "fewer": _says(embeddings, uneven)}).changed == 0


def test_that_only_the_cells_measured_are_looked_at(measured):
    at = np.array([1, 4, 5, 9])
    seen = measured["exact"].only(np.isin(np.arange(CELLS), at))
    found = loss(**{**measured, "at": at, "exact": seen, "fewer": _moved(seen, 2, _other(measured, 5))})
    assert (found.cells, found.changed) == (4, 1)
