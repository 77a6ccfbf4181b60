"""A slide of 500 real cells is brought to sign-off by keys and mouse, by a reader who knows the truth."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass, field

import numpy as np
import pytest
from desk_steps import open_and_wait, press, wait_for_dialog, wait_for_model
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.app.dialogs.sign_off import SignOffDialog
from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.bundle import shipped_bundle

CELLS = 500
MOST_ACTIONS = 140
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

pytestmark = pytest.mark.real_data


@dataclass
class Log:
    """What the reader did.

    Attributes:
        keys: keys pressed, by what they were pressed for.
        moves: cells that the mouse was moved to.
    """

    keys: dict[str, int] = field(default_factory=dict)
    moves: int = 0

    def note(self, what: str) -> None:
        """Count a key."""
        self.keys[what] = self.keys.get(what, 0) + 1

    @property
    def actions(self) -> int:
        """All keys pressed."""
        return sum(self.keys.values())


@pytest.fixture
def slide(real_data, tmp_path):
    """Give a folder of 500 cells that the shipped model never saw, under numbers; and the truth by number."""
    bundle = shipped_bundle().path
    with (bundle / "held_out.csv").open(newline="") as stream:
        held = {row["file"] for row in csv.DictReader(stream)}
    with (real_data / "manifest.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"] in held]
    folder, truth = tmp_path / "M-2026-0500", {}
    folder.mkdir()
    for number, at in enumerate(np.random.default_rng(1).permutation(len(rows))[:CELLS]):
        shutil.copy(real_data / rows[at]["file"], folder / f"{number:03}.jpg")
        truth[f"{number:03}.jpg"] = rows[at]["marrow_class"]
    return folder, truth


class Reader:
    """Looks over screen by screen, gives each wrong cell its class, confirms the rest, signs."""

    def __init__(self, desk, qtbot, truth) -> None:
        self.desk, self.qtbot, self.truth, self.log = desk, qtbot, truth, Log()
        self.window, self.gallery = desk.window, desk.window.gallery

    def right(self, row: int) -> str:
        """Give the class of a cell."""
        return self.truth[self.window.model.cells[row].place.path.name]

    def press(self, what: str, key: Qt.Key | str, held=Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key, and note what for."""
        press(self.desk, key, held)
        self.log.note(what)

    def point(self, row: int) -> None:
        """Move the mouse onto a cell."""
        view = self.gallery.view
        place = view.picture_at(self.gallery._cells.position_of(row)).center()
        QTest.mouseMove(view.viewport(), place + QPoint(2, 2))
        QTest.mouseMove(view.viewport(), place)
        QApplication.processEvents()
        assert self.gallery.pointed_row() == row
        self.log.moves += 1

    def review(self) -> None:
        """Review every cell."""
        model = self.window.model
        while any(cell.review is None for cell in model.cells):
            for row in self.gallery.screen_rows():
                cell = model.cells[row]
                if cell.code != self.right(row):
                    self.point(row)
                    self.press("given another class", MARROW[self.right(row)].key.lower())
            self.press("screens confirmed", Qt.Key.Key_Space, _SHIFT)
            assert self.log.actions < 2 * CELLS

    def dismiss(self) -> None:
        """Exclude what cannot be identified, all at once."""
        self.gallery.set_class_filter(Special.UNIDENTIFIED)  # a click on the list of classes
        self.log.note("clicks on a class")
        self.window.focus_cells()
        if self.gallery.visible_order():
            self.press("not identifiable", Qt.Key.Key_A, _CTRL)
            self.press("not identifiable", Qt.Key.Key_Delete)

    def sign(self) -> None:
        """Sign."""
        self.press("signing", Qt.Key.Key_Return, _CTRL)
        opened = wait_for_dialog(self.qtbot, self.desk, SignOffDialog)
        assert opened.sign.isEnabled()
        with self.qtbot.waitSignal(self.window.model.signature_changed, timeout=20_000):
            self.press("signing", Qt.Key.Key_Return)


@pytest.mark.parametrize("size", [(1366, 768)])
def test_that_a_slide_of_500_cells_is_signed_within_140_actions(make_desk, qtbot, slide, size, capsys):
    folder, truth = slide
    desk = make_desk(shipped_bundle().path, size=size)
    wait_for_model(qtbot, desk)
    window = desk.window
    window.preferences.change(reader="A. Reader", keys_follow_mouse=True, target_count=300)
    open_and_wait(qtbot, desk, folder)
    window.gallery.set_thumbnail_side(64)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.focus_cells()
    qtbot.wait(200)
    wrong = sum(cell.code != truth[cell.place.path.name] for cell in window.model.cells)
    reader = Reader(desk, qtbot, truth)
    reader.review()
    assert all(cell.code == truth[cell.place.path.name] for cell in window.model.cells)
    reader.dismiss()
    reader.sign()
    assert window.model.signed.hindrances == ()
    with capsys.disabled():
        print(
            f"\n{size[0]}x{size[1]}: {CELLS} cells, {wrong} proposals wrong, {reader.log.actions} actions: "
            f"{reader.log.keys}; the mouse was moved to {reader.log.moves} cells"
        )
    assert reader.log.actions <= MOST_ACTIONS
