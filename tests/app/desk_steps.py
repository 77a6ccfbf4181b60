"""Steps that the tests of the whole window share: wait, press keys, find controls."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from marrowdesk.app.classifier import EngineState
from marrowdesk.app.operations import Lane, Operation, runner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from marrowdesk.app.banner import Message
    from marrowdesk.app.main import Desk


def wait_for_model(qtbot, desk: Desk) -> None:
    """Wait until the model is loaded or has failed."""
    states = (EngineState.READY, EngineState.FAILED)
    qtbot.waitUntil(lambda: desk.window.classifier.state in states, timeout=120_000)


def open_and_wait(qtbot, desk: Desk, *paths: Path) -> None:
    """Open something and wait until every cell has its proposal."""
    before = desk.window.session.case
    desk.window.commands.open(list(paths))
    qtbot.waitUntil(lambda: desk.window.session.case not in (None, before), timeout=30_000)
    wait_until_classified(qtbot, desk)


def wait_until_classified(qtbot, desk: Desk) -> None:
    """Wait until the folder is read and nothing is left to classify."""
    window = desk.window

    def settled() -> bool:
        return (
            not window.session.reading
            and bool(window.model.cells)
            and not window.classifier.running
            and all(cell.prediction is not None for cell in window.model.cells)
        )

    qtbot.waitUntil(settled, timeout=120_000)
    # the gallery puts cells in order a few times a second while proposals stream in
    qtbot.waitUntil(lambda: len(window.gallery.visible_order()) == len(window.model.cells))
    qtbot.wait(400)


def wait_for_workers(qtbot) -> None:
    """Wait until no worker has anything to do, for example nothing more to look for."""
    qtbot.waitUntil(lambda: runner().idle)


@contextmanager
def busy(lane: Lane) -> Iterator[None]:
    """Keep all threads of a lane busy, so that what is started there waits until the block is left."""
    owner, release = QObject(), threading.Event()
    try:
        for _ in range(lane.value):
            Operation(owner, lambda _: release.wait(60), lane=lane).start()
        yield
    finally:
        release.set()


def message_of(desk: Desk, name: str) -> Message | None:
    """Give the message of that name above the cells; None where there is none."""
    return next((each for each in desk.window.banner.messages() if each.objectName() == name), None)


def press(
    desk: Desk, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key where the keyboard is."""
    target = QApplication.focusWidget() or desk.window
    if isinstance(key, str):
        QTest.keyClicks(target, key)
    else:
        QTest.keyClick(target, key, modifier)
    QApplication.processEvents()


def look_at(desk: Desk, row: int) -> None:
    """Choose one cell in the gallery and put the keyboard there."""
    desk.window.review.show(row)
    desk.window.focus_cells()
    QApplication.processEvents()


def dialog(desk: Desk, kind: type[QDialog]) -> QDialog:
    """Give the open dialog of a kind."""
    found = [each for each in desk.window.findChildren(kind) if each.isVisible()]
    assert found, f"no {kind.__name__} is open"
    return found[-1]


def back_to_window(qtbot, desk: Desk) -> None:
    """Give the keyboard back to the window: the screen of the tests has no window manager that would."""
    desk.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is desk.window)
    desk.window.focus_cells()


def wait_for_dialog(qtbot, desk: Desk, kind: type[QDialog]) -> QDialog:
    """Wait until a dialog of a kind is open, and give it."""
    qtbot.waitUntil(lambda: any(each.isVisible() for each in desk.window.findChildren(kind)), timeout=10_000)
    return dialog(desk, kind)


def close(desk: Desk, opened: QDialog) -> None:
    """Close a dialog; the screen of the tests has no window manager that gives the keyboard back."""
    opened.close()
    QApplication.processEvents()
    desk.window.activateWindow()
    QApplication.processEvents()


def codes(desk: Desk) -> list[str | None]:
    """Give the class each cell counts under, in the order of the case."""
    return [cell.code for cell in desk.window.model.cells]


def reviewed(desk: Desk) -> list[bool]:
    """Say of each cell whether a reader decided on it."""
    return [cell.review is not None for cell in desk.window.model.cells]


def named(widget: QWidget) -> bool:
    """Say whether a control has a name for people who cannot see it."""
    return bool(widget.accessibleName() or getattr(widget, "text", str)() or widget.property("title"))
