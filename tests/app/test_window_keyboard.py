"""The window without a mouse: where the keyboard goes, what it reaches; every entry does something."""

from __future__ import annotations

from desk_steps import dialog, look_at, open_and_wait, press
from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from marrowdesk.app.report_desk import ReportWindow

Key = Qt.Key


def test_that_every_entry_of_the_menus_does_something(desk):
    acts = desk.window.acts
    entries = [each for each in vars(acts).values() if isinstance(each, QAction)]
    assert len(entries) > 20
    idle = [
        each.objectName()
        for each in entries
        if not each.receivers(SIGNAL("triggered(bool)")) + each.receivers(SIGNAL("toggled(bool)"))
    ]
    assert not idle


def test_that_return_goes_to_the_picture_arrows_step_there_and_return_goes_back(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    order = window.gallery.visible_order()
    look_at(desk, order[2])
    press(desk, Key.Key_Return)
    assert QApplication.focusWidget() is window.viewer.canvas
    press(desk, Key.Key_Right)
    assert window.model.current == order[3]
    press(desk, Key.Key_Up)
    assert window.model.current == order[2]
    press(desk, "l")
    assert window.model.cells[order[2]].code == "LYT"
    press(desk, Key.Key_Escape)
    assert QApplication.focusWidget() is window.gallery.view


def test_that_tab_leads_to_every_control_around_the_cells(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window, reached = desk.window, []
    window.focus_cells()
    while window.gallery.view not in reached and len(reached) < 60:
        press(desk, Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    bar = window.gallery.bar
    wanted = {
        bar.state, bar.certainty.low, bar.certainty.high, bar.sort, bar.size, window.classes.list,
        window.viewer.canvas, window.viewer.map_bar.slider, window.status.reader, window.status.model,
    }  # fmt: skip
    assert wanted <= set(reached)


def test_that_the_report_begins_at_its_first_field(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.acts.report.trigger()
    report = dialog(desk, ReportWindow)
    first = next(iter(report.form.fields.values()))
    assert report.focusWidget() is first
    report.close()


def test_that_a_messages_sign_follows_the_theme(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    (message,) = desk.window.banner.messages()
    darkest = []
    for theme in ("light", "dark"):
        desk.preferences.change(theme=theme)
        QApplication.processEvents()
        sign = message._sign.pixmap().toImage()
        darkest.append(
            sum(
                sign.pixelColor(x, y).lightness()
                for x in range(sign.width())
                for y in range(sign.height())
                if sign.pixelColor(x, y).alpha() > 200
            )
        )
    assert darkest[0] < darkest[1] / 2


def test_that_the_first_page_is_pressed_by_return_and_by_space(desk):
    pressed = []
    for action in (desk.window.acts.open_folder, desk.window.acts.open_files):
        action.triggered.disconnect()  # no file dialog
        action.triggered.connect(lambda _=False, each=action: pressed.append(each.objectName()))
    desk.window.start_page.focus_first()
    press(desk, Key.Key_Return)
    press(desk, Key.Key_Tab)
    press(desk, Key.Key_Space)
    assert pressed == ["open_folder", "open_files"]


def test_that_tab_goes_down_the_first_page_as_it_stands_on_the_screen(desk, tmp_path):
    window, preferences = desk.window, desk.window.preferences
    preferences.replace(preferences.now.with_recent(tmp_path / "a.mdcase", "a"))
    page = window.start_page
    page.focus_first()
    reached = [QApplication.focusWidget()]
    for _ in range(5):
        press(desk, Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    wanted = [*page._buttons, page.recents.list, window.status.reader, window.status.model]
    assert reached == wanted
    heights = [each.mapTo(window, each.rect().topLeft()).y() for each in reached]
    assert heights == sorted(heights)
