"""A wheel, installed where the checkout is not, runs the whole program."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from marrowdesk.store.schema import APPLICATION_ID

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive from the checkout and the wheel from the source archive."""
    out = tmp_path_factory.mktemp("built")
    done = run(sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Give the built wheel."""
    (wheel,) = built.glob("*.whl")
    return wheel


# Opens the window as the program does, and closes it when the classifier is loaded.
WINDOW = """\
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from marrowdesk.app import main

app = main.application(["marrowdesk"])
desk = main.Desk(app)
classifier = desk.window.classifier

def look():
    if classifier.state.name in ("READY", "FAILED"):
        print(main.__file__)
        print(desk.window.isVisible(), classifier.state.name)
        app.quit()

classifier.engine_changed.connect(lambda: QTimer.singleShot(0, look))
desk.show([Path("slide")])
code = app.exec()
desk.end()
sys.exit(code)
"""


class Installed:
    """An environment of its own that holds the wheel, and no way to the checkout.

    The libraries (gigabytes) are borrowed: a .pth file names the folder they lie in. Python does not follow
    the .pth files of such a folder, so the editable install of the checkout stays out of sight.
    """

    def __init__(self, folder: Path, wheel: Path) -> None:
        venv.create(folder, with_pip=False)
        scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = scripts / ("python.exe" if os.name == "nt" else "python")
        self.program = scripts / ("marrowdesk.exe" if os.name == "nt" else "marrowdesk")
        asked = run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
        self.packages = Path(asked.stdout.strip())
        lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (self.packages / "lent.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
        done = run(
            sys.executable,
            "-m",
            "pip",
            "--python",
            self.python,
            "install",
            "--no-index",
            "--no-deps",
            wheel,
            cwd=folder,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel in an environment of its own."""
    return Installed(tmp_path_factory.mktemp("installed") / "environment", wheel)


def test_that_the_wheel_holds_the_program_and_what_ships_with_it_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"marrowdesk/_bundled/{path}" for path in _files("models") | _files("resources")}
    code = _files("marrowdesk")
    assert shipped | code <= names
    others = {name for name in names - shipped - code if ".dist-info/" not in name and ".data/" not in name}
    assert others == set()
    licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert {"LICENSE", "resources/licences/third-party.txt"} <= licences


def _files(folder: str) -> set[str]:
    """List what git would ship of a folder: tracked files and new ones that are not ignored."""
    if shutil.which("git") is None:
        pytest.skip("without git, what should ship cannot be listed")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", folder, cwd=ROOT)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: what should ship cannot be listed")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_that_the_source_archive_holds_its_tests_and_the_set_up(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    for needed in (
        "pyproject.toml",
        "packaging/bootstrap.py",
        "packaging/constraints.txt",
        "tests/conftest.py",
    ):
        assert needed in names
    assert not any(name.startswith((".venv", "runs/")) or "__pycache__" in name for name in names)


def test_that_the_wheel_offers_a_command_and_a_starter_without_a_console(wheel: Path) -> None:
    (entry_points,) = [
        name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("entry_points.txt")
    ]
    offered = configparser.ConfigParser()
    offered.read_string(zipfile.ZipFile(wheel).read(entry_points).decode())
    assert dict(offered["console_scripts"]) == {"marrowdesk": "marrowdesk.cli:main"}
    assert dict(offered["gui_scripts"]) == {"marrowdesk-gui": "marrowdesk.cli:desk"}


def test_that_an_installation_brings_the_menu_entry_its_icon_and_the_type_of_case_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        shared = {name.partition(".data/data/share/")[2]: name for name in opened.namelist()}
        entry = opened.read(shared["applications/marrowdesk.desktop"]).decode()
        kind = opened.read(shared["mime/packages/marrowdesk.xml"]).decode()
    assert "icons/hicolor/scalable/apps/marrowdesk.svg" in shared
    assert "MimeType=application/x-marrowdesk-case;" in entry
    assert f'value="0x{APPLICATION_ID:X}"' in kind


def test_that_the_installed_program_is_the_one_of_the_wheel(installed: Installed, tmp_path: Path) -> None:
    said = run(installed.python, "-c", "import marrowdesk; print(marrowdesk.__file__)", cwd=tmp_path)
    assert Path(said.stdout.strip()) == installed.packages / "marrowdesk" / "__init__.py"
    version = run(installed.program, "--version", cwd=tmp_path)
    assert version.stdout.strip() == "marrowdesk 0.1.0"


def test_that_the_installed_program_draws_and_counts_a_slide(installed: Installed, tmp_path: Path) -> None:
    drawn = run(installed.program, "demo", "--folder", "slide", "--cells", "8", "--only-draw", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    counted = run(installed.program, "count", "slide", "--pdf", "R.pdf", "--json", "R.json", cwd=tmp_path)
    assert counted.returncode == 0, counted.stderr
    assert (tmp_path / "R.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "R.json").stat().st_size > 0


def test_that_the_installed_program_opens_its_window_and_loads_its_classifier(
    installed: Installed, tmp_path: Path
) -> None:
    drawn = run(installed.program, "demo", "--folder", "slide", "--cells", "8", "--only-draw", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    opened = run(installed.python, "-c", WINDOW, cwd=tmp_path)
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.split() == [
        str(installed.packages / "marrowdesk" / "app" / "main.py"),
        "True",
        "READY",
    ]
