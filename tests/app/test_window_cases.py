"""Cases in the window: never mixed, resumed by themselves, with their problems listed, found when moved."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from desk_steps import (
    codes,
    look_at,
    open_and_wait,
    press,
    reviewed,
    wait_for_dialog,
    wait_for_model,
    wait_for_workers,
    wait_until_classified,
)
from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QListView, QMessageBox, QPushButton

from marrowdesk.app.classifier import EngineState, load_apart
from marrowdesk.app.gallery import thumbnails
from marrowdesk.app.problems import ProblemTable
from marrowdesk.services import analysis
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.paths import case_path_for
from marrowdesk.store.values import Problem


def noise_slide(folder, count, seed=1):
    """Write small images of noise, quick to make and to read."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        image = random.integers(0, 255, (64, 64, 3), np.uint8)
        cv2.imwrite(str(folder / f"{folder.name}_{number:04d}.png"), image)
    return folder


def messages(desk):
    return {message.objectName(): message for message in desk.window.banner.messages()}


def test_that_a_second_folder_opened_while_classifying_is_not_mixed_with_the_first(desk, qtbot, tmp_path):
    window = desk.window
    first, second = noise_slide(tmp_path / "first", 400), noise_slide(tmp_path / "second", 40, seed=2)
    window.commands.open([first])
    qtbot.waitUntil(lambda: window.classifier.running, timeout=30_000)
    qtbot.waitUntil(lambda: any(cell.prediction is not None for cell in window.model.cells), timeout=30_000)
    open_and_wait(qtbot, desk, second)
    assert len(window.model.cells) == 40
    assert {cell.place.path.parent for cell in window.model.cells} == {second}
    qtbot.wait(300)  # whatever the first still had under way
    assert len(window.model.cells) == 40
    with CaseFile.open(case_path_for(second)) as case:
        assert {cell.place.path.parent for cell in case.cells()} == {second}

    with CaseFile.open(case_path_for(first)) as case:
        before = case.cells()
        assert {cell.place.path.parent for cell in before} == {first}
        assert any(cell.prediction is None for cell in before), "the first must have been left unfinished"
    open_and_wait(qtbot, desk, first)  # goes on by itself with what is left
    assert len(window.model.cells) == 400
    assert all(cell.prediction is not None for cell in window.model.cells)


def test_that_folders_opened_in_quick_succession_end_with_the_last(desk, qtbot, tmp_path):
    folders = [noise_slide(tmp_path / name, 12, seed) for seed, name in enumerate(("a", "b", "c", "d"))]
    for folder in folders:
        desk.window.commands.open([folder])
    qtbot.waitUntil(lambda: desk.window.session.case is not None)
    wait_until_classified(qtbot, desk)
    qtbot.wait(300)
    assert {cell.place.path.parent for cell in desk.window.model.cells} == {folders[-1]}
    assert len(desk.window.model.cells) == 12


def test_that_a_stopped_classification_goes_on_when_asked(desk, qtbot, tmp_path):
    window = desk.window
    window.commands.open([noise_slide(tmp_path / "slide", 300)])
    qtbot.waitUntil(lambda: window.classifier.running, timeout=30_000)
    window.acts.stop.trigger()
    qtbot.waitUntil(lambda: not window.classifier.running and not window.session.reading, timeout=30_000)
    assert window.acts.classify.isEnabled()
    left = sum(cell.prediction is None for cell in window.model.cells)
    assert left
    assert window.classifier.kept_images.bytes == 0, "nobody may ever ask for them"
    qtbot.wait(200)
    assert sum(cell.prediction is None for cell in window.model.cells) == left, "it stays stopped"
    window.acts.classify.trigger()
    wait_until_classified(qtbot, desk)
    assert not window.acts.classify.isEnabled()


def test_that_broken_files_are_listed_and_the_rest_is_counted(desk, qtbot, drawn_slide):
    (drawn_slide / "empty.jpg").touch()
    (drawn_slide / "text.png").write_text("no image")
    whole = next(drawn_slide.glob("*.jpg")).read_bytes()
    (drawn_slide / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    assert not desk.window.docks.problems.isVisible()
    open_and_wait(qtbot, desk, drawn_slide)
    assert len(desk.window.model.cells) == 24
    assert desk.window.docks.problems.isVisible()
    table = desk.window.problems.table
    listed = {table.index(row, 0).data(): table.index(row, 1).data() for row in range(table.rowCount())}
    assert set(listed) == {"empty.jpg", "text.png", "truncated.jpg"}
    assert all(listed.values())
    buttons = desk.window.problems.findChildren(QPushButton)
    copy = next(each for each in buttons if "Copy" in each.text().replace("&", ""))
    copy.click()
    assert "truncated.jpg" in QGuiApplication.clipboard().text()
    shutil.copy(next(drawn_slide.glob("drawn*.jpg")), drawn_slide / "empty.jpg")
    desk.window.commands.open([drawn_slide])
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 25, timeout=30_000)
    qtbot.waitUntil(lambda: table.rowCount() == 2)


