"""Counting blood with few classes, and the laboratory's own reference ranges, in the window."""

from __future__ import annotations

import pytest
from desk_steps import back_to_window, close, codes, dialog, look_at, open_and_wait, press, wait_for_model
from PySide6.QtWidgets import QFileDialog, QMessageBox

from marrowdesk.app.dialogs.classes import CODE, ClassesDialog
from marrowdesk.app.dialogs.range_table import AGE_TO, FEMALE_HIGH, FEMALE_LOW, MALE_HIGH, MALE_LOW
from marrowdesk.app.dialogs.references import ReferencesDialog
from marrowdesk.core.reference import BAIN_1996, DACIE_LEWIS
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.store.references import own_sets


def _choose_scheme(desk, key, qtbot):
    desk.window.acts.classes_dialog.trigger()
    opened = dialog(desk, ClassesDialog)
    opened.shipped.setCurrentIndex(opened.shipped.findData(key))
    opened.shipped.activated.emit(opened.shipped.currentIndex())
    opened.for_new.setChecked(False)
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        opened.accept()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ClassesDialog))
    back_to_window(qtbot, desk)
    qtbot.waitUntil(lambda: len(desk.window.gallery.visible_order()) == len(desk.window.model.cells))


def _references(desk):
    desk.window.acts.references_dialog.trigger()
    return dialog(desk, ReferencesDialog)


