"""A second reader at the desk: blind to the first, compared with the first, differences settled."""

from __future__ import annotations

import pytest
from desk_steps import back_to_window, codes, dialog, look_at, open_and_wait, press, reviewed, wait_for_dialog
from PySide6.QtCore import Qt

from marrowdesk.app.dialogs.second_reading import SecondReadingDialog
from marrowdesk.app.dialogs.sign_off import SignOffDialog
from marrowdesk.core.signoff import Hindrance
from marrowdesk.services.second_reading import compared

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def first(desk, drawn_slide, qtbot):
    """Give the desk with a case in which the first reader called cells 0 to 5 blasts."""
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="A. Reader", auto_advance=False, target_count=1)
    desk.window.model.assign(range(6), "BLA")
    return desk


def _begin(desk, qtbot, reader="B. Reader"):
    desk.window.acts.second_reading.trigger()
    opened = dialog(desk, SecondReadingDialog)
    assert not opened.begin.isEnabled()
    opened.name.setText(reader)
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        opened.begin.click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(SecondReadingDialog))
    back_to_window(qtbot, desk)


def _end(desk, qtbot):
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        desk.window.acts.second_reading.trigger()


def _told(desk):
    return " ".join(each.text for each in desk.window.banner.messages())


def test_that_the_second_reader_sees_none_of_the_first_ones_decisions(first, qtbot):
    before = codes(first)
    _begin(first, qtbot)
    window = first.window
    assert reviewed(first) == [False] * 24
    assert "Second reading by B. Reader" in _told(first)
    assert "second reading by B. Reader" in window.windowTitle()
    assert not window.acts.report.isEnabled()
    assert not window.acts.sign_off.isEnabled()
    look_at(first, 2)
    press(first, "l")
    assert codes(first)[2] == "LYT"
    assert window.model.cells[2].review.reader == "B. Reader"
    _end(first, qtbot)
    assert codes(first) == before
    assert window.acts.report.isEnabled()


def test_that_a_second_reading_goes_on_where_it_was_left_with_its_own_undo(first, qtbot):
    _begin(first, qtbot)
    for row, key in ((0, "b"), (1, "l")):
        look_at(first, row)
        press(first, key)
    _end(first, qtbot)
    first.window.acts.second_reading.trigger()
    opened = dialog(first, SecondReadingDialog)
    qtbot.waitUntil(opened.go_on.isEnabled)
    with qtbot.waitSignal(first.window.session.opened, timeout=20_000):
        opened.go_on.click()
    back_to_window(qtbot, first)
    assert [at for at, seen in enumerate(reviewed(first)) if seen] == [0, 1]
    press(first, Qt.Key.Key_Backspace)
    assert [at for at, seen in enumerate(reviewed(first)) if seen] == [0]
    _end(first, qtbot)
    assert sum(reviewed(first)) == 6  # the first reader's are as they were


def test_that_agreement_is_told_and_differences_are_settled_one_by_one(first, qtbot):
    _begin(first, qtbot)
    first.window.model.assign(range(4), "BLA")
    first.window.model.assign([4, 5], "LYT")
    _end(first, qtbot)
    first.window.acts.second_reading.trigger()
    opened = dialog(first, SecondReadingDialog)
    qtbot.waitUntil(lambda: "agree on 4 (66.7" in opened.told.text())
    assert "differ on 2 cells, of which 0 are settled" in opened.told.text()
    assert [opened.classes.topLevelItem(at).text(0) for at in range(2)] == ["blast", "lymphocyte"]
    opened.show_differing.click()
    window = first.window
    assert list(window.gallery.visible_order()) == [4, 5] or set(window.gallery.visible_order()) == {4, 5}
    assert "settles where B. Reader and the first reader differ" in _told(first)
    back_to_window(qtbot, first)
    window.preferences.change(reader="C. Reader")
    look_at(first, 4)
    press(first, "p")
    case = window.session.case
    assert compared(case, 1).open == (window.model.cells[5].id,)
    assert window.model.cells[4].review.reader == "C. Reader"
    press(first, Qt.Key.Key_Return, _CTRL)
    signing = wait_for_dialog(qtbot, first, SignOffDialog)
    assert Hindrance.DIFFERING in {each.kind for each in signing._against}
    signing.reject()
    back_to_window(qtbot, first)
    look_at(first, 5)
    press(first, Qt.Key.Key_Space)  # the first reader was right
    assert compared(case, 1).open == ()
    assert window.model.cells[5].code == "BLA"
    assert window.model.cells[5].review.reader == "C. Reader"
    window.model.resolve(None)
    assert "settles where" not in _told(first)


def test_that_the_status_bar_names_who_reads(first, qtbot):
    reader = first.window.status.reader
    assert reader.text() == "A. Reader"
    _begin(first, qtbot)
    assert reader.text() == "B. Reader"
    assert reader.toolTip() == "Second reader: B. Reader"
    first.window.preferences.change(thumbnail_side=80)  # another setting brings the first one not back
    assert reader.text() == "B. Reader"
    _end(first, qtbot)
    assert reader.text() == "A. Reader"


def _compared(desk, qtbot, found):
    desk.window.acts.second_reading.trigger()
    opened = dialog(desk, SecondReadingDialog)
    qtbot.waitUntil(lambda: found in opened.told.text())
    text = opened.told.text()
    opened.reject()
    back_to_window(qtbot, desk)
    return text


def test_that_a_handful_of_cells_gets_no_kappa_and_one_is_written_as_one(first, qtbot):
    _begin(first, qtbot)
    first.window.model.assign([0], "LYT")
    _end(first, qtbot)
    text = _compared(first, qtbot, "1 cell")
    assert text == (
        "Both decided on 1 cell only. Fewer than 10 cells: too few for Cohen's kappa. "
        "They differ on 1 cell, which is still to be settled."
    )


def test_that_kappa_is_given_only_where_both_readers_used_two_classes(first, qtbot):
    first.window.model.assign(range(12), "BLA")
    _begin(first, qtbot)
    first.window.model.assign(range(11), "BLA")
    first.window.model.assign([11], "LYT")
    _end(first, qtbot)
    text = _compared(first, qtbot, "agree on 11")
    assert "one reader gave all cells the same class" in text
    assert "0.00" not in text
    first.window.model.assign([10, 11], "LYT")
    assert "Cohen's kappa 0.6" in _compared(first, qtbot, "kappa 0")


def test_that_without_anything_in_common_that_is_said(first, qtbot):
    _begin(first, qtbot)
    _end(first, qtbot)
    first.window.acts.second_reading.trigger()
    opened = dialog(first, SecondReadingDialog)
    qtbot.waitUntil(lambda: "no cell yet that both" in opened.told.text())
    assert not opened.show_differing.isEnabled()