def test_that_the_list_of_broken_files_is_saved_whole_or_not_at_all(
    desk, qtbot, drawn_slide, tmp_path, monkeypatch
):
    (drawn_slide / "empty.jpg").touch()
    open_and_wait(qtbot, desk, drawn_slide)
    panel, target = desk.window.problems, tmp_path / "list.tsv"
    save = next(each for each in panel.findChildren(QPushButton) if "Save" in each.text())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    target.write_text("what was there before")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        save.click()
        qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    (box,) = desk.window.findChildren(QMessageBox)
    assert "no space left" in box.text()
    box.close()
    assert target.read_text() == "what was there before"
    assert list(tmp_path.glob(".*")) == []
    save.click()
    wait_for_workers(qtbot)
    assert target.read_text("utf-8") == panel.table.as_text()


def test_that_the_list_of_broken_files_names_them_as_seen_from_other_folders_at_once(qapp, qtmodeltester):
    table, view = ProblemTable(), QListView()
    view.setModel(table)
    folder = Path("/smears/one").absolute()
    table.show_problems([Problem(folder / "sub" / "a.png", "It is empty.", "Copy it again.")])
    qtmodeltester.check(table, force_py=True)
    assert table.data(QModelIndex()) is None
    assert table.index(0, 0).data() == "a.png"
    changed = []
    table.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row(), last.column())))
    table.show_problems(table.problems, [folder])
    assert table.index(0, 0).data() == str(Path("sub", "a.png"))
    assert changed == [(0, 0, 0)]
    table.show_problems(table.problems, [folder])
    assert len(changed) == 1


def test_that_a_folder_without_images_says_so(desk, qtbot, tmp_path):
    (tmp_path / "nothing here").mkdir()
    desk.window.commands.open([tmp_path / "nothing here"])
    qtbot.waitUntil(lambda: "empty" in messages(desk))
    assert "No image" in messages(desk)["empty"].text
    assert desk.preferences.now.recent_cases == (), "an empty folder is no work to go on with"


@pytest.mark.parametrize(
    ("files", "told"),
    [(2, "2 images, none can be read; see Problems below."), (1, "1 image, and it cannot be read")],
)
def test_that_a_folder_of_broken_images_is_not_said_to_hold_none(desk, qtbot, tmp_path, files, told):
    folder = tmp_path / "broken"
    folder.mkdir()
    for number in range(files):
        (folder / f"{number}.png").write_text("no image")
    desk.window.commands.open([folder])
    qtbot.waitUntil(lambda: "empty" in messages(desk))
    text = messages(desk)["empty"].text
    assert told in text
    assert text.startswith(str(folder))
    assert desk.window.docks.problems.isVisible()
    desk.window.acts.close_case.trigger()
    assert "empty" not in messages(desk)


def test_that_a_folder_that_may_not_be_read_is_named(desk, qtbot, tmp_path, monkeypatch):
    folder, real = tmp_path / "locked", os.scandir
    folder.mkdir()

    def scandir(path="."):
        if os.fspath(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    desk.window.commands.open([folder])
    qtbot.waitUntil(lambda: "empty" in messages(desk))
    assert messages(desk)["empty"].text == f"The folder {folder} cannot be read; see Problems below."


def test_that_a_damaged_case_is_not_said_to_need_another_ending(desk, qtbot, tmp_path):
    (tmp_path / "damaged.mdcase").write_text("no case any more")
    desk.window.commands.open([tmp_path / "damaged.mdcase"])
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    (box,) = desk.window.findChildren(QMessageBox)
    assert "damaged.mdcase is not a MarrowDesk case" in box.text()
    assert "restore the case from a backup" in box.informativeText()
    box.close()


def test_that_without_a_model_the_reader_still_counts(make_desk, qtbot, drawn_slide, tmp_path):
    desk = make_desk(tmp_path / "no bundle here")
    wait_for_model(qtbot, desk)
    assert desk.window.classifier.state is EngineState.FAILED
    text = messages(desk)["model"].text
    assert "no bundle here" in text
    assert "review by hand" in text
    desk.window.commands.open([drawn_slide])
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 24, timeout=30_000)
    qtbot.waitUntil(lambda: len(desk.window.gallery.visible_order()) == 24)
    assert desk.window.classifier.kept_images.bytes == 0, "no network will ask for them"
    look_at(desk, 0)
    press(desk, Qt.Key.Key_B)
    assert codes(desk)[0] == "BLA"
    assert desk.window.model.differential().counted == 1


