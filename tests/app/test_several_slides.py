"""Two smears in one case, counted apart and together."""

from __future__ import annotations

import shutil
import threading

import pytest
from desk_steps import (
    look_at,
    message_of,
    open_and_wait,
    press,
    wait_for_workers,
    wait_until_classified,
)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from marrowdesk.app.differential.lines import Column
from marrowdesk.core.tally import Tally
from marrowdesk.imaging.drawn import draw_slide
from marrowdesk.services.opening import open_slides


@pytest.fixture
def second(tmp_path):
    """Give the folder of another smear, with 10 drawn cells."""
    folder = tmp_path / "second smear"
    folder.mkdir()
    draw_slide(folder, 10, seed=9)
    return folder


def _shown(panel, code):
    """Give the cells that the table shows for a class."""
    line = next(each for each in panel.table.lines if each.code == code)
    return int(line.texts[Column.COUNT])


def _add(desk, qtbot, folder, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    before = len(desk.window.model.cells)
    desk.window.acts.add_slide.trigger()
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == before + 10, timeout=20_000)
    wait_until_classified(qtbot, desk)


def test_that_another_smear_is_added_to_the_open_case_and_classified(
    desk, drawn_slide, second, qtbot, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    assert desk.window.model.slides == [1]
    _add(desk, qtbot, second, monkeypatch)
    case = desk.window.session.case
    assert [each.name for each in case.slides()] == ["drawn slide", "second smear"]
    assert desk.window.model.slides == [1, 2]
    with case.__class__.open(case.path) as again:
        assert len(again.cells()) == 34


def test_that_each_smear_is_counted_apart_and_follows_decisions(
    desk, drawn_slide, second, qtbot, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    panel, model = desk.window.differential, desk.window.model
    assert not panel.slide.isVisible()
    _add(desk, qtbot, second, monkeypatch)
    qtbot.waitUntil(panel.slide.isVisible)
    assert [panel.slide.itemText(at) for at in range(3)] == [
        "All smears together", "drawn slide", "second smear",
    ]  # fmt: skip
    row = next(row for row, cell in enumerate(model.cells) if cell.slide == 2)
    look_at(desk, row)
    press(desk, "w")
    for slide in (1, 2):
        cells = [cell for cell in model.cells if cell.slide == slide]
        assert model.differential(slide).total == Tally.of(cells).total == len(cells)
    assert model.differential(2).row("PLM").share.count == 1
    assert model.differential().row("PLM").share.count >= 1
    panel.slide.setCurrentIndex(2)
    panel.slide.activated.emit(2)
    wanted = model.differential(2).row("PLM").share.count
    qtbot.waitUntil(lambda: _shown(panel, "PLM") == wanted)
    panel.slide.setCurrentIndex(0)
    panel.slide.activated.emit(0)
    qtbot.waitUntil(lambda: _shown(panel, "PLM") == model.differential().row("PLM").share.count)


def test_that_a_closed_case_leaves_no_smear_to_choose(desk, drawn_slide, second, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    _add(desk, qtbot, second, monkeypatch)
    panel = desk.window.differential
    qtbot.waitUntil(panel.slide.isVisible)
    desk.window.session.close()
    assert panel.slide.count() == 0
    open_and_wait(qtbot, desk, drawn_slide)
    qtbot.waitUntil(lambda: not panel.slide.isVisible() or panel.slide.count() == 3)


def test_that_no_smear_is_added_to_a_signed_case(desk, drawn_slide, second, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    case = desk.window.session.case
    case.sign("A. Reader", desk.window.model.rules.to_json())
    desk.window.model.set_signatures(case.signatures())
    assert not desk.window.acts.add_slide.isEnabled()
    desk.window.session.add_slide(second)
    qtbot.wait(100)
    assert len(desk.window.model.cells) == 24


def test_that_images_that_are_in_the_case_twice_are_told_and_shown_until_they_are_excluded(
    desk, drawn_slide, tmp_path, qtbot, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    again = tmp_path / "the same once more"
    again.mkdir()
    for number, file in enumerate(sorted(drawn_slide.glob("*.jpg"))[:10]):
        shutil.copyfile(file, again / f"other name {number}{file.suffix}")
    assert message_of(desk, "repeated images") is None
    _add(desk, qtbot, again, monkeypatch)
    qtbot.waitUntil(lambda: message_of(desk, "repeated images") is not None, timeout=10_000)
    told = message_of(desk, "repeated images")
    assert told.text.startswith("10 cells show the very same image as another cell of this case")
    (button,) = told.findChildren(QPushButton)
    button.click()
    assert [desk.window.model.cells[row].slide for row in desk.window.gallery.visible_order()] == [2] * 10
    desk.window.gallery.select_all()
    press(desk, Qt.Key.Key_Delete)
    desk.window.repeated_images.look()
    wait_for_workers(qtbot)
    assert message_of(desk, "repeated images") is None


def test_that_repeated_images_that_the_window_has_not_heard_of_are_not_told_yet(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    wait_until_classified(qtbot, desk)
    case, again = desk.window.session.case, drawn_slide / "the same.jpg"
    shutil.copyfile(min(drawn_slide.glob("*.jpg")), again)
    list(open_slides(case, [again], threading.Event()))
    assert len(case.alike()) == 1
    desk.window.repeated_images.look()
    wait_for_workers(qtbot)
    assert message_of(desk, "repeated images") is None
