"""Shipped files are found from a checkout, from a wheel and from a frozen program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ASK = """\
import sys
if sys.argv[2]:
    sys._MEIPASS = sys.argv[2]  # as PyInstaller's starter does
sys.path.insert(0, sys.argv[1])
from marrowdesk import assets
print(assets.resource_path("licences", "third-party.txt"))
print(assets.models_path())
"""


def ask(code_folder: Path, frozen: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Ask a fresh Python, without any installed package, where it finds the files."""
    command = [sys.executable, "-I", "-S", "-c", ASK, str(code_folder), str(frozen or "")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Give a folder with the program's code and nothing that ships beside it."""
    package = tmp_path / "code" / "marrowdesk"
    package.mkdir(parents=True)
    for name in ("__init__.py", "assets.py"):
        shutil.copy(ROOT / "marrowdesk" / name, package)
    return package.parent


def lay_assets(folder: Path) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "resources" / "licences").mkdir(parents=True)
    (folder / "resources" / "licences" / "third-party.txt").touch()
    return folder


def paths(folder: Path) -> list[str]:
    return [str(folder / "resources" / "licences" / "third-party.txt"), str(folder / "models")]


def test_that_a_checkout_finds_its_own_files() -> None:
    assert ask(ROOT).stdout.splitlines() == paths(ROOT)


def test_that_a_wheel_finds_the_files_inside_the_package(code: Path) -> None:
    bundled = lay_assets(code / "marrowdesk" / "_bundled")
    assert ask(code).stdout.splitlines() == paths(bundled)


def test_that_a_frozen_program_finds_the_files_beside_its_starter(code: Path, tmp_path: Path) -> None:
    unpacked = lay_assets(tmp_path / "_internal")
    assert ask(code, frozen=unpacked).stdout.splitlines() == paths(unpacked)


def test_that_an_incomplete_installation_says_where_it_looked(code: Path) -> None:
    said = ask(code)
    assert said.returncode != 0
    assert f"looked in {code / 'marrowdesk' / '_bundled'}" in said.stderr


def test_that_a_missing_file_is_named(code: Path) -> None:
    bundled = lay_assets(code / "marrowdesk" / "_bundled")
    (bundled / "resources" / "licences" / "third-party.txt").unlink()
    assert "third-party.txt is missing; install MarrowDesk again." in ask(code).stderr
