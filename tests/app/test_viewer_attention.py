"""The painted map: only evidence for the class, smooth, in parts of its own maximum."""

from __future__ import annotations

import numpy as np

from marrowdesk.app.viewer.attention import color_table, paint, strength


def test_that_colours_grow_evenly_lighter_and_opaque_with_the_strength():
    table = color_table().astype(int)
    assert table.shape == (256, 4)
    assert table[0, 3] == 0
    assert table[255, 3] == 255
    assert np.all(np.diff(table[:, 3]) >= 0)
    light = table[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(light) > -1)
    assert light[255] - light[0] > 150


def test_that_evidence_against_the_class_is_left_out_and_the_rest_scaled_to_its_maximum():
    scaled = strength(np.array([[-8.0, 0.0], [1.0, 4.0]]))
    assert scaled.tolist() == [[0.0, 0.0], [0.25, 1.0]]


def test_that_a_map_with_nothing_for_the_class_is_not_blown_up_from_noise():
    assert strength(np.array([[-8.0, -1.0]])) is None
    assert strength(np.zeros((3, 3))) is None
    assert strength(np.array([[-8.0, 0.01]])) is None, "less than a step of the stored map"
    assert paint(np.full((4, 4), -1.0)) is None


def test_that_each_value_keeps_the_middle_of_its_cell_of_the_grid():
    evidence = np.zeros((4, 4))
    evidence[1, 2] = 1.0
    opacity = paint(evidence)[..., 3].astype(float)
    rows, columns = np.indices(opacity.shape)
    weight = np.where(opacity > 100, opacity, 0.0)
    assert abs((rows * weight).sum() / weight.sum() + 0.5 - 1.5 * 64) < 1
    assert abs((columns * weight).sum() / weight.sum() + 0.5 - 2.5 * 64) < 1


def test_that_the_map_is_smooth():
    evidence = np.zeros((7, 7))
    evidence[3, 3] = 1.0
    opacity = paint(evidence)[..., 3].astype(int)
    assert np.abs(np.diff(opacity, axis=0)).max() < 20


def test_that_a_long_window_gets_a_long_map():
    assert paint(np.ones((3, 6)), aspect=2.0).shape == (128, 256, 4)
    assert paint(np.ones((6, 3)), aspect=0.5).shape == (256, 128, 4)
