"""Single parts of the window: theme, icons, keys, messages, problems, recent cases, settings, languages."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers, shortcuts, translations
from marrowdesk.app.banner import Banner
from marrowdesk.app.classifier import Progress
from marrowdesk.app.colors import blend, ink_on
from marrowdesk.app.gallery.class_delegate import Colors, Standing
from marrowdesk.app.gallery.stamps import Frame, Stamps, chosen_ground
from marrowdesk.app.icons import exists, icon
from marrowdesk.app.keys import BareKeys
from marrowdesk.app.preferences import Preferences, choice_of
from marrowdesk.app.problems import ProblemsPanel
from marrowdesk.app.recents import RecentList, describe
from marrowdesk.app.report_desk.window import summary
from marrowdesk.app.sex import sex_of
from marrowdesk.app.status import StatusBar, duration, progress_text
from marrowdesk.app.theme import DARK, LIGHT, Theme, palette_of, tones
from marrowdesk.app.viewer.chip import ClassChip
from marrowdesk.core.cell import CellState
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.holding import ENDING, Holder
from marrowdesk.store.paths import settings_path
from marrowdesk.store.settings import RecentCase, Settings
from marrowdesk.store.values import Problem

APP = Path(__file__).resolve().parents[2] / "marrowdesk" / "app"


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2.1."""

    def luminance(name: str) -> float:
        color = QColor(name)
        parts = (color.redF(), color.greenF(), color.blueF())
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture
def theme(qapp):
    before = qapp.palette()
    theme = Theme(qapp, "light")
    yield theme
    theme.choose("system")
    theme.deleteLater()
    qapp.setPalette(before)


# -- theme and icons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_text_of_a_theme_can_be_read(name):
    each = LIGHT if name == "light" else DARK
    grounds = (each.window, each.base, each.alternate, each.button)
    for ink in (each.text, each.faint, each.link, each.good, each.warning, each.bad):
        for ground in grounds:
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(each.on_accent, each.accent) >= 4.5
    assert contrast(each.tip_text, each.tip) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_an_empty_check_box_is_seen_alone_and_in_a_list(qtbot, theme, name):
    """An outline needs a contrast of 3 (WCAG 2.1, 1.4.11); Fusion's own has 1.1 on a dark ground."""
    theme.choose(name)
    box, rows = QCheckBox(), QListWidget()
    item = QListWidgetItem(rows)
    item.setCheckState(Qt.CheckState.Unchecked)
    ground = (LIGHT if name == "light" else DARK).base
    for shown, painted in ((box, box), (rows, rows.viewport())):
        qtbot.addWidget(shown)
        shown.show()
        image = painted.grab().toImage()
        colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert max(contrast(each, ground) for each in colours) >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_what_is_painted_faint_can_be_read_on_every_ground(qapp, name):
    """Text needs a contrast of 4.5 (WCAG 2.1, 1.4.3), also below a chosen cell and in an empty class."""
    each = LIGHT if name == "light" else DARK
    palette = palette_of(each)
    stamps = Stamps(96, 1.0, palette, qapp.font())
    for active in (True, False):
        tint = chosen_ground(palette, active=active)
        ground = blend(QColor(each.base), QColor(each.accent), tint.alphaF())
        assert contrast(stamps.faint_on(True).name(), ground.name()) >= 4.5
    assert contrast(stamps.faint_on(False).name(), each.base) >= 4.5
    for standing in Standing:
        colors = Colors.of(palette, standing)
        for ink in (colors.ink, colors.faint, colors.heading):
            assert contrast(ink.name(), colors.ground.name()) >= 4.5, (standing, ink.name())
        assert contrast(colors.key_ink.name(), colors.key_ground.name()) >= 4.5


