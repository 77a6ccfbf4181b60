"""A screen of 1366 by 768 pixels or less: nothing is cut off or overprinted, panels get their room back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from desk_steps import dialog, open_and_wait
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QMenu, QScrollArea, QWidget

from marrowdesk.app.dialogs.references import ReferencesDialog
from marrowdesk.app.dialogs.settings import SettingsDialog
from marrowdesk.app.dialogs.shortcuts_sheet import KeyCap, ShortcutsSheet
from marrowdesk.app.gallery import ClassPanel
from marrowdesk.app.gallery.class_model import ROW_ROLE
from marrowdesk.app.gallery.class_rows import Kind
from marrowdesk.app.numbers import count
from marrowdesk.app.preferences import window_state
from marrowdesk.core.reference import REFERENCE_SETS

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


@pytest.mark.parametrize("screen", [QSize(1366, 768), QSize(1024, 768), QSize(800, 600)])
def test_that_the_sheet_of_keys_is_never_scrolled_sideways(desk, monkeypatch, screen):
    monkeypatch.setattr(ShortcutsSheet, "screen", lambda _: SimpleNamespace(availableSize=lambda: screen))
    desk.window.acts.shortcuts.trigger()
    sheet = dialog(desk, ShortcutsSheet)
    QApplication.processEvents()
    assert sheet.width() <= screen.width()
    assert sheet.height() <= screen.height()
    area = sheet.findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    for part in (*sheet.findChildren(KeyCap), *sheet.findChildren(QLabel)):
        assert part.mapTo(sheet, part.rect().topRight()).x() < sheet.width()
        assert part.width() >= part.sizeHint().width(), part.accessibleName() or part.text()
    if screen.width() == 1366:
        assert area.verticalScrollBar().maximum() == 0


def _widths(desk):
    docks = desk.window.docks
    return [each.width() for each in (docks.classes, docks.viewer, docks.count)]


def _resized(desk, width, height):
    desk.window.resize(width, height)
    for _ in range(5):
        QApplication.processEvents()


def test_that_panels_of_a_window_that_was_small_get_their_widths_back(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    before = _widths(desk)
    _resized(desk, 900, 560)
    assert sum(_widths(desk)) < sum(before)
    _resized(desk, 1100, 768)  # not at one go
    _resized(desk, 1366, 768)
    assert _widths(desk) == before


def test_that_a_case_opened_in_a_small_window_gets_wide_panels_when_it_grows(desk, qtbot, drawn_slide):
    _resized(desk, 900, 560)
    open_and_wait(qtbot, desk, drawn_slide)
    _resized(desk, 1366, 768)
    assert _widths(desk) == [212, 440, 440]


def test_that_a_width_that_the_person_gave_is_the_one_that_comes_back(
    desk, make_desk, tiny_bundle, qtbot, drawn_slide
):
    open_and_wait(qtbot, desk, drawn_slide)
    window, edge = desk.window, desk.window.docks.classes.geometry().right() + 2
    press, release = QPoint(edge, 400), QPoint(edge + 60, 400)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseMove(window, press)
    QTest.mousePress(window, left, none, press)
    QTest.mouseMove(window, release)
    QApplication.processEvents()
    QTest.mouseRelease(window, left, none, release)
    QApplication.processEvents()
    assert _widths(desk) == [272, 440, 440]
    _resized(desk, 900, 560)
    assert _widths(desk)[0] < 272
    desk.end()
    again = make_desk(tiny_bundle.path, drawn_slide)
    qtbot.waitUntil(lambda: again.window.session.case is not None)
    _resized(again, 1366, 768)
    assert _widths(again) == [272, 440, 440]


def _end_as_earlier(desk):
    """End the program and leave what its earlier version kept: no widths beside the arrangement."""
    desk.end()
    kept = window_state()
    widths = [key for key in kept.allKeys() if key.startswith("width of ")]
    assert len(widths) == 3
    for key in widths:
        kept.remove(key)
    kept.sync()


@pytest.mark.parametrize("width", [1630, 900])
def test_that_widths_are_taken_from_an_arrangement_that_an_earlier_version_kept(
    desk, make_desk, tiny_bundle, qtbot, drawn_slide, width
):
    _resized(desk, 1630, 768)
    open_and_wait(qtbot, desk, drawn_slide)
    docks = desk.window.docks
    desk.window.resizeDocks(
        [docks.classes, docks.count, docks.viewer], [230, 700, 700], Qt.Orientation.Horizontal
    )
    QApplication.processEvents()
    assert _widths(desk) == [230, 700, 700]
    _end_as_earlier(desk)
    again = make_desk(tiny_bundle.path, drawn_slide, size=(width, 768))
    qtbot.waitUntil(lambda: again.window.session.case is not None)
    if width < 1630:
        assert _widths(again)[1] < 700
    _resized(again, 1680, 768)
    assert _widths(again) == [230, 700, 700]


def test_that_an_earlier_arrangement_with_tabs_and_a_floating_panel_gives_its_widths(
    desk, make_desk, tiny_bundle, qtbot, drawn_slide
):
    open_and_wait(qtbot, desk, drawn_slide)
    window, docks = desk.window, desk.window.docks
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks.viewer)
    window.tabifyDockWidget(docks.viewer, docks.classes)
    docks.classes.raise_()
    docks.count.setFloating(True)
    QApplication.processEvents()
    window.resizeDocks([docks.classes], [330], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert docks.classes.width() == 330
    _end_as_earlier(desk)
    again = make_desk(tiny_bundle.path, drawn_slide)
    qtbot.waitUntil(lambda: again.window.session.case is not None)
    _resized(again, 1416, 768)
    assert again.window.docks.count.isFloating()
    assert again.window.docks.classes.width() == 330


def _number(panel, row, text):
    """Give what is painted where the number of a heading stands."""
    view = panel.list
    place = view.visualRect(view.model().index(row, 0))
    width = view.fontMetrics().horizontalAdvance(text)
    right = place.right() - 32  # the room of the keys
    return view.viewport().grab(QRect(right - width - 6, place.top(), width + 6, place.height())).toImage()


def test_that_a_heading_is_not_printed_over_its_number(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    model, panel = desk.window.model, ClassPanel(desk.window.model)
    qtbot.addWidget(panel)
    model.assign(range(24), "ART")
    rows = [panel.list.model().index(row, 0).data(ROW_ROLE) for row in range(panel.list.model().rowCount())]
    (at,) = (
        number
        for number, row in enumerate(rows)
        if row.kind is Kind.HEADING and row.name == "Apart from the count"
    )
    text = count(rows[at].count(model.tally))
    assert text == "24"
    panel.show()
    painted = []
    for width in (400, 150):
        panel.resize(width, 1200)
        QApplication.processEvents()
        painted.append(_number(panel, at, text))
    assert painted[0] == painted[1]


_PATH = "/" + "/".join(["Universitaetsklinikum_Musterstadt_Haematologie_Knochenmark_2031_0425_Ausstrich"] * 3)


def test_that_a_path_without_a_space_in_a_message_takes_no_room_and_is_copied_as_it_is(
    desk, qtbot, drawn_slide
):
    _resized(desk, 1280, 720)
    open_and_wait(qtbot, desk, drawn_slide)
    before = _widths(desk)
    text = f"{_PATH}: 1 image, and it cannot be read."
    message = desk.window.banner.tell("empty", text, "warning")
    for _ in range(5):
        QApplication.processEvents()
    assert _widths(desk) == before
    assert desk.window.minimumSizeHint().width() <= 1280
    said = message.said
    assert said.height() > 3 * said.fontMetrics().height(), "it is broken into lines"
    assert message.text == said.toolTip() == said.accessibleName() == text
    said.setSelection(0, len(said.text()))
    QTest.keyClick(said, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == text


def test_that_what_the_chosen_cells_are_called_is_cut_off_before_it_takes_room_from_the_panels(
    desk, qtbot, drawn_slide
):
    _resized(desk, 1280, 720)
    open_and_wait(qtbot, desk, drawn_slide)
    before, window = _widths(desk), desk.window
    name = "Prof. Dr. Karl-Theodor Maria Freiherr von und zu Hohenlohe & Söhne and the first reader differ"
    window.commands.cells_chosen.emit(name, tuple(cell.id for cell in window.model.cells[:5]))
    for _ in range(5):
        QApplication.processEvents()
    choice = window.gallery.line.choice
    assert _widths(desk) == before
    assert "…" in choice.text()
    assert name in choice.toolTip()
    assert name in choice.accessibleName()
    window.commands.cells_chosen.emit("T & NK cells", tuple(cell.id for cell in window.model.cells[:5]))
    assert choice.text().startswith("T && NK cells"), "no letter is underlined"


def test_that_one_cell_is_not_called_cells(desk, qtbot, drawn_slide):
    line = desk.window.gallery.line
    line.show_counts(1, 1, 0)
    assert line.counts == "1 cell"
    line.show_counts(0, 1, 0)
    assert line.counts == "0 of 1 cell shown"
    line.show_counts(2, 2, 0)
    assert line.counts == "2 cells"


def _overprinted(bar):
    """Give the controls of a bar that lie over each other or out of it."""
    shown = [each for each in bar.findChildren(QWidget, options=_DIRECT) if each.isVisible()]
    return [
        (each, other)
        for at, each in enumerate(shown)
        for other in [*shown[:at], None]
        if (other is None and not bar.rect().contains(each.geometry()))
        or (other is not None and each.geometry().intersects(other.geometry()))
    ]


def test_that_long_names_of_smears_leave_the_sequence_readable_and_nothing_lies_over_another(
    desk, qtbot, drawn_slide
):
    open_and_wait(qtbot, desk, drawn_slide)
    bar = desk.window.gallery.bar
    name = "Ausstrich 01 Knochenmark Beckenkamm rechts, Frau Hohenlohe-Schillingsfürst"
    bar.set_slides({1: name, 2: "b"})
    for width, height in ((1366, 768), (1280, 720), (900, 560)):
        _resized(desk, width, height)
        assert not _overprinted(bar), width
        assert bar.sort.width() >= 120
        assert desk.window.minimumSizeHint().width() <= width
        if width == 1280:
            assert bar.slide.width() > bar.slide.fontMetrics().averageCharWidth() * 12
    bar.slide.setCurrentIndex(1)
    assert bar.slide.toolTip() == f"Slide shown: {name}"
    assert bar.slide.view().minimumWidth() > bar.slide.fontMetrics().horizontalAdvance(name)
    bar.set_slides({})
    _resized(desk, 1366, 768)
    texts = [each.text() for each in bar.findChildren(QLabel) if each.isVisible()]
    assert "Certainty" in texts, "it comes back where there is room"


def test_that_the_settings_fit_a_low_screen_with_their_buttons_whatever_a_set_of_ranges_is_called(
    desk, monkeypatch
):
    own = replace(REFERENCE_SETS["bain-1996"], key="own-1", name="Normalwerte des Klinikums & " * 4)
    desk.window.preferences.keep_sets([own])
    desk.window.preferences.change(reference_set="own-1")
    screen = QSize(1093, 614)  # 1366 by 768 pixels at 125 %
    monkeypatch.setattr(SettingsDialog, "screen", lambda _: SimpleNamespace(availableSize=lambda: screen))
    desk.window.acts.settings.trigger()
    settings = dialog(desk, SettingsDialog)
    assert settings.height() < screen.height()
    assert settings.width() < 700
    settings.activateWindow()
    settings.resize(settings.width(), 300)
    for each in (settings.reader, settings.engine):
        each.setFocus(Qt.FocusReason.TabFocusReason)
        settings.findChild(QScrollArea).ensureWidgetVisible(each)
        assert settings.rect().contains(each.mapTo(settings, each.rect().center()))
    for button in settings.findChild(QDialogButtonBox).buttons():
        assert settings.rect().contains(button.mapTo(settings, button.rect().bottomRight()))
    settings.close()
    desk.window.acts.references_dialog.trigger()
    ranges = dialog(desk, ReferencesDialog)
    assert ranges.minimumSizeHint().width() < 800
    assert ranges.chosen.toolTip() == own.name
    ranges.close()
    (menu,) = [
        each for each in desk.window.menus.count.findChildren(QMenu) if each.title() == "&Reference ranges"
    ]
    assert own.name.replace("&", "&&") in [each.text() for each in menu.actions()]
