"""Faults of the program: written without names, shown once, and the program goes on."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import QTimer

from marrowdesk.app.crash import CrashHook, masked, report_text
from marrowdesk.store.paths import logs_path


@pytest.fixture
def hook(qapp, capsys):
    hook = CrashHook()
    hook.install()
    yield hook
    hook.uninstall()


def fault(text):
    try:
        open_slide_of_patient = text
        raise KeyError(open_slide_of_patient)
    except KeyError as error:
        return error


def test_that_a_fault_in_a_slot_is_written_and_told_and_the_program_goes_on(qtbot, hook):
    told, ticks = [], []
    hook.happened.connect(lambda error, path: told.append((error, path)))

    def slot():
        ticks.append(True)
        raise ZeroDivisionError("division by zero")

    timer = QTimer()
    timer.timeout.connect(slot)
    with qtbot.captureExceptions():  # the plugin's own hook must not take it first
        sys.excepthook = hook._hook
        timer.start(5)
        qtbot.waitUntil(lambda: len(ticks) > 3)
        timer.stop()
        qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1, "the same fault is told once"
    error, path = told[0]
    assert isinstance(error, ZeroDivisionError)
    text = path.read_text(encoding="utf-8")
    assert "ZeroDivisionError: division by zero" in text
    assert "in slot" in text
    assert path.parent == logs_path()


def test_that_a_fault_on_a_thread_is_told_too(qtbot, hook):
    told = []
    hook.happened.connect(lambda error, path: told.append(error))
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], IndexError)


def test_that_a_report_holds_no_name_of_a_patient():
    secret = "/slides/Müller, Anna 1950/BLA_1.jpg"
    text = report_text(fault(secret))
    assert "KeyError" in text
    assert "test_shell_crash.py" in text
    for part in ("Müller", "Anna", "1950", "slides", "BLA_1"):
        assert part not in text


@pytest.mark.parametrize(
    "message",
    [
        "could not read '/home/anna/Müller.jpg'",
        r"C:\slides\Müller is missing",
        'no class "Müller, Anna"',
        "bad name “Müller”",
        "it's 'Müller'",
        "/slides/Anna Müller.jpg is empty",
        "cannot open C:/slides/a b Müller c/d.jpg: Müller",
    ],
)
def test_that_quoted_texts_and_paths_are_masked(message):
    assert "Müller" not in masked(message)


def test_that_a_message_without_names_is_kept():
    assert masked("division by zero") == "division by zero"
    assert masked("cannot open /a/b") == "cannot open …"


def test_that_the_cause_of_a_fault_is_reported_before_it():
    def broken():
        try:
            raise OSError("disk")
        except OSError as error:
            raise RuntimeError("job") from error

    with pytest.raises(RuntimeError) as caught:
        broken()
    text = report_text(caught.value)
    assert text.index("OSError: disk") < text.index("RuntimeError: job")


def test_that_a_fault_is_survived_when_no_report_can_be_written(qtbot, hook, home):
    told = []
    hook.happened.connect(lambda error, path: told.append(path))
    hook.uninstall()
    for old in logs_path().iterdir():
        old.unlink()
    logs_path().rmdir()
    logs_path().write_text("a file where the folder should be")
    hook._caught.emit(fault("x"))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [None]