@pytest.mark.parametrize(
    "color", sorted({each.color for scheme in SCHEMES.values() for each in scheme.classes})
)
def test_that_what_stands_on_a_class_colour_is_read_and_is_alike_in_viewer_and_gallery(qtbot, qapp, color):
    ink = ink_on(QColor(color))
    assert contrast(ink.name(), color) >= 4.5
    chip = ClassChip()
    qtbot.addWidget(chip)
    chip.show_class("neutrophil", color, decided=True)
    chip.resize(chip.sizeHint())
    badge = Stamps(96, 2.0, qapp.palette(), qapp.font()).frame(Frame(CellState.CONFIRMED, color, ""))
    middle = badge.toImage().copy(8, 8, 22, 22)  # of the badge: its check on the colour of the class
    for image in (chip.grab().toImage(), middle):
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert ink.name() in seen


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_the_buttons_of_a_panel_are_seen_also_after_it_floated(desk, qtbot, name):
    """A control needs a contrast of 3 (WCAG 2.1, 1.4.11); Fusion's own gray has 2.8 on a dark ground."""
    desk.preferences.change(theme=name)
    desk.window.show_desk(True)
    dock = desk.window.docks.viewer
    ground = (LIGHT if name == "light" else DARK).window
    for floating in (False, True, False):
        dock.setFloating(floating)
        for button in ("qt_dockwidget_floatbutton", "qt_dockwidget_closebutton"):
            image = dock.findChild(QAbstractButton, button).grab().toImage()
            places = [(x, y) for x in range(image.width()) for y in range(image.height())]
            seen = [at for at in places if contrast(image.pixelColor(*at).name(), ground) >= 3]
            assert len(seen) >= 10, (button, floating)


def test_that_choosing_a_theme_changes_every_window_at_once(qtbot, theme):
    heard = []
    theme.changed.connect(lambda: heard.append(tones()))
    theme.choose("dark")
    assert heard == [DARK]
    assert QGuiApplication.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    theme.choose("light")
    assert tones() is LIGHT


def test_that_icons_take_the_colour_of_the_palette_and_are_crisp_at_every_scale(qtbot, theme):
    def ink(mode=QIcon.Mode.Normal):
        image = icon("report").pixmap(QSize(24, 24), 2.0, mode).toImage()
        assert image.width() == 48
        found = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
        return max(found, key=lambda color: color.alpha()).name()

    theme.choose("light")
    assert ink() == QColor(LIGHT.text).name()
    theme.choose("dark")
    assert ink() == QColor(DARK.text).name()
    assert ink(QIcon.Mode.Disabled) == QColor(DARK.disabled).name()


