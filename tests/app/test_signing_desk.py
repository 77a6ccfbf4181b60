"""Signing at the desk: what stands against it is shown, a signed case is read-only, reopening amends."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from desk_steps import (
    back_to_window,
    close,
    codes,
    dialog,
    look_at,
    open_and_wait,
    press,
    wait_for_dialog,
    wait_for_model,
    wait_until_classified,
)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from report_steps import closed, open_report
from tiny_bundle import make_doubting

from marrowdesk.app.dialogs.sign_off import ReopenDialog, SignOffDialog, words
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.core.signoff import Found, Hindrance
from marrowdesk.store.backup import backups
from marrowdesk.store.casefile import CaseFile

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ready(desk, drawn_slide, qtbot):
    """Give the desk with a case in which every cell is a lymphocyte by the reader's decision."""
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="A. Reader", target_count=10)
    desk.window.focus_cells()
    desk.window.gallery.select_all()
    press(desk, "l")
    assert set(codes(desk)) == {"LYT"}
    return desk


def _sign(qtbot, desk, reason=""):
    press(desk, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, desk, SignOffDialog)
    if reason:
        opened.reason.setPlainText(reason)
    with qtbot.waitSignal(desk.window.model.signature_changed, timeout=10_000):
        opened.sign.click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(SignOffDialog))
    back_to_window(qtbot, desk)


def _reopen(qtbot, desk, reason):
    desk.window.acts.sign_off.trigger()
    opened = dialog(desk, ReopenDialog)
    assert not opened.reopen.isEnabled()
    opened.reason.setPlainText(reason)
    with qtbot.waitSignal(desk.window.model.signature_changed):
        opened.reopen.click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ReopenDialog))
    back_to_window(qtbot, desk)


def _told(desk):
    return " ".join(each.text for each in desk.window.banner.messages())


def test_that_a_case_is_signed_by_keyboard_and_copied(ready, qtbot):
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    assert opened.reader.text() == "A. Reader"
    assert not opened.reason.isVisible()
    opened.role.setText("hematologist")
    with qtbot.waitSignal(ready.window.model.signature_changed, timeout=10_000):
        press(ready, Qt.Key.Key_Return)  # the button that signs has the keyboard
    signed = ready.window.model.signed
    assert (signed.reader, signed.role, signed.hindrances) == ("A. Reader", "hematologist", ())
    assert "signed, version 1" in ready.window.windowTitle()
    assert "Signed by A. Reader" in _told(ready)
    assert len(backups(ready.window.session.case.path)) == 1
    assert ready.window.preferences.now.role == "hematologist"