def test_that_an_altered_model_is_refused_and_named(make_desk, qtbot, tiny_bundle, tmp_path):
    altered = tmp_path / "altered"
    shutil.copytree(tiny_bundle.path, altered)
    weights = altered / tiny_bundle.card.weights.file
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    desk = make_desk(altered)
    wait_for_model(qtbot, desk)
    assert str(weights) in messages(desk)["model"].text
    shutil.copy(tiny_bundle.path / weights.name, weights)
    again = next(b for b in messages(desk)["model"].findChildren(QPushButton) if "again" in b.text())
    again.click()
    qtbot.waitUntil(lambda: desk.window.classifier.state is EngineState.READY, timeout=60_000)
    assert "model" not in messages(desk)


def test_that_the_death_of_the_classifier_costs_no_cell_and_is_mended_by_one_button(
    make_desk, tiny_bundle, qtbot, tmp_path
):
    desk = make_desk(tiny_bundle.path, loader=load_apart)
    wait_for_model(qtbot, desk)
    desk.window.commands.open([noise_slide(tmp_path / "slide", 200)])
    qtbot.waitUntil(
        lambda: any(cell.prediction is not None for cell in desk.window.model.cells), timeout=30_000
    )
    os.kill(desk.window.classifier.engine._process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: desk.window.classifier.state is EngineState.FAILED, timeout=30_000)
    assert "ended unexpectedly" in messages(desk)["model"].text
    kept = sum(cell.prediction is not None for cell in desk.window.model.cells)
    assert 0 < kept < 200
    again = next(b for b in messages(desk)["model"].findChildren(QPushButton) if "again" in b.text())
    again.click()
    wait_until_classified(qtbot, desk)
    assert len(desk.window.model.cells) == 200


def test_that_files_and_folders_are_opened_where_they_are_dropped(desk, qtbot, drawn_slide):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(drawn_slide))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), copy, data, left, none)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(desk.window, QDropEvent(QPointF(300, 300), copy, data, left, none))
    qtbot.waitUntil(lambda: desk.window.session.case is not None)
    wait_until_classified(qtbot, desk)
    assert len(desk.window.model.cells) == 24


def test_that_something_else_dragged_over_the_window_is_not_welcome(desk):
    data = QMimeData()
    data.setText("not a file")
    enter = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter.ignore()
    QApplication.sendEvent(desk.window, enter)
    assert not enter.isAccepted()


def test_that_a_closed_case_is_among_the_recent_ones_and_opens_from_there(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    look_at(desk, 0)
    press(desk, Qt.Key.Key_B)
    desk.window.acts.close_case.trigger()
    recents = desk.window.start_page.recents.list
    described = Qt.ItemDataRole.AccessibleDescriptionRole
    qtbot.waitUntil(lambda: recents.count() == 1 and bool(recents.item(0).data(described)))
    assert "24 cells · 1 reviewed" in recents.item(0).data(described)
    recents.itemActivated.emit(recents.item(0))
    qtbot.waitUntil(lambda: desk.window.session.case is not None)
    wait_until_classified(qtbot, desk)
    assert codes(desk)[0] == "BLA"


def test_that_images_added_since_are_found_when_a_recent_case_is_opened(desk, qtbot, drawn_slide):
    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.acts.close_case.trigger()
    image = np.full((70, 70, 3), 200, np.uint8)
    cv2.imwrite(str(drawn_slide / "late.png"), image)
    desk.window.commands.open([path])
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 25, timeout=30_000)


def test_that_images_that_moved_are_missed_and_found_again(desk, qtbot, drawn_slide, tmp_path, monkeypatch):
    open_and_wait(qtbot, desk, drawn_slide)
    look_at(desk, 0)
    press(desk, Qt.Key.Key_B)
    path = desk.window.session.case.path
    desk.window.acts.close_case.trigger()
    moved = tmp_path / "archive" / "drawn slide"
    moved.parent.mkdir()
    drawn_slide.rename(moved)
    desk.window.commands.open([path])
    qtbot.waitUntil(lambda: "missing" in messages(desk))
    assert messages(desk)["missing"].text.startswith("24 images")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(moved))
    buttons = messages(desk)["missing"].findChildren(QPushButton)
    find = next(each for each in buttons if "Find" in each.text().replace("&", ""))
    find.click()
    qtbot.waitUntil(
        lambda: bool(desk.window.model.cells) and desk.window.model.cells[0].place.path.parent == moved,
        timeout=30_000,
    )
    assert codes(desk)[0] == "BLA"
    qtbot.waitUntil(lambda: "missing" not in messages(desk))


