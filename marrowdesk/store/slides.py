"""The slides of a case, the images that cannot be read, and folders that moved."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import CaseFileError
from marrowdesk.reach import is_file, is_there
from marrowdesk.store.columns import path_column, path_text
from marrowdesk.store.errors import SlideFolderMismatch
from marrowdesk.store.values import Problem, Relocation, Slide

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from marrowdesk.store.database import Database


class SlideTable:
    """The part of a case file that knows its slides and where their images lie."""

    _db: Database

    def slides(self) -> list[Slide]:
        """Give the slides in the order they were added."""
        with self._db.reading() as connection:
            return list(slides_by_id(connection).values())

    def add_slide(self, name: str, folder: Path) -> Slide:
        """Add a slide; where the case has one with that folder already, give that one.

        Args:
            name: what the person calls it.
            folder: where its images lie.
        """
        folder = folder.absolute()
        with self._db.writing() as connection:
            for slide in slides_by_id(connection).values():
                if slide.folder == folder:
                    return slide
            row = connection.execute(
                "INSERT INTO slide(name, folder) VALUES (?, ?)", (name, path_column(str(folder)))
            )
            return Slide(_new_id(row), name, folder)

    def add_problems(self, slide_id: int, problems: Iterable[Problem]) -> None:
        """Keep which images cannot be read; the same problem twice is kept once.

        Raises:
            CaseRecordRefused: the case has no such slide.
        """
        rows = [(slide_id, path_column(str(each.path)), each.reason, each.hint) for each in problems]
        with self._db.writing() as connection:
            connection.executemany(
                "INSERT INTO problem(slide, path, reason, hint) VALUES (?, ?, ?, ?) "
                "ON CONFLICT(slide, path, reason) DO UPDATE SET hint = excluded.hint",
                rows,
            )

    def forget_problems(self, slide_id: int) -> None:
        """Drop what is known about unreadable images of a slide, before its folder is read again."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM problem WHERE slide = ?", (slide_id,))

    def problems(self) -> list[Problem]:
        """Give the images that cannot be read, in the order they were found."""
        with self._db.reading() as connection:
            rows = connection.execute("SELECT path, reason, hint FROM problem ORDER BY id")
            return [Problem(Path(path_text(path)), reason, hint) for path, reason, hint in rows]

    def images_missing(self, slide_id: int | None = None) -> list[Path]:
        """Give the image files that cannot be reached where the case expects them; looks at every file.

        Args:
            slide_id: of one slide, or None for the whole case.
        """
        with self._db.reading() as connection:
            expected = [
                slide.folder / name
                for slide in slides_by_id(connection).values()
                if slide_id in (None, slide.id)
                for name, _ in _files(connection, slide.id)
            ]
        return [path for path in expected if not is_there(path)]

    def relocate(self, slide_id: int, folder: Path) -> Relocation:
        """Say where the images of a slide lie now; reads every file to compare its content.

        Args:
            slide_id: the slide.
            folder: the folder that has them, in the same sub-folders as before.

        Returns:
            What was found. Images that are missing or altered keep their decisions all the same.

        Raises:
            SlideFolderMismatch: none of the images is there; the slide keeps its folder.
        """
        folder = folder.absolute()
        with self._db.reading() as connection:
            slide = slides_by_id(connection).get(slide_id)
            if slide is None:
                raise CaseFileError(f"The case {self._db.path} has no slide {slide_id}.")
            files = _files(connection, slide_id)
        result = _compare(folder, files)
        if files and not result.found:
            raise SlideFolderMismatch(
                f"The folder {folder} holds none of the {len(files)} images of the slide {slide.name!r}.",
                f"Choose the folder that took the place of {slide.folder}.",
            )
        with self._db.writing() as connection:
            connection.execute(
                "UPDATE slide SET folder = ? WHERE id = ?", (path_column(str(folder)), slide_id)
            )
        return result


def slides_by_id(connection: sqlite3.Connection) -> dict[int, Slide]:
    """Read the slides within a transaction."""
    rows = connection.execute("SELECT id, name, folder FROM slide ORDER BY id")
    return {id_: Slide(id_, name, Path(path_text(folder))) for id_, name, folder in rows}


def first_files(connection: sqlite3.Connection, slide_id: int, count: int) -> list[tuple[str, bytes]]:
    """Give the first files of a slide by their names, as (name, SHA-256 when it was read last)."""
    # an index knows this order: no other row is read
    rows = connection.execute(
        "SELECT path, sha256, max(id) FROM image WHERE slide = ? GROUP BY path ORDER BY path LIMIT ?",
        (slide_id, count),
    )
    return [(path_text(path), sha256) for path, sha256, _ in rows]


def _files(connection: sqlite3.Connection, slide_id: int) -> list[tuple[str, bytes]]:
    """Give the files of a slide, each once, as (name, SHA-256 when it was read last)."""
    rows = connection.execute(
        "SELECT path, sha256, max(id) FROM image WHERE slide = ? GROUP BY path ORDER BY max(id)", (slide_id,)
    )
    return [(path_text(path), sha256) for path, sha256, _ in rows]


def _compare(folder: Path, files: list[tuple[str, bytes]]) -> Relocation:
    missing, altered = [], []
    for name, expected in files:
        path = folder / name
        if not is_file(path):
            missing.append(path)
        elif _file_hash(path) != expected:
            altered.append(path)
    return Relocation(len(files) - len(missing) - len(altered), tuple(missing), tuple(altered))


def _file_hash(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise CaseFileError(
            f"The image {path} cannot be read ({error.strerror}).", "Check the rights of the file."
        ) from error


def _new_id(cursor: sqlite3.Cursor) -> int:
    if cursor.lastrowid is None:
        raise CaseFileError("The slide was not written.")
    return cursor.lastrowid
