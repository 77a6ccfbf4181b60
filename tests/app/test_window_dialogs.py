"""The dialogs and the frame of the window: settings that hold, names for all controls, small screens."""

from __future__ import annotations

import pytest
from desk_steps import close, dialog, look_at, open_and_wait, press
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QSpinBox,
    QWidget,
)

from marrowdesk import RESEARCH_USE, __version__
from marrowdesk.app.dialogs.about import AboutDialog
from marrowdesk.app.dialogs.settings import SettingsDialog
from marrowdesk.app.dialogs.shortcuts_sheet import KeyCap, ShortcutsSheet
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.services.engines import wished_beside_a_window
from marrowdesk.store.settings import load_settings

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox,
)  # fmt: skip


def unnamed(window: QWidget) -> list[str]:
    """Give the visible controls that a screen reader would have no word for."""
    buddies = {label.buddy() for label in window.findChildren(QLabel)}
    return [
        f"{type(each).__name__} in {type(each.parent()).__name__}"
        for each in window.findChildren(QWidget)
        if isinstance(each, CONTROLS)
        and each.isVisible()
        and not isinstance(each, QScrollBar | QHeaderView)  # parts of a control that has a name
        and not each.objectName().startswith("qt_")
        and not isinstance(each.parent(), QComboBox | QSpinBox)
        and each not in buddies
        and not each.accessibleName()
        and not (isinstance(each, QAbstractButton) and (each.text() or each.toolTip()))
    ]


def test_that_every_control_of_the_window_has_a_name(desk, qtbot, drawn_slide):
    assert unnamed(desk.window) == []
    (drawn_slide / "broken.jpg").touch()
    open_and_wait(qtbot, desk, drawn_slide)
    assert unnamed(desk.window) == []


KINDS = {
    "settings": SettingsDialog,
    "about": AboutDialog,
    "shortcuts": ShortcutsSheet,
    "report": ReportWindow,
}


