"""Slide folders that lie elsewhere now: the case that knows them, whatever its name, and following them.

A case is named after the path of its folder, and another drive letter or mount point makes that another path.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from marrowdesk.core.errors import CaseFileError, MarrowdeskError
from marrowdesk.reach import is_folder
from marrowdesk.store import paths as places
from marrowdesk.store.holding import read_holder
from marrowdesk.store.progress import LyingSlide, progress_of, slides_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marrowdesk.store.casefile import CaseFile

_IMAGES = 3
"""So many images of a slide are compared before its case is offered; finding the folder compares all."""

_CASES, _SECONDS = 100, 0.5
"""So many cases are looked at, and for so long: a person waits for the folder to open."""


@dataclass(frozen=True, slots=True)
class Former:
    """A case of the images in a folder, from when they lay elsewhere.

    Attributes:
        case: its file.
        folder: where the images lay.
        cells: in the case.
        reviewed: those that a reader decided on.
    """

    case: Path
    folder: Path
    cells: int
    reviewed: int


class SlideMoved(MarrowdeskError):
    """There is a reviewed case of these images, but its folder is gone: nobody began a new one unasked.

    Attributes:
        former: that case.
        another: the file of a new one.
    """

    def __init__(self, opened: Path, former: Former, another: Path) -> None:
        super().__init__(
            f"The images in {opened} are those of the case {former.case} ({former.reviewed} of "
            f"{former.cells} cells reviewed), whose folder {former.folder} is not there any more.",
            f'Go on with it by --case "{former.case}", or begin another one by --case NEW.mdcase.',
        )
        self.former, self.another = former, another


def is_elsewhere(case: Path, folders: Sequence[Path]) -> bool:
    """Say whether the slides of a case are found elsewhere since, and these folders hold other images now.

    Args:
        case: the file that is named after the folders.
        folders: as for :func:`case_of`.
    """
    holder = read_holder(case)
    if holder is not None and holder.elsewhere:  # it is shown to be read, and nothing is read into it
        return False
    try:
        slides = slides_of(case, _IMAGES)
    except CaseFileError:  # opening it tells why
        return False
    here = {os.path.normcase(each.resolve()) for each in folders}
    if not slides or any(os.path.normcase(slide.folder.resolve()) in here for slide in slides):
        return False
    return not _paired(folders, slides, _Images())


def case_of(folders: Sequence[Path]) -> Path | None:
    """Find the case whose slides lie in these folders now, though it is named after others.

    A folder reached through a link may be another one than it was: some image of each must be there.

    Args:
        folders: whole slide folders, as :func:`slide_folders` gives them.

    Returns:
        Of the cases in the person's folder of cases the one that was written last; None where there is none.
    """
    known = _Images()
    for path, slides in _cases(folders):
        if {slide.folder for slide in slides} == set(folders) and all(
            known.same(slide.folder, slide.images) for slide in slides
        ):
            return path
    return None


def former_case_of(folders: Sequence[Path]) -> Former | None:
    """Find a reviewed case that has the images of these folders, and whose own folder is gone.

    Args:
        folders: as for :func:`case_of`.

    Returns:
        Of such cases in the person's folder of cases the one with most decisions; None where there is none.
    """
    known = _Images()
    found = []
    for path, slides in _cases(folders):
        gone = _paired(folders, slides, known)
        if len(gone) < len(folders):
            continue
        try:
            cells, reviewed = progress_of(path)
        except CaseFileError:  # it was damaged or removed since: nothing to go on with
            continue
        if reviewed:
            found.append(Former(path, gone[folders[0]].folder, cells, reviewed))
    return max(found, key=lambda each: each.reviewed, default=None)


def follow(case: CaseFile, folders: Sequence[Path]) -> None:
    """Where slides of a case are gone and these folders have their images, let the case find them there.

    Args:
        case: the case, to be written; a slide whose folder is there keeps it.
        folders: as for :func:`case_of`; one that the case knows, or that holds other images, changes nothing.

    Raises:
        CaseFileError: the case or an image cannot be read or written.
    """
    slides = case.slides()
    new = [each for each in folders if each not in {slide.folder for slide in slides}]
    if new and slides:
        for folder, slide in _paired(new, slides_of(case.path, _IMAGES), _Images()).items():
            case.relocate(slide.id, folder)


def _cases(folders: Sequence[Path]) -> Iterator[tuple[Path, list[LyingSlide]]]:
    """Give the cases that are named after a slide folder, as long as there is time.

    First come those of folders called like these, for mostly it is the drive that has another name; of others
    the latest.
    """
    began = monotonic()
    called, dated = [each.name for each in folders], []
    home = places.cases_path()
    for path in home.iterdir() if is_folder(home) else ():
        try:
            dated.append((places.named_for(path, called), path.stat().st_mtime_ns, path))
        except OSError:  # it went while we looked
            continue
    cases = [path for _, _, path in sorted(dated, reverse=True) if places.is_case_file(path)]
    for path in cases[:_CASES]:
        if monotonic() - began > _SECONDS:
            return
        try:
            slides = slides_of(path, _IMAGES)
        except CaseFileError:  # opening that one tells what is the matter with it; here it is not asked for
            continue
        if places.named_for(path, [slide.name for slide in slides]):
            yield path, slides


class _Images:
    """What is in image files, each read once."""

    def __init__(self) -> None:
        self._hashes: dict[Path, bytes | None] = {}

    def same(self, folder: Path, images: Sequence[tuple[str, bytes]]) -> int:
        """Count which of these images, given as (relative path, SHA-256), a folder holds."""
        return sum(self._hash(folder / name) == sha256 for name, sha256 in images)

    def are(self, folder: Path, images: Sequence[tuple[str, bytes]]) -> bool:
        """Say whether a folder holds these images, at least one."""
        return bool(images) and all(self._hash(folder / name) == sha256 for name, sha256 in images)

    def _hash(self, path: Path) -> bytes | None:
        if path not in self._hashes:
            try:
                with path.open("rb") as file:
                    self._hashes[path] = hashlib.file_digest(file, "sha256").digest()
            except OSError:  # not there, or not to be read: not known to be the same
                self._hashes[path] = None
        return self._hashes[path]


def _paired(folders: Sequence[Path], slides: Sequence[LyingSlide], known: _Images) -> dict[Path, LyingSlide]:
    """Give for each folder the slide that is gone and whose images it holds, each slide once."""
    pairs: dict[Path, LyingSlide] = {}
    for folder in folders:
        for slide in slides:
            if (
                slide not in pairs.values()
                and known.are(folder, slide.images)
                and not is_folder(slide.folder)
            ):
                pairs[folder] = slide
                break
    return pairs
