"""The cell is shown at one scale, white point, density of stain and sharpness, whatever its laboratory."""

from __future__ import annotations

from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from painted import painted_cell

from marrowdesk.inference.preprocess import (
    NUCLEAR,
    Recipe,
    Window,
    at_one_sharpness,
    cut,
    detail,
    prepare,
    stray_light,
    toning,
    white_point,
)

RECIPE = Recipe(glare=1.25)


@settings(deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))))
def test_that_the_white_point_is_the_median_of_the_brightest_pixels(image):
    green = image[..., 1]
    white = np.median(image[green >= np.percentile(green, 92)], axis=0).astype(np.float32)
    wanted = np.clip(np.maximum(white, 0.7 * white.max()), 90.0, 255.0)
    assert white_point(image).tolist() == wanted.tolist()


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_that_a_cell_half_as_wide_is_shown_at_the_same_size():
    recipe = replace(RECIPE, frame=0.0, least=0.3)
    wide, _ = prepare(painted_cell(nucleus=110), recipe)
    narrow, _ = prepare(painted_cell(nucleus=55), recipe)
    assert _difference(wide, narrow) < 4


def test_that_a_nucleus_measured_wrongly_by_half_changes_the_window_by_less():
    shown = [prepare(painted_cell(nucleus=each), RECIPE)[1].side for each in (110, 55)]
    assert shown[0] / shown[1] == pytest.approx(2 ** (1 - RECIPE.frame), rel=0.03)


def test_that_a_pale_stain_is_shown_as_a_dense_one():
    dense = painted_cell()
    pale = (245 * (dense / 245.0) ** 0.4 + 0.5).astype(np.uint8)
    flat = replace(RECIPE, contrast=0.0, hue=0.0)
    stain = replace(RECIPE, glare=0.0)
    assert _difference(prepare(dense, flat)[0], prepare(pale, flat)[0]) > 12
    assert _difference(prepare(dense, stain)[0], prepare(pale, stain)[0]) < 4
    less = (245 * (dense / 245.0) ** 0.8 + 0.5).astype(np.uint8)
    assert _difference(prepare(dense, RECIPE)[0], prepare(less, RECIPE)[0]) < 4


def test_that_under_stray_light_nucleus_and_cytoplasm_are_shown_as_without():
    plain = painted_cell(background=(245, 245, 245))
    hazy = np.rint(0.6 * plain + 0.4 * 245).astype(np.uint8)
    shown, cleared = (prepare(each, RECIPE)[0] for each in (plain, hazy))
    assert _difference(shown, cleared) < 4
    # Taken for pale stain, the same light leaves the cytoplasm around the nucleus too dense.
    dense = prepare(hazy, replace(RECIPE, glare=0.0))[0]
    middle, around = (slice(60, 68), slice(60, 68)), (slice(60, 68), slice(98, 101))
    assert cleared[middle].mean() == pytest.approx(shown[middle].mean(), abs=4)
    assert dense[middle].mean() == pytest.approx(shown[middle].mean(), abs=8)
    lost = shown[around].mean() - dense[around].mean()
    assert lost > 5
    assert abs(shown[around].mean() - cleared[around].mean()) < lost / 2


@given(st.lists(st.floats(-0.05, 1.0), min_size=3, max_size=3), st.floats(0.5, 3.0))
def test_that_however_it_is_parted_the_nucleus_becomes_as_dense_as_without(density, glare):
    density = np.float32(density)
    factors = toning(density, RECIPE)
    kept, stray = stray_light(density, factors, replace(RECIPE, glare=glare))
    assert (kept <= factors + 1e-6).all()
    assert ((stray >= 0) & (stray < 1)).all()
    seen = np.maximum(density, 0.02)
    light = (10.0 ** -(seen * kept) - stray) / (1 - stray)
    assert light == pytest.approx(10.0 ** -(seen * factors), abs=1e-4)


def test_that_a_bundle_that_knows_nothing_of_stray_light_sees_what_it_was_trained_on():
    numbers = {name: value for name, value in asdict(RECIPE).items() if name != "glare"}
    assert Recipe.of(numbers) == replace(RECIPE, glare=0.0)
    assert Recipe.of(asdict(RECIPE)) == RECIPE
    with pytest.raises(TypeError):
        Recipe.of({**numbers, "wings": 2.0})
    with pytest.raises(KeyError, match="side"):
        Recipe.of({name: value for name, value in numbers.items() if name != "side"})


def test_that_the_usual_stain_is_left_as_it_is_and_one_without_nucleus_too():
    assert toning(NUCLEAR, RECIPE) == pytest.approx([1, 1, 1], abs=1e-6)
    assert toning(None, RECIPE) == pytest.approx([1, 1, 1])


def test_that_hardly_any_stain_is_not_blown_up_without_bounds():
    assert toning(np.float32([0.0, 0.0, -0.1]), RECIPE).max() <= 3.0 * 2**RECIPE.hue + 1e-6


def test_that_a_doubled_magnification_changes_nothing_but_the_window():
    image = painted_cell(nucleus=60)
    plain, window = prepare(image, RECIPE)
    larger, doubled = prepare(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), RECIPE)
    assert _difference(plain, larger) < 4
    assert doubled.side == pytest.approx(2 * window.side, rel=0.05)


