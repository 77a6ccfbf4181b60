"""The nucleus in the middle is found in crowds, in lobes, beside darker cells, and with holes in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.inference.nucleus import Nucleus, find_nucleus

WHITE = np.float32([230, 225, 235])


def _pale(image: np.ndarray, power: float) -> np.ndarray:
    """Give an image with its optical densities multiplied by ``power``."""
    return (WHITE * np.minimum(image / WHITE, 1) ** power + 0.5).astype(np.uint8)


def test_that_the_nucleus_is_found_where_it_was_painted():
    found = find_nucleus(painted_cell(nucleus=64, centre=(140, 110)), WHITE)
    assert (found.x, found.y, found.diameter) == pytest.approx((140, 110, 64), abs=5)


def test_that_its_density_is_that_of_the_paint():
    found = find_nucleus(painted_cell(nucleus=80), WHITE)
    assert found.density == pytest.approx(-np.log10([0.35, 0.2, 0.6]), abs=0.06)


def test_that_a_neighbour_at_the_edge_is_not_taken_for_the_cell():
    image = np.minimum(painted_cell(nucleus=60), painted_cell(nucleus=90, centre=(0, 0)))
    found = find_nucleus(image, WHITE)
    assert (found.x, found.y) == pytest.approx((125, 125), abs=5)
    assert found.diameter == pytest.approx(60, abs=6)


def test_that_a_pale_nucleus_is_found_beside_much_darker_ones():
    pale = _pale(painted_cell(nucleus=90), 0.5)
    dark = np.minimum.reduce([painted_cell(nucleus=80, centre=at) for at in ((0, 0), (250, 20), (10, 250))])
    found = find_nucleus(np.minimum(pale, _pale(dark, 1.5)), WHITE)
    assert (found.x, found.y) == pytest.approx((125, 125), abs=8)
    assert found.diameter == pytest.approx(90, abs=12)


def test_that_the_lobes_of_a_segmented_nucleus_are_taken_together():
    lobes = [painted_cell(nucleus=34, centre=at) for at in ((108, 125), (142, 107), (142, 145))]
    found = find_nucleus(np.minimum.reduce(lobes), WHITE)
    assert found.diameter > 60
    assert found.x == pytest.approx(131, abs=6)


def test_that_a_lobe_beyond_another_lobe_belongs_to_it_too():
    lobes = [painted_cell(nucleus=30, centre=(at, 125)) for at in (88, 125, 162)]
    assert find_nucleus(np.minimum.reduce(lobes), WHITE).diameter > 55


def test_that_vacuoles_do_not_make_the_nucleus_small():
    image = painted_cell(nucleus=100)
    for at in ((110, 120), (135, 140), (130, 105)):
        cv2.circle(image, at, 9, (225, 220, 232), -1)
    assert find_nucleus(image, WHITE).diameter == pytest.approx(100, abs=8)


def test_that_one_cell_is_cut_out_of_a_clump_that_fills_the_frame():
    around = [painted_cell(nucleus=95, centre=at) for at in ((25, 125), (225, 125), (125, 30), (125, 220))]
    found = find_nucleus(np.minimum.reduce([painted_cell(nucleus=95), *around]), WHITE)
    assert (found.x, found.y) == pytest.approx((125, 125), abs=20)
    assert found.diameter == pytest.approx(95, rel=0.6)


def test_that_a_nucleus_that_fills_a_tight_frame_is_no_clump_where_so_much_is_allowed():
    tight = painted_cell(nucleus=90)[65:185, 65:185]
    assert find_nucleus(tight, WHITE, 0.6).diameter == pytest.approx(90, abs=6)


def test_that_all_lobes_in_a_tight_frame_are_taken_where_so_much_is_allowed():
    lobes = [painted_cell(nucleus=50, centre=at) for at in ((97, 125), (150, 98), (150, 152))]
    tight = np.minimum.reduce(lobes)[62:188, 62:188]
    assert find_nucleus(tight, WHITE).diameter < 80
    assert find_nucleus(tight, WHITE, 0.6).diameter > 95


def test_that_there_is_no_nucleus_on_an_empty_field():
    assert find_nucleus(np.full((120, 200, 3), 228, np.uint8), WHITE) is None


@pytest.mark.parametrize(
    ("density", "azure"),
    [
        ((0.47, 0.85, 0.15), True),  # the usual nucleus
        ((0.18, 0.30, -0.01), True),  # pale, and brighter in blue than the background
        ((0.30, 1.48, 0.10), True),  # magenta
        ((0.27, 0.57, 0.78), False),  # brown
        ((1.10, 0.30, 0.90), False),  # green
        ((0.80, 0.80, 0.80), False),  # ink
    ],
)
def test_that_only_the_colours_of_a_romanowsky_stain_pass_for_a_nucleus(density, azure):
    assert Nucleus(0, 0, 10, np.float32(density)).azure == azure
