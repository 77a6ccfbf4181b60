"""A case is copied at each day's first opening, and a copy is put back from the menu."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing

from desk_steps import (
    close,
    dialog,
    message_of,
    open_and_wait,
    press,
    reviewed,
    wait_for_dialog,
    wait_for_workers,
)
from PySide6.QtWidgets import QMessageBox

from marrowdesk.app.dialogs.copies import CopiesDialog
from marrowdesk.store import backup, progress
from marrowdesk.store.backup import back_up, backups
from marrowdesk.store.errors import CaseFileReadOnly
from marrowdesk.store.leftovers import folder_prefix
from marrowdesk.store.progress import progress_of


def _copied(qtbot, desk):
    case = desk.window.session.case
    qtbot.waitUntil(lambda: len(backups(case.path)) == 1)


def _open_again(qtbot, desk):
    """Open the case anew, as a person does the next morning."""
    path = desk.window.session.case.path
    desk.window.session.close()
    open_and_wait(qtbot, desk, path)


def test_that_the_first_opening_of_a_day_copies_a_case_with_cells_and_the_second_does_not(
    desk, drawn_slide, qtbot
):
    open_and_wait(qtbot, desk, drawn_slide)
    assert backups(desk.window.session.case.path) == []  # begun just now: there is nothing to keep yet
    for _ in range(2):
        _open_again(qtbot, desk)
        _copied(qtbot, desk)


def test_that_a_copy_is_put_back_by_the_menu_and_the_present_becomes_a_copy(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.focus_cells()
    press(desk, "b")
    back_up(window.session.case.path)
    press(desk, "l")
    press(desk, "l")
    before = sum(reviewed(desk))
    assert before > 1
    window.acts.copies.trigger()
    opened = dialog(desk, CopiesDialog)
    qtbot.waitUntil(lambda: opened.list.topLevelItem(0).text(2) == "1")
    assert not opened.put_back.isEnabled()
    opened.list.topLevelItem(0).setSelected(True)
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        opened.put_back.click()
    assert sum(reviewed(desk)) == 1
    assert len(backups(window.session.case.path)) == 2
    latest_of = window.session.case.path
    latest = backups(latest_of)[0]
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        window.session.put_back(latest, latest_of)
    assert sum(reviewed(desk)) == before


def test_that_listing_the_copies_leaves_them_of_the_version_they_are(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    copy = back_up(desk.window.session.case.path).path
    with closing(sqlite3.connect(copy)) as older:  # as the program before this one wrote it
        older.execute("DROP TABLE origin")
        older.execute("PRAGMA user_version = 2")
        older.commit()
    before = copy.read_bytes()
    desk.window.commands.copies()
    opened = dialog(desk, CopiesDialog)
    qtbot.waitUntil(lambda: opened.list.topLevelItem(0).text(1) == "24")
    assert copy.read_bytes() == before
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]


def test_that_a_damaged_copy_is_marked_and_cannot_be_chosen(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    copy = back_up(desk.window.session.case.path)
    copy.path.write_bytes(b"SQLite format 3\x00" + bytes(900))
    desk.window.commands.copies()
    opened = dialog(desk, CopiesDialog)
    qtbot.waitUntil(lambda: opened.list.topLevelItem(0).text(1) == "damaged")
    opened.list.selectAll()
    assert not opened.put_back.isEnabled()


def test_that_a_copy_that_fails_is_told_and_the_case_stays_open(desk, drawn_slide, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)

    def full(*_):
        raise CaseFileReadOnly("A copy of the case cannot be written.", "Free some space.")

    monkeypatch.setattr(backup, "back_up", full)
    _open_again(qtbot, desk)
    banner = desk.window.banner
    qtbot.waitUntil(lambda: any("No copy of this case" in each.text for each in banner.messages()))
    assert desk.window.session.case is not None


def test_that_without_copies_the_dialog_says_when_one_is_made(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.commands.copies()
    opened = dialog(desk, CopiesDialog)
    assert not opened.list.isVisible()
    assert not opened.put_back.isVisible()


def test_that_no_further_copy_is_opened_when_the_list_is_closed(desk, drawn_slide, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    for _ in range(4):
        back_up(desk.window.session.case.path)
    wait_for_workers(qtbot)
    opened, first, release = [], threading.Event(), threading.Event()

    def slowly(path):
        opened.append(path)
        first.set()
        assert release.wait(60)
        return progress_of(path)

    monkeypatch.setattr(progress, "progress_of", slowly)
    desk.window.acts.copies.trigger()
    shown = dialog(desk, CopiesDialog)
    assert first.wait(60)
    close(desk, shown)
    qtbot.waitUntil(lambda: not desk.window.findChildren(CopiesDialog))
    release.set()
    wait_for_workers(qtbot)
    assert len(opened) == 1


def test_that_an_earlier_copy_is_opened_to_be_read_and_put_back_from_there(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    path, recent = window.session.case.path, window.preferences.now.recent_cases
    window.focus_cells()
    press(desk, "b")
    copy = back_up(path)
    press(desk, "l")
    open_and_wait(qtbot, desk, copy.path)
    assert sum(reviewed(desk)) == 1
    press(desk, "l")
    assert sum(reviewed(desk)) == 1
    told = message_of(desk, "only read")
    assert "an earlier copy of the case" in told.text
    assert window.preferences.now.recent_cases == recent
    assert window.acts.copies.isEnabled()
    window.acts.copies.trigger()
    opened = dialog(desk, CopiesDialog)
    opened.list.topLevelItem(opened.list.topLevelItemCount() - 1).setSelected(True)
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        opened.put_back.click()
    assert window.session.case.path == path
    assert window.model.writable
    assert sum(reviewed(desk)) == 1


def test_that_a_damaged_case_is_put_back_from_the_message_that_tells_it(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    path = window.session.case.path
    window.focus_cells()
    press(desk, "b")
    back_up(path)
    window.session.close()
    wait_for_workers(qtbot)
    # A log that is still there would be written into the file that is damaged here.
    qtbot.waitUntil(lambda: not path.with_name(f"{path.name}-wal").exists(), timeout=20_000)
    path.write_bytes(path.read_bytes()[:9000])
    window.commands.open([path])
    told = wait_for_dialog(qtbot, desk, QMessageBox)
    assert "damaged" in told.text()
    next(each for each in told.buttons() if "Earlier copies" in each.text()).click()
    opened = dialog(desk, CopiesDialog)
    opened.list.topLevelItem(0).setSelected(True)
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        opened.put_back.click()
    assert window.session.case.path == path
    assert sum(reviewed(desk)) == 1
    assert path.with_name(path.name + ".damaged").exists()


def test_that_a_damaged_case_without_copies_offers_none(desk, drawn_case, qtbot):
    path = drawn_case.path
    drawn_case.close()
    path.write_bytes(path.read_bytes()[:9000])
    desk.window.commands.open([path])
    told = wait_for_dialog(qtbot, desk, QMessageBox)
    assert not any("Earlier copies" in each.text() for each in told.buttons())


def test_that_what_a_killed_program_left_of_a_case_goes_when_the_window_opens(
    make_desk, tiny_bundle, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    own, left = (
        tmp_path / f"{folder_prefix().replace(str(os.getpid()), str(process))}abcdefgh"
        for process in (os.getpid(), ended.pid)
    )
    for folder in (own, left):
        folder.mkdir()
        (folder / "case.mdcase").write_text("a patient")
    make_desk(tiny_bundle.path)
    qtbot.waitUntil(lambda: not left.exists())
    assert own.exists()
