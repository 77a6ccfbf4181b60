"""Heavy libraries come after the window, on a thread: neither panel makes the person wait for an import."""

from __future__ import annotations

import os
import subprocess
import sys

_PROBE = """
import importlib.abc, json, sys, threading

where = {}

class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("pyqtgraph", "scipy.special"):
            where.setdefault(name, threading.current_thread() is threading.main_thread())
        if name == "scipy.special._ufuncs":  # scipy.special is half loaded now
            where["ready too early"] = intervals_ready()
        return None

sys.meta_path.insert(0, Watch())
from PySide6.QtWidgets import QApplication
from marrowdesk.app import operations
from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.differential import DifferentialPanel
from marrowdesk.app.libraries import intervals_ready
from marrowdesk.app.viewer import ViewerPanel

app = QApplication([])
model = CaseModel()
model.tally.current["BLA"] = 5
viewer, count = ViewerPanel(model), DifferentialPanel(model)
assert not where, where
viewer.show(); count.show()
while not (viewer.canvas.ready and count.table.lines):
    app.processEvents()
operations.shut_down()
print(json.dumps(where, sort_keys=True))
"""


def test_that_pyqtgraph_and_scipy_are_loaded_after_the_panels_are_up_and_off_the_gui_thread():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", _PROBE], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == '{"pyqtgraph": false, "ready too early": false, "scipy.special": false}'
