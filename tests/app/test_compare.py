"""Cells to compare with: shown while a key is held, laid aside by another, found by their features."""

from __future__ import annotations

import numpy as np
import pytest
from desk_steps import back_to_window, look_at, press
from gallery_desk import CODES, MODEL, make_case, shares
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import StoredPrediction

_PROPOSED = [("BLA", 0.6)] * 6 + [("LYT", 0.7)] * 6


@pytest.fixture
def shown(desk, tmp_path, qtbot):
    """Give the window with twelve cells; those with the same remainder by 3 lie in the same direction."""
    window = desk.window
    make_case(tmp_path, _PROPOSED).close()
    with CaseFile.open(tmp_path / "gallery.mdcase") as case:
        rng = np.random.default_rng(0)
        directions = np.eye(8, dtype=np.float32)
        case.add_predictions(
            MODEL.sha256,
            [
                StoredPrediction(
                    cell.id, shares(*_PROPOSED[row]), 0.5,
                    embedding=(5 + row) * directions[row % 3] + rng.normal(0, 0.05, 8).astype(np.float32),
                )
                for row, cell in enumerate(case.cells())
            ],
        )  # fmt: skip
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        window.commands.open([tmp_path / "gallery.mdcase"])
    window.preferences.change(reader="A. Reader", auto_advance=False)
    qtbot.waitUntil(window.banner.isVisible, timeout=20_000)  # another model proposed for these cells
    back_to_window(qtbot, desk)
    _settle(qtbot, window.gallery.view)
    return desk


def _settle(qtbot, widget) -> None:
    """Wait until a widget has had the same place for a while: layouts follow a new message turn by turn."""
    before, still = None, 0
    while still < 5:
        qtbot.wait(20)
        still = still + 1 if widget.geometry() == before else 0
        before = widget.geometry()


def _hold(desk, down: bool) -> None:
    kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
    event = QKeyEvent(kind, Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, "k")
    QApplication.sendEvent(desk.window.windowHandle(), event)
    QApplication.processEvents()


def _line(desk, words):
    return next(line for line in desk.window.compare.lines if words in line.title)


def test_that_it_is_there_while_the_key_is_held_and_moves_nothing(shown):
    strip, gallery = shown.window.compare, shown.window.gallery
    before = gallery.view.geometry()
    assert not strip.isVisible()
    _hold(shown, True)
    assert strip.isVisible()
    assert strip.geometry().bottom() == gallery.rect().bottom()
    assert gallery.view.geometry() == before
    _hold(shown, False)
    assert not strip.isVisible()


def test_that_the_reviewed_cells_most_alike_are_found_the_nearest_first(shown, qtbot):
    window = shown.window
    window.model.assign([1, 2, 3, 4, 9], "LYT")
    look_at(shown, 0)
    _hold(shown, True)
    qtbot.waitUntil(lambda: len(_line(shown, "Most alike").rows) == 5)
    alike = _line(shown, "Most alike")
    assert set(alike.rows[:2]) == {3, 9}
    assert alike.notes[0].startswith("LYT")
    assert int(alike.notes[0].split()[1]) > 95
    window.model.clear([3])
    look_at(shown, 6)
    qtbot.waitUntil(lambda: _line(shown, "Most alike").rows[:1] == (9,))


def test_that_reviewed_cells_of_the_class_in_doubt_stand_beside_it(shown):
    shown.window.model.confirm([7, 8])
    shown.window.model.assign([1], "LYT")
    look_at(shown, 6)
    _hold(shown, True)
    line = _line(shown, "Reviewed as")
    assert "lymphocyte" in line.title
    assert line.rows == (7, 8, 1)  # that of which the model was certain first
    look_at(shown, 0)
    assert "blast" in _line(shown, "Reviewed as").title
    assert _line(shown, "Reviewed as").rows == ()
    assert _line(shown, "Reviewed as").empty


def test_that_cells_are_laid_aside_and_put_back_by_a_key(shown):
    strip = shown.window.compare
    for row in (2, 5, 7):
        look_at(shown, row)
        press(shown, "j")
    look_at(shown, 5)
    press(shown, "j")
    assert strip.tray == (2, 7)
    shown.window.acts.compare.trigger()
    assert _line(shown, "Laid aside").rows == (2, 7)
    shown.window.acts.compare.trigger()
    assert not strip.isVisible()


def test_that_a_click_goes_to_the_cell(shown):
    strip = shown.window.compare
    look_at(shown, 2)
    press(shown, "j")
    look_at(shown, 8)
    shown.window.acts.compare.trigger()
    place, row = strip._places[0]
    assert row == 2
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place.center())
    assert shown.window.model.current == 2


def test_that_another_case_begins_without_it(shown, qtbot):
    look_at(shown, 2)
    press(shown, "j")
    shown.window.acts.compare.trigger()
    shown.window.session.close()
    assert not shown.window.compare.isVisible()
    assert shown.window.compare.tray == ()
    assert not shown.window.acts.compare.isChecked()


def test_that_embeddings_of_another_model_are_not_compared(shown):
    case = shown.window.session.case
    ids, vectors = case.embeddings([1, 2, 99], MODEL.sha256)
    assert (ids, vectors.shape) == ([1, 2], (2, 8))
    assert case.embeddings([1, 2], "cd" * 32)[0] == []
    assert len(CODES) > 2
