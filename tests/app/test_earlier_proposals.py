"""Cells that another model proposed for: offered in a message, done on request, decisions are not touched."""

from __future__ import annotations

import pytest
from desk_steps import (
    look_at,
    message_of,
    open_and_wait,
    press,
    wait_for_model,
    wait_for_workers,
    wait_until_classified,
)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from tiny_bundle import make_tiny_bundle

from marrowdesk.services.signing import sign_off


@pytest.fixture(scope="module")
def other_bundle(tmp_path_factory):
    """Give a bundle with the classes of the tiny one and other weights."""
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "other", seed=1)


def offer(desk):
    """Give the message that offers to classify again; None where there is none."""
    return message_of(desk, "earlier proposals")


def change_model(qtbot, desk, bundle):
    """Load another model and wait for it."""
    desk.window.classifier.load(bundle.path)
    wait_for_model(qtbot, desk)


def models(desk):
    """Give the model of each cell's proposal, as shown and as stored."""
    shown = [cell.prediction.model for cell in desk.window.model.cells]
    assert shown == [cell.prediction.model for cell in desk.window.session.case.cells()]
    return shown


def click(message):
    """Press the button of a message."""
    (button,) = message.findChildren(QPushButton)
    button.click()


def test_that_the_cells_nobody_decided_on_get_the_proposals_of_the_other_model(
    desk, qtbot, drawn_slide, tiny_bundle, other_bundle
):
    open_and_wait(qtbot, desk, drawn_slide)
    wait_for_workers(qtbot)
    assert offer(desk) is None
    for row in (2, 3, 4):
        look_at(desk, row)
        press(desk, Qt.Key.Key_Space)
    press(desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # of the third the decision is taken back
    decided = [cell.review for cell in desk.window.model.cells]
    assert sum(review is not None for review in decided) == 2

    change_model(qtbot, desk, other_bundle)
    qtbot.waitUntil(lambda: offer(desk) is not None, timeout=20_000)
    assert set(models(desk)) == {tiny_bundle.sha256}  # nothing happens unasked
    assert offer(desk).text == (
        "21 cells of this case were proposed by tiny-random 0. What readers decided stays as it is."
    )
    click(offer(desk))
    qtbot.waitUntil(lambda: models(desk).count(other_bundle.sha256) == 21, timeout=60_000)
    wait_until_classified(qtbot, desk)
    wait_for_workers(qtbot)
    assert offer(desk) is None
    assert {row for row, model in enumerate(models(desk)) if model == tiny_bundle.sha256} == {2, 3, 4}
    assert [cell.review for cell in desk.window.model.cells] == decided


def test_that_what_a_reader_decides_after_the_offer_keeps_its_proposal(
    desk, qtbot, drawn_slide, tiny_bundle, other_bundle
):
    open_and_wait(qtbot, desk, drawn_slide)
    change_model(qtbot, desk, other_bundle)
    qtbot.waitUntil(lambda: offer(desk) is not None, timeout=20_000)
    look_at(desk, 7)
    press(desk, Qt.Key.Key_Space)
    before = desk.window.model.cells[7]
    click(offer(desk))
    qtbot.waitUntil(lambda: models(desk).count(other_bundle.sha256) == 23, timeout=60_000)
    assert desk.window.model.cells[7] == before


def test_that_the_offer_is_there_when_such_a_case_is_opened_and_goes_with_it(
    desk, qtbot, drawn_slide, other_bundle
):
    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.session.close()
    change_model(qtbot, desk, other_bundle)
    assert offer(desk) is None
    desk.window.commands.open([path])
    qtbot.waitUntil(lambda: offer(desk) is not None, timeout=20_000)
    desk.window.session.close()
    qtbot.waitUntil(lambda: offer(desk) is None)


def test_that_the_window_goes_through_no_cells_to_find_that_there_is_nothing_to_offer(
    desk, qtbot, drawn_slide, other_bundle, monkeypatch
):
    """A hundred thousand cells are gone through by a worker."""
    open_and_wait(qtbot, desk, drawn_slide)
    wait_for_workers(qtbot)

    class Guarded(list):
        def __iter__(self):
            pytest.fail("the window goes through the cells")

    with monkeypatch.context() as patch:
        patch.setattr(type(desk.window.model), "cells", Guarded(desk.window.model.cells))
        desk.window.earlier_proposals.look()
    wait_for_workers(qtbot)
    assert offer(desk) is None


def test_that_a_case_closed_while_it_is_looked_through_is_no_failure(desk, qtbot, drawn_slide, other_bundle):
    open_and_wait(qtbot, desk, drawn_slide)
    change_model(qtbot, desk, other_bundle)
    desk.window.earlier_proposals.look()
    desk.window.session.case.close()  # as the worker that closes it may, when it comes first
    desk.window.session.close()
    wait_for_workers(qtbot)
    assert offer(desk) is None
    assert QApplication.activeModalWidget() is None


def test_that_a_signed_case_is_never_classified_again(desk, qtbot, drawn_slide, tiny_bundle, other_bundle):
    open_and_wait(qtbot, desk, drawn_slide)
    change_model(qtbot, desk, other_bundle)
    qtbot.waitUntil(lambda: offer(desk) is not None, timeout=20_000)
    case = desk.window.session.case
    signed = sign_off(case, desk.window.model.rules, "ab", reason="for a test")
    desk.window.model.set_signatures([signed.signature])
    wait_for_workers(qtbot)
    assert offer(desk) is None
    desk.window.classifier.classify_again(desk.window.model.cells)
    assert not desk.window.classifier.running
    assert set(models(desk)) == {tiny_bundle.sha256}


def test_that_changing_the_model_while_it_runs_goes_on_with_the_other_one(
    make_desk, qtbot, drawn_slide, tiny_bundle, other_bundle
):
    desk = make_desk(tiny_bundle.path, drawn_slide)
    wait_for_model(qtbot, desk)
    qtbot.waitUntil(lambda: desk.window.classifier.running, timeout=30_000)
    change_model(qtbot, desk, other_bundle)
    wait_until_classified(qtbot, desk)
    assert desk.window.classifier.engine.bundle.sha256 == other_bundle.sha256
    assert set(models(desk)) <= {tiny_bundle.sha256, other_bundle.sha256}


def test_that_the_process_of_the_model_before_has_ended_when_the_other_one_is_ready(
    make_desk, qtbot, tiny_bundle, other_bundle
):
    desk = make_desk(tiny_bundle.path, loader=None)
    wait_for_model(qtbot, desk)
    before = desk.window.classifier.engine
    assert before.alive
    change_model(qtbot, desk, other_bundle)
    assert desk.window.classifier.engine.alive
    assert not before.alive