def test_that_every_icon_named_in_the_window_ships():
    named = set()
    for path in APP.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named.update(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
    named.update(re.findall(r'"([a-z]+(?:-[a-z]+)*)"\)$', (APP / "actions.py").read_text(), re.MULTILINE))
    assert len(named) > 12
    assert not {name for name in named if not exists(name)}


# -- keys -----------------------------------------------------------------------------------------------


def test_that_no_key_does_two_things():
    keys = [key for each in shortcuts.TABLE for key in each.keys]
    keys += [each.key for each in MARROW.classes if each.key]
    assert len(keys) == len(set(keys))


@pytest.fixture
def keyed(qtbot):
    window = QWidget()
    window.line, window.button, window.pane = QLineEdit(), QPushButton("press"), QWidget()
    window.pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(window)
    for widget in (window.line, window.button, window.pane):
        layout.addWidget(widget)
    keys = BareKeys(window)
    window.codes, window.confirmed, window.held = [], [], []
    keys.show_scheme(MARROW)
    keys.class_pressed.connect(window.codes.append)
    keys.map_held.connect(window.held.append)
    keys.bind("confirm", lambda: window.confirmed.append(True))
    keys.case_open(True)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    keys.watch(window.windowHandle())
    window.keys = keys
    return window


def test_that_a_class_key_gives_its_class(qtbot, keyed):
    keyed.pane.setFocus()
    qtbot.keyClick(keyed.pane, Qt.Key.Key_B)
    qtbot.keyClick(keyed.pane, Qt.Key.Key_1)
    assert keyed.codes == ["BLA", "EBB"]


def test_that_keys_are_letters_while_a_text_is_typed(qtbot, keyed):
    keyed.line.setFocus()
    for key in ("b", "1", " ", "q"):
        qtbot.keyClick(keyed.line, key)
    assert keyed.line.text() == "b1 q"
    assert keyed.codes == keyed.confirmed == keyed.held == []


def test_that_space_presses_the_button_that_has_the_focus(qtbot, keyed):
    pressed = []
    keyed.button.clicked.connect(lambda: pressed.append(True))
    keyed.button.setFocus()
    qtbot.keyClick(keyed.button, Qt.Key.Key_Space)
    assert pressed == [True]
    assert keyed.confirmed == []
    qtbot.keyClick(keyed.button, Qt.Key.Key_B)
    assert keyed.codes == ["BLA"]
    keyed.pane.setFocus()
    qtbot.keyClick(keyed.pane, Qt.Key.Key_Space)
    assert keyed.confirmed == [True]


def test_that_no_key_decides_while_no_case_is_open(qtbot, keyed):
    keyed.keys.case_open(False)
    keyed.pane.setFocus()
    qtbot.keyClick(keyed.pane, Qt.Key.Key_B)
    qtbot.keyClick(keyed.pane, Qt.Key.Key_Space)
    assert keyed.codes == keyed.confirmed == []


def test_that_the_map_is_shown_exactly_while_its_key_is_held(qtbot, keyed):
    keyed.pane.setFocus()
    handle = keyed.windowHandle()
    qtbot.keyPress(handle, Qt.Key.Key_Q)
    assert keyed.held == [True]
    qtbot.keyRelease(handle, Qt.Key.Key_Q)
    assert keyed.held == [True, False]


# -- messages and problems ------------------------------------------------------------------------------


def test_that_a_message_takes_the_place_of_one_of_its_name(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.tell("a", "first")
    banner.tell("b", "other", "warning")
    banner.tell("a", "second")
    assert sorted(message.text for message in banner.messages()) == ["other", "second"]
    banner.take_away("b")
    assert [message.text for message in banner.messages()] == ["second"]


PROBLEMS = [
    Problem(Path("/slides/a/BLA/one.jpg"), "The file is empty.", "Copy it again."),
    Problem(Path("/slides/a/two.png"), 'It holds a "tab\t" here.', ""),
]


def test_that_problems_are_named_from_their_slide_folder_and_copied_whole(qtbot):
    panel = ProblemsPanel()
    qtbot.addWidget(panel)
    panel.show_problems(PROBLEMS, [Path("/slides/a")])
    names = [panel.table.index(row, 0).data() for row in range(2)]
    assert names == [str(Path("BLA/one.jpg")), "two.png"]
    copy = next(each for each in panel.findChildren(QPushButton) if "Copy" in each.text().replace("&", ""))
    copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["File", "Reason", "What to do"]
    assert lines[1].split("\t") == [str(PROBLEMS[0].path), "The file is empty.", "Copy it again."]
    assert len(lines) == 3


def test_that_the_table_of_problems_keeps_qts_rules(qtbot, qtmodeltester):
    panel = ProblemsPanel()
    qtbot.addWidget(panel)
    panel.show_problems(PROBLEMS)
    qtmodeltester.check(panel.table)
    added = []
    panel.table.rowsInserted.connect(lambda parent, first, last: added.append((first, last)))
    panel.show_problems([*PROBLEMS, PROBLEMS[0]])
    assert added == [(2, 2)]


# -- recent cases ---------------------------------------------------------------------------------------


def test_that_recent_cases_say_how_far_they_are(qtbot, drawn_case, tmp_path):
    now = datetime.now(UTC)
    gone = RecentCase(path=tmp_path / "gone.mdcase", title="gone", opened=now)
    here = RecentCase(path=drawn_case.path, title="drawn", opened=now)
    recents = RecentList()
    qtbot.addWidget(recents)
    recents.show_cases([here, gone])
    described = Qt.ItemDataRole.AccessibleDescriptionRole
    qtbot.waitUntil(lambda: bool(recents.list.item(1).data(described)))
    assert "24 cells · 0 reviewed (0 %)" in recents.list.item(0).data(described)
    assert "not there any more" in recents.list.item(1).data(described)
    chosen = []
    recents.chosen.connect(chosen.append)
    recents.list.setCurrentRow(0)
    recents.list.itemActivated.emit(recents.list.item(0))
    assert chosen == [drawn_case.path]


def test_that_listing_a_case_of_an_earlier_version_does_not_bring_it_up_to_date(qtbot, drawn_case, tmp_path):
    path = tmp_path / "old" / "old.mdcase"
    path.parent.mkdir()
    drawn_case.close()
    shutil.copyfile(drawn_case.path, path)
    with closing(sqlite3.connect(path)) as older:  # as the program before this one wrote it
        older.execute("DROP TABLE origin")
        older.execute("PRAGMA user_version = 2")
        older.commit()
    before = path.read_bytes()
    recents = RecentList()
    qtbot.addWidget(recents)
    recents.show_cases([RecentCase(path=path, title="old", opened=datetime.now(UTC))])
    described = Qt.ItemDataRole.AccessibleDescriptionRole
    qtbot.waitUntil(lambda: bool(recents.list.item(0).data(described)))
    assert "24 cells · 0 reviewed (0 %)" in recents.list.item(0).data(described)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["old.mdcase"]


def test_that_a_recent_case_that_cannot_be_looked_into_says_why(qtbot, drawn_case, tmp_path):
    whole = drawn_case.path.read_bytes()
    names = ("truncated", "saved", "text", "elsewhere", "gone")
    paths = {name: tmp_path / f"{name}.mdcase" for name in names}
    for path in paths.values():
        path.write_bytes(whole[: len(whole) // 2])
    paths["text"].write_text("no case")
    paths["gone"].unlink()
    copy = tmp_path / "copies" / "saved" / "2026-01-02 03.04.05.mdcase"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(whole)
    for name in ("elsewhere", "gone"):  # where nothing is, nothing is open
        holder = replace(Holder.here(), computer="ward-3", person="ann")
        paths[name].with_name(paths[name].name + ENDING).write_text(json.dumps(asdict(holder)))
    recents = RecentList()
    qtbot.addWidget(recents)
    now = datetime.now(UTC)
    recents.show_cases([RecentCase(path=path, title=name, opened=now) for name, path in paths.items()])
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    items = {name: recents.list.item(row) for row, name in enumerate(paths)}
    qtbot.waitUntil(lambda: all(each.data(role) for each in items.values()))
    said = {name: each.data(role).split(" · ")[1] for name, each in items.items()}
    assert said == {
        "truncated": "damaged: keep the file as it is, and restore it from a backup",
        "saved": "damaged: open it to put an earlier copy back",
        "text": "damaged: keep the file as it is, and restore it from a backup",
        "elsewhere": "open on ward-3",
        "gone": "not there any more",
    }
    assert "ann on ward-3" in items["elsewhere"].toolTip()
    assert str(paths["truncated"]) in items["truncated"].toolTip()
    recents.resize(300, 300)
    recents.grab()  # a long line is cut off where the list ends


def test_that_a_case_not_looked_at_yet_shows_its_date_alone():
    opened = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    text = describe(RecentCase(path=Path("/a.mdcase"), title="a", opened=opened), None)
    assert text == opened.astimezone().strftime("%Y-%m-%d %H:%M")


# -- settings -------------------------------------------------------------------------------------------


def test_that_a_setting_is_written_a_moment_after_it_changed(qtbot):
    preferences = Preferences()
    heard = []
    preferences.changed.connect(lambda: heard.append(preferences.now.reader))
    preferences.change(reader="A")
    preferences.change(reader="Ann")
    assert heard == ["A", "Ann"]
    qtbot.waitUntil(settings_path().is_file)
    assert json.loads(settings_path().read_text())["reader"] == "Ann"


def test_that_settings_that_cannot_be_read_are_told_and_the_session_goes_on(qapp):
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("{ this is no JSON")
    preferences = Preferences()
    assert "set aside" in preferences.broken.message
    assert preferences.now == Settings()


def test_that_unknown_keys_of_a_newer_program_mean_the_standard_rules():
    settings = Settings(reference_set="future", me_definition="future", target_count=300)
    rules = choice_of(settings).rules("marrow", {"sex": "female"})
    assert (rules.references.key, rules.me_rule.key, rules.target, rules.sex) == (
        "bain-1996",
        "icsh",
        300,
        "F",
    )


@pytest.mark.parametrize(
    ("text", "sex"),
    [("female", "F"), (" F ", "F"), ("Male", "M"), ("m", "M"), ("", ""), ("unknown", ""), ("Frau", "F")],
)
def test_that_the_sex_of_the_report_chooses_the_ranges(qapp, text, sex):
    assert sex_of(text) == sex


# -- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59, "59 s"), (130, "2 min 10 s"), (3000, "50 min"), (3900, "1 h 05 min")],
)
def test_that_times_are_written_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_that_progress_says_speed_and_time_only_when_known(qapp):
    assert progress_text(Progress(0, 2000, 0.0, None)) == "0 of 2,000 cells"
    assert progress_text(Progress(1240, 2000, 85.2, 9.0)) == "1,240 of 2,000 cells · 85 cells/s · 9 s left"


class _Paints(QObject):
    """Counts how often what it watches is painted."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_that_a_single_cell_is_counted_in_the_singular(qtbot):
    tally = Tally()
    tally.current["LYT"] = tally.predicted["LYT"] = tally.states[CellState.PROPOSED] = 1
    one = differential(tally, MARROW, CountingRules(target=10))
    window = QMainWindow()
    qtbot.addWidget(window)
    status = StatusBar(QAction(window), window)
    status.show_count(one)
    assert status.count.text() == "Counted 1 of 10   Reviewed 0 of 1 cell"
    assert summary(one).startswith("1 nucleated cell counted; 0 of 1 cell reviewed.")
    tally.current["LYT"] = tally.predicted["LYT"] = tally.states[CellState.PROPOSED] = 1200
    assert summary(differential(tally, MARROW, CountingRules())).startswith(
        "1,200 nucleated cells counted; 0 of all 1,200 cells reviewed."
    )


@pytest.mark.parametrize("width", [1366, 900])
def test_that_no_text_of_the_status_bar_is_cut_off(qtbot, width):
    window = QMainWindow()
    qtbot.addWidget(window)
    status = StatusBar(QAction(window), window)
    window.setStatusBar(status)
    window.resize(width, 200)
    status.show_reader("Dr. A. Reader")
    status.show_model("marrow-regnetx-032-se", "")
    window.show()
    for done in (9, 13, 1234):  # longer each time
        progress = Progress(done, 20_000, 21.0, 965.0)
        status.show_progress(progress)
        status.count.setText(f"Counted {done} of 500   Reviewed {done} of 20,000 cells")
        status.show_task("reading", "Reading the folder: 12 files" if done < 100 else "")
        for part in (status.count, status.reader, status.model):
            assert part.width() >= part.minimumSizeHint().width()
            assert part.mapTo(status, part.rect().topRight()).x() < width
        if width == 1366:
            assert status.text.width() >= status.text.sizeHint().width()
        assert progress_text(progress) in status.text.toolTip()


def test_that_progress_is_painted_in_its_turn_and_nothing_else_at_once_with_it(qapp, qtbot):
    window, paints = QMainWindow(), _Paints()
    qtbot.addWidget(window)
    status = StatusBar(QAction(window), window)
    window.setStatusBar(status)
    window.resize(900, 200)
    status.show_progress(Progress(1, 500, 50.0, 10.0))
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(50)
    for part in (status.bar, window):
        part.installEventFilter(paints)
    window.update()  # as cells do that have got their proposals
    for done in range(2, 400, 40):
        status.show_progress(Progress(done, 500, 50.0, 10.0))
    assert paints.count == 0
    qtbot.waitUntil(lambda: paints.count >= 2)
    assert status.bar.value() == 362


def test_that_english_needs_no_translation_and_is_always_offered(qapp):
    assert translations.languages()["en"] == "English"
    assert translations.install(qapp, "en") == []
    assert translations.install(qapp, "xx") == []


@pytest.mark.parametrize("width", [690, 1400])
def test_that_the_hint_to_a_problem_is_in_sight(qtbot, width):
    panel = ProblemsPanel()
    qtbot.addWidget(panel)
    panel.resize(width, 160)
    panel.show()
    view = panel.findChild(QTableView)
    assert view.columnViewportPosition(2) + 100 < view.viewport().width()
    assert view.columnWidth(1) > 0.4 * view.viewport().width()


@pytest.mark.parametrize(
    ("value", "written"),
    [(3.06, "+3.1"), (-0.44, "\u22120.4"), (0.04, "0.0"), (-0.04, "0.0"), (100.0, "+100.0")],
)
def test_that_a_difference_in_percent_points_bears_its_sign(value, written):
    assert numbers.points(value) == written
