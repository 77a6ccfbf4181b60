"""Variation of training crops."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.inference.preprocess import NUCLEAR
from marrowdesk.training.augment import Strength, varied

CROP = painted_cell(83, 36)
_STAIN = {"stain": 0, "blue": 0, "eosin": 0, "tone": 0, "mixing": 0, "light": 0, "veil": 0}
NONE = Strength(scale=0, shift=0, **_STAIN, blur=0, sharpen=0, jpeg=0)


def test_that_chance_comes_from_the_generator_alone():
    one = varied(CROP, 64, 64.0, Strength(), np.random.default_rng(5))
    other = varied(CROP, 64, 64.0, Strength(), np.random.default_rng(5))
    assert (one == other).all()
    assert (one != varied(CROP, 64, 64.0, Strength(), np.random.default_rng(6))).any()


def test_that_without_strength_a_round_cell_stays_as_it_is():
    image = varied(CROP, 64, 64.0, NONE, np.random.default_rng(0))
    inner = CROP[9:73, 9:73]
    middle = slice(24, 40)
    assert image[middle, middle].mean((0, 1)) == pytest.approx(inner[middle, middle].mean((0, 1)), abs=4)


def test_that_the_corners_are_hidden_by_the_round_mask():
    image = varied(CROP, 64, 64.0, Strength(), np.random.default_rng(1))
    assert (image[0, 0] == 245).all()
    assert (image[-1, -1] == 245).all()


def test_that_a_smaller_input_shows_the_same_field():
    large = varied(CROP, 64, 64.0, NONE, np.random.default_rng(2))
    small = varied(CROP, 32, 64.0, NONE, np.random.default_rng(2))
    assert small.shape == (32, 32, 3)
    assert small.mean() == pytest.approx(large.mean(), abs=3)


def test_that_stain_varies_the_cell_more_than_the_background():
    rng = np.random.default_rng(3)
    only = Strength(scale=0, shift=0, blur=0, sharpen=0, jpeg=0, light=0, tone=0.4)
    images = np.stack([varied(CROP, 64, 64.0, only, rng) for _ in range(40)]).astype(float)
    nucleus, background = images[:, 30:34, 30:34], images[:, 31:33, 3:5]
    assert nucleus.mean((1, 2)).std(0).mean() > 3 * background.mean((1, 2)).std(0).mean()


def test_that_a_foreign_stain_changes_the_cytoplasm_more_than_the_nucleus_that_is_toned_back():
    strength = replace(NONE, stain=0.3, eosin=0.5, mixing=0.1)
    rng = np.random.default_rng(4)
    light = np.full((83, 83, 3), 245, np.uint8)
    for radius, density in ((24, np.array([0.10, 0.30, 0.05])), (12, NUCLEAR.astype(float))):
        cv2.circle(light, (41, 41), radius, (245 * 10**-density).tolist(), -1)
    shown = np.stack([varied(light, 64, 64.0, strength, rng) for _ in range(60)])
    densities = -np.log10(np.maximum(shown, 1) / 245.0)
    inside, around = densities[:, 30:34, 30:34, :2].mean((1, 2)), densities[:, 14, 32, :2]
    nucleus, cytoplasm = ((each.std(0) / each.mean(0)).mean() for each in (inside, around))
    assert cytoplasm > 1.5 * nucleus


def test_that_the_cameras_blue_is_varied_alone():
    rng = np.random.default_rng(5)
    light = np.full((83, 83, 3), 245, np.uint8)
    cv2.circle(light, (41, 41), 12, (245 * 10 ** -NUCLEAR.astype(float)).tolist(), -1)
    shown = np.stack([varied(light, 64, 64.0, replace(NONE, blue=0.6), rng) for _ in range(60)])
    nucleus = -np.log10(np.maximum(shown, 1) / 245.0)[:, 30:34, 30:34].mean((1, 2))
    spread = np.log(nucleus).std(0)
    assert spread[2] == pytest.approx(0.5, abs=0.15)  # of the hue of a nucleus the program takes a part back
    assert spread[:2].max() < 0.1


def test_that_a_veil_changes_the_cytoplasm_and_holds_the_nucleus():
    rng = np.random.default_rng(6)
    light = np.full((83, 83, 3), 245, np.uint8)
    for radius, density in ((24, 0.2), (12, float(NUCLEAR[1]))):
        cv2.circle(light, (41, 41), radius, (245 * 10 ** -np.full(3, density)).tolist(), -1)
    shown = np.stack([varied(light, 64, 64.0, replace(NONE, veil=0.15), rng) for _ in range(80)])
    densities = -np.log10(np.maximum(shown, 1) / 245.0)
    inside, around = densities[:, 30:34, 30:34].mean((1, 2, 3)), densities[:, 14, 32].mean(1)
    assert inside == pytest.approx(np.full(80, NUCLEAR[1]), abs=0.03)
    # Paler where too much was taken, denser where a veil is left.
    assert around.min() < 0.16 < 0.22 < around.max()
    assert shown[:, 32, 4].mean() == pytest.approx(245, abs=1)


def _within(radius: float) -> np.ndarray:
    """Mark what lies within a radius, px, of the middle of 64 x 64."""
    at = np.arange(64) - 31.5
    return np.hypot(at[:, None], at[None, :]) < radius


def test_that_a_tight_picture_ends_close_around_the_cell_and_the_cell_stays():
    wide = np.full((83, 83, 3), 150, np.uint8)
    cv2.circle(wide, (41, 41), 14, (90, 40, 120), -1)
    plain = varied(wide, 64, 64.0, NONE, np.random.default_rng(0))
    for seed in range(20):
        tight = varied(wide, 64, 64.0, replace(NONE, tight=1.0), np.random.default_rng(seed))
        assert np.abs(tight[24:40, 24:40].astype(int) - plain[24:40, 24:40]).max() <= 2
        left = np.count_nonzero(tight[..., 1] == 150) / np.count_nonzero(plain[..., 1] == 150)
        assert 0.2 < left < 0.97
        seen = tight[_within(23)]
        assert set(seen[seen[:, 1] > 151].ravel().tolist()) <= {245}


def test_that_twice_the_strength_doubles_the_spreads_and_keeps_probabilities_below_one():
    twice = Strength(scale=0.1, stain=0.2, blur=0.4, jpeg=0.6).scaled(2)
    assert (twice.scale, twice.stain) == (pytest.approx(0.2), pytest.approx(0.4))
    assert (twice.blur, twice.jpeg) == (pytest.approx(0.8), pytest.approx(0.9))
    assert Strength().scaled(1.0) == Strength()
    assert Strength().scaled(0.0) == NONE
