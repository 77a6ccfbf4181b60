"""Sections of tissue drawn for the measure of doubt to be taught on."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training import tissue
from marrowdesk.training.drawing import density
from marrowdesk.training.tissue import BODY, MARK, MATRIX, NUCLEUS, Section, draw_tissue


def _rng(seed):
    return np.random.default_rng(seed)


def test_that_the_same_chance_draws_the_same_section_and_another_one_a_different_one():
    first, again, other = (draw_tissue(_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (200, 200, 3)
    assert (first == again).all()
    assert (first != other).any()


def test_that_sections_come_in_many_stains():
    hues = np.stack([density(draw_tissue(_rng(each))).mean((0, 1)) for each in range(24)])
    hues /= np.linalg.norm(hues, axis=1, keepdims=True)
    assert {0, 1, 2} == set(hues.argmax(1))
    assert np.quantile(hues @ hues.T, 0.1) < 0.9


@pytest.mark.parametrize("layout", tissue._LAYOUTS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("radius", [2.5, 20.0])
def test_that_every_tissue_has_nuclei_in_a_ground_at_either_end_of_the_magnifications(layout, radius):
    section = Section(_rng(3), radius)
    layout(section)
    assert 0.001 < (section.amounts[NUCLEUS] > 0.02).mean() < 0.95
    assert (section.amounts[[BODY, MATRIX, MARK]].max(0) > 0.05).mean() > 0.02
    assert section.amounts.min() >= 0
    assert np.isfinite(section.amounts).all()


def test_that_nuclei_along_a_line_keep_their_distance_and_lie_on_it():
    section = Section(_rng(4), 5.0)
    depth = np.abs(np.mgrid[:200, :200][0] - 90.0)
    places, turns = section.lined(depth, 10.0, 15.0)
    assert len(places) > 12
    assert set(places[:, 1]) <= {80.0, 100.0}
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 99 * np.eye(len(places))
    assert apart.min() > 14
    assert np.abs(np.sin(turns)).max() < 0.05


def test_that_the_honeycomb_covers_the_section_to_its_edges():
    middles, numbers, depth = Section(_rng(5), 5.0).units(20.0)
    assert depth.max() < 20
    nearest = middles[numbers]
    rows, columns = np.mgrid[:200, :200]
    assert np.hypot(nearest[..., 0] - columns, nearest[..., 1] - rows).max() < 25
