"""While a name is typed it is tried whether the adapted model may be as fast as the shipped one."""

from __future__ import annotations

import threading

import pytest
from desk_steps import close
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_adapting_desk import adapt_dialog, choose, recent, reviewed, settle

from marrowdesk.core.errors import Cancelled
from marrowdesk.inference.bundle import read_card
from marrowdesk.inference.card import Precision
from marrowdesk.services import proving
from marrowdesk.services.adapting import Step
from marrowdesk.services.proving import Proof

__all__ = ["recent", "reviewed"]

PROOF = Proof(
    "bfloat16", 600, Precision(engine="torch", precision="bfloat16", cells=600, f1_lost=0.0, changed=0.0)
)


class Trial:
    """Stands for the engines, which take a while: half of the cells, then the rest when told.

    Attributes:
        go_on: set to end it.
        cancelled: of the trial that ran last, whether it was stopped.
        proof: what comes of it.
    """

    def __init__(self):
        self.go_on, self.cancelled, self.proof = threading.Event(), threading.Event(), PROOF

    def prove(self, _adapted, _wish, cancel):
        yield Step("measuring", 300, 600)
        while not self.go_on.wait(0.01):
            if cancel.is_set():
                self.cancelled.set()
                raise Cancelled("Measuring was stopped.")
        return self.proof


@pytest.fixture
def trial(monkeypatch):
    """Give a trial that waits in the middle."""
    found = Trial()
    monkeypatch.setattr(proving, "prove", found.prove)
    yield found
    found.go_on.set()


@pytest.fixture
def opened(recent, qtbot, trial):
    """Give the dialog that shows a better model and is in the middle of the trial."""
    found = adapt_dialog(qtbot, recent)
    choose(found, "otherwise")
    found.fit.click()
    qtbot.waitUntil(lambda: "as fast as" in found.line.text.text(), timeout=60_000)
    return found


def wait_for_kept(qtbot, desk):
    """Wait for the model that is kept and used."""
    qtbot.waitUntil(lambda: desk.window.models.in_use is not None, timeout=60_000)
    settle(qtbot)
    return desk.window.models.in_use


def test_that_a_name_is_typed_meanwhile_and_what_came_of_it_is_kept(recent, qtbot, opened, trial):
    assert opened.outcome.verdict.isVisible()
    assert not opened.outcome.speed.isVisible()
    assert (opened.line.bar.value(), opened.line.bar.maximum()) == (300, 600)
    assert opened.outcome.name.hasFocus()
    QTest.keyClicks(opened.outcome.name, "Nord")
    trial.go_on.set()
    settle(qtbot)
    assert opened.outcome.speed.text() == PROOF.sentence
    assert not opened.line.text.text()
    opened.keep.click()
    assert read_card(wait_for_kept(qtbot, recent).path).precisions == (PROOF.measured,)


def test_that_keeping_waits_for_what_comes_of_it(recent, qtbot, opened, trial):
    QTest.keyClicks(opened.outcome.name, "Nord")
    QTest.keyClick(opened.outcome.name, Qt.Key.Key_Return)
    assert opened.line.text.text().endswith("It is kept then.")
    assert not opened.keep.isEnabled()
    assert not opened.outcome.name.isEnabled()
    trial.go_on.set()
    assert read_card(wait_for_kept(qtbot, recent).path).precisions == (PROOF.measured,)


def test_that_it_is_stopped_and_the_model_kept_without_it(recent, qtbot, opened, trial):
    QTest.keyClicks(opened.outcome.name, "Nord")
    opened.keep.click()
    opened.line.cancel.click()
    qtbot.waitUntil(opened.keep.isEnabled)
    assert trial.cancelled.is_set()
    assert opened.line.text.text() == "Stopped. It is slower than the shipped model."
    assert recent.window.models.in_use is None  # who stops something does not want more to happen
    opened.keep.click()
    assert read_card(wait_for_kept(qtbot, recent).path).precisions == ()


def test_that_other_cases_and_closing_end_it(recent, qtbot, opened, trial):
    opened.back.click()
    qtbot.waitUntil(trial.cancelled.is_set)
    assert not opened.line.running
    trial.cancelled.clear()
    opened.fit.click()
    qtbot.waitUntil(lambda: opened.line.bar.maximum() == 600, timeout=60_000)
    close(recent, opened)
    qtbot.waitUntil(trial.cancelled.is_set)
    settle(qtbot)
    assert not recent.window.models.models


def test_that_nothing_is_said_where_the_shipped_model_is_no_faster(recent, qtbot, opened, trial):
    trial.proof = None
    trial.go_on.set()
    settle(qtbot)
    assert not opened.outcome.speed.isVisible()
    assert not opened.line.text.text()
    opened.outcome.name.setText("Nord")
    opened.keep.click()
    assert wait_for_kept(qtbot, recent).name == "Nord"