@pytest.mark.parametrize("name", list(KINDS))
def test_that_every_control_of_a_dialog_is_named_and_reached_by_keyboard(desk, qtbot, drawn_slide, name):
    open_and_wait(qtbot, desk, drawn_slide)
    getattr(desk.window.commands, name)()
    opened = dialog(desk, KINDS[name])
    assert unnamed(opened) == []
    reachable = [
        each
        for each in opened.findChildren(QWidget)
        if isinstance(each, QLineEdit | QComboBox | QPlainTextEdit | QSpinBox | QAbstractButton)
        and each.isVisible()
        and not each.objectName().startswith("qt_")
        and not isinstance(each.parent(), QComboBox | QSpinBox)
    ]
    without = [type(each).__name__ for each in reachable if not each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert without == []
    close(desk, opened)


def test_that_all_panels_fit_on_a_small_screen(make_desk, tiny_bundle, qtbot, drawn_slide):
    desk = make_desk(tiny_bundle.path, drawn_slide, size=(1366, 768))
    (drawn_slide / "broken.jpg").touch()
    qtbot.waitUntil(lambda: desk.window.docks.problems.isVisible(), timeout=30_000)
    desk.preferences.change(reader="A reader with a very long name, of the second laboratory on the left")
    QApplication.processEvents()
    least = desk.window.minimumSizeHint()
    assert least.width() <= 1366
    assert least.height() <= 768
    assert desk.window.size() == QSize(1366, 768)
    assert desk.window.gallery.width() > 400
    shown = desk.window.rect()
    for dock in (desk.window.docks.classes, desk.window.docks.viewer, desk.window.docks.count):
        assert shown.contains(dock.geometry()), dock.objectName()


def test_that_settings_hold_at_once_and_at_the_next_start(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.acts.settings.trigger()
    settings = dialog(desk, SettingsDialog)
    settings.reader.setText("  Dr. Ann Ray ")
    settings.references.setCurrentIndex(settings.references.findData("wintrobe"))
    settings.me_definition.setCurrentIndex(settings.me_definition.findData("without-blasts"))
    settings.target.setValue(300)
    settings.blood_target.setValue(150)
    settings.theme.setCurrentIndex(settings.theme.findData("dark"))
    settings.engine.setCurrentIndex(settings.engine.findData("torch"))
    settings.accept()
    rules = desk.window.model.rules
    assert (rules.references.key, rules.me_rule.key, rules.target) == ("wintrobe", "without-blasts", 300)
    assert desk.theme.choice == "dark"
    desk.window.activateWindow()
    look_at(desk, 0)
    press(desk, Qt.Key.Key_B)
    assert desk.window.model.cells[0].review.reader == "Dr. Ann Ray"
    desk.end()
    kept = load_settings()
    assert (kept.reader, kept.reference_set) == ("Dr. Ann Ray", "wintrobe")
    assert (kept.target_count, kept.blood_target_count) == (300, 150)
    assert wished_beside_a_window().engine == "torch"


def test_that_settings_that_were_cancelled_change_nothing(desk):
    before = desk.preferences.now
    desk.window.acts.settings.trigger()
    settings = dialog(desk, SettingsDialog)
    settings.reader.setText("Somebody else")
    settings.target.setValue(7)
    settings.reject()
    assert desk.preferences.now == before


def test_that_the_menus_choose_the_rules_of_the_count(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    texts = {}
    for menu in desk.window.menus.count.findChildren(type(desk.window.menus.count)):
        texts.update({action.text().replace("&", ""): action for action in menu.actions()})
    texts["Wintrobe, adults"].trigger()
    assert desk.window.model.rules.references.key == "wintrobe"
    assert texts["Wintrobe, adults"].isChecked()
    texts["200 cells"].trigger()
    assert desk.window.model.rules.target == 200
    texts["Female"].trigger()
    assert desk.window.model.rules.sex == "F"
    assert texts["Female"].isChecked()
    for entry in ("Count faggot cells with them", "Give them of all but erythroid cells too"):
        texts[entry].trigger()
        assert texts[entry].isChecked()
    rules = desk.window.model.rules
    assert (rules.blast_equivalents, rules.non_erythroid) == (("FGC",), True)
    texts["Count faggot cells with them"].trigger()
    assert desk.window.model.rules.blast_equivalents == ()


def test_that_the_reader_is_asked_once_kindly_and_may_answer_in_the_window(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    (message,) = [each for each in desk.window.banner.messages() if each.objectName() == "reader"]
    name = message.findChild(QLineEdit)
    name.setFocus()
    qtbot.keyClicks(name, "Bob")
    assert not any(cell.review for cell in desk.window.model.cells), "letters typed here decide nothing"
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert desk.preferences.now.reader == desk.window.model.reader == "Bob"
    assert not [each for each in desk.window.banner.messages() if each.objectName() == "reader"]


def test_that_the_sheet_shows_the_key_of_every_class(desk):
    desk.window.acts.shortcuts.trigger()
    sheet = dialog(desk, ShortcutsSheet)
    caps = {cap.accessibleName() for cap in sheet.findChildren(KeyCap)}
    assert {each.key for each in MARROW.classes if each.key} <= caps
    assert {"Space", "F1", "Ctrl+Z"} <= caps
    names = {label.text() for label in sheet.findChildren(QLabel)}
    assert {each.name for each in MARROW.classes} <= names


def test_that_about_tells_version_use_model_and_licences(desk, tiny_bundle):
    desk.window.acts.about.trigger()
    about = dialog(desk, AboutDialog)
    texts = [label.text() for label in about.findChildren(QLabel)]
    assert f"MarrowDesk {__version__}" in texts
    assert RESEARCH_USE in texts
    pages = [view.toPlainText() for view in about.findChildren(QPlainTextEdit)]
    assert any(tiny_bundle.sha256 in page for page in pages)
    assert any(f"Run by {desk.window.classifier.engine.device}" in page for page in pages)
    assert all(pages)


def test_that_the_toolbar_and_panels_come_back_with_the_next_case(
    desk, make_desk, tiny_bundle, qtbot, drawn_slide
):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.docks.count.hide()
    desk.window.acts.close_case.trigger()
    assert not desk.window.toolbar.isVisible()
    desk.end()
    again = make_desk(tiny_bundle.path, drawn_slide)
    qtbot.waitUntil(lambda: again.window.session.case is not None)
    assert again.window.toolbar.isVisible()
    assert again.window.docks.viewer.isVisible()
    assert not again.window.docks.count.isVisible(), "what the person put away stays away"


def test_that_the_panels_are_reached_by_keys(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    for key, panel in (
        (Qt.Key.Key_F7, desk.window.classes),
        (Qt.Key.Key_F8, desk.window.viewer),
        (Qt.Key.Key_F6, desk.window.gallery),
    ):
        press(desk, key)
        focus = QApplication.focusWidget()
        assert focus is panel or panel.isAncestorOf(focus), panel
