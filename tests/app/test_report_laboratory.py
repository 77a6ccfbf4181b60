"""What the laboratory brings into the form: completion, text blocks, fields hidden or required."""

from __future__ import annotations

import json

import pytest
from desk_steps import back_to_window, close, dialog, open_and_wait, press, wait_for_dialog
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QPushButton
from report_steps import child, closed, kept_in, open_report

from marrowdesk.app.dialogs.settings import SettingsDialog
from marrowdesk.app.dialogs.sign_off import SignOffDialog
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.app.report_desk.blocks_dialog import BlocksDialog
from marrowdesk.app.report_desk.fields_dialog import HELD, REQUIRED, SHOWN, FieldsDialog
from marrowdesk.store.blocks import MOST_BLOCKS, TextBlock, keep_own_blocks, own_blocks, read_blocks
from marrowdesk.store.paths import blocks_path, phrases_path
from marrowdesk.store.phrases import NEVER_KEPT, earlier_phrases, remember

Key, CTRL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
EVIL = "<b>&amp; 'x'</b> \u202e😀 {0} & tab"

# -- completion from earlier reports --------------------------------------------------------------------


def _offered(field) -> list[str]:
    completer = field.completer()
    if completer is None:
        return []
    completer.setCompletionPrefix(field.text())
    model = completer.completionModel()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_that_a_line_is_completed_from_earlier_reports_and_never_one_of_a_patient(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    for name in ("site", "requester", *NEVER_KEPT):
        report.form.fields[name].insert(f"{EVIL} {name}")
    QTest.keyClicks(report.form.fields["comment"], "a long one")
    closed(qtbot, desk, report)
    written = phrases_path().read_text("utf-8")
    assert not [name for name in NEVER_KEPT if name in written]
    assert "a long one" not in written
    again = open_report(qtbot, desk)
    for name in ("site", "requester"):
        field = again.form.fields[name]
        field.clear()
        QTest.keyClicks(field, "TAB")
        assert _offered(field) == [f"{EVIL} {name}"]
    for name in NEVER_KEPT:
        assert again.form.fields[name].completer() is None
    site = again.form.fields["site"]
    site.completer().popup().hide()
    site.setFocus()
    QTest.keyClick(site, Key.Key_B)
    site.clear()
    QTest.keyClicks(site, "tab")
    popup = site.completer().popup()
    QTest.keyClick(popup, Key.Key_Down)
    QTest.keyClick(popup, Key.Key_Return)
    assert again.text_of("site") == f"{EVIL} site"
    assert again.isVisible(), "Return chose a text and closed nothing"
    closed(qtbot, desk, again)


def test_that_completion_can_be_switched_off_and_everything_forgotten(desk, drawn_slide, qtbot):
    remember({"site": "sternum"})
    desk.window.commands.settings()
    settings = dialog(desk, SettingsDialog)
    settings.forget.click()
    assert not phrases_path().exists()
    settings.reject()
    remember({"site": "sternum"})
    desk.window.commands.settings()
    qtbot.waitUntil(lambda: len(desk.window.findChildren(SettingsDialog)) == 1)
    settings = dialog(desk, SettingsDialog)
    settings.keep_phrases.setChecked(False)
    settings.accept()
    assert not phrases_path().exists()
    report = open_report(qtbot, desk, drawn_slide)
    QTest.keyClicks(report.form.fields["site"], "tibia")
    assert report.form.fields["site"].completer() is None
    closed(qtbot, desk, report)
    assert not phrases_path().exists()


def test_that_a_broken_file_of_earlier_texts_is_told_and_begun_anew(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    phrases_path().write_text("{")
    desk.window.commands.report()
    report = dialog(desk, ReportWindow)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in report.findChildren(QMessageBox)))
    assert "phrases.json cannot be read" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))
    QTest.keyClicks(report.form.fields["site"], "tibia")
    closed(qtbot, desk, report)
    assert earlier_phrases().of("site") == ("tibia",)


# -- text blocks ----------------------------------------------------------------------------------------


