"""The images that show no cell: drawn, spoiled, and those that the measure of doubt is taught against."""

from __future__ import annotations

import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.drawing import DAB, density, dyed, light
from marrowdesk.training.exposure import foreign_crops
from marrowdesk.training.foreign import foreign_images, spoiled_cells

COUNT, SIDE = 3, 64


@pytest.fixture(scope="module")
def cells():
    return np.stack([painted_cell(SIDE, 30 + each, seed=each) for each in range(4)])


@pytest.fixture(scope="module")
def crops(cells):
    return foreign_crops(cells, Recipe(side=SIDE), COUNT, seed=1)


def test_that_every_kind_is_drawn_as_often_as_asked_and_each_image_differs():
    drawn = foreign_images(2)
    assert {"blank field", "landscape", "histology section", "line drawing"} <= set(drawn)
    for kind, images in drawn.items():
        assert [each.shape for each in images] == [(250, 250, 3)] * 2, kind
        assert images[0].dtype == np.uint8
        assert (images[0] != images[1]).any(), kind


def test_that_the_same_seed_draws_the_same_images():
    first, again, other = (foreign_images(1, seed) for seed in (4, 4, 5))
    for kind in first:
        assert (first[kind][0] == again[kind][0]).all(), kind
        assert (first[kind][0] != other[kind][0]).any(), kind


def test_that_optical_density_and_light_undo_each_other():
    assert density(np.array([245, 24, 2], np.uint8)) == pytest.approx([0, 1.0090, 2.0881], abs=1e-3)
    levels = np.arange(1, 246, dtype=np.uint8)[:, None].repeat(3, 1)
    assert (light(density(levels)) == levels).all()


def test_that_a_dye_gives_its_colour_and_keeps_the_background_white():
    shown = density(dyed(np.array([[[60, 40, 140], [245, 245, 245]]], np.uint8), DAB))[0]
    assert shown[0] / np.linalg.norm(shown[0]) == pytest.approx(np.array(DAB) / np.linalg.norm(DAB), abs=0.02)
    assert shown[1] == pytest.approx(0, abs=0.01)


def test_that_spoiled_cells_are_out_of_focus_or_of_a_foreign_colour():
    cell = painted_cell(250, 90)
    spoiled = {kind: images[0] for kind, images in spoiled_cells([cell]).items()}
    edges = [
        np.abs(np.diff(image[125, :, 1].astype(int))).max() for image in (spoiled["cells out of focus"], cell)
    ]
    assert edges[0] < 0.3 * edges[1]
    nuclei = {kind: image[125, 125].astype(int) for kind, image in spoiled.items()}
    assert nuclei["cells in brown"].argmax() == 0
    assert nuclei["cells in green"].argmax() == 1
    assert (nuclei["negatives of cells"] == 255 - cell[125, 125]).all()


def test_that_drawings_and_spoiled_cells_are_prepared_as_the_network_sees_cells(crops):
    assert crops.shape == (19 * COUNT, SIDE, SIDE, 3)
    assert (crops[:, 0, 0] == 245).all()
    assert len({crop.tobytes() for crop in crops}) > 18 * COUNT


def test_that_a_restained_cell_is_never_in_a_stain_like_its_own(cells, crops):
    middle = slice(SIDE // 2 - 5, SIDE // 2 + 5)
    own = density(cells[:, middle, middle]).mean((0, 1, 2))
    for crop in crops[11 * COUNT : 12 * COUNT]:
        found = density(crop[middle, middle]).mean((0, 1))
        assert found @ own / np.linalg.norm(found) / np.linalg.norm(own) < 0.97


def test_that_the_same_seed_gives_the_same_crops(cells, crops):
    assert (foreign_crops(cells, Recipe(side=SIDE), COUNT, seed=1) == crops).all()