def _asked_about_moved(desk, qtbot, slide, moved):
    """Decide on a cell of a slide, move its folder, open that, and give the question and the case."""
    open_and_wait(qtbot, desk, slide)
    look_at(desk, 0)
    press(desk, Qt.Key.Key_B)
    path = desk.window.session.case.path
    desk.window.acts.close_case.trigger()
    moved.parent.mkdir()
    slide.rename(moved)
    desk.window.commands.open([moved])
    return wait_for_dialog(qtbot, desk, QMessageBox), path


@pytest.mark.parametrize("answer", ["Open that case", "Begin a new case", "Cancel"])
def test_that_the_case_of_a_folder_that_moved_is_offered_before_another_is_begun(
    desk, qtbot, drawn_slide, tmp_path, answer
):
    moved = tmp_path / "other letter" / drawn_slide.name
    box, path = _asked_about_moved(desk, qtbot, drawn_slide, moved)
    assert f"case {path.name} (1 of 24 cells reviewed)." in box.text()
    assert str(drawn_slide) in box.text()
    assert desk.window.session.case is None
    assert list(path.parent.glob("*.mdcase")) == [path]
    next(each for each in box.buttons() if each.text().replace("&", "") == answer).click()
    qtbot.waitUntil(lambda: not box.isVisible())
    if answer == "Cancel":
        wait_for_workers(qtbot)
        assert desk.window.session.case is None
        assert list(path.parent.glob("*.mdcase")) == [path]
        return
    qtbot.waitUntil(lambda: desk.window.session.case is not None)
    wait_until_classified(qtbot, desk)
    wait_for_workers(qtbot)
    same = answer == "Open that case"
    assert (desk.window.session.case.path == path) is same
    assert reviewed(desk) == [same, *[False] * 23]
    assert {cell.place.path.parent for cell in desk.window.model.cells} == {moved}
    assert "missing" not in messages(desk)


def test_that_a_path_that_is_gone_is_told_with_what_to_do(desk, qtbot, tmp_path):
    desk.window.commands.open([tmp_path / "gone"])
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(QMessageBox)))
    box = desk.window.findChildren(QMessageBox)[0]
    assert "does not exist" in box.text()
    assert box.informativeText()
    box.close()


def test_that_the_window_can_be_closed_while_cells_are_classified(desk, qtbot, tmp_path):
    desk.window.commands.open([noise_slide(tmp_path / "slide", 300)])
    qtbot.waitUntil(lambda: desk.window.classifier.running, timeout=30_000)
    desk.end()  # the fixture fails the test if a thread is left


@pytest.mark.parametrize("when", ["before", "after"])
def test_that_the_model_and_the_folder_may_come_in_any_order(
    make_desk, tiny_bundle, qtbot, drawn_slide, when
):
    desk = make_desk(tiny_bundle.path, *([drawn_slide] if when == "before" else []))
    if when == "after":
        wait_for_model(qtbot, desk)
        desk.window.commands.open([drawn_slide])
    qtbot.waitUntil(lambda: desk.window.session.case is not None, timeout=30_000)
    wait_until_classified(qtbot, desk)
    assert len(desk.window.model.cells) == 24


def test_that_decisions_of_two_windows_on_one_case_are_all_kept_and_shown(
    make_desk, tiny_bundle, qtbot, drawn_slide
):
    one, two = make_desk(tiny_bundle.path), make_desk(tiny_bundle.path)
    for desk in (one, two):
        wait_for_model(qtbot, desk)
        open_and_wait(qtbot, desk, drawn_slide)
    one.window.model.assign([0], "BLA")
    two.window.model.assign([1], "LYT")
    qtbot.waitUntil(lambda: codes(two)[:2] == ["BLA", "LYT"])
    two.window.model.set_current(5)
    two.window.model.assign([2], "NGS")
    one.window.model.set_current(7)
    one.window.model.undo_stack.undo()
    qtbot.waitUntil(lambda: codes(one)[1:3] == ["LYT", "NGS"])
    assert one.window.model.cells[0].review is None
    assert one.window.model.current == 7
    assert any("another window" in message.text for message in one.window.banner.messages())


