"""Drafts and copies that a killed program left behind: named after their process, removed when it has ended.

They hold whole cases, and nobody would ever look for them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import time
import uuid
from typing import TYPE_CHECKING

from marrowdesk.store.holding import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ALONE_SECONDS = 86_400.0
"""Whose process cannot be asked, on another computer or of an earlier version, is done after a day."""

_OWNER = r"(?:(?P<computer>[0-9a-f]{8})-(?P<process>\d+)-)?"
_DRAFT = re.compile(rf"\..*?{_OWNER}[0-9a-f]{{12}}\.new(?:-journal|-wal|-shm)?")
_FOLDER = re.compile(rf"marrowdesk-{_OWNER}[a-z0-9_]{{8}}")


def draft_of(path: Path) -> Path:
    """Give the name under which this process writes a file before it has its own, in the same folder."""
    return path.with_name(f".{path.name[:40]}.{_owner()}{uuid.uuid4().hex[:12]}.new")


def folder_prefix() -> str:
    """Give the beginning of the name of a temporary folder of this process, for ``tempfile.mkdtemp``."""
    return f"marrowdesk-{_owner()}"


def sweep_drafts(folder: Path) -> None:
    """Remove the drafts in a folder whose process has ended; what cannot be removed is left."""
    for path, named in _named(folder, _DRAFT):
        if _left(path, named):
            with contextlib.suppress(OSError):  # of another person, or removed by another program just now
                path.unlink()


def sweep_folders(folder: Path) -> None:
    """Remove the temporary folders of processes that have ended; what cannot be removed is left."""
    for path, named in _named(folder, _FOLDER):
        with contextlib.suppress(OSError):
            if _left(path, named) and all(".mdcase" in each.name for each in path.iterdir()):
                shutil.rmtree(path, ignore_errors=True)


def _named(folder: Path, form: re.Pattern[str]) -> Iterator[tuple[Path, re.Match[str]]]:
    try:
        found = list(folder.iterdir())
    except OSError:  # not there yet, or not to be listed
        return
    for path in found:
        if named := form.fullmatch(path.name):
            yield path, named


def _left(path: Path, named: re.Match[str]) -> bool:
    if named["computer"] == _computer():
        return not runs(int(named["process"]))
    try:
        return time.time() - path.stat().st_mtime > _ALONE_SECONDS
    except OSError:
        return False


def _owner() -> str:
    return f"{_computer()}-{os.getpid()}-"


def _computer() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
