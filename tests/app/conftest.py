"""Fixtures for tests of the window: real widgets, no Qt warning unnoticed, nothing left running."""

from __future__ import annotations

import gc
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QtMsgType, qInstallMessageHandler

from marrowdesk.app import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

_HARMLESS = (
    "This plugin does not support",  # the offscreen platform has no window system to talk to
    "propagateSizeHints",
)


@pytest.fixture
def qtbot(qtbot):
    """Give the bot of pytest-qt more patience than five seconds: a machine may be busy with other things."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=60_000))
    return qtbot


@pytest.fixture(autouse=True)
def no_qt_warnings() -> Iterator[list[str]]:
    """Fail a test when Qt warns of anything."""
    warned: list[str] = []

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not any(
            each in text for each in _HARMLESS
        ):
            warned.append(f"{kind.name}: {text}")

    before = qInstallMessageHandler(note)
    yield warned
    qInstallMessageHandler(before)
    assert not warned


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """End the workers after each test, then fail if any thread that the test began is still alive."""
    before = set(threading.enumerate())
    yield
    operations.shut_down()
    gc.collect()
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and thread.is_alive() and not thread.name.startswith("tqdm")
    ]
    for thread in left:
        thread.join(30)
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory):
    """Give a bundle with a very small network of random weights."""
    from tiny_bundle import make_tiny_bundle

    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture
def drawn_slide(tmp_path):
    """Give a folder of 24 drawn cells."""
    from marrowdesk.imaging.drawn import draw_slide

    folder = tmp_path / "drawn slide"
    folder.mkdir()
    draw_slide(folder, 24, seed=3)
    return folder


@pytest.fixture
def drawn_case(drawn_slide):
    """Give an open case with the cells of the drawn slide, not classified."""
    from marrowdesk.services.opening import case_for, open_slides

    case = case_for([drawn_slide])
    for _ in open_slides(case, [drawn_slide], threading.Event()):
        pass
    yield case
    case.close()


def load_here(folder, _cancel):
    """Load a bundle into this process: quicker than one of its own for each test."""
    from marrowdesk.inference.torch_engine import load_engine

    return load_engine(folder)


@pytest.fixture
def make_desk(qapp, qtbot):
    """Give a maker of desks; all are closed at the end as the program closes its own."""
    from marrowdesk.app.main import Desk

    desks = []
    palette = qapp.palette()

    def make(bundle, *paths, size=(1366, 768), loader=load_here, draw=None):
        desk = Desk(qapp, bundle, loader)
        desks.append(desk)
        desk.window.resize(*size)
        desk.show(paths, draw)
        qtbot.waitExposed(desk.window)
        desk.window.activateWindow()
        return desk

    yield make
    for desk in desks:
        desk.end()
        desk.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    qapp.setPalette(palette)


@pytest.fixture
def desk(make_desk, tiny_bundle, qtbot):
    """Give the program with its window on the screen and the tiny network loaded."""
    from desk_steps import wait_for_model

    desk = make_desk(tiny_bundle.path)
    wait_for_model(qtbot, desk)
    return desk
