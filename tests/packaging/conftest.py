"""A small checkout with the real bootstrap in it, so that set-ups take seconds and need no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "marrowdesk"
version = "0.1.0"

[project.optional-dependencies]
dev = []
"""

# The least that pip accepts as an editable install. While a file named "hold" lies in the checkout it waits,
# so that a test can stop a set-up at a known place.
BACKEND = """\
import pathlib, time, zipfile

def get_requires_for_build_editable(settings=None):
    return []

def prepare_metadata_for_build_editable(folder, settings=None):
    return _metadata(pathlib.Path(folder))

def _metadata(folder):
    info = folder / "marrowdesk-0.1.0.dist-info"
    info.mkdir(exist_ok=True)
    lines = ["Metadata-Version: 2.1", "Name: marrowdesk", "Version: 0.1.0", "Provides-Extra: dev"]
    (info / "METADATA").write_text("\\n".join(lines) + "\\n")
    lines = ["Wheel-Version: 1.0", "Generator: tests", "Root-Is-Purelib: true", "Tag: py3-none-any"]
    (info / "WHEEL").write_text("\\n".join(lines) + "\\n")
    return info.name

def build_editable(folder, settings=None, metadata=None):
    here = pathlib.Path.cwd()
    (here / "reached").touch()
    while (here / "hold").exists():
        time.sleep(0.02)
    info = pathlib.Path(folder) / _metadata(pathlib.Path(folder))
    name = "marrowdesk-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("_marrowdesk.pth", str(here))
        for file in ("METADATA", "WHEEL"):
            wheel.write(info / file, f"{info.name}/{file}")
        wheel.writestr(f"{info.name}/RECORD", "")
    return name
"""

PROGRAM = """\
import sys

print("ARGS", *sys.argv[1:], sep="|")
print("PREFIX", sys.prefix)
print("FILE", __file__)
"""


@dataclass(frozen=True)
class SmallCheckout:
    """A checkout whose program prints what it was started with.

    Attributes:
        root: its folder.
    """

    root: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "packaging" / "bootstrap.py"), *arguments]

    def surroundings(self, **more: str) -> dict[str, str]:
        # Only what the small checkout itself holds may be installed: no registry, no folder of wheels.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        return kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_RETRIES": "0"} | more

    def start(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.surroundings(**more),
            cwd=self.root.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def small_checkout(root: Path) -> SmallCheckout:
    """Lay a checkout whose set-up takes seconds."""
    shutil.copytree(ROOT / "packaging", root / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "packaging" / "constraints.txt").write_text("")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    (root / "marrowdesk").mkdir()
    (root / "marrowdesk" / "__init__.py").touch()
    (root / "marrowdesk" / "__main__.py").write_text(textwrap.dedent(PROGRAM))
    return SmallCheckout(root)


@pytest.fixture
def checkout(tmp_path: Path) -> SmallCheckout:
    """Give a checkout that was never started; its path holds a space and letters beyond ASCII."""
    return small_checkout(tmp_path / "Knochenmark Zählung")


@pytest.fixture(scope="module")
def ready_checkout(tmp_path_factory: pytest.TempPathFactory) -> SmallCheckout:
    """Give a checkout whose environment is made; tests may use it but not spoil it."""
    made = small_checkout(tmp_path_factory.mktemp("ready") / "checkout")
    first = made.start("run", "--", "first")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "ARGS|first" in first.stdout
    return made
