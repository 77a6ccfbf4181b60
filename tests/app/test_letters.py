"""Alt and a letter: each letter leads to one place, and those of the menu bar to the menus."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from desk_steps import back_to_window, dialog, message_of, open_and_wait, press, wait_for_workers
from every_dialog import every_dialog
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QGroupBox,
    QLabel,
    QMenu,
    QPushButton,
    QTabBar,
    QWidget,
)
from report_steps import closed, open_report

import marrowdesk.app
from marrowdesk.app.dialogs.export import ExportDialog
from marrowdesk.core.taxonomy import CellClass, CountRole, Lineage
from marrowdesk.store.schemes import keep_own_scheme, own_scheme

_ALT = Qt.KeyboardModifier.AltModifier


def _letter(text):
    found = re.search(r"&(\w)", text.replace("&&", ""))
    return found[1].lower() if found else ""


def _texts(window):
    """Give the visible texts of a window in which an ampersand underlines a letter."""
    texts = []
    for each in window.findChildren(QWidget):
        if not each.isVisible() or each.window() is not window.window():
            continue
        if isinstance(each, QAbstractButton) or (isinstance(each, QLabel) and each.buddy() is not None):
            texts.append(each.text())
        elif isinstance(each, QGroupBox):
            texts.append(each.title())
        elif isinstance(each, QTabBar):
            texts += [each.tabText(at) for at in range(each.count())]
    return [text for text in texts if _letter(text)]


def _twice(texts):
    """Give the texts that share their letter with another one."""
    letters = Counter(_letter(text) for text in texts if _letter(text))
    return [text for text in texts if letters[_letter(text)] > 1]


def _menus(menu, path):
    yield path, [each.text().split("\t")[0] for each in menu.actions() if not each.isSeparator()]
    for action in menu.actions():
        if action.menu() is not None:
            yield from _menus(action.menu(), f"{path} > {action.text()}")


def test_that_no_menu_has_a_letter_twice(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="A. Reader")
    desk.window.model.assign([0], "BLA")
    bar = desk.window.menuBar()
    assert not _twice([each.text() for each in bar.actions()])
    shared = {
        path: _twice(texts) for menu in bar.actions() for path, texts in _menus(menu.menu(), menu.text())
    }
    assert len(shared) > 10
    assert not {path: texts for path, texts in shared.items() if texts}


def _messages_letters():
    """Give the texts of all buttons that the program puts into its messages, as they are written."""
    for path in Path(marrowdesk.app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_button":
                strings = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                yield from (each for each in strings if isinstance(each, str) and _letter(each))


def test_that_no_button_of_a_message_takes_a_letter_of_the_menu_bar_or_of_another_message(desk):
    bar = {_letter(each.text()) for each in desk.window.menuBar().actions()}
    assert bar == set("fevch")
    letters = list(_messages_letters())
    assert len(letters) >= 12
    assert not [text for text in letters if _letter(text) in bar]
    problems = [each.text() for each in desk.window.problems.findChildren(QPushButton)]
    assert len(problems) == 2
    assert not _twice({*letters, *problems} - {"&Done"})  # done is said where no second reading is to end


def test_that_the_menus_open_by_their_letters_whatever_is_told_in_the_window(desk, qtbot, drawn_slide):
    (drawn_slide / "broken.jpg").touch()
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    assert window.docks.problems.isVisible()
    assert message_of(desk, "reader") is not None
    sitting = window.model.case.add_sitting("B. Reader")
    with qtbot.waitSignal(window.session.opened):
        window.session.read_second(sitting)
    qtbot.waitUntil(lambda: message_of(desk, "sitting") is not None)
    wait_for_workers(qtbot)
    texts = _texts(window)
    assert {"En&d it", "C&opy all"} <= set(texts)
    assert not _twice([*texts, *(each.text() for each in window.menuBar().actions())])
    for key, title in zip("FEVCH", ("&File", "&Edit", "&View", "&Count", "&Help"), strict=True):
        back_to_window(qtbot, desk)
        press(desk, getattr(Qt.Key, f"Key_{key}"), _ALT)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), key
        assert menu.title() == title
        menu.close()


def _tab(key):
    QTest.keyClick(QApplication.focusWidget(), key)
    QApplication.processEvents()


def _keeps(key, view):
    """Say whether a table or tree keeps the keyboard when Tab is pressed."""
    view.setFocus()
    QApplication.processEvents()
    if not view.hasFocus():
        return False  # there is nothing in it to be chosen
    _tab(key)
    return view.hasFocus()


def test_that_no_dialog_has_a_letter_twice_and_tab_comes_out_of_every_table(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="A. Reader")
    desk.window.model.assign([0, 1, 2], "BLA")
    shared, kept, tables = {}, {}, 0
    for name, opened in every_dialog(desk, qtbot):
        shared[name] = _twice(_texts(opened))
        views = [
            each
            for each in opened.findChildren(QAbstractItemView)
            if each.isVisible() and each.window() is opened and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        tables += len(views)
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            kept[name, key.name] = [each.accessibleName() for each in views if _keeps(key, each)]
    assert len(shared) == 17
    assert tables > 8
    assert not {name: texts for name, texts in shared.items() if texts}
    assert not {where: names for where, names in kept.items() if names}


def test_that_an_ampersand_in_a_name_is_read_and_underlines_nothing(desk, qtbot, drawn_slide):
    scheme = own_scheme()
    cell = CellClass("GLY", "T & NK cell", Lineage.LYMPHOID, CountRole.COUNTED, "9", "#aa3377")
    keep_own_scheme(replace(scheme, classes=(*scheme.classes, cell)))
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.preferences.change(reader="Smith & Jones")
    window.model.assign([0], "GLY")
    QApplication.processEvents()
    assert window.status.reader.text() == "Smith && Jones"
    assert window.menus.assign.actions()[-1].text() == "T && NK cell\t9"
    assert "T && NK cell" in window.acts.undo.text()
    window.status.show_model("A & B", "")
    assert window.status.model.text() == "A && B"


def test_that_tab_goes_through_the_report_and_the_export_as_they_stand(desk, qtbot, drawn_slide):
    report = open_report(qtbot, desk, drawn_slide)
    assert _way(report.form.fields["institution"], 1) == [report.frame.logo.choose]
    assert _way(report.frame.set_up, 1) == [report.frame.fold]
    closed(qtbot, desk, report)
    desk.window.acts.export.trigger()
    export = dialog(desk, ExportDialog)
    export.activateWindow()
    wait_for_workers(qtbot)
    chosen = next(each for each in export.forms.values() if each.isChecked())
    close = next(each for each in export.findChildren(QPushButton) if each.text() == "Close")
    assert _way(chosen, 4) == [export.names, export.leaving.area, export.write, close]
    export.close()


def _way(start, steps):
    start.setFocus()
    reached = []
    for _ in range(steps):
        _tab(Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    return reached
