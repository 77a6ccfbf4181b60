"""Putting files where another program waits for them: whole or not at all, and plainly when it cannot be."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marrowdesk.atomic import sync_folder, write_atomically
from marrowdesk.core.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def deliver(path: Path, content: bytes) -> Path:
    """Write a file into a folder that a laboratory's system may be watching.

    It is written under a name that begins with a dot and ends with ``.new``, which watchers of endings pass
    over, put on the disk, and then given its own name in one step. The folder must be there: one that is made
    where a network drive should be would be watched by nobody.

    Raises:
        ReportError: the folder is missing, the disk is full, or the file cannot be written.
    """
    require_folder(path.parent)
    with _told(path):
        write_atomically(path, content)
    return path


@contextmanager
def delivered_folder(path: Path) -> Iterator[Path]:
    """Give a folder to be filled, which takes the name ``path`` when the block is left without an error.

    Raises:
        ReportError: its own folder is missing, the disk is full, or it cannot be written.
    """
    require_folder(path.parent)
    draft = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex[:12]}.new")
    try:
        with _told(path):
            draft.mkdir()
            yield draft
            os.rename(draft, path)
            sync_folder(path.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def require_folder(folder: Path) -> None:
    """Make sure that a folder is there.

    Raises:
        ReportError: it is not.
    """
    if not folder.is_dir():
        raise ReportError(
            f"The folder {folder} is not there; nothing was written.",
            "Check the name, and whether the drive it lies on is connected.",
        )


def free_name(path: Path) -> Path:
    """Give a path at which nothing lies yet: the one given, or with a number behind it."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return found


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say plainly what the system says about writing."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise ReportError(
                f"There is no space left for {path}; nothing of it was written.",
                "Free some space on that disk, then write it again.",
            ) from error
        raise ReportError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Choose another folder, or close the program that has the file open.",
        ) from error