def test_that_a_blood_film_is_counted_with_five_classes_by_their_keys(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    _choose_scheme(desk, "blood-5", qtbot)
    model = desk.window.model
    assert model.scheme == BLOOD_FIVE
    assert set(codes(desk)) <= set(BLOOD_FIVE.codes)
    look_at(desk, 1)
    press(desk, "s")
    assert codes(desk)[1] == "NEU"
    assert model.differential().row("NEU").reviewed == 1
    assert model.rules.references == DACIE_LEWIS
    qtbot.waitUntil(
        lambda: not desk.window.differential.ratio.isVisible()
    )  # the panel follows in a later turn


def test_that_the_maps_of_a_grouped_class_are_shown(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    _choose_scheme(desk, "blood-5", qtbot)
    case = desk.window.session.case
    assert set(case.attention(1).codes) == set(desk.window.model.cells[0].prediction.codes)
    look_at(desk, 0)
    press(desk, "q")  # nothing fails while the map is shown


def test_that_a_blood_film_has_a_target_of_its_own(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window, targets = desk.window, desk.window.menus._target._group
    assert (window.model.rules.target, targets.checkedAction().data()) == (500, 500)
    _choose_scheme(desk, "blood-5", qtbot)
    assert (window.model.rules.target, targets.checkedAction().data()) == (200, 200)
    next(each for each in targets.actions() if each.data() == 100).trigger()
    assert window.model.rules.target == 100
    assert window.preferences.now.target_count == 500


def test_that_a_scheme_without_a_class_that_a_reader_gave_is_refused(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    look_at(desk, 1)
    press(desk, "n")
    desk.window.acts.classes_dialog.trigger()
    opened = dialog(desk, ClassesDialog)
    opened.shipped.setCurrentIndex(opened.shipped.findData("blood-5"))
    opened.shipped.activated.emit(opened.shipped.currentIndex())
    opened.for_new.setChecked(False)
    opened.accept()
    assert "gave cells the class NGB" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))
    assert "NGB" in desk.window.model.scheme


def test_that_a_class_that_takes_proposals_cannot_be_removed(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.acts.classes_dialog.trigger()
    opened = dialog(desk, ClassesDialog)
    opened.shipped.setCurrentIndex(opened.shipped.findData("blood-7"))
    opened.shipped.activated.emit(opened.shipped.currentIndex())
    row = next(at for at in range(opened.table.rowCount()) if opened.table.item(at, CODE).text() == "IGR")
    opened.table.selectRow(row)
    assert not opened.remove.isEnabled()
    assert "myelocyte" in opened.table.item(row, CODE).toolTip()
    opened.reject()


def test_that_ranges_of_ones_own_are_made_from_shipped_ones_and_mark_the_count(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _references(desk)
    assert not opened.delete.isEnabled()
    opened.copy.click()
    opened.name.setText("Ours")
    for column, text in ((FEMALE_LOW, "1,5"), (FEMALE_HIGH, "2"), (MALE_LOW, "1.5"), (MALE_HIGH, "2")):
        opened.table.item(0, column).setText(text)
    opened.accept()
    (own,) = own_sets()
    assert (own.name, own.entries[0].both.low) == ("Ours", 1.5)
    assert {each.ages[0] for each in (*own.entries, own.me_ratio)} == {18}
    menu = desk.window.menus._references
    entry = next(each for each in menu.actions() if each.text() == "Ours")
    entry.trigger()
    rules = desk.window.model.rules
    assert rules.references == own
    assert desk.window.model.differential().row("BLA").range.high == 2


def test_that_a_set_of_ones_own_says_which_me_ratio_its_range_is_of(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _references(desk)
    assert (opened.me_definition.currentData(), opened.me_definition.isEnabled()) == ("icsh", False)
    opened.copy.click()
    opened.me_definition.setCurrentIndex(opened.me_definition.findData("granulocytic"))
    opened.accept()
    (own,) = own_sets()
    assert own.me_definition == "granulocytic"
    desk.preferences.change(reference_set=own.key)
    assert desk.window.model.differential().me_ratio.range is None
    desk.preferences.change(me_definition="granulocytic")
    assert desk.window.model.differential().me_ratio.range == own.me_ratio.for_sex("")


def test_that_the_age_of_the_patient_chooses_the_ranges(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    session, model = desk.window.session, desk.window.model
    assert model.differential().row("BLA").range is not None
    session.set_field("birth_date", "2020-05-01")
    session.set_field("collected", "2026-05-01")
    assert model.rules.age == 6
    assert model.differential().row("BLA").range is None
    session.set_field("birth_date", "1960-05-01")
    assert model.differential().row("BLA").range == BAIN_1996.entries[0].both


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        (FEMALE_LOW, "a", "is no number"),
        (FEMALE_LOW, "9", "goes from 9 to 3"),
        (AGE_TO, "2", "18 to 2 years"),
    ],
)
def test_that_a_range_that_cannot_be_is_named_and_nothing_is_kept(
    desk, drawn_slide, qtbot, column, text, words
):
    open_and_wait(qtbot, desk, drawn_slide)
    opened = _references(desk)
    opened.copy.click()
    opened.table.item(0, column).setText(text)
    opened.accept()
    box = next(each for each in opened.findChildren(QMessageBox) if each.isVisible())
    assert words in box.text()
    assert "blasts" in box.text()
    close(desk, box)
    assert opened.isVisible()
    assert own_sets() == []
    opened.reject()


def test_that_a_range_is_added_removed_exported_and_imported(desk, drawn_slide, tmp_path, qtbot, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    file = tmp_path / "ours.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    opened = _references(desk)
    opened.copy.click()
    before = opened.table.rowCount()
    opened.added.setCurrentIndex(opened.added.findText("mast cell"))
    opened._add.click()
    assert opened.table.rowCount() == before + 1
    assert opened.table.currentRow() == before - 1  # the M:E ratio stays the last line
    opened._safely(opened._export)
    opened.remove.click()
    assert opened.table.rowCount() == before
    opened._safely(opened._import)
    assert opened.table.rowCount() == before + 1
    opened.accept()
    assert [len(each.entries) for each in own_sets()] == [before - 1, before]


def test_that_broken_ranges_of_ones_own_are_told_and_stop_nothing(make_desk, tiny_bundle, qtbot):
    from marrowdesk.store.paths import references_path

    references_path().parent.mkdir(parents=True, exist_ok=True)
    references_path().write_text("no ranges")
    desk = make_desk(tiny_bundle.path)
    wait_for_model(qtbot, desk)
    box = dialog(desk, QMessageBox)
    assert "reference-ranges.json is no file of reference ranges" in box.text()
    close(desk, box)
    assert desk.window.model.rules.references == BAIN_1996
