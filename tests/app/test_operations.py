"""Operations: the one way off the GUI thread."""

from __future__ import annotations

import itertools
import threading
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from marrowdesk.app import operations
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import Cancelled, MarrowdeskError


@pytest.fixture
def owner(qapp):
    return QObject()


def test_that_a_result_arrives_on_the_gui_thread(qtbot, owner):
    heard = []
    Operation(owner, lambda cancel: threading.get_ident()).on_success(
        lambda worker: heard.append((worker, threading.get_ident()))
    ).start()
    qtbot.waitUntil(lambda: bool(heard))
    worker, gui = heard[0]
    assert gui == threading.get_ident() != worker


def test_that_a_generator_tells_its_progress_in_order_and_then_its_result(qtbot, owner):
    def work(cancel):
        for number in range(1000):
            yield number
            if number % 250 == 0:
                time.sleep(0.08)
        return "done"

    calls, results = [], []
    Operation(owner, work).on_progress(lambda events: calls.append(list(events))).on_success(
        results.append
    ).start()
    qtbot.waitUntil(lambda: bool(results))
    assert results == ["done"]
    assert [number for events in calls for number in events] == list(range(1000))
    assert len(calls) < 20, "progress must be told in portions, not one by one"


def test_that_progress_is_told_at_most_ten_times_a_second(qtbot, owner):
    def work(cancel):
        for number in range(60):
            yield number
            time.sleep(0.01)

    times, ended = [], []
    Operation(owner, work).on_progress(lambda events: times.append(time.monotonic())).on_end(
        lambda: ended.append(True)
    ).start()
    qtbot.waitUntil(lambda: bool(ended))
    gaps = [after - before for before, after in itertools.pairwise(times[:-1])]
    assert len(times) >= 3
    assert min(gaps) >= 0.09


def test_that_only_the_newest_operation_of_a_series_is_heard(qtbot, owner):
    release = threading.Event()
    heard = []

    def slow(cancel):
        release.wait(5)
        return "old"

    old = Operation(owner, slow, series="picture").on_success(heard.append).start()
    Operation(owner, lambda cancel: "new", series="picture").on_success(heard.append).start()
    release.set()
    qtbot.waitUntil(lambda: bool(heard) and operations.runner().idle)
    assert heard == ["new"]
    assert old.cancelled.is_set()


def test_that_another_series_or_owner_is_left_alone(qtbot, owner):
    other = QObject()
    release = threading.Event()
    heard = []
    for who, series in ((owner, "a"), (owner, "b"), (other, "a")):
        Operation(who, lambda cancel, s=series: release.wait(5) and s, series=series).on_success(
            heard.append
        ).start()
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

    operation = Operation(owner, work).on_failure(failed.append).on_end(lambda: ended.append(True)).start()
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

    Operation(window, work).start()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = window.findChildren(QMessageBox)[0]
    assert box.text() == "The file liver.png cannot be read."
    assert box.informativeText() == "Copy it again."
    box.close()


def test_that_a_fault_of_the_program_says_that_decisions_are_kept(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    Operation(window, lambda cancel: 1 // 0).start()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    box = window.findChildren(QMessageBox)[0]
    assert "decisions are kept" in box.informativeText()
    assert "ZeroDivisionError" in box.detailedText()
    box.close()


def test_that_nothing_is_told_to_an_owner_that_is_gone(qtbot, qapp):
    owner = QObject()
    release = threading.Event()
    heard = []
    operation = Operation(owner, lambda cancel: release.wait(5)).on_success(heard.append).start()
    owner.deleteLater()
    qtbot.waitUntil(lambda: operation.stale)
    release.set()
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert heard == []


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

    Operation(owner, work).on_success(heard.append).start()
    assert began.wait(5)
    operations.shut_down()
    assert not [each for each in threading.enumerate() if each.name.startswith("marrowdesk-")]
    qtbot.wait(150)
    assert heard == []
