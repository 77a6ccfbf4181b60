"""Images packed into the case itself, so that it can be moved without its folder, and unpacked again."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import Cancelled, CaseFileError
from marrowdesk.reach import is_there
from marrowdesk.store.columns import path_text
from marrowdesk.store.slides import SlideTable, slides_by_id

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from marrowdesk.store.values import Relocation, Slide

_FILES = """
SELECT path, sha256 FROM image WHERE slide = ? GROUP BY path HAVING id = max(id) ORDER BY max(id)
"""


class PackedImages(SlideTable):
    """The part of a case file that holds images, by the hash of their content.

    Images are no part of what is signed, their hashes are: they may be packed into a signed case too.
    """

    def packed(self) -> tuple[int, int]:
        """Give how many image files the case has, and how many of them are packed."""
        with self._db.reading() as connection:
            row = connection.execute(
                "SELECT count(*), count(packed.sha256) FROM (SELECT DISTINCT sha256 AS own FROM image) "
                "LEFT JOIN packed ON packed.sha256 = own"
            ).fetchone()
        return int(row[0]), int(row[1])

    def pack(self, cancel: threading.Event) -> Iterator[tuple[int, list[Path]]]:
        """Pack all images that are not packed yet, a file a transaction.

        Args:
            cancel: set to stop; what was packed stays.

        Yields:
            How many files were looked at, and those that were left out since they are missing or altered.

        Raises:
            Cancelled: ``cancel`` was set.
            CaseFileError: the case cannot be written.
        """
        with self._db.reading() as connection:
            wanted = [
                (slide.folder / path_text(path), sha256)
                for slide in slides_by_id(connection).values()
                for path, sha256 in connection.execute(_FILES, (slide.id,)).fetchall()
            ]
            there = {sha256 for (sha256,) in connection.execute("SELECT sha256 FROM packed")}
        left: list[Path] = []
        for number, (path, sha256) in enumerate(wanted, start=1):
            if cancel.is_set():
                raise Cancelled("Packing was stopped.", "Pack again to go on.")
            if sha256 not in there:
                content = _content(path, sha256)
                if content is None:
                    left.append(path)
                else:
                    with self._db.writing() as connection:
                        connection.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", (sha256, content))
                    there.add(sha256)
            yield number, left

    def unpack(self, slide: Slide, folder: Path) -> Relocation:
        """Write the packed images of a slide into a folder, and take that for the slide's folder.

        Files that are there already with that content are left; others of the same name are not overwritten.

        Args:
            slide: the slide.
            folder: where; made where it is not there.

        Returns:
            What is in the folder now.

        Raises:
            CaseFileError: none of its images is packed, one cannot be written, or the case cannot.
        """
        folder = folder.absolute()
        with self._db.reading() as connection:
            files = connection.execute(_FILES, (slide.id,)).fetchall()
        written = 0
        for name, sha256 in files:
            inside = _inside(path_text(name))
            if inside is None:  # it lay outside of the slide's folder, and cannot be found in another
                continue
            target = folder / inside
            with self._db.reading() as connection:
                row = connection.execute("SELECT bytes FROM packed WHERE sha256 = ?", (sha256,)).fetchone()
            if row is not None and not is_there(target):
                try:
                    write_atomically(target, row[0])
                except OSError as error:
                    raise CaseFileError(
                        f"The image {target} cannot be written ({error.strerror or error}).",
                        "Choose another folder, or free some space; what is written already stays.",
                    ) from error
            written += row is not None
        if not written:
            raise CaseFileError(
                f"No image of the slide {slide.name!r} is packed into the case {self._db.path}.",
                "Find the folder of the images instead.",
            )
        return self.relocate(slide.id, folder)


def _content(path: Path, sha256: bytes) -> bytes | None:
    """Read a file; None where it is missing or its content is another one."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).digest() == sha256 else None


def _inside(name: str) -> PurePosixPath | None:
    """Give a path that cannot leave the folder it is put into; None for one that would."""
    path = PurePosixPath(name)
    return None if path.is_absolute() or ".." in path.parts or Path(name).is_absolute() else path
