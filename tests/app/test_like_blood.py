"""A blood film opened as a marrow: said above the cells, the classes of blood one click away."""

from __future__ import annotations

import pytest
from desk_steps import message_of, open_and_wait, wait_for_model, wait_for_workers
from PySide6.QtWidgets import QPushButton
from tiny_bundle import make_tiny_bundle

from marrowdesk.app.dialogs.classes import ClassesDialog
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.imaging.drawn import draw_slide


@pytest.fixture
def slide(tmp_path):
    """Give a folder of as many cells as can tell something."""
    folder = tmp_path / "slide"
    folder.mkdir()
    draw_slide(folder, 60, seed=3)
    return folder


def told(desk):
    """Give the message; None where there is none."""
    return message_of(desk, "like blood")


def test_that_a_film_is_told_and_counted_as_blood_where_the_reader_wants_it(
    make_desk, qtbot, slide, tmp_path
):
    desk = make_desk(make_tiny_bundle(tmp_path / "mature", codes=("NGS", "LYT", "MON")))
    wait_for_model(qtbot, desk)
    open_and_wait(qtbot, desk, slide)
    qtbot.waitUntil(lambda: told(desk) is not None, timeout=20_000)
    count = len(desk.window.model.cells)
    assert f"{count} of {count} counted cells (100\N{NO-BREAK SPACE}%) belong in blood" in told(desk).text
    (button,) = told(desk).findChildren(QPushButton)
    button.click()
    dialog = desk.window.findChild(ClassesDialog)
    assert dialog.shipped.currentText() == BLOOD_FIVE.name
    assert desk.window.model.scheme.specimen == "marrow"  # nothing is changed before the reader agrees
    dialog.accept()
    qtbot.waitUntil(lambda: desk.window.model.scheme == BLOOD_FIVE, timeout=20_000)
    wait_for_workers(qtbot)
    assert told(desk) is None
    assert set(desk.window.model.tally.predicted) <= {"NEU", "LYT", "MON"}


def test_that_a_marrow_is_not_told_of(make_desk, qtbot, slide, tiny_bundle):
    desk = make_desk(tiny_bundle)
    wait_for_model(qtbot, desk)
    open_and_wait(qtbot, desk, slide)
    wait_for_workers(qtbot)
    assert desk.window.model.differential().counted > 36
    assert told(desk) is None
