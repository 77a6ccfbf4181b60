"""What the first window waits for: no library that decodes, counts exactly, trains or writes reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys

_PROBE = """
import json, sys
from marrowdesk.cli import desk
from marrowdesk.app import main

shown = main.Desk._shown

def first_shown(self):
    print(json.dumps(sorted(sys.modules)), flush=True)
    shown(self)
    self.window.close()

main.Desk._shown = first_shown
sys.exit(desk([]))
"""

HEAVY = {
    "PIL",
    "cv2",
    "matplotlib",
    "openvino",
    "pyqtgraph",
    "reportlab",
    "scipy",
    "tifffile",
    "timm",
    "torch",
}


def test_that_the_window_is_up_before_any_heavy_library_is_loaded(home):
    environment = os.environ | {"MARROWDESK_HOME": str(home)}
    ran = subprocess.run(
        [sys.executable, "-c", _PROBE], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    loaded = json.loads(ran.stdout.splitlines()[0])
    assert "marrowdesk.app.window" in loaded
    assert not HEAVY.intersection(loaded)
    assert not [each for each in loaded if each.startswith("marrowdesk.training.commands.")]


def test_that_a_folder_opened_first_shows_its_cells_all_the_same(drawn_slide, make_desk, tiny_bundle, qtbot):
    desk = make_desk(tiny_bundle.path, drawn_slide)
    qtbot.waitUntil(lambda: len(desk.window.model.cells) == 24, timeout=30_000)
    qtbot.waitUntil(lambda: desk.window.thumbnails.bytes_kept > 0, timeout=30_000)


_TYPES = """
import json
from PySide6.QtCore import QObject
from marrowdesk.app import operations, libraries
from marrowdesk.app.main import application

app, left = application([""]), []

def unmade():
    modules = (libraries.QtCore, libraries.QtGui, libraries.QtWidgets)
    return sorted(name for each in modules for name in set(dir(each)) - set(vars(each)))

def load():
    left.append(unmade())
    return real()

real, libraries.pyqtgraph = libraries.pyqtgraph, load
before, owner = len(unmade()), QObject()
libraries.load_pyqtgraph(owner, app.quit)
app.exec()
operations.shut_down()
print(json.dumps([before, *left]))
"""


def test_that_no_thread_makes_types_of_qt_which_crashed_now_and_then():
    ran = subprocess.run([sys.executable, "-c", _TYPES], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    before, left = json.loads(ran.stdout.splitlines()[-1])
    assert before > 100, "PySide makes types when they are first asked for"
    assert left == []
