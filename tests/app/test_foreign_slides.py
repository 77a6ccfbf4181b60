"""A laboratory that the classifier does not know: said above the cells, what is unfamiliar one click away."""

from __future__ import annotations

import pytest
from desk_steps import open_and_wait, wait_for_model
from PySide6.QtWidgets import QPushButton
from tiny_bundle import make_strict

from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.app.operations import runner

NAME = "foreign slides"


@pytest.fixture(scope="module")
def strict(tiny_bundle, tmp_path_factory):
    """Give the folder of a bundle to which every cell is unfamiliar."""
    return make_strict(tmp_path_factory.mktemp("strict") / "bundle", tiny_bundle.path)


def told(desk):
    """Give the message; None where there is none."""
    return next((each for each in desk.window.banner.messages() if each.objectName() == NAME), None)


def settle(qtbot):
    """Wait until no worker looks any more."""
    qtbot.waitUntil(lambda: runner().idle, timeout=20_000)


def test_that_slides_the_classifier_does_not_know_are_told_and_shown(make_desk, qtbot, drawn_slide, strict):
    desk = make_desk(strict)
    wait_for_model(qtbot, desk)
    assert told(desk) is None
    open_and_wait(qtbot, desk, drawn_slide)
    qtbot.waitUntil(lambda: told(desk) is not None, timeout=20_000)
    count = len(desk.window.model.cells)
    assert desk.window.session.case.doubts() == (count, count)
    assert f"{count} of {count} cells (100\N{NO-BREAK SPACE}%) are unfamiliar" in told(desk).text
    assert "at most 5\N{NO-BREAK SPACE}% are usual" in told(desk).text
    (button,) = told(desk).findChildren(QPushButton)
    button.click()
    assert desk.window.gallery.filter.choice is Special.UNFAMILIAR
    told(desk).close_message()
    settle(qtbot)
    assert told(desk) is None  # what was closed stays away

    before = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: desk.window.session.case is None)
    assert told(desk) is None
    desk.window.commands.open([before])  # nothing is left to classify: the case itself tells
    qtbot.waitUntil(lambda: told(desk) is not None, timeout=20_000)


def test_that_slides_it_knows_are_not_told_of(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    settle(qtbot)
    measured, unfamiliar = desk.window.session.case.doubts()
    assert measured == len(desk.window.model.cells)
    assert unfamiliar == sum(each.prediction.unfamiliar for each in desk.window.model.cells)
    assert (told(desk) is not None) == (unfamiliar > 0.3 * measured)
