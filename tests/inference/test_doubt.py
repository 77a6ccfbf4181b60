"""Doubt grows with the distance from the training cells and with the likeness to what is no cell."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.inference.bundle import load_bundle, load_tensors, read_card, write_card, write_tensors
from marrowdesk.inference.card import Doubt, Weights
from marrowdesk.inference.doubt import METHODS, JoinedSpace, ResidualSpace
from marrowdesk.inference.torch_engine import TorchEngine

UP, ASIDE = np.array([[0.0, 1.0, 0.0]]), np.array([[0.6, 0.8, 0.0]])


@pytest.fixture
def joined():
    """Give a space of one class at (0, 1, 0), variances 0.25, 0.01 and 0.01, scored by the first number."""
    first = np.sqrt(1 / 0.01 - 1 / 0.25)
    arrays = ([0, 0.5, 0], [[0, 0.5, 0]], [[first], [0], [0]], 0.01, [1, 0, 0], -0.1, [[1, 2], [0, 0.5]])
    return JoinedSpace(*(np.asarray(each, np.float32) for each in arrays))


def test_that_distance_and_score_are_those_worked_out_by_hand(joined):
    # (0.6, -0.2, 0) from the centre: 0.36 / 0.25 + 0.04 / 0.01 = 5.44, a mean of 5.44 / 3 an axis.
    assert joined.measures(UP).ravel() == pytest.approx([0, -0.1], abs=1e-3)
    assert joined.measures(ASIDE).ravel() == pytest.approx([np.sqrt(5.44 / 3), 0.5], rel=1e-4)


def test_that_either_measure_alone_raises_the_doubt(joined):
    near, scored, far = joined.distance(np.array([[0, 1, 0], [0.6, 0.8, 0], [-0.6, 0.8, 0]]))
    assert near < 0.2
    assert far > 2 * near
    assert scored > far


def test_that_the_doubt_of_a_cell_like_the_training_cells_is_above_nothing(joined):
    assert 0 < joined.distance(UP)[0] < 0.2


def test_that_a_brighter_embedding_of_the_same_direction_is_no_farther(joined):
    assert joined.distance(ASIDE * 7) == pytest.approx(joined.distance(ASIDE), rel=1e-5)


def test_that_a_bundle_s_first_measure_gives_the_values_worked_out_by_hand():
    arrays = ([0, 0, 0], [[2.0], [0], [0]], [[1.0], [0], [0]], [[0.2]], [0.5, 0.4])
    space = ResidualSpace(*(np.asarray(each, np.float32) for each in arrays))
    # near |2 · 0.6 - 0.2| = 1, left 0.8: hypot(1 / 0.5, 0.8 / 0.4) / √2 = 2.
    assert space.distance(ASIDE) == pytest.approx([2.0], rel=1e-5)


@pytest.mark.parametrize("measure", METHODS.values())
def test_that_an_empty_batch_has_no_doubts(measure, tensors_of):
    space = measure.from_tensors(tensors_of(measure))
    assert space.distance(np.empty((0, 40))).shape == (0,)


@pytest.mark.parametrize("measure", METHODS.values())
def test_that_a_measure_survives_the_weight_file_to_the_bit(measure, tensors_of, tmp_path):
    from safetensors.numpy import load_file

    space = measure.from_tensors(tensors_of(measure))
    write_tensors(tmp_path, space.tensors())
    again = measure.from_tensors(load_file(tmp_path / "weights.safetensors"))
    embeddings = np.random.default_rng(5).normal(0, 1, (50, 40))
    assert np.array_equal(again.distance(embeddings), space.distance(embeddings))


@pytest.fixture
def tensors_of():
    """Give the arrays of a measure over 40 numbers, some as small as variances of unit vectors are."""
    rng = np.random.default_rng(3)
    joined = {"middle": 40, "centres": (3, 40), "axes": (40, 5), "weights": 40}
    residual = {"middle": 40, "axes": (40, 5), "plain": (40, 5), "centres": (3, 5)}

    def make(measure):
        shapes = joined if measure is JoinedSpace else residual
        arrays = {f"doubt.{name}": rng.normal(0, 0.1, shape) for name, shape in shapes.items()}
        ends = {"rest": 1e-6, "bias": -0.3, "marks": [[1.0, 1.1], [-9, -2]], "scales": [3e-5, 0.2]}
        return arrays | {f"doubt.{name}": np.asarray(value, np.float32) for name, value in ends.items()}

    return make


def test_that_a_bundle_with_the_first_measure_still_runs(tiny_bundle, tmp_path):
    size = TorchEngine(tiny_bundle, "cpu").predict([np.full((64, 64, 3), 90, np.uint8)]).embeddings.shape[1]
    arrays = (np.zeros(size), np.eye(size, 4), np.eye(size, 4), np.zeros((1, 4)), np.ones(2))
    space = ResidualSpace(*(np.asarray(each, np.float32) for each in arrays))
    network = {
        name: each for name, each in load_tensors(tiny_bundle).items() if not name.startswith("doubt.")
    }
    sha256 = write_tensors(tmp_path, {**network, **space.tensors()})
    doubt = Doubt(method="mahalanobis-residual-v1", threshold=0.25, held_out_share=0.0)
    weights = Weights(file="weights.safetensors", sha256=sha256)
    write_card(tmp_path, read_card(tiny_bundle.path).model_copy(update={"doubt": doubt, "weights": weights}))
    batch = TorchEngine(load_bundle(tmp_path), "cpu").predict([np.full((64, 64, 3), 90, np.uint8)])
    assert batch.doubt[0] >= space.distance(batch.embeddings)[0] / 0.25 > 0
