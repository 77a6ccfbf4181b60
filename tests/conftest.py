"""Fixtures shared by all tests: the real cells where they lie, and a home of its own for every test."""

from __future__ import annotations

import faulthandler
import os
from typing import TYPE_CHECKING

import pytest
import real_cells

if TYPE_CHECKING:
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TERMINAL = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the terminal at hand for a crash: what a test prints is captured."""
    config.stash[TERMINAL] = os.dup(2)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have a crash of the interpreter tell where it was: the window sends that to a file and then nowhere."""
    if not faulthandler.is_enabled():
        faulthandler.enable(item.config.stash[TERMINAL])


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of labelled real cells, or skip."""
    if not real_cells.are_there():
        pytest.skip(real_cells.MISSING)
    return real_cells.DATA


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test its own place for settings, cases and logs."""
    folder = tmp_path / "marrowdesk-home"
    monkeypatch.setenv("MARROWDESK_HOME", str(folder))
    return folder
