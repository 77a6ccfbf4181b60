"""The layers hold: by import-linter's contracts, and by what a fresh Python really loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Imports every module of a package and says which heavy libraries came along.
LOAD_ALL = """\
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
heavy = {"PySide6", "shiboken6", "pyqtgraph", "torch", "torchvision", "timm", "openvino"}
print(*sorted(heavy & set(sys.modules)))
"""

# Runs the command line on a Python that has no Qt.
WITHOUT_QT = """\
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoQt())
from marrowdesk.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run_python(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_that_the_import_contracts_hold(tmp_path: Path) -> None:
    lint = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = run_python(lint, "--cache-dir", str(tmp_path), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("package", ["core", "imaging", "store", "inference", "report", "services"])
def test_that_loading_a_package_brings_neither_qt_nor_torch(package: str, tmp_path: Path) -> None:
    done = run_python(LOAD_ALL, f"marrowdesk.{package}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_that_opening_the_command_line_loads_neither_qt_nor_torch(tmp_path: Path) -> None:
    heavy = "{'PySide6', 'pyqtgraph', 'torch', 'timm', 'openvino'}"
    look = f"import sys, marrowdesk.cli; print(*sorted({heavy} & set(sys.modules)))"
    done = run_python(look, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_that_the_command_line_counts_where_qt_is_not_installed(tmp_path: Path) -> None:
    slide = tmp_path / "slide"
    drawn = run_python(
        WITHOUT_QT, "demo", "--folder", str(slide), "--cells", "8", "--only-draw", cwd=tmp_path
    )
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
    counted = run_python(WITHOUT_QT, "count", str(slide), "--pdf", "R.pdf", "--csv", "R.csv", cwd=tmp_path)
    assert counted.returncode == 0, counted.stdout + counted.stderr
    assert (tmp_path / "R.pdf").read_bytes().startswith(b"%PDF")
    assert len((tmp_path / "R.csv").read_text(encoding="utf-8").splitlines()) > 8
