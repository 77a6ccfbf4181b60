"""What is typed into a report is in the case: however it is closed, whatever is typed, even after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from desk_steps import dialog, open_and_wait, press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from report_steps import closed, kept_in, open_report

from marrowdesk.app import session
from marrowdesk.app.case_loading import load
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.app.report_desk.fields import LONGEST_LINE, LineField
from marrowdesk.report.document import header_labels
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileFull
from marrowdesk.store.phrases import earlier_phrases

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

HOSTILE = {
    "markup": "<b>bold</b> & &amp; <img src='x'/> %s {0} {} \\n",
    "right to left": "שלום (abc) 123 محمد",
    "override": "abc\u202edef\u2066ghi",
    "emoji": "😀 🩸 👩‍⚕️ 🇩🇪",
    "long": "x" * LONGEST_LINE,
    "quotes": "'; DROP TABLE field; --",
}


def _by_button(desk, report):
    next(each for each in report.findChildren(QPushButton) if "Close" in each.text()).click()


WAYS = {
    "button": _by_button,
    "escape": lambda desk, report: QTest.keyClick(report, Key.Key_Escape),
    "window": lambda desk, report: report.close(),
    "case": lambda desk, report: desk.window.session.close(),
    "program": lambda desk, report: desk.end(),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_that_what_was_typed_is_in_the_case_however_the_report_is_closed(desk, drawn_slide, qtbot, way):
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    for name in ("patient_name", "conclusion"):
        report.form.go_to(name)
        QTest.keyClicks(report.form.fields[name], f"typed {name}")
    WAYS[way](desk, report)
    if way != "program":
        qtbot.waitUntil(lambda: not desk.window.findChildren(ReportWindow))
    kept = kept_in(path)
    assert (kept["patient_name"], kept["conclusion"]) == ("typed patient_name", "typed conclusion")


def test_that_typing_is_written_by_itself_in_few_rows(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    QTest.keyClicks(report.form.fields["comment"], "word " * 40)
    qtbot.waitUntil(lambda: kept_in(path).get("comment") == ("word " * 40).strip(), timeout=10_000)
    with CaseFile.open_copy(path) as case, case._db.reading() as connection:
        (rows,) = connection.execute("SELECT count(*) FROM field WHERE name = 'comment'").fetchone()
    assert rows < 20


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does")
def test_that_what_was_typed_is_in_the_case_after_a_kill(drawn_case, home):
    path, text = drawn_case.path, "Reactive marrow, no blasts."
    drawn_case.close()
    program = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("typing_child.py")), str(path), text],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "MARROWDESK_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert program.stdout.readline() == b"typed\n"
        end = time.monotonic() + 30
        while kept_in(path).get("conclusion") != text and time.monotonic() < end:
            time.sleep(0.1)
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
    with CaseFile.open(path) as case:
        assert case.fields()["conclusion"] == text


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_text_in_any_field_is_kept_and_shown_as_typed(desk, drawn_slide, qtbot, kind):
    text = HOSTILE[kind]
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    for field in report.form.fields.values():
        QApplication.clipboard().setText(text)
        field.setFocus()
        (field.lineEdit() if field.objectName() == "sex" else field).paste()
    closed(qtbot, desk, report)
    kept = kept_in(path)
    assert {each.name: kept.get(each.name) for each in header_labels()} == {
        each.name: text.strip() for each in header_labels()
    }
    again = open_report(qtbot, desk)
    assert set(again.form.values().values()) == {text.strip()}
    assert "{}" not in again.form.hidden_text.text()
    closed(qtbot, desk, again)


def test_that_control_characters_and_halves_of_characters_harm_nothing(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    text = "a" + "".join(map(chr, range(32))) + "\x7f\x85\u2028\ufffe b"
    for name in ("site", "comment"):
        report.form.fields[name].show_content("")
        report.form.fields[name].insert(text)
    report.form.fields["requester"].insert("x\ud800y")
    closed(qtbot, desk, report)
    kept = kept_in(path)
    assert kept["site"].startswith("a")
    assert kept["comment"].endswith("b")
    assert kept["requester"].startswith("x")
    again = open_report(qtbot, desk)
    again.files.printer.isEnabled()
    closed(qtbot, desk, again)
    assert kept_in(path) == kept, "opening and closing changes nothing"


def test_that_a_text_of_another_program_is_not_altered_by_looking_at_it(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    given = {"site": "  iliac\ncrest ", "comment": "a\u00a0b\r\nc ", "requester": "y" * (LONGEST_LINE + 5)}
    for name, text in given.items():
        desk.window.session.set_field(name, text)
    report = open_report(qtbot, desk)
    QTest.keyClicks(report.form.fields["accession"], "M-1")
    assert report.form.values().items() >= given.items()
    closed(qtbot, desk, report)
    assert kept_in(desk.window.session.case.path).items() >= given.items()


def test_that_undo_and_redo_work_inside_a_field_and_touch_no_decision(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.focus_cells()
    press(desk, "b")
    decided = [cell.code for cell in desk.window.model.cells]
    report = open_report(qtbot, desk)
    for name in ("site", "conclusion"):
        field = report.form.fields[name]
        field.setFocus()
        QTest.keyClicks(field, "first")
        QTest.keyClick(field, Key.Key_Z, CTRL)
        assert report.text_of(name) == ""
        QTest.keyClick(field, Key.Key_Z, CTRL | SHIFT)
        assert report.text_of(name) == "first"
    assert [cell.code for cell in desk.window.model.cells] == decided
    closed(qtbot, desk, report)


def test_that_a_case_that_cannot_be_written_says_so_and_lets_go(desk, drawn_slide, qtbot, monkeypatch):
    report = open_report(qtbot, desk, drawn_slide)

    def full(*_):
        raise CaseFileFull("There is no space left.", "Free some.")

    monkeypatch.setattr(CaseFile, "set_field", full)
    QTest.keyClicks(report.form.fields["site"], "sternum")
    trouble = report.frame._trouble
    qtbot.waitUntil(lambda: "There is no space left." in trouble.text())
    report.close()
    box = dialog(desk, QMessageBox)
    box.reject()
    assert report.isVisible()
    assert report.text_of("site") == "sternum"
    monkeypatch.undo()
    QTest.keyClicks(report.form.fields["site"], "!")
    qtbot.waitUntil(lambda: not trouble.isVisible())
    monkeypatch.setattr(CaseFile, "set_field", full)
    QTest.keyClicks(report.form.fields["site"], "?")
    report.close()
    qtbot.waitUntil(lambda: any(each.isVisible() for each in report.findChildren(QMessageBox)))
    box = dialog(desk, QMessageBox)
    next(each for each in box.buttons() if "without" in each.text()).click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ReportWindow))


def test_that_tab_goes_through_the_form_from_top_to_bottom(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    report.form.fields["institution"].setFocus()
    reached = ["institution"]
    while reached[-1] != "comment" and len(reached) < 60:
        QTest.keyClick(report.focusWidget(), Key.Key_Tab)
        reached.append(report.focusWidget().objectName())
    assert [name for name in reached if name in report.form.fields] == list(report.form.fields)
    comment = report.form.fields["comment"]
    assert (
        report.form.viewport().rect().contains(comment.mapTo(report.form.viewport(), comment.rect().center()))
    )
    closed(qtbot, desk, report)


def test_that_return_in_a_line_writes_no_file_and_closes_nothing(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    for field in report.form.fields.values():
        if isinstance(field, LineField):
            QTest.keyClick(field, Key.Key_Return)
    assert report.isVisible()
    assert not [each for each in desk.window.findChildren(QMessageBox) if each.isVisible()]
    closed(qtbot, desk, report)


def test_that_a_case_signed_by_another_program_meanwhile_is_shown_as_signed(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    field = report.form.fields["site"]
    with CaseFile.open(desk.window.session.case.path) as other:
        other.sign("B. Reader", desk.window.model.rules.to_json())
    QTest.keyClicks(field, "sternum")
    qtbot.waitUntil(field.isReadOnly, timeout=20_000)
    assert "is signed" in report.frame._trouble.text()
    assert report.text_of("site") == ""
    assert "B. Reader" in report.frame.summary.text()
    closed(qtbot, desk, report)
    assert "site" not in kept_in(desk.window.session.case.path)


def test_that_a_case_read_anew_while_a_person_types_keeps_what_was_typed(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    QTest.keyClicks(report.form.fields["site"], "sternum")
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        desk.window.session.open([path])
    assert report.text_of("site") == "sternum"
    assert desk.window.session.fields["site"] == "sternum"
    QTest.keyClicks(report.form.fields["comment"], "still typed")
    closed(qtbot, desk, report)
    assert kept_in(path).items() >= {"site": "sternum", "comment": "still typed"}.items()


def test_that_what_is_remembered_is_what_was_typed_not_what_a_signed_version_says(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.session.set_field("site", "as signed")
    window.model.set_signatures([window.session.case.sign("A. Reader", window.model.rules.to_json())])
    window.session.reopen("B. Reader", "why")
    report = open_report(qtbot, desk)
    report.form.fields["site"].setText("as typed")
    report.version.setCurrentIndex(1)
    closed(qtbot, desk, report)
    assert earlier_phrases().of("site") == ("as typed",)
    assert window.session.fields["site"] == "as typed"


def test_that_a_case_read_anew_as_the_program_ends_is_given_back(desk, drawn_slide, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    path, read = desk.window.session.case.path, threading.Event()

    def load_and_tell(*what):
        loaded = load(*what)
        read.set()
        return loaded

    monkeypatch.setattr(session, "load", load_and_tell)
    desk.window.session.open([path])
    assert read.wait(60)  # no turn of the loop: nobody shows it
    desk.end()
    assert not [each for each in threading.enumerate() if each.name == "holding"]