def test_that_a_yellow_background_and_a_gray_one_become_the_same_white():
    yellow, _ = prepare(painted_cell(background=(250, 220, 190)), RECIPE)
    gray, _ = prepare(painted_cell(background=(150, 150, 155)), RECIPE)
    assert _difference(yellow, gray) < 4
    assert np.abs(yellow[2, 2].astype(int) - 245).max() <= 2


def test_that_a_frame_without_background_is_not_bleached():
    purple = np.full((200, 200, 3), (120, 60, 160), np.uint8)
    white = white_point(purple)
    assert white[1] >= 0.7 * white.max() - 1e-3
    assert (purple[0, 0] * (245 / white))[1] < 200


def test_that_a_sharpened_image_is_brought_down_to_the_common_sharpness():
    grain = np.random.default_rng(1).normal(0, 40, (128, 128, 3)).astype(np.float32)
    rough = np.clip(130 + 2.5 * cv2.GaussianBlur(grain, (0, 0), 1.6), 0, 255).astype(np.uint8)
    sharp = cv2.addWeighted(rough, 1.8, cv2.GaussianBlur(rough, (0, 0), 1.0), -0.8, 0)
    assert detail(sharp) > 0.75
    assert detail(at_one_sharpness(sharp, 0.7)) <= 0.7


def test_that_a_soft_image_is_left_as_it_is():
    soft = cv2.GaussianBlur(painted_cell(128), (0, 0), 2.0)
    assert at_one_sharpness(soft, 0.7) is soft


@settings(deadline=None, max_examples=60)
@given(st.integers(8, 70), st.integers(0, 2**31), st.floats(0.3, 1.6))
def test_that_the_least_blur_is_taken_after_which_the_whole_crop_is_soft_enough(side, seed, most):
    crop = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    steps = [crop, *(cv2.GaussianBlur(crop, (0, 0), each) for each in (0.5, 0.7, 0.9, 1.1, 1.35, 1.6))]
    wanted = next((each for each in steps if detail(each) <= most), steps[-1])
    assert np.array_equal(at_one_sharpness(crop, most), wanted)


def test_that_the_tone_is_changed_within_the_window_and_not_beyond_the_image():
    image = np.full((50, 50, 3), 200, np.uint8)
    crop = cut(image, Window(-25, 0, 50), 50, lambda part: part // 2)
    assert set(crop[:, :25].ravel().tolist()) == {245}
    assert set(crop[:, 25:].ravel().tolist()) == {100}


def test_that_the_window_tells_where_in_the_image_the_crop_lies():
    image = painted_cell(nucleus=60, centre=(150, 125))
    _, window = prepare(image, RECIPE)
    wanted = (RECIPE.nuclei * 60) ** (1 - RECIPE.frame) * (0.78 * 250) ** RECIPE.frame
    assert window.side == pytest.approx(wanted, rel=0.08)
    # Half of the way from the image's middle (125) to the nucleus (150).
    assert window.left + window.side / 2 == pytest.approx(137.5, abs=3)
    assert window.top + window.side / 2 == pytest.approx(125, abs=3)


def test_that_what_lies_beyond_the_image_is_white():
    crop = cut(np.zeros((50, 50, 3), np.uint8), Window(-25, 0, 50), 50)
    assert (crop[:, :25] == 245).all()
    assert (crop[:, 25:] == 0).all()


def test_that_a_cell_cut_tight_is_shown_as_large_as_it_was_with_white_around_it():
    image = painted_cell(nucleus=100)
    tight = image[60:190, 60:190]
    recipe = replace(RECIPE, frame=0.0, mask=0.0)
    whole, _ = prepare(image, recipe)
    larger, _ = prepare(tight, recipe)
    shown, window = prepare(tight, replace(recipe, most=1.6, largest=0.6))
    nuclei = [np.count_nonzero(each[..., 1] < 90) for each in (whole, larger, shown)]
    assert nuclei[2] == pytest.approx(nuclei[0], rel=0.05)
    assert nuclei[1] > 1.4 * nuclei[0]
    assert window.left < 0
    assert window.left + window.side > 130
    assert (shown[:8] == 245).all()


def test_that_a_blank_field_has_no_nucleus_and_is_shown_whole():
    _, window = prepare(np.full((120, 200, 3), 235, np.uint8), RECIPE)
    assert not window.found
    assert (window.left, window.top, window.side) == (40, 0, 120)


def test_that_a_brown_cell_is_found_but_not_taken_for_one_of_our_stains():
    cell = painted_cell()
    _, window = prepare(cell, RECIPE)
    assert window.found
    _, other = prepare(cell[..., ::-1] // np.uint8([1, 2, 3]), RECIPE)
    assert not other.found
    assert other.side < 250


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3))),
    st.sampled_from([32, 64]),
)
def test_that_any_image_at_all_gives_an_input_of_the_right_shape(image, side):
    crop, window = prepare(image, Recipe(side=side))
    assert crop.shape == (side, side, 3)
    assert crop.dtype == np.uint8
    assert window.side > 0
