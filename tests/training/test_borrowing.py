"""A cell is shown in the colours and surroundings of another laboratory, and stays the same cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_run import GENTLE, painted_cells, small_plan

from marrowdesk.training.augment import Strength, varied
from marrowdesk.training.batches import Batches
from marrowdesk.training.borrowing import borrowed, drawn_loan, recoloured, surrounded
from marrowdesk.training.distributed import Group


def _densities(mean, spread, seed):
    grain = np.random.default_rng(seed).normal(0, 1, (64, 64, 3))
    return np.maximum(np.float32(mean) + np.float32(spread) * grain.astype(np.float32), 0.1)


OWN = _densities([0.4, 0.8, 0.2], 0.02, 1)
OTHER = _densities([0.6, 1.1, 0.3], 0.03, 2)


def test_that_a_whole_share_gives_the_colours_of_the_other_image():
    moved = recoloured(OWN, OTHER, 1.0)
    assert moved.mean((0, 1)) == pytest.approx(OTHER.mean((0, 1)), abs=0.02)
    assert moved.std((0, 1)) == pytest.approx(OTHER.std((0, 1)), rel=0.15)


def test_that_half_a_share_goes_half_of_the_way_and_none_changes_nothing():
    between = (OWN.mean((0, 1)) + OTHER.mean((0, 1))) / 2
    assert recoloured(OWN, OTHER, 0.5).mean((0, 1)) == pytest.approx(between, abs=0.02)
    assert recoloured(OWN, OTHER, 0.0) == pytest.approx(OWN, abs=1e-5)


def test_that_the_background_keeps_its_colour():
    own = OWN.copy()
    own[:, :20] = 0.0
    assert (recoloured(own, OTHER, 1.0)[:, :20] == 0).all()


def test_that_an_empty_image_lends_no_colour():
    assert recoloured(OWN, np.zeros_like(OWN), 1.0) is OWN


def test_that_the_middle_is_the_cell_and_the_rim_is_the_other_image():
    made = surrounded(OWN, OTHER, 0.7)
    assert (made[24:40, 24:40] == OWN[24:40, 24:40]).all()
    assert (made[:4, :4] == OTHER[:4, :4]).all()


def test_that_nothing_is_borrowed_at_probability_nought():
    assert borrowed(OWN, OTHER, drawn_loan(0.0, 0.0, np.random.default_rng(0))) is OWN


def test_that_a_cell_is_varied_with_what_another_lends_it():
    crop = np.full((83, 83, 3), (120, 60, 150), np.uint8)
    other = np.full((83, 83, 3), (40, 140, 60), np.uint8)
    strength = replace(Strength().scaled(0), recolour=0.0, surround=1.0)
    images = np.stack(
        [varied(crop, 64, 64.0, strength, np.random.default_rng(seed), other) for seed in range(20)]
    ).astype(int)
    # The middle is the cell in each; where the rim begins is drawn, and some show it here.
    assert np.abs(images[:, 32, 32] - (120, 60, 150)).max() <= 2
    assert np.abs(images[:, 32, 57] - (40, 140, 60)).max(1).min() <= 3


def test_that_a_batch_borrows_from_other_sources_only(monkeypatch):
    lent = []

    def note(crop, side, span, strength, rng, other=None):
        lent.append((crop[0, 0].tolist(), other[0, 0].tolist()))
        return varied(crop, side, span, strength, rng, other)

    monkeypatch.setattr("marrowdesk.training.batches.varied", note)
    cells = painted_cells()
    plan = small_plan(strength=replace(GENTLE, recolour=0.5, surround=0.5))
    Batches(plan, cells.store, cells.at, None, Group()).make(0)
    assert len(lent) == plan.batch
    # The sources differ in the colour of their background.
    assert all(own != other for own, other in lent)
