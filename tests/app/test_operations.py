"""Operations: the one way off the GUI thread."""

from __future__ import annotations

import itertools
import threading
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from shiboken6 import delete, isValid

from marrowdesk.app import operations
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import Cancelled, MarrowdeskError


@pytest.fixture
def owner(qapp):
    return QObject()


def test_that_a_result_arrives_on_the_gui_thread(qtbot, owner):
    heard = []
    Operation(owner, lambda cancel: threading.get_ident(), lane=Lane.LIGHT).on_success(
        lambda worker: heard.append((worker, threading.get_ident()))
    ).start()
    qtbot.waitUntil(lambda: bool(heard))
    worker, gui = heard[0]
    assert gui == threading.get_ident() != worker


def test_that_a_generator_tells_its_progress_in_order_and_then_its_result(qtbot, owner):
    told = {250: threading.Event(), 750: threading.Event()}

    def work(cancel):
        for number in range(1000):
            yield number
            if number in told:
                assert told[number].wait(60)  # it is told while the work goes on
        return "done"

    calls, results = [], []

    def take(events):
        calls.append(list(events))
        for number in told.keys() & set(events):
            told[number].set()

    Operation(owner, work, lane=Lane.LIGHT).on_progress(take).on_success(results.append).start()
    qtbot.waitUntil(lambda: bool(results))
    assert results == ["done"]
    assert [number for events in calls for number in events] == list(range(1000))