def _menu(report) -> QMenu:
    QTest.keyClick(report.focusWidget(), Key.Key_B, CTRL)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_that_a_block_is_inserted_at_the_cursor_by_keyboard_in_one_step_of_undo(desk, drawn_slide, qtbot):
    keep_own_blocks(
        (
            TextBlock(name="any", text="For any field."),
            TextBlock(name="iron", text="Sideroblasts: none.", field="iron"),
            TextBlock(name=EVIL[:40], text=f"Normal\nin {EVIL}", field="erythropoiesis"),
        )
    )
    report = open_report(qtbot, desk, drawn_slide)
    field = report.form.fields["erythropoiesis"]
    report.form.go_to("erythropoiesis")
    QTest.keyClicks(field, "AC")
    QTest.keyClick(field, Key.Key_Left)
    menu = _menu(report)
    said = [action.text() for action in menu.actions() if action.text()]
    assert len(said) == 3
    assert said[0] == "&1  " + EVIL[:40].replace("&", "&&")
    assert said[1] == "&2  any"
    QTest.keyClick(menu, Key.Key_1)
    assert report.text_of("erythropoiesis") == f"ANormal\nin {EVIL}C"
    assert report.focusWidget() is field
    QTest.keyClick(field, Key.Key_Z, CTRL)
    assert report.text_of("erythropoiesis") == "AC"
    report.form.go_to("site")
    report.frame.insert.click()
    menu = QApplication.activePopupWidget()
    QTest.keyClick(menu, Key.Key_2)
    assert report.text_of("erythropoiesis") == "AFor any field.C", "where the cursor was last"
    closed(qtbot, desk, report)
    assert kept_in(desk.window.session.case.path)["erythropoiesis"] == "AFor any field.C"


def _blocks(report) -> BlocksDialog:
    report.laboratory.arrange_blocks()
    return child(report, BlocksDialog)


def test_that_blocks_are_added_changed_put_in_order_deleted_and_handed_around(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    report = open_report(qtbot, desk, drawn_slide)
    report.form.go_to("iron")
    opened = _blocks(report)
    for name in ("first", "second", "third"):
        opened.add.click()
        QTest.keyClicks(opened.name, name)
        QTest.keyClicks(opened.text, f"Text of {name}.")
    assert opened.field.currentData() == "iron", "a new block is meant for the field one comes from"
    opened.field.setCurrentIndex(opened.field.findData(""))
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    QTest.keyClick(opened.list, Key.Key_Up, ALT)
    assert opened.list.currentRow() == 1
    opened.list.setCurrentRow(0)
    opened.delete.click()
    exported = tmp_path / "texts.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(exported), ""))
    opened._export()
    opened.accept()
    wanted = (
        TextBlock(name="third", text="Text of third."),
        TextBlock(name="second", text="Text of second.", field="iron"),
    )
    assert own_blocks() == wanted == read_blocks(exported)
    keep_own_blocks((TextBlock(name="own", text="x"), wanted[0].model_copy(update={"text": "old"})))
    qtbot.waitUntil(lambda: not report.findChildren(BlocksDialog))
    opened = _blocks(report)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(exported), ""))
    opened._import()
    opened.accept()
    assert own_blocks() == (TextBlock(name="own", text="x"), *wanted)
    closed(qtbot, desk, report)


@pytest.mark.parametrize("content", [b"{", b"\xff", json.dumps({"format": "x"}).encode()])
def test_that_a_bad_file_of_blocks_is_refused_in_words_and_changes_nothing(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch, content
):
    keep_own_blocks((TextBlock(name="own", text="x"),))
    (tmp_path / "bad.json").write_bytes(content)
    report = open_report(qtbot, desk, drawn_slide)
    opened = _blocks(report)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "bad.json"), ""))
    opened._import()
    box = dialog(desk, QMessageBox)
    assert "bad.json is no file of text blocks" in box.text()
    close(desk, box)
    opened.accept()
    assert own_blocks() == (TextBlock(name="own", text="x"),)
    closed(qtbot, desk, report)


