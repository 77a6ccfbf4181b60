"""A case that another program has open is shown to be read, and can be taken over."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, replace

import pytest
from desk_steps import back_to_window, close, codes, dialog, look_at, message_of, open_and_wait, press
from holding_child import holders
from PySide6.QtWidgets import QMessageBox, QPushButton

from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.store import holding
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.holding import ENDING, Holder, read_holder


@pytest.fixture
def other():
    """Give a maker of other programs that hold a case."""
    with holders() as start:
        yield start


@pytest.fixture
def held(desk, drawn_slide, qtbot, other):
    """Give the desk with a case on it that another program has open."""
    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: read_holder(path) is None)
    other(path)
    _open(qtbot, desk, path)
    return desk


def _open(qtbot, desk, path):
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        desk.window.commands.open([path])


def _button(desk, words):
    buttons = message_of(desk, "only read").findChildren(QPushButton)
    return next(each for each in buttons if words in each.text().replace("&", ""))


def test_that_it_is_shown_and_takes_no_decision(held):
    window = held.window
    assert len(window.model.cells) == 24
    assert "is open already: " in message_of(held, "only read").text
    before = codes(held)
    window.banner.take_away("only read")
    look_at(held, 1)
    press(held, "b")
    assert codes(held) == before
    assert "nothing can be changed" in message_of(held, "only read").text  # said again to who tried
    for action in (window.acts.confirm, window.acts.sign_off, window.acts.copies, window.acts.classify):
        assert not action.isEnabled()


def test_that_a_case_on_a_full_disk_is_shown_and_can_be_written_once_there_is_space(
    desk, drawn_case, qtbot, monkeypatch
):
    path = drawn_case.path
    drawn_case.close()

    def no_space(_path, _holder):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(holding, "_begin", no_space)
        _open(qtbot, desk, path)
    assert len(desk.window.model.cells) == 24
    assert "no space left" in message_of(desk, "only read").text
    _button(desk, "gain").click()
    qtbot.waitUntil(lambda: desk.window.model.writable)


def test_that_its_report_can_be_written_but_not_its_header(held, tmp_path):
    held.window.commands.report()
    opened = dialog(held, ReportWindow)
    assert opened.form.fields["accession"].isReadOnly()
    assert opened.files.writers[0].isEnabled()
    close(held, opened)
    assert not held.window.findChildren(QMessageBox)


def test_that_it_is_taken_over_after_a_question(held, qtbot):
    path = held.window.session.case.path
    _button(held, "Take over").click()
    box = dialog(held, QMessageBox)
    assert "is open already" in box.text()
    take = next(each for each in box.buttons() if "Take over" in each.text())
    with qtbot.waitSignal(held.window.session.opened, timeout=20_000):
        take.click()
    assert read_holder(path).process == os.getpid()
    assert held.window.model.writable
    back_to_window(qtbot, held)
    look_at(held, 1)
    press(held, "b")
    assert codes(held)[1] == "BLA"
    assert message_of(held, "only read") is None


def test_that_it_can_be_written_once_the_other_has_closed_it(held, qtbot, other):
    path = held.window.session.case.path
    path.with_name(path.name + ENDING).unlink()
    with qtbot.waitSignal(held.window.session.opened, timeout=20_000):
        _button(held, "gain").click()
    assert held.window.model.writable


def test_that_a_case_that_is_taken_away_is_shown_to_be_read(desk, drawn_slide, qtbot, other):
    open_and_wait(qtbot, desk, drawn_slide)
    look_at(desk, 1)
    press(desk, "b")
    other(desk.window.session.case.path, "take over")
    look_at(desk, 2)
    before = codes(desk)
    press(desk, "p")
    qtbot.waitUntil(lambda: desk.window.session.only_read is not None, timeout=20_000)
    assert codes(desk) == before
    assert "was taken over by" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))


def test_that_a_case_in_a_folder_that_cannot_be_written_is_shown_to_be_read(
    desk, drawn_slide, qtbot, monkeypatch
):
    from marrowdesk.store import holding

    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: read_holder(path) is None)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(holding, "_text", refused)
    _open(qtbot, desk, path)
    assert "cannot be opened for writing" in message_of(desk, "only read").text
    with pytest.raises(StopIteration):
        _button(desk, "Take over")
    assert len(desk.window.model.cells) == 24


def test_that_the_list_of_recent_cases_does_not_touch_one_that_is_open_on_another_computer(
    desk, drawn_slide, qtbot, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: read_holder(path) is None)
    told = asdict(replace(Holder.here(), computer="elsewhere", person="Ann"))
    path.with_name(path.name + ENDING).write_text(json.dumps(told))
    from marrowdesk.app import recents

    monkeypatch.setattr(CaseFile, "open", lambda *_: pytest.fail("it was opened"))
    import threading

    ((_, state),) = recents._states([path], threading.Event())
    assert state.problem == "open on elsewhere"
    assert "Ann on elsewhere" in state.told
