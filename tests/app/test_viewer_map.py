"""The attention map: where the model looked, for the class the reader asks for, only while it is wanted."""

from __future__ import annotations

import numpy as np
import pytest
from panel_cases import CODES, HEIGHT, WIDTH, color_of, hot_point, make_case, model_of
from PySide6.QtCore import QPoint, Qt
from viewer_screen import hottest, pixel, viewer_of, wait_for_picture

from marrowdesk.app.viewer.attention import color_table

ORDER = ["NGS", "BLA", "EBO"]


@pytest.fixture
def case(tmp_path):
    with make_case(tmp_path, ORDER) as case:
        yield case


@pytest.fixture
def model(case, qapp):
    return model_of(case)


@pytest.fixture
def viewer(model, qtbot):
    panel = viewer_of(model, qtbot)
    wait_for_picture(qtbot, panel)
    return panel


def test_that_the_picture_reaches_the_screen_with_its_own_colours(viewer):
    for x, y in ((3, 3), (WIDTH - 3, 3), (60, 50), (3, HEIGHT - 3)):
        assert np.array_equal(pixel(viewer, x, y), color_of(0))


@pytest.mark.parametrize("code", ["PMO", "NGS", "EBO"])
def test_that_the_map_lies_where_the_model_looked(viewer, code):
    viewer.map_bar.pick(code)
    expected = viewer.canvas.to_view(*hot_point(code))
    found = hottest(viewer)
    cell_of_grid = 20 * viewer.canvas.scale / viewer.canvas.devicePixelRatioF()
    assert np.hypot(found[0] - expected.x(), found[1] - expected.y()) < 0.25 * cell_of_grid


def test_that_the_strongest_place_has_the_strongest_colour_at_the_chosen_opacity(viewer):
    viewer.map_bar.pick("NGS")
    viewer.set_map_opacity(0.8)
    viewer.actions.show_map.setChecked(True)
    strongest = color_table()[255][:3].astype(int)
    expected = 0.8 * strongest + 0.2 * np.array(color_of(0))
    assert np.abs(pixel(viewer, *hot_point("NGS")) - expected).max() <= 6


def test_that_a_place_without_evidence_shows_the_cell_unchanged(viewer):
    viewer.map_bar.pick("EBO")
    viewer.actions.show_map.setChecked(True)
    assert np.array_equal(pixel(viewer, WIDTH - 4, 6), color_of(0))


def test_that_the_map_shows_while_the_key_is_held_and_no_longer(viewer):
    plain = pixel(viewer, *hot_point("NGS"))
    viewer.hold_map(True)
    held = pixel(viewer, *hot_point("NGS"))
    viewer.hold_map(False)
    released = pixel(viewer, *hot_point("NGS"))
    assert not np.array_equal(held, plain)
    assert np.array_equal(released, plain)


def test_that_the_toggle_keeps_the_map_after_the_key_is_released(viewer):
    viewer.actions.show_map.trigger()
    viewer.hold_map(True)
    viewer.hold_map(False)
    assert viewer.canvas.map_shown


def test_that_the_legend_says_attention_not_evidence_while_the_map_shows(viewer, qtbot):
    legend = viewer.canvas._legend
    assert not legend.isVisible()
    viewer.hold_map(True)
    assert legend.isVisible()
    assert "model attention, not evidence" in legend.text
    assert "segmented neutrophil" in legend.text


def test_that_the_picker_changes_the_map(viewer):
    first = hottest(viewer)
    viewer.map_bar.picker.setCurrentIndex(viewer.map_bar.picker.findText("blast"))
    assert viewer.map_bar.code == "BLA"
    expected = viewer.canvas.to_view(*hot_point("BLA"))
    viewer.actions.show_map.setChecked(True)
    assert "blast" in viewer.canvas._legend.text
    assert np.hypot(*(first - np.array([expected.x(), expected.y()]))) > 40


def test_that_the_picker_offers_every_class_of_the_model_and_starts_with_the_proposed_one(viewer):
    picker = viewer.map_bar.picker
    assert picker.count() == len(CODES)
    assert picker.currentText() == "segmented neutrophil"


def test_that_a_new_cell_shows_its_own_class_again(viewer, model):
    viewer.map_bar.pick("ART")
    model.set_current(1)
    assert viewer.map_bar.code == "BLA"


def test_that_a_pinned_class_stays_for_the_next_cells(viewer, model):
    viewer.map_bar.pick("ART")
    viewer.map_bar.pin.setChecked(True)
    model.set_current(1)
    assert viewer.map_bar.code == "ART"
    viewer.map_bar.pin.setChecked(False)
    model.set_current(2)
    assert viewer.map_bar.code == "EBO"


def test_that_a_click_on_a_bar_shows_the_map_of_its_class(viewer, qtbot):
    bars = viewer.proposal.bars
    line = bars.height() // 10
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(20, 3 * line))
    assert viewer.map_bar.code == bars.bars[1].code
    assert viewer.canvas.map_shown
