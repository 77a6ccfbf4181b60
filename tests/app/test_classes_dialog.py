"""Own classes and keys: added, kept for new cases, handed around as a file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from desk_steps import back_to_window, close, codes, dialog, look_at, open_and_wait, press
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QFileDialog, QMessageBox

from marrowdesk.app.dialogs.classes import CODE, KEY, LINEAGE, NAME, ClassesDialog, reserved_keys
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.paths import scheme_path
from marrowdesk.store.schemes import keep_own_scheme, own_scheme


def _opened(desk):
    desk.window.acts.classes_dialog.trigger()
    return dialog(desk, ClassesDialog)


def _row(opened, code):
    return next(r for r in range(opened.table.rowCount()) if opened.table.item(r, CODE).text() == code)


def _add(opened, code="SEZ", name="Sézary cell", key="9"):
    opened.add_class()
    row = opened.table.rowCount() - 1
    for column, text in ((CODE, code), (NAME, name), (KEY, key)):
        opened.table.item(row, column).setText(text)
    box = opened.table.cellWidget(row, LINEAGE)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(Lineage.LYMPHOID))
    return row


def _agree(desk, opened, qtbot):
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        opened.accept()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ClassesDialog))
    back_to_window(qtbot, desk)


def test_that_a_class_of_ones_own_is_assigned_by_its_key_and_counted(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    _add(opened)
    _agree(desk, opened, qtbot)
    look_at(desk, 3)
    press(desk, "9")
    assert codes(desk)[3] == "SEZ"
    row = desk.window.model.differential().row("SEZ")
    assert (row.name, row.lineage, row.share.count) == ("Sézary cell", Lineage.LYMPHOID, 1)
    with CaseFile.open(desk.window.session.case.path) as again:
        assert again.scheme["SEZ"].key == "9"
        assert again.cells()[3].code == "SEZ"


def test_that_new_cases_have_it_and_earlier_ones_stay_as_they_are(desk, drawn_slide, tmp_path, qtbot):
    from marrowdesk.imaging.drawn import draw_slide

    open_and_wait(qtbot, desk, drawn_slide)
    earlier = desk.window.session.case.path
    desk.window.session.close()
    opened = _opened(desk)
    _add(opened)
    opened.accept()
    assert json.loads(scheme_path().read_text("utf-8"))["classes"][-1]["code"] == "SEZ"
    (tmp_path / "next").mkdir()
    draw_slide(tmp_path / "next", 6, seed=4)
    open_and_wait(qtbot, desk, tmp_path / "next")
    assert "SEZ" in desk.window.model.scheme
    with CaseFile.open(earlier) as case:
        assert "SEZ" not in case.scheme


def test_that_another_key_for_a_shipped_class_holds_at_once(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    opened.table.item(_row(opened, "BLA"), KEY).setText("9")
    _agree(desk, opened, qtbot)
    look_at(desk, 2)
    before = codes(desk)[2]
    press(desk, "b")
    assert codes(desk)[2] == before
    press(desk, "9")
    assert codes(desk)[2] == "BLA"


@pytest.mark.parametrize(("key", "words"), [("b", "uses the key B twice"), ("k", "does something else")])
def test_that_a_key_that_is_taken_is_told_and_nothing_changes(desk, drawn_slide, qtbot, key, words):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    _add(opened, key=key)
    opened.accept()
    box = next(each for each in opened.findChildren(QMessageBox))
    assert words in box.text()
    close(desk, box)
    assert opened.isVisible()
    assert not scheme_path().exists()
    opened.reject()


def test_that_shipped_classes_and_those_in_use_cannot_be_removed(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    _add(opened)
    _agree(desk, opened, qtbot)
    look_at(desk, 3)
    press(desk, "9")
    opened = _opened(desk)
    for code in ("BLA", "SEZ"):
        opened.table.selectRow(_row(opened, code))
        assert not opened.remove.isEnabled()
    row = _add(opened, "ZZZ", "other own", "")
    opened.table.selectRow(row)
    assert opened.remove.isEnabled()
    opened.remove.click()
    assert opened.scheme().codes == (*MARROW.codes, "SEZ")
    opened.reject()


def test_that_classes_are_put_in_another_order_with_what_was_entered(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    row = _add(opened)
    opened.table.selectRow(row)
    assert not opened.down.isEnabled()
    for _ in range(row):
        opened.up.click()
    assert not opened.up.isEnabled()
    _agree(desk, opened, qtbot)
    assert desk.window.model.scheme.codes == ("SEZ", *MARROW.codes)
    assert desk.window.model.scheme["SEZ"].lineage is Lineage.LYMPHOID
    assert next(iter(desk.window.acts.classes)) == "SEZ"


def test_that_ok_keeps_what_a_class_of_ones_own_has_beside_the_columns(desk, drawn_slide, qtbot):
    ours = CellClass(
        "SEZ", "Sézary cell", Lineage.LYMPHOID, CountRole.COUNTED, "9", "#123456",
        alert="Tell the ward.", folders=("sezary", "CTCL"), prior=0.2,
    )  # fmt: skip
    scheme = replace(MARROW, classes=(*MARROW.classes, ours))
    keep_own_scheme(scheme)
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    assert opened.scheme() == scheme
    row = _row(opened, "SEZ")
    opened.table.item(row, CODE).setText("SZC")
    opened.table.item(row, NAME).setText("Sézary cell, large")
    opened.table.selectRow(row)
    opened.up.click()
    _agree(desk, opened, qtbot)
    changed = replace(ours, code="SZC", name="Sézary cell, large")
    assert desk.window.session.case.scheme["SZC"] == changed
    assert own_scheme()["SZC"] == changed


def test_that_classes_are_exported_and_imported(desk, drawn_slide, tmp_path, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    file = tmp_path / "ours.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    opened = _opened(desk)
    _add(opened)
    opened._export()
    opened._as_shipped()
    assert opened.scheme().codes == MARROW.codes
    opened._import()
    assert opened.scheme().codes == (*MARROW.codes, "SEZ")
    file.write_text("{}")
    opened._import()
    box = next(each for each in opened.findChildren(QMessageBox) if each.isVisible())
    assert "cannot be read" in box.text()
    close(desk, box)
    assert opened.scheme().codes == (*MARROW.codes, "SEZ")
    opened.reject()


def test_that_a_broken_file_of_own_classes_is_told_and_stops_nothing(desk, drawn_slide, qtbot):
    scheme_path().parent.mkdir(parents=True, exist_ok=True)
    scheme_path().write_text("no classes")
    open_and_wait(qtbot, desk, drawn_slide)
    assert any("Your own classes cannot be used" in each.text for each in desk.window.banner.messages())
    assert desk.window.model.scheme == MARROW


def test_that_a_signed_version_keeps_the_classes_it_was_signed_with(desk, drawn_slide, qtbot):
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.services.reporting import snapshot

    open_and_wait(qtbot, desk, drawn_slide)
    case = desk.window.session.case
    case.sign("A. Reader", CountingRules().to_json())
    case.reopen("A. Reader", "another class")
    desk.window.model.set_signatures(case.signatures())
    opened = _opened(desk)
    _add(opened)
    _agree(desk, opened, qtbot)
    case = desk.window.session.case
    assert "SEZ" in case.scheme
    rows = {
        row.cell_class.code for row in snapshot(case, CountingRules(), version=1).report.differential.rows
    }
    assert "SEZ" not in rows
    assert "Q" in reserved_keys()


def test_that_a_case_refuses_classes_without_one_that_a_reader_used(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    _add(opened)
    _agree(desk, opened, qtbot)
    look_at(desk, 3)
    press(desk, "9")
    press(desk, Qt.Key.Key_Backspace)
    desk.window.commands._set_scheme(MARROW)
    assert "gave cells the class SEZ" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))
    assert "SEZ" in desk.window.model.scheme


def test_that_a_colour_is_changed_by_the_keyboard_alone(desk, drawn_slide, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _opened(desk)
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#123456"))
    assert not opened.color.isEnabled()
    opened.table.setFocus()
    press(desk, Qt.Key.Key_Down)
    press(desk, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    code = opened.table.item(opened.table.currentRow(), CODE).text()
    qtbot.waitUntil(lambda: opened.scheme()[code].color == "#123456")
    opened.reject()
