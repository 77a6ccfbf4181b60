"""Doubt grows with the distance from the training cells."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.inference.doubt import DoubtSpace, fit_doubt


@pytest.fixture(scope="module")
def trained():
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 1, (3, 40))
    groups = np.repeat(np.arange(3), 100)
    return 5 + centres[groups] + rng.normal(0, 0.1, (300, 40)), groups


def test_that_cells_like_the_training_cells_lie_near_one(trained):
    embeddings, groups = trained
    distances = fit_doubt(embeddings, groups, components=8).distance(embeddings)
    assert np.median(distances) == pytest.approx(1, abs=0.15)


def test_that_a_point_between_the_classes_lies_farther_than_every_training_cell(trained):
    embeddings, groups = trained
    space = fit_doubt(embeddings, groups, components=8)
    between = embeddings.mean(0, keepdims=True)
    assert space.distance(between)[0] > 2 * space.distance(embeddings).max()


def test_that_a_point_outside_of_the_principal_space_lies_far(trained):
    embeddings, groups = trained
    space = fit_doubt(embeddings, groups, components=8)
    direction = np.random.default_rng(1).normal(0, 1, 40)
    assert space.distance((embeddings[0] + 3 * direction)[None])[0] > 2 * space.distance(embeddings).max()


def test_that_a_brighter_embedding_of_the_same_direction_is_no_farther(trained):
    embeddings, groups = trained
    space = fit_doubt(embeddings, groups, components=8)
    assert space.distance(embeddings[:5] * 3) == pytest.approx(space.distance(embeddings[:5]), rel=1e-3)


def test_that_the_measure_survives_the_weight_file(trained):
    embeddings, groups = trained
    space = fit_doubt(embeddings, groups, components=8)
    again = DoubtSpace.from_tensors(space.tensors())
    assert again.distance(embeddings) == pytest.approx(space.distance(embeddings), rel=1e-5)


def test_that_an_empty_batch_has_no_doubts(trained):
    assert fit_doubt(*trained, components=8).distance(np.empty((0, 40))).shape == (0,)
