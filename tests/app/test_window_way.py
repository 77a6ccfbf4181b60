"""The whole way through the window: open, classify, correct by keys, undo, report, close, open again."""

from __future__ import annotations

import json

import pytest
from desk_steps import (
    close,
    codes,
    dialog,
    look_at,
    open_and_wait,
    press,
    reviewed,
    wait_for_model,
    wait_until_classified,
)
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog

from marrowdesk import RESEARCH_USE
from marrowdesk.app.classifier import load_apart
from marrowdesk.app.dialogs.shortcuts_sheet import ShortcutsSheet
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.core.cell import CellState

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.slow
def test_that_a_slide_is_opened_classified_corrected_reported_and_found_again(
    make_desk, tiny_bundle, qtbot, tmp_path, monkeypatch
):
    desk = make_desk(tiny_bundle.path, loader=load_apart)  # as the program does
    wait_for_model(qtbot, desk)
    window = desk.window
    window.acts.demo.trigger()
    qtbot.waitUntil(lambda: window.session.case is not None, timeout=120_000)
    wait_until_classified(qtbot, desk)
    assert len(window.model.cells) == 300
    assert window.differential.isVisible()

    look_at(desk, 0)
    press(desk, Key.Key_B)  # a class key
    press(desk, Key.Key_Space)  # confirms the next one
    press(desk, Key.Key_Delete)  # excludes the one after it
    assert sum(reviewed(desk)) == 3
    assert codes(desk)[0] == "BLA"
    press(desk, Key.Key_Z, CTRL)
    assert sum(reviewed(desk)) == 2
    press(desk, Key.Key_Z, CTRL | SHIFT)
    assert sum(reviewed(desk)) == 3
    press(desk, Key.Key_Backspace)
    assert sum(reviewed(desk)) == 2

    pdf = tmp_path / "report.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(pdf), ""))
    press(desk, Key.Key_P, CTRL)
    report = dialog(desk, ReportWindow)
    report.form.fields["patient_name"].setText("Иванова 王小明")
    report.files.writers[0].click()
    qtbot.waitUntil(lambda: report.files.open_button.isVisible(), timeout=60_000)
    assert pdf.read_bytes().startswith(b"%PDF")
    close(desk, report)

    path, kept, states = window.session.case.path, codes(desk), [cell.state for cell in window.model.cells]
    window.acts.close_case.trigger()
    assert window.session.case is None
    assert window.start_page.isVisible()
    desk.end()

    again = make_desk(tiny_bundle.path, path)
    wait_for_model(qtbot, again)
    wait_until_classified(qtbot, again)
    assert codes(again) == kept
    assert [cell.state for cell in again.window.model.cells] == states
    assert again.window.session.fields["patient_name"] == "Иванова 王小明"
    press(again, Key.Key_Z, CTRL)
    assert sum(reviewed(again)) == 1


def test_that_a_decision_on_one_cell_goes_on_to_the_next_unreviewed(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    order = window.gallery.visible_order()
    look_at(desk, order[3])
    press(desk, Key.Key_L)
    assert window.model.cells[order[3]].code == "LYT"
    assert window.model.current == order[4]
    press(desk, Key.Key_Space)
    assert window.model.cells[order[4]].state is CellState.CONFIRMED
    assert window.model.current == order[5]
    press(desk, ".")
    assert window.model.current == order[6], "the point passes a cell over"


def test_that_the_panels_are_painted_in_turns_and_all_are_however_quickly_cases_come_and_go(
    desk, drawn_slide, qtbot
):
    window = desk.window
    parts = [window, *window.docks.panels()]
    window.show_desk(True)
    assert not any(part.updatesEnabled() for part in parts)
    while not window.updatesEnabled():
        QCoreApplication.processEvents()
    assert not parts[-1].updatesEnabled()
    for case_open in (False, True, False, True):
        window.show_desk(case_open)
    qtbot.waitUntil(lambda: all(part.updatesEnabled() for part in parts))
    open_and_wait(qtbot, desk, drawn_slide)
    assert all(part.updatesEnabled() for part in parts)


def test_that_going_on_can_be_switched_off(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.preferences.change(auto_advance=False)
    look_at(desk, 2)
    press(desk, Key.Key_L)
    assert desk.window.model.current == 2


def test_that_a_decision_on_many_cells_is_one_step_and_stays_there(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.focus_cells()
    press(desk, Key.Key_A, CTRL)
    assert len(window.gallery.selected_rows()) == 24
    press(desk, Key.Key_W)
    assert codes(desk) == ["PLM"] * 24
    press(desk, Key.Key_Z, CTRL)
    assert not any(reviewed(desk))
    assert not window.model.undo_stack.canUndo()


def test_that_undo_shows_the_cell_it_touched(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    look_at(desk, 5)
    press(desk, Key.Key_M)
    look_at(desk, 20)
    press(desk, Key.Key_Backspace)
    assert desk.window.model.current == 5
    assert not reviewed(desk)[5]


def test_that_the_title_names_the_case_and_the_research_use(desk, drawn_slide, qtbot):
    assert RESEARCH_USE in desk.window.windowTitle()
    open_and_wait(qtbot, desk, drawn_slide)
    assert desk.window.windowTitle().startswith("drawn slide")
    assert RESEARCH_USE in desk.window.windowTitle()


def test_that_the_sheet_of_keys_opens_by_two_keys(desk, drawn_slide, qtbot):
    press(desk, "?")
    close(desk, dialog(desk, ShortcutsSheet))
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.focus_cells()
    press(desk, Key.Key_F1)
    close(desk, dialog(desk, ShortcutsSheet))


def test_that_the_attention_map_shows_while_q_is_held(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.focus_cells()
    handle = desk.window.windowHandle()
    qtbot.keyPress(handle, Key.Key_Q)
    assert desk.window.viewer.canvas.map_shown
    qtbot.keyRelease(handle, Key.Key_Q)
    assert not desk.window.viewer.canvas.map_shown


def test_that_tables_are_exported_from_the_report_dialog(desk, drawn_slide, qtbot, tmp_path, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.acts.report.trigger()
    report = dialog(desk, ReportWindow)
    for button, form in zip(report.files.writers[1:], ("csv", "json"), strict=True):
        target = tmp_path / f"count.{form}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args, name=target: (str(name), ""))
        button.click()
        qtbot.waitUntil(target.is_file)
        qtbot.waitUntil(button.isEnabled)
    assert len((tmp_path / "count.csv").read_text(encoding="utf-8-sig").splitlines()) == 25
    assert json.loads((tmp_path / "count.json").read_text(encoding="utf-8"))
    close(desk, report)


def test_that_the_header_stays_in_the_case_and_the_institution_with_the_reader(
    desk, drawn_slide, qtbot, tmp_path
):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.acts.report.trigger()
    report = dialog(desk, ReportWindow)
    report.form.fields["institution"].setText("St. Elsewhere")
    report.form.fields["sex"].setCurrentText("female")
    close(desk, report)
    assert window.session.case.fields()["institution"] == "St. Elsewhere"
    assert window.model.rules.sex == "F", "the ranges follow the sex in the header"
    assert desk.preferences.now.institution == "St. Elsewhere"
    window.menus.sex_chosen.emit("M")
    assert window.session.case.fields()["sex"] == "male"
    assert window.model.rules.sex == "M"


def test_that_the_reader_begins_at_the_first_cell_on_the_screen(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    first = window.gallery.visible_order()[0]
    assert window.model.current == first
    assert window.gallery.selected_rows() == [first]
    assert window.viewer.place.position.text().startswith("1 of")