def test_that_a_slide_is_drawn_while_the_window_is_up_and_opened_when_it_is_there(desk, qtbot, tmp_path):
    released = threading.Event()

    def draw():
        released.wait(30)
        return noise_slide(tmp_path / "drawn", 5)

    desk.window.commands.draw_and_open(draw)
    qtbot.wait(100)
    assert desk.window.isVisible()
    assert len(desk.window.model.cells) == 0
    released.set()
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 5, timeout=30_000)


def test_that_the_demonstration_of_the_terminal_opens_in_its_window(make_desk, tiny_bundle, qtbot, tmp_path):
    desk = make_desk(tiny_bundle.path, draw=lambda: noise_slide(tmp_path / "drawn", 6))
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 6, timeout=30_000)


def test_that_the_panels_of_a_case_are_arranged_in_one_turn_of_the_loop_and_painted_in_the_next(
    desk, qtbot, tmp_path
):
    window, told = desk.window, []
    tick = QTimer(window, interval=1, singleShot=True)  # what waits for its turn meanwhile, as keys do
    tick.timeout.connect(lambda: told.append("tick"))

    class Watch(QObject):
        def eventFilter(self, _watched, event):
            if event.type() == QEvent.Type.Paint and told:
                told.append("painted")
            return False

    watch = Watch()
    window.classes.list.viewport().installEventFilter(watch)
    window.session.opened.connect(lambda: told.append("arranged"))
    window.session.opened.connect(tick.start)
    open_and_wait(qtbot, desk, noise_slide(tmp_path / "slide", 5))
    assert told[:2] == ["arranged", "tick"]
    assert "painted" in told


def test_that_an_image_is_decoded_once_for_check_thumbnail_and_network(desk, qtbot, tmp_path, monkeypatch):
    decoded = []
    real = thumbnails.read_picture
    monkeypatch.setattr(thumbnails, "read_picture", lambda *wish: (decoded.append(wish), real(*wish))[1])
    monkeypatch.setattr(analysis, "read_or_why", lambda place: decoded.append(place))
    wait_for_model(qtbot, desk)
    window = desk.window
    open_and_wait(qtbot, desk, noise_slide(tmp_path / "slide", 60))
    side = window.gallery._delegate.device_side(window.devicePixelRatioF())
    pictures = [window.thumbnails.picture(cell.place, side) for cell in window.model.cells]
    assert all(isinstance(picture, QImage) for picture in pictures)
    assert not decoded
    assert window.classifier.kept_images.bytes == 0
    assert pictures[7] == real(window.model.cells[7].place, side)


def test_that_the_menu_of_recent_cases_stays_as_it_is_until_there_is_another_one(desk, drawn_slide):
    preferences, recent = desk.preferences, desk.window.menus.recent
    assert not recent.isEnabled()
    preferences.replace(preferences.now.with_recent(drawn_slide / "a.mdcase", "A & B"))
    listed = recent.actions()
    assert [each.text() for each in listed] == ["&1  A && B"]
    # With each step of a slider settings change: a menu under the mouse is not made anew for it.
    preferences.change(map_opacity=0.3)
    assert recent.actions() == listed
    preferences.replace(preferences.now.with_recent(drawn_slide / "b.mdcase", "C"))
    assert [each.text() for each in recent.actions()] == ["&1  C", "&2  A && B"]
    preferences.replace(preferences.now.changed(recent_cases=()))
    assert recent.isEmpty()
    assert not recent.isEnabled()


class FirstPaints(QObject):
    """Notes in which turn of the event loop each of some widgets is painted first.

    Attributes:
        turns: number of the turn, by name.
    """

    def __init__(self, app, parts):
        super().__init__(app)
        self._names = {part: name for name, part in parts.items()}
        self.turns = {}
        self._turn = 0
        app.eventDispatcher().awake.connect(self._next)
        app.installEventFilter(self)

    def _next(self):
        self._turn += 1

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched in self._names:
            self.turns.setdefault(self._names[watched], self._turn)
        return False


def test_that_the_panels_of_a_case_are_painted_one_a_turn(desk, qtbot, tmp_path):
    """Painted in one turn, with what arranges them, they kept a key waiting for 40 ms and more."""
    window = desk.window
    parts = {
        "cells": window.gallery.view.viewport(),
        "classes": window.classes,
        "cell": window.viewer,
        "differential": window.differential,
        "controls": window.toolbar,
    }
    paints = FirstPaints(QApplication.instance(), parts)
    window.commands.open([noise_slide(tmp_path / "slide", 40)])
    qtbot.waitUntil(lambda: len(paints.turns) == len(parts))
    QApplication.instance().removeEventFilter(paints)
    assert len(set(paints.turns.values())) == len(parts), paints.turns
