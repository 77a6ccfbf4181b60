"""Find the images in folders, one after the other, in the order a person would list them."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.core.natural_order import natural_key
from marrowdesk.imaging.files import check_regular, explain, printable
from marrowdesk.imaging.formats import EXTENSIONS, FOREIGN, HEAD, sniff

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

DEEPEST = 100
"""Folders within each other that are entered; a chain that is longer was made by mistake."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that seems to be an image; nothing of it was decoded yet.

    Attributes:
        path: the file, absolute.
        root: the folder it was found under: the one that was opened, or the one a single file lies in.
    """

    path: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that cannot be read.

    Attributes:
        path: the file or folder; characters that cannot be printed are replaced.
        reason: one sentence that names it.
        hint: one sentence that says what to do.
    """

    path: Path
    reason: str
    hint: str


def scan(paths: Sequence[Path]) -> Iterator[Found | Unreadable]:
    """Walk through files and folders with their sub-folders, without decoding anything.

    In a folder, files with the ending of an image are found, also of a kind that is not read (reading it
    tells so), and files with any other ending whose first bytes are an image's; everything else there is
    passed over in silence, as are hidden files and folders. What was named by itself is never passed over:
    it is found or reported. A file or folder reached twice is found once. Symbolic links are followed; links
    that run in a circle are reported.

    Args:
        paths: files and folders, absolute or relative to the working directory.

    Yields:
        Files in natural order (``cell 2`` before ``cell 10``), lazily; what cannot be read in between.
    """
    walk = _Walk()
    for path in paths:
        yield from walk.start(Path(os.path.abspath(path)))


class _Walk:
    """One scan: what was seen so far."""

    def __init__(self) -> None:
        self._files: set[Path] = set()
        self._folders: set[tuple[int, int]] = set()

    def start(self, path: Path) -> Iterator[Found | Unreadable]:
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                yield from self._tree(path)
                return
            check_regular(path, status.st_mode)
        except OSError as error:
            yield _unreadable(path, explain(path, error))
        except ImageUnreadable as error:
            yield _unreadable(path, error)
        else:
            yield from self._file(path, path.parent)

    def _file(self, path: Path, root: Path) -> Iterator[Found | Unreadable]:
        if path in self._files:
            return
        self._files.add(path)
        if printable(str(path)) != str(path):
            reason = f"The name of {printable(path.name)} holds characters that are no text."
            yield Unreadable(Path(printable(str(path))), reason, "Rename the file or folder.")
        else:
            yield Found(path, root)

    def _tree(self, root: Path) -> Iterator[Found | Unreadable]:
        """Walk a folder and all in it, in order; not by recursion, which Python limits."""
        levels: list[_Level] = []
        enter: Path | None = root
        while enter is not None or levels:
            if enter is not None:
                level = yield from self._folder(enter, levels)
                levels += [level] if level is not None else []
                enter = None
            elif (entry := next(levels[-1].entries, None)) is None:
                levels.pop()
            elif not _is_hidden(entry):
                enter = yield from self._entry(entry, root)

    def _folder(
        self, folder: Path, above: Sequence[_Level]
    ) -> Generator[Found | Unreadable, None, _Level | None]:
        if len(above) == DEEPEST:
            reason = f"{printable(folder.name)} lies {DEEPEST} folders deep; what is in it was not read."
            yield Unreadable(Path(printable(str(folder))), reason, "Move it up, or open it by itself.")
            return None
        try:
            status = folder.stat()
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: (natural_key(entry.name), entry.name))
        except OSError as error:
            yield _unreadable(folder, explain(folder, error))
            return None
        identity = (status.st_dev, status.st_ino)
        if identity in [level.identity for level in above]:
            reason = f"{printable(folder.name)} is a link that leads back to a folder around it."
            yield Unreadable(folder, reason, "Its images are counted once; delete the link.")
        if identity in self._folders:
            return None
        self._folders.add(identity)
        if not entries and folder.suffix.lower() in EXTENSIONS:
            reason = f"{printable(folder.name)} is an empty folder, not an image."
            yield Unreadable(folder, reason, "Look where its images went.")
        return _Level(iter(entries), identity)

    def _entry(self, entry: os.DirEntry[str], root: Path) -> Generator[Found | Unreadable, None, Path | None]:
        """Tell what a listing holds; give it back where it is a folder, to be entered."""
        path = Path(entry.path)
        named_as_image = path.suffix.lower() in EXTENSIONS or path.suffix.lower() in FOREIGN
        try:
            if entry.is_dir():
                return path
            if entry.is_file():
                if named_as_image or _begins_as_image(path):
                    yield from self._file(path, root)
            elif named_as_image or entry.is_symlink():
                check_regular(path, entry.stat().st_mode)
        except OSError as error:
            yield _unreadable(path, explain(path, error))
        except ImageUnreadable as error:
            yield _unreadable(path, error)
        return None


@dataclass(frozen=True, slots=True)
class _Level:
    """A folder that the walk is in.

    Attributes:
        entries: what is still to come of its listing.
        identity: device and number, by which a link back to it is known.
    """

    entries: Iterator[os.DirEntry[str]]
    identity: tuple[int, int]


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    # Only Windows has this attribute; there a listing holds it already, without another look at the disk.
    if sys.platform != "win32":
        return False
    return bool(entry.stat(follow_symlinks=False).st_file_attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def _begins_as_image(path: Path) -> bool:
    with path.open("rb") as file:
        return sniff(file.read(HEAD)) is not None


def _unreadable(path: Path, error: ImageUnreadable) -> Unreadable:
    return Unreadable(Path(printable(str(path))), error.message, error.hint)
