"""Changes of images by measured amounts."""

from __future__ import annotations

import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.training.samples import Sample
from marrowdesk.training.shifts import (
    SHIFTS,
    blurred,
    compressed,
    few_of_each,
    framed,
    relit,
    resized,
    restained,
    veiled,
)

CELL = painted_cell(120, 40, background=(240, 240, 240))
NUCLEAR = np.array([0.650, 0.704, 0.286]) / np.linalg.norm([0.650, 0.704, 0.286])
PLASMIC = np.array([0.072, 0.990, 0.105]) / np.linalg.norm([0.072, 0.990, 0.105])


def stained(*densities):
    """Rows of one stain each on a white of 240 that fills most of the frame."""
    image = np.full((64, 64, 3), 240.0)
    for row, density in enumerate(densities):
        image[row, :8] = 240 * 10.0 ** -np.asarray(density)
    return np.rint(image).astype(np.uint8)


def density(image):
    return -np.log10(np.maximum(image, 1) / 240.0)


def test_that_each_stain_is_strengthened_by_itself():
    image = stained(0.5 * NUCLEAR, 0.5 * PLASMIC, 0.3 * NUCLEAR + 0.2 * PLASMIC)
    more = density(restained(image, nuclear=1.3))[:3, 0]
    assert more[0] == pytest.approx(0.65 * NUCLEAR, abs=0.01)
    assert more[1] == pytest.approx(0.5 * PLASMIC, abs=0.01)
    assert more[2] == pytest.approx(0.39 * NUCLEAR + 0.2 * PLASMIC, abs=0.01)
    less = density(restained(image, plasmic=0.7))[:3, 0]
    assert less[1] == pytest.approx(0.35 * PLASMIC, abs=0.01)


def test_that_the_background_is_not_stained():
    assert (restained(stained(0.5 * NUCLEAR), nuclear=1.3, plasmic=1.3)[-1, -1] == 240).all()


def test_that_no_change_of_the_stain_changes_nothing():
    assert np.abs(restained(CELL).astype(int) - CELL).max() <= 1


def test_that_stray_light_lightens_what_is_dark_and_leaves_the_background():
    image = stained(0.6 * NUCLEAR)
    hazy = veiled(image, 0.4)
    assert hazy[-1, -1] == pytest.approx([240, 240, 240], abs=1)
    assert hazy[0, 0] == pytest.approx(0.6 * image[0, 0] + 0.4 * 240, abs=1)


def test_that_an_image_is_enlarged_and_shrunk():
    assert resized(CELL, 0.5).shape == (60, 60, 3)
    assert resized(CELL, 1.4).shape == (168, 168, 3)
    assert resized(CELL, 0.5).mean() == pytest.approx(CELL.mean(), abs=1)


def test_that_a_field_is_widened_by_its_mirror_image_and_cut_down_to_its_middle():
    image = np.arange(20 * 10 * 3, dtype=np.uint8).reshape(20, 10, 3)
    wide = framed(image, 1.4)
    assert wide.shape == (28, 14, 3)
    assert (wide[4:24, 2:12] == image).all()
    assert (wide[3, 2:12] == image[1]).all()
    assert (framed(image, 0.8) == image[2:18, 1:9]).all()


def test_that_light_multiplies_the_channels_and_stops_at_white():
    image = np.full((4, 4, 3), (100, 200, 250), np.uint8)
    assert relit(image, 1.1, 1.0, 0.9)[0, 0].tolist() == [110, 200, 225]
    assert relit(image, 1.0, 1.0, 1.1)[0, 0].tolist() == [100, 200, 255]


def test_that_a_blurred_edge_has_the_width_of_sigma():
    edge = np.zeros((41, 41, 3), np.uint8)
    edge[:, 20:] = 200
    # One sigma beside an edge, a Gaussian blur has reached 84 % of the way.
    assert blurred(edge, 2)[20, 21, 0] / 200 == pytest.approx(0.77, abs=0.02)  # 1.5 px from the edge at 19.5
    assert blurred(edge, 1)[20, 20, 0] / 200 == pytest.approx(0.69, abs=0.02)  # 0.5 px


def test_that_compression_keeps_colours_in_their_order():
    image = np.full((32, 32, 3), (200, 60, 120), np.uint8)
    assert compressed(image, 30).mean((0, 1)) == pytest.approx([200, 60, 120], abs=6)


@pytest.mark.parametrize("shift", SHIFTS, ids=lambda shift: shift.name)
def test_that_every_shift_changes_an_image_and_leaves_it_an_image(shift):
    changed = shift.change(CELL)
    assert changed.dtype == np.uint8
    assert changed.shape[2] == 3
    assert changed.shape != CELL.shape or (changed != CELL).any()


def test_that_few_cells_of_each_class_and_source_are_drawn_and_the_same_again():
    samples = [
        Sample(f"{source}/{code}/{at}.jpg", source, code)
        for source, code, count in (("a", "LYT", 30), ("a", "BLA", 3), ("b", "LYT", 12))
        for at in range(count)
    ]
    chosen = few_of_each(samples, most=5)
    counts = {key: sum((e.source, e.code) == key for e in chosen) for key in (("a", "LYT"), ("a", "BLA"))}
    assert (len(chosen), counts) == (13, {("a", "LYT"): 5, ("a", "BLA"): 3})
    assert chosen == few_of_each(samples[::-1], most=5)
    assert chosen != few_of_each(samples, most=5, seed=1)