def test_that_progress_is_told_at_most_ten_times_a_second(owner, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(operations, "monotonic", lambda: now[0])

    def work(cancel):
        for number in range(200):
            yield number
            now[0] += 1 / 64

    told = []
    operation = Operation(owner, work, lane=Lane.LIGHT)
    operation.on_progress(lambda events: told.append((now[0], events)))
    operation.run(lambda woken: woken.deliver() if woken.pause() == 0 else None)
    times = [at for at, _ in told]
    gaps = [after - before for before, after in itertools.pairwise(times[:-1])]
    assert times[0] == 0, "the first is told at once"
    assert 0.1 <= min(gaps) <= max(gaps) < 0.1 + 1 / 64
    assert [number for _, events in told for number in events] == list(range(200))


def test_that_only_the_newest_operation_of_a_series_is_heard(qtbot, owner):
    release = threading.Event()
    heard = []

    def slow(cancel):
        release.wait(5)
        return "old"

    old = Operation(owner, slow, lane=Lane.LIGHT, series="picture").on_success(heard.append).start()
    Operation(owner, lambda cancel: "new", lane=Lane.LIGHT, series="picture").on_success(heard.append).start()
    release.set()
    qtbot.waitUntil(lambda: bool(heard) and operations.runner().idle)
    assert heard == ["new"]
    assert old.cancelled.is_set()


def test_that_another_series_or_owner_is_left_alone(qtbot, owner):
    other = QObject()
    release = threading.Event()
    heard = []
    for who, series in ((owner, "a"), (owner, "b"), (other, "a")):
        Operation(
            who, lambda cancel, s=series: release.wait(5) and s, lane=Lane.LIGHT, series=series
        ).on_success(heard.append).start()
    release.set()
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert sorted(heard) == ["a", "a", "b"]


def test_that_cancelling_stops_the_work_without_an_error(qtbot, owner):
    began = threading.Event()
    ended, failed = [], []

    def work(cancel):
        began.set()
        assert cancel.wait(5)
        raise Cancelled("stopped")

    operation = (
        Operation(owner, work, lane=Lane.LIGHT)
        .on_failure(failed.append)
        .on_end(lambda: ended.append(True))
        .start()
    )
    assert began.wait(5)
    operation.cancel()
    qtbot.waitUntil(lambda: bool(ended))
    assert not failed
    assert not operation.running


def test_that_an_error_without_a_handler_is_shown_with_its_hint(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

    def work(cancel):
        raise MarrowdeskError("The file liver.png cannot be read.", "Copy it again.")

    Operation(window, work, lane=Lane.LIGHT).start()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = window.findChildren(QMessageBox)[0]
    assert box.text() == "The file liver.png cannot be read."
    assert box.informativeText() == "Copy it again."
    box.close()


def test_that_a_fault_of_the_program_promises_nothing_of_the_last_step(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    Operation(window, lambda cancel: 1 // 0, lane=Lane.LIGHT).start()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = window.findChildren(QMessageBox)[0]
    assert "What you decided before is kept" in box.informativeText()
    assert "Look whether your last step is there" in box.informativeText()
    assert "ZeroDivisionError" in box.detailedText()
    box.close()


def test_that_work_is_asked_to_stop_as_soon_as_its_owner_is_gone_and_nothing_is_told(qtbot, qapp):
    owner = QObject()
    began, told, heard = threading.Event(), [], []

    def work(cancel):
        yield "begun"
        began.set()
        told.append(cancel.wait(60))

    operation = (
        Operation(owner, work, lane=Lane.LIGHT).on_success(heard.append).on_end(lambda: heard.append("end"))
    )
    operation.start()
    assert began.wait(60)
    assert not operation.cancelled.is_set()
    owner.deleteLater()
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert operation.stale
    assert told == [True]
    assert heard == []


def test_that_work_hears_of_an_owner_that_another_thread_destroys(qtbot, qapp):
    owner = QObject()
    operation = Operation(owner, lambda cancel: cancel.wait(60), lane=Lane.LIGHT).start()
    other = threading.Thread(target=lambda: delete(owner))
    other.start()
    other.join()
    assert operation.cancelled.is_set()
    qtbot.waitUntil(lambda: operations.runner().idle)


@pytest.mark.parametrize("finishes", [False, True])
def test_that_only_what_was_ordered_is_begun_when_its_owner_is_gone(qtbot, qapp, owner, finishes):
    release, done = threading.Event(), []
    for _ in range(Lane.LONG.value):
        Operation(owner, lambda cancel: release.wait(60), lane=Lane.LONG).start()
    window = QWidget()

    def write(cancel):
        for step in range(3):
            if cancel.is_set():
                return
            done.append(step)
            yield step

    Operation(window, write, lane=Lane.LONG, finishes=finishes).start()
    window.deleteLater()
    qtbot.waitUntil(lambda: not isValid(window))
    release.set()
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert done == ([0, 1, 2] if finishes else [])


def test_that_work_that_has_ended_lets_go_of_its_owner(qtbot, owner):
    operation = Operation(owner, lambda cancel: None, lane=Lane.LIGHT).start()
    qtbot.waitUntil(lambda: operations.runner().idle)
    delete(owner)
    assert not operation.cancelled.is_set()


def test_that_long_work_does_not_keep_the_screen_waiting(qtbot, owner):
    release, heard = threading.Event(), []
    for _ in range(Lane.LONG.value + 3):
        Operation(owner, lambda cancel: release.wait(60), lane=Lane.LONG).start()
    Operation(owner, lambda cancel: "a picture", lane=Lane.LIGHT).on_success(heard.append).start()
    qtbot.waitUntil(lambda: bool(heard))
    assert not release.is_set()
    release.set()
    qtbot.waitUntil(lambda: operations.runner().idle)


def test_that_inference_jobs_never_run_side_by_side(qtbot, owner):
    running, most = [0], [0]

    def work(cancel):
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.02)
        running[0] -= 1

    for _ in range(5):
        Operation(owner, work, lane=Lane.INFERENCE).start()
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert most[0] == 1


def test_that_shutting_down_ends_running_work_and_its_threads(qtbot, owner):
    began = threading.Event()
    heard = []

    def work(cancel):
        began.set()
        while not cancel.wait(0.01):
            yield "still here"
        return "ended"

    Operation(owner, work, lane=Lane.LIGHT).on_success(heard.append).start()
    assert began.wait(5)
    operations.shut_down()
    assert not [each for each in threading.enumerate() if each.name.startswith("marrowdesk-")]
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert heard == []


def test_that_shutting_down_waits_for_what_was_ordered_and_begins_nothing_else(qtbot, owner):
    release, done = threading.Event(), []
    for _ in range(Lane.LONG.value):
        Operation(owner, lambda cancel: release.wait(60), lane=Lane.LONG, finishes=True).start()
    for name, finishes in (("looked", False), ("written", True)):
        Operation(owner, lambda _, name=name: done.append(name), lane=Lane.LONG, finishes=finishes).start()
    threading.Timer(0.05, release.set).start()  # while the program waits for its workers
    operations.shut_down()
    assert done == ["written"]
