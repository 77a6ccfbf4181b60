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
from marrowdesk.imaging.formats import EXTENSIONS, FOREIGN, HEAD, sniff
from marrowdesk.reach import is_file, is_folder
from marrowdesk.store.casefile import SUFFIX
from marrowdesk.store.holding import ENDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_DATABASE = b"SQLite format 3\0"
_BESIDE_A_CASE = ("-wal", "-shm", "-journal", ENDING)
"""What files that belong to a case are called, behind its name."""

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def deliver(path: Path, content: bytes) -> Path:
    """Write a file into a folder that a laboratory's system may be watching.

    It is written under a name that begins with a dot and ends with ``.new``, which watchers of endings pass
    over, put on the disk, and then given its own name in one step. The folder must be there: one that is made
    where a network drive should be would be watched by nobody.

    Raises:
        ReportError: the folder is missing, the disk is full, the file cannot be written, or it would replace
            a case or an image, see :func:`check_targets`.
    """
    check_targets([path])
    with _told(path):
        write_atomically(path, content)
    return path


def check_targets(targets: Sequence[Path], case: Path | None = None) -> None:
    """Make sure, before the work, that files can be written and that nothing irreplaceable goes for them.

    A report is made anew in seconds; a case, the files beside an open one, and the images of a slide are not.

    Args:
        targets: the files that one command writes.
        case: the case they are written of; it need not be there yet.

    Raises:
        ReportError: a target is a folder, its folder is missing, two targets are one file, or there lies a
            case, a file that belongs to one, or an image; the message names it.
    """
    taken = {_identity(path) for path in _files_of(case)} if case is not None else set()
    for path in targets:
        if is_folder(path):
            raise ReportError(f"{path} is a folder.", "Name a file.")
        require_folder(path.parent)
        what = _irreplaceable(path.resolve())
        if what:
            raise ReportError(f"{path} is {what}; nothing was written.", "Choose another name.")
        if _identity(path) in taken:
            raise ReportError(
                f"{path} is named for two files at once; nothing was written.",
                "Give each a name of its own, and none that of the case.",
            )
        taken.add(_identity(path))


def _irreplaceable(path: Path) -> str:
    """Say what lies at a path that must stay, or what it belongs to; empty where a file may be written."""
    head = _head(path)
    suffix = path.suffix.lower() if is_file(path) else ""
    if head.startswith(_DATABASE) or suffix == SUFFIX:
        return "a case, or another database"
    for ending in _BESIDE_A_CASE:
        name = path.name.removesuffix(ending)
        if name and name != path.name and _head(path.with_name(name)).startswith(_DATABASE):
            return f"a file that belongs to {name}"
    return "an image" if sniff(head) is not None or suffix in EXTENSIONS | FOREIGN else ""


def _head(path: Path) -> bytes:
    """Give the first bytes of an ordinary file; nothing of one that cannot be read: writing will tell."""
    if not is_file(path):
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def copies(path: Path, first: Path, second: Path) -> ReportError:
    """Give the error for two cases whose files would have one name: copies of one case have.

    Args:
        path: the file that was written of the first case.
        first: that case.
        second: the case of which nothing was written.
    """
    return ReportError(
        f"{path.name} was written of {first}; {second} is a copy of the same case, and would go over it.",
        "Write it into another folder.",
    )


def _files_of(case: Path) -> list[Path]:
    return [case, *(case.with_name(case.name + ending) for ending in _BESIDE_A_CASE)]


def _identity(path: Path) -> tuple[int, int] | str:
    """Give what two names of one file share: its number, or its whole path where it is not there yet."""
    try:
        status = path.stat()
    except OSError:
        return os.path.normcase(path.resolve())
    return status.st_dev, status.st_ino


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
    if not is_folder(folder):
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
