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


@pytest.fixture
def measured():
    """Give what stands for 40 cells, of which fewer bits change none."""
    rng = np.random.default_rng(2)
    weights = np.eye(CLASSES, WIDTH, dtype=np.float32)
    layer = Layer(weights, np.zeros(CLASSES, np.float32))
    labels = rng.integers(0, CLASSES, CELLS)
    embeddings = np.eye(CLASSES, WIDTH, dtype=np.float32)[labels] + rng.normal(0, 0.05, (CELLS, WIDTH))
    seen = Seen(embeddings.astype(np.float32), labels)
    odds = layer.probabilities(seen.embeddings)
    judged = Judged(labels, odds, odds, np.zeros(CELLS, int), False, (layer, layer), np.arange(CELLS) % 2)
    return {
        "base": layer, "fitted": layer, "judged": judged, "at": np.arange(CELLS), "exact": seen,
        "fewer": seen, "precision": "bfloat16",
    }  # fmt: skip


def _moved(seen, at, to):
    """Give the same cells, of which one looks like another class; the engine says so, too."""
    embeddings, proposals = seen.embeddings.copy(), seen.proposals.copy()
    embeddings[at] = np.eye(CLASSES, WIDTH)[to]
    proposals[at] = to
    return Seen(embeddings, proposals)


def test_that_where_nothing_changes_nothing_is_lost(measured):
    found = loss(**measured)
    assert (found.cells, found.changed, found.f1_lost) == (CELLS, 0, 0.0)


def test_that_a_cell_that_looks_otherwise_in_fewer_bits_is_counted_and_costs(measured):
    label = measured["exact"].proposals[7]
    found = loss(**{**measured, "fewer": _moved(measured["exact"], 7, (label + 1) % CLASSES)})
    assert found.changed == 1
    assert found.f1_lost == pytest.approx(1 - mean_f1(*_one_wrong(measured, 7, (label + 1) % CLASSES)))


def _one_wrong(measured, at, to):
    labels = measured["judged"].labels
    said = labels.copy()
    said[at] = to
    return labels, said


def test_that_a_change_counts_that_only_the_layer_fitted_without_the_cell_shows(measured):
    judged, at = measured["judged"], 6  # of the first fold, even ones
    nearly = measured["exact"].embeddings.copy()
    nearly[at] = 0
    label, other = judged.labels[at], (judged.labels[at] + 1) % CLASSES
    nearly[at, [label, other]] = 1.0, 0.9
    fewer = nearly.copy()
    fewer[at, other] = 0.95
    seen = (Seen(each, judged.labels) for each in (nearly, fewer))
    exact, fewer = seen
    assert loss(**{**measured, "exact": exact, "fewer": fewer}).changed == 0
    tilted = Layer(measured["base"].weights, measured["base"].biases.copy())
    tilted.biases[other] += 0.075  # lies between what the two make of the cell
    for which, changed in ((0, 1), (1, 0)):
        layers = [measured["base"]] * 2
        layers[which] = tilted
        found = loss(
            **{**measured, "exact": exact, "fewer": fewer, "judged": replace(judged, layers=tuple(layers))}
        )
        assert found.changed == changed
        assert (found.f1_lost > 0) == bool(changed)


def test_that_a_cell_of_which_the_engine_says_something_else_than_reckoned_is_counted(measured):
    said = measured["exact"].proposals.copy()
    said[3] = (said[3] + 1) % CLASSES
    assert loss(**{**measured, "fewer": Seen(measured["exact"].embeddings, said)}).changed == 1


def test_that_only_the_cells_measured_are_looked_at(measured):
    at = np.array([1, 4, 5, 9])
    chosen = np.isin(np.arange(CELLS), at)
    seen = measured["exact"].only(chosen)
    other = _moved(seen, 2, (seen.proposals[2] + 1) % CLASSES)
    found = loss(**{**measured, "at": at, "exact": seen, "fewer": other})
    assert (found.cells, found.changed) == (4, 1)