def test_that_a_signed_case_takes_no_decision_and_says_why(ready, qtbot):
    _sign(qtbot, ready)
    window = ready.window
    before = codes(ready)
    look_at(ready, 3)
    window.banner.take_away("signature")
    for key in ("b", Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        press(ready, key)
    window.review.redo()
    window.review.clear()
    assert codes(ready) == before
    assert "Nothing can be changed" in _told(ready)
    acts = window.acts
    for action in (acts.confirm, acts.exclude, acts.clear, acts.undo, acts.classify, *acts.classes.values()):
        assert not action.isEnabled()
    assert not window.menus.count.isEnabled()


def test_that_what_stands_against_it_is_listed_and_leads_to_its_cells(ready, qtbot):
    look_at(ready, 2)
    press(ready, "u")
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    assert not opened.sign.isEnabled()
    (show,) = [each for each in opened.findChildren(QPushButton) if each.text() == "Show them"]
    show.click()
    qtbot.waitUntil(lambda: list(ready.window.gallery.visible_order()) == [2])
    qtbot.waitUntil(lambda: not ready.window.findChildren(SignOffDialog))
    back_to_window(qtbot, ready)
    press(ready, "b")
    assert codes(ready)[2] == "BLA"


def test_that_cells_nobody_looked_at_are_told_before_signing_and_shown(
    make_desk, tiny_bundle, drawn_slide, qtbot, tmp_path
):
    desk = make_desk(make_doubting(tmp_path / "easy", tiny_bundle.path, 1e6))
    wait_for_model(qtbot, desk)
    open_and_wait(qtbot, desk, drawn_slide)
    wait_until_classified(qtbot, desk)
    desk.window.preferences.change(reader="A. Reader", target_count=1)
    desk.window.focus_cells()
    unseen = []
    for row, cell in enumerate(desk.window.model.cells):
        look_at(desk, row)
        known = desk.window.model.scheme[cell.code]
        if len(unseen) < 3 and known.counted and not known.always_review and not known.alert:
            unseen.append(row)
        else:
            press(desk, "b")
    assert unseen
    press(desk, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, desk, SignOffDialog)
    texts = " ".join(each.text() for each in opened.findChildren(QLabel))
    assert f"not looked at by a reader: {len(unseen)} cells" in texts
    assert "Nothing stands against" not in texts
    assert opened.sign.isEnabled()  # it is told, and no reason is asked for
    (show,) = [each for each in opened.findChildren(QPushButton) if each.text() == "Show them"]
    show.click()
    qtbot.waitUntil(lambda: sorted(desk.window.gallery.visible_order()) == unseen)


def test_that_cells_in_the_case_twice_stand_against_it_and_are_shown(desk, drawn_slide, qtbot, tmp_path):
    copy = shutil.copytree(drawn_slide, tmp_path / "copy")
    open_and_wait(qtbot, desk, drawn_slide, copy)
    desk.window.preferences.change(reader="A. Reader", target_count=10)
    desk.window.focus_cells()
    desk.window.gallery.select_all()
    press(desk, "l")
    press(desk, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, desk, SignOffDialog)
    said = " ".join(each.text() for each in opened.findChildren(QLabel))
    assert "With the very image of another cell, counted again: 24 cells." in said
    assert not opened.sign.isEnabled()
    opened.reason.setPlainText("Drawn twice on purpose.")
    assert opened.sign.isEnabled()
    (show,) = [each for each in opened.findChildren(QPushButton) if each.text() == "Show them"]
    show.click()
    qtbot.waitUntil(lambda: len(desk.window.gallery.visible_order()) == 24)


@pytest.mark.parametrize("kind", [each for each in Hindrance if each is not Hindrance.EMPTY_FIELDS])
def test_that_one_and_many_cells_are_told_of_each_kind(kind):
    assert "1 cell" in words(Found(kind, 1, (7,))) or "1 is missing" in words(Found(kind, 1, (7,)))
    assert "12" in words(Found(kind, 12, tuple(range(12))))


def _undecided(desk, count):
    """Leave some cells not identifiable."""
    for row in range(count):
        look_at(desk, row)
        press(desk, "u")


def test_that_the_dialog_is_signed_by_its_letters_and_tab_goes_through_it_as_it_stands(ready, qtbot):
    _undecided(ready, 2)
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    (show,) = [each for each in opened.findChildren(QPushButton) if each.text() == "Show them"]
    opened.reader.setFocus()
    press(ready, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    assert opened.focusWidget() is opened.reason
    press(ready, "urgent")
    reached = []
    show.setFocus()
    for _ in range(5):
        reached.append(opened.focusWidget())
        press(ready, Qt.Key.Key_Tab)
    assert reached == [show, opened.reason, opened.reader, opened.role, opened.sign]
    with qtbot.waitSignal(ready.window.model.signature_changed, timeout=10_000):
        press(ready, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert ready.window.model.signed.reason == "urgent"


def test_that_a_reason_is_still_there_after_a_look_at_the_cells_but_not_for_the_next_version(ready, qtbot):
    _undecided(ready, 1)
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    opened.reason.setPlainText("The clinician waits.")
    (show,) = [each for each in opened.findChildren(QPushButton) if each.text() == "Show them"]
    assert show.accessibleName() == "Show: Not identifiable: 1 cell. Give it a class or exclude it."
    show.click()
    qtbot.waitUntil(lambda: not ready.window.findChildren(SignOffDialog))
    back_to_window(qtbot, ready)
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    assert opened.reason.text == "The clinician waits."
    with qtbot.waitSignal(ready.window.model.signature_changed, timeout=10_000):
        opened.sign.click()
    qtbot.waitUntil(lambda: not ready.window.findChildren(SignOffDialog))
    back_to_window(qtbot, ready)
    _reopen(qtbot, ready, "why")
    press(ready, Qt.Key.Key_Return, _CTRL)
    assert wait_for_dialog(qtbot, ready, SignOffDialog).reason.text == ""


def test_that_a_reason_left_behind_is_not_signed_where_nothing_is_against_it_any_more(ready, qtbot):
    _undecided(ready, 1)
    press(ready, Qt.Key.Key_Return, _CTRL)
    opened = wait_for_dialog(qtbot, ready, SignOffDialog)
    opened.reason.setPlainText("The clinician waits.")
    close(ready, opened)
    qtbot.waitUntil(lambda: not ready.window.findChildren(SignOffDialog))
    look_at(ready, 0)
    press(ready, "l")
    _sign(qtbot, ready)
    assert ready.window.model.signed.reason == ""


def test_that_it_can_be_signed_all_the_same_with_a_reason(ready, qtbot):
    ready.window.preferences.change(target_count=500)
    _sign(qtbot, ready, "The smear holds\nno more.")
    assert ready.window.model.signed.hindrances == (("too few", 500 - len(codes(ready))),)
    assert ready.window.model.signed.reason == "The smear holds no more."


def test_that_a_reopened_case_can_be_changed_and_is_amended(ready, qtbot):
    _sign(qtbot, ready)
    _reopen(qtbot, ready, "A blast was overlooked.")
    assert "reopened, to be version 2" in ready.window.windowTitle()
    assert "(“A blast was overlooked.”). The next one is AMENDED." in _told(ready)
    look_at(ready, 1)
    press(ready, "b")
    assert codes(ready)[1] == "BLA"
    ready.window.review.undo()
    assert codes(ready)[1] == "LYT"
    look_at(ready, 1)
    press(ready, "b")
    _sign(qtbot, ready)
    assert ready.window.model.signed.version == 2
    assert [each.reopened is None for each in ready.window.session.case.signatures()] == [False, True]


def test_that_a_reopened_case_is_said_to_be_preliminary_though_every_cell_is_reviewed(ready, qtbot):
    _sign(qtbot, ready)
    _reopen(qtbot, ready, "A blast was overlooked.")
    count = ready.window.model.differential()
    assert count.reviewed == count.total
    report = open_report(qtbot, ready)
    assert "The report will say that it is preliminary." in report.frame.summary.text()
    closed(qtbot, ready, report)


def test_that_a_signed_case_opens_signed_and_is_not_looked_through_or_classified(ready, qtbot, drawn_slide):
    _sign(qtbot, ready)
    window, path = ready.window, ready.window.session.case.path
    window.session.close()
    with CaseFile.open(path) as before:
        count = len(before.cells())
        old = before.cells()[0].place.path
    old.with_stem("new").write_bytes(old.read_bytes())
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        window.commands.open([drawn_slide])
    qtbot.wait(300)
    assert window.session.case.path == path
    assert len(window.model.cells) == count
    assert "Signed by A. Reader" in _told(ready)


def test_that_the_count_of_a_signed_case_stays_by_its_rules(ready, qtbot):
    _sign(qtbot, ready)
    ready.window.preferences.change(target_count=999, reference_set="wintrobe")
    rules = ready.window.model.rules
    assert (rules.target, rules.references.key) == (10, "bain-1996")
    _reopen(qtbot, ready, "why")
    assert ready.window.model.rules.target == 999


def test_that_signing_in_another_window_is_noticed_at_the_next_decision(ready, qtbot):
    with CaseFile.open(ready.window.session.case.path) as other:
        other.sign("B. Reader", ready.window.model.rules.to_json())
    look_at(ready, 1)
    press(ready, "b")
    qtbot.waitUntil(lambda: ready.window.model.signed is not None, timeout=10_000)
    assert codes(ready)[1] == "LYT"
    assert "Signed by B. Reader" in _told(ready)
    assert "is signed; nothing was written" in dialog(ready, QMessageBox).text()
    close(ready, dialog(ready, QMessageBox))


def test_that_the_report_of_each_version_is_offered_and_a_signed_header_is_not_to_be_edited(ready, qtbot):
    ready.window.session.set_field("accession", "M-1")
    _sign(qtbot, ready)
    ready.window.commands.report()
    opened = dialog(ready, ReportWindow)
    assert opened.form.fields["accession"].isReadOnly()
    close(ready, opened)
    qtbot.waitUntil(lambda: not ready.window.findChildren(ReportWindow))
    _reopen(qtbot, ready, "why")
    ready.window.commands.report()
    opened = dialog(ready, ReportWindow)
    opened.form.fields["accession"].setText("M-2")
    assert opened.version.count() == 2
    opened.version.setCurrentIndex(1)
    assert opened.text_of("accession") == "M-1"
    assert opened.form.fields["accession"].isReadOnly()
    opened.version.setCurrentIndex(0)
    assert opened.text_of("accession") == "M-2"
    opened.version.setCurrentIndex(1)
    close(ready, opened)
    assert ready.window.session.fields["accession"] == "M-2"


def test_that_an_altered_signed_case_is_told(ready, qtbot):
    _sign(qtbot, ready)
    path = ready.window.session.case.path
    ready.window.session.close()
    qtbot.wait(200)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER decision_no_update")
        other.execute("UPDATE decision SET to_code = 'BLA'")
        other.commit()
    ready.window.commands.open([path])
    qtbot.waitUntil(lambda: "not what A. Reader signed" in _told(ready), timeout=20_000)
