"""A start without a screen ends with a sentence, not with an abort of Qt."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")


def start(**surroundings: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "marrowdesk"]
    return subprocess.run(command, env=kept | surroundings, capture_output=True, text=True, check=False)


def test_that_a_start_without_a_screen_says_so_and_names_the_way_that_needs_none() -> None:
    started = start()
    assert started.returncode == 1
    assert "There is no screen to open a window on" in started.stderr
    assert "marrowdesk count FOLDER" in started.stderr


def test_that_a_screen_that_does_not_answer_is_named() -> None:
    started = start(DISPLAY=":4711")
    assert started.returncode == 1
    assert "The screen DISPLAY=:4711 does not answer." in started.stderr
