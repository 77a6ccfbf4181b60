"""A laboratory that the classifier does not know: said above the cells, what is unfamiliar one click away."""

from __future__ import annotations

from desk_steps import message_of, open_and_wait, wait_for_model, wait_for_workers
from PySide6.QtWidgets import QPushButton
from tiny_bundle import make_doubting

from marrowdesk.app.gallery.arrangement import Special


def told(desk):
    """Give the message; None where there is none."""
    return message_of(desk, "foreign slides")


def test_that_slides_the_classifier_does_not_know_are_told_and_shown(
    make_desk, qtbot, drawn_slide, tiny_bundle, tmp_path
):
    desk = make_desk(make_doubting(tmp_path / "strict", tiny_bundle.path, 1e-6))
    wait_for_model(qtbot, desk)
    assert told(desk) is None
    open_and_wait(qtbot, desk, drawn_slide)
    qtbot.waitUntil(lambda: told(desk) is not None, timeout=20_000)
    count = len(desk.window.model.cells)
    assert desk.window.session.case.doubts() == (count, count)
    assert f"{count} of {count} cells (100\N{NO-BREAK SPACE}%) are unfamiliar" in told(desk).text
    assert "about 5\N{NO-BREAK SPACE}% are usual" in told(desk).text
    (button,) = told(desk).findChildren(QPushButton)
    button.click()
    assert desk.window.gallery.filter.choice is Special.UNFAMILIAR
    told(desk).close_message()
    wait_for_workers(qtbot)
    assert told(desk) is None  # what was closed stays away

    before = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: desk.window.session.case is None)
    assert told(desk) is None
    desk.window.commands.open([before])  # nothing is left to classify: the case itself tells
    qtbot.waitUntil(lambda: told(desk) is not None, timeout=20_000)


def test_that_slides_it_knows_are_not_told_of(make_desk, qtbot, drawn_slide, tiny_bundle, tmp_path):
    desk = make_desk(make_doubting(tmp_path / "easy", tiny_bundle.path, 1e6))
    wait_for_model(qtbot, desk)
    open_and_wait(qtbot, desk, drawn_slide)
    wait_for_workers(qtbot)
    assert desk.window.session.case.doubts() == (len(desk.window.model.cells), 0)
    assert told(desk) is None