def test_that_a_block_without_name_or_text_is_not_kept_and_shown(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    opened = _blocks(report)
    opened.add.click()
    opened.add.click()
    for name, text, words in (
        ("", "", "has no name"),
        ("a", "", "has no text"),
        ("a", "x" * 10_001, "is longer than"),
    ):
        opened.list.setCurrentRow(0)
        opened.name.setText(name)
        opened.text.setPlainText(text)
        opened.list.setCurrentRow(1)
        opened.accept()
        box = dialog(desk, QMessageBox)
        assert words in box.text()
        assert opened.list.currentRow() == 0
        box.close()
        qtbot.waitUntil(lambda: not opened.findChildren(QMessageBox))
    assert opened.isVisible()
    assert not blocks_path().exists()
    opened.reject()
    closed(qtbot, desk, report)
    assert MOST_BLOCKS >= 100


# -- fields hidden and required -------------------------------------------------------------------------


def _fields(report) -> FieldsDialog:
    report.frame.choose_fields.trigger()
    return child(report, FieldsDialog)


def test_that_a_hidden_field_is_left_out_keeps_its_text_and_is_told_where_it_holds_one(
    desk, drawn_slide, qtbot
):
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    QTest.keyClicks(report.form.fields["iron"], "Grade 2.")
    opened = _fields(report)
    row = opened.names.index("iron")
    assert opened.table.item(row, HELD).text() == "filled in"
    for name in ("iron", "plasma_cells"):
        opened.set_on(name, REQUIRED, True)
        opened.set_on(name, SHOWN, False)
    assert "hidden" in opened.table.item(row, HELD).text()
    assert opened.table.item(row, REQUIRED).checkState() == Qt.CheckState.Unchecked
    opened.accept()
    assert desk.preferences.now.hidden_fields == ("plasma_cells", "iron")
    assert desk.preferences.now.required_fields == ()
    assert not report.form.fields["iron"].isVisible()
    assert "Iron stain" in report.form.hidden_text.text()
    assert "Plasma cells" not in report.form.hidden_text.text()
    closed(qtbot, desk, report)
    assert kept_in(path)["iron"] == "Grade 2."
    again = open_report(qtbot, desk)
    again.form.show_hidden.click()
    again.frame.options.patient.click()
    assert again.form.fields["iron"].isVisible()
    assert not again.form.show_hidden.isVisible()
    closed(qtbot, desk, again)
    assert kept_in(path)["iron"] == "Grade 2."


def test_that_a_group_without_a_field_is_left_out_and_a_required_field_is_always_shown(
    desk, drawn_slide, qtbot
):
    desk.preferences.change(
        hidden_fields=("conclusion", "comment", "iron", "of tomorrow"),
        required_fields=("iron", "of tomorrow"),
    )
    report = open_report(qtbot, desk, drawn_slide)
    assert report.form.fields["iron"].isVisible()
    assert not report.form._boxes[-1][1].isVisible()
    opened = _fields(report)
    opened.set_on("comment", REQUIRED, True)
    opened.accept()
    assert report.form.fields["comment"].isVisible()
    assert desk.preferences.now.hidden_fields == ("conclusion", "of tomorrow")
    assert desk.preferences.now.required_fields == ("iron", "comment", "of tomorrow")
    closed(qtbot, desk, report)


def test_that_an_empty_required_field_stands_against_a_signature_and_the_way_leads_to_it(
    desk, drawn_slide, qtbot
):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    desk.preferences.change(
        reader="A. Reader", target_count=10, required_fields=("site", "conclusion", "of tomorrow")
    )
    window.focus_cells()
    window.gallery.select_all()
    press(desk, "l")
    press(desk, Key.Key_Return, CTRL)
    opened = wait_for_dialog(qtbot, desk, SignOffDialog)
    (fill,) = [each for each in opened.findChildren(QPushButton) if each.text().startswith("Fill in")]
    assert fill.accessibleName() == "Show: Required and empty in the report: Site, Conclusion."
    assert not opened.sign.isEnabled()
    fill.click()
    report = wait_for_dialog(qtbot, desk, ReportWindow)
    qtbot.waitUntil(lambda: report.focusWidget() is report.form.fields["site"])
    QTest.keyClicks(report.form.fields["site"], "sternum")
    closed(qtbot, desk, report)
    back_to_window(qtbot, desk)
    press(desk, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(window.findChildren(SignOffDialog)) == 1)
    opened = wait_for_dialog(qtbot, desk, SignOffDialog)
    opened.reason.setPlainText("It is urgent.")
    with qtbot.waitSignal(window.model.signature_changed, timeout=20_000):
        opened.sign.click()
    assert window.model.signed.hindrances == (("empty fields", 1),)
    qtbot.waitUntil(lambda: not window.findChildren(SignOffDialog))
