"""Open slide folders and image files: find the case they belong to, and read their cells into it."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from marrowdesk.core.cell import Cell, Place
from marrowdesk.core.errors import Cancelled, ImageUnreadable, MarrowdeskError
from marrowdesk.core.manual import FIELD, TOGETHER
from marrowdesk.core.taxonomy import MARROW, Scheme
from marrowdesk.imaging.decode import probe
from marrowdesk.imaging.files import printable
from marrowdesk.imaging.labels import folder_label
from marrowdesk.imaging.scan import Found, Unreadable, scan
from marrowdesk.imaging.thumbnail import fit_square
from marrowdesk.reach import is_folder, is_missing, is_there
from marrowdesk.services.moved import SlideMoved, case_of, follow, former_case_of, is_elsewhere
from marrowdesk.store import paths as places
from marrowdesk.store.backup import case_of_copy
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileIsCopy
from marrowdesk.store.values import NewCell, Problem, Slide

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np

    from marrowdesk.imaging.kept import KeptImages

# The first batches are small, so that the first cells are on the screen at once.
_BATCHES = (16, 64, 128)

_BATCH_SECONDS = 0.3
"""A batch ends after this time with what it has: 16 images of 40 megapixels would take seconds."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Progress of reading a slide into its case.

    Attributes:
        cells: cells that came into the case with this step.
        problems: files that cannot be read, found with this step.
        files: files looked at so far.
    """

    cells: list[Cell]
    problems: list[Problem]
    files: int


def slide_folders(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    """Sort what a person opened into slides: each folder is one, loose files go by the folder they lie in.

    Args:
        paths: folders and image files.

    Returns:
        The paths to scan for each slide folder, in the order given.

    Raises:
        MarrowdeskError: a path does not exist, or cannot be reached.
    """
    slides: dict[Path, list[Path]] = {}
    for path in paths:
        # Not resolve(): a slide on a mapped or linked drive keeps the name by which the person knows it.
        path = Path(os.path.abspath(path))
        if not is_there(path):
            state = "does not exist" if is_missing(path) else "cannot be reached"
            raise MarrowdeskError(f"{path} {state}.", "Check the name, or the drive it lies on.")
        slides.setdefault(path if is_folder(path) else path.parent, []).append(path)
    return slides


def case_for(
    paths: Sequence[Path], scheme: Scheme = MARROW, file: Path | None = None, *, take_over: bool = False
) -> CaseFile:
    """Open the case that belongs to what a person opened, or begin it; no other program then writes into it.

    The same folder always leads to the same case, so that opening it again goes on where the reader stopped.
    A case whose slide is gone takes the folder opened for it where that has the same images.

    Args:
        paths: one case file, or folders and image files.
        scheme: the classes of a new case.
        file: where the case is kept, which is made where there is none; by default in the person's folder of
            cases.
        take_over: take the case from another program that has it open.

    Raises:
        MarrowdeskError: nothing to open, or a path does not exist.
        SlideMoved: no ``file`` is named, and a reviewed case of these images lay elsewhere.
        CaseFileInUse: another program has the case open.
        CaseFileIsCopy: it is an earlier copy of a case, which goes when later ones come.
        CaseFileError: the case file cannot be opened or made.
    """
    chosen, file = file, case_file(paths, file)
    if (case := case_of_copy(file)) is not None and is_there(file):
        raise CaseFileIsCopy(
            f"{file} is an earlier copy of {case} and stays as it was made.",
            "To go on from it, put it back by File → Earlier copies, or copy its file elsewhere as a case of "
            "its own.",
        )
    if _names_case(paths):
        return CaseFile.open(file, hold=True, take_over=take_over)
    slides = slide_folders(paths)
    folders, whole = list(slides), _are_whole(slides)
    if is_there(file):
        return _open_followed(file, folders if whole else [], take_over)
    if chosen is None and whole and (former := former_case_of(folders)) is not None:
        raise SlideMoved(folders[0], former, file)
    # In no language: it is printed in the report's.
    more = f" +{len(folders) - 1}" if len(folders) > 1 else ""
    return CaseFile.create(file, scheme, f"{_name(folders[0])}{more}", hold=True)


def _open_followed(file: Path, folders: list[Path], take_over: bool) -> CaseFile:
    case = CaseFile.open(file, hold=True, take_over=take_over)
    try:
        follow(case, folders)
    except BaseException:
        case.close()
        raise
    return case


def _name(folder: Path) -> str:
    return printable(folder.name or folder.anchor)


def untouched(case: CaseFile) -> bool:
    """Tell whether nobody has decided, counted by eye or signed in a case: other classes lose nothing."""
    _, reviewed = case.progress()
    return not reviewed and case.signed is None and not case.presses() and not case.sittings()


def count_with(case: CaseFile, scheme: Scheme) -> None:
    """Count a case with other classes, to which its proposals are put again; one that has them is left.

    Args:
        case: the case, to be written.
        scheme: the classes; other names, colours and keys alone are no reason to change a case's own.

    Raises:
        MarrowdeskError: somebody has reviewed, counted or signed in the case.
        CaseFileError: it cannot be written.
    """
    if _counting(case.scheme) == _counting(scheme):
        return
    if not untouched(case):
        what = "signed" if case.signed is not None else "reviewed"
        raise MarrowdeskError(
            f"The case {case.path} is counted with {case.scheme.name!r} and has been {what}: it is not "
            f"counted with {scheme.name!r} without its reader.",
            "Name a new case of the folder with --case NEW.mdcase, or choose the classes in the window.",
        )
    case.set_scheme(scheme)


def _counting(scheme: Scheme) -> object:
    """Give what decides under which class a cell counts, and how."""
    classes = [(each.code, each.lineage, each.role, each.takes, each.prior) for each in scheme.classes]
    return scheme.specimen, classes


def manual_case(title: str, scheme: Scheme = MARROW) -> Path:
    """Make a case without images, for a count at the microscope alone.

    Args:
        title: what the person calls it.
        scheme: its classes.

    Returns:
        Its file, in the person's folder of cases; it is closed.

    Raises:
        MarrowdeskError: there is no title.
        CaseFileError: it cannot be made.
    """
    name = re.sub(r"[^\w.+-]+", "_", title).strip("._")[:80]
    if not name:
        raise MarrowdeskError("The case needs a name.", "Give it the number of the specimen, for example.")
    folder = places.cases_path()
    names = (f"{name}{places.SUFFIX}", *(f"{name}-{number}{places.SUFFIX}" for number in range(2, 1000)))
    path = next(each for each in (folder / name for name in names) if not is_there(each))
    with CaseFile.create(path, scheme, title.strip()) as case:
        case.set_field(FIELD, TOGETHER)  # there is nothing else to count
    return path


def case_file(paths: Sequence[Path], file: Path | None = None) -> Path:
    """Give the file of the case that belongs to what a person opened; it may not exist yet.

    It is the one named after the folders or images; where that does not exist, one whose folders were found
    again at these places since. One that found its images elsewhere, and other images lie here now, is left.

    Raises:
        MarrowdeskError: nothing to open, or a path does not exist.
    """
    if not paths:
        raise MarrowdeskError("There is nothing to open.", "Choose a folder of cell images.")
    if _names_case(paths):
        return paths[0]
    folders = slide_folders(paths)
    if file is not None:
        return file
    if not _are_whole(folders):
        return places.case_path_for(*(each for wanted in folders.values() for each in wanted))
    whole, numbers = list(folders), itertools.count(2)
    named = path = places.case_path_for(*folders)
    while is_there(path):
        if not is_elsewhere(path, whole):
            return path
        path = places.next_name(named, next(numbers))
    return case_of(whole) or path


def _are_whole(slides: dict[Path, list[Path]]) -> bool:
    """Whether whole folders were opened, and no single images."""
    return all(wanted == [folder] for folder, wanted in slides.items())


def _names_case(paths: Sequence[Path]) -> bool:
    return len(paths) == 1 and places.is_case_file(paths[0])


def folders_to_read(case: CaseFile, paths: Sequence[Path]) -> list[Path]:
    """Say what to read when a person opened ``paths``: a case of whole folders is looked through again.

    Reading may have been stopped half-way, or images have come since. A case of single images is left as it
    is, and so are folders that are not reachable now. Of several folders that are not where they were, nobody
    knows whether one of them was opened for single images: they are left too.
    """
    if not _names_case(paths):
        return list(paths)
    slides = case.slides()
    folders = [slide.folder for slide in slides]
    if not folders or not all(is_folder(each) for each in folders):
        return []
    found_again = len(slides) == 1 and places.named_for(case.path, [slides[0].name])
    return folders if found_again or places.case_path_for(*folders) == case.path else []


class Thumbnails(Protocol):
    """Who may have a use for the small pictures of cells, while they are read."""

    def wanted(self) -> int:
        """Give the side in pixels in which they are wanted now; 0 for not at all."""

    def offer(self, place: Place, side: int, picture: np.ndarray) -> None:
        """Take one; RGB uint8, shape (side, side, 3)."""


def open_slides(
    case: CaseFile,
    paths: Sequence[Path],
    cancel: threading.Event,
    thumbnails: Thumbnails | None = None,
    kept: KeptImages | None = None,
) -> Iterator[Opened]:
    """Read the cells of folders and files into a case, in small steps; what is in the case already is left.

    Every image is decoded once: one that cannot be is listed with its reason and the rest goes on. Where its
    thumbnail needs all of it too, it is made of that; a JPEG is decoded small for less.

    Args:
        case: the case; cells are in it before they are told.
        paths: folders and image files.
        cancel: set to stop before the next file or page; what was read so far comes into the case and stays.
        thumbnails: takes the thumbnails of cells before the cells are told; None where nobody looks.
        kept: takes the decoded images, for the network; None where no network follows.

    Raises:
        Cancelled: ``cancel`` was set.
        CaseFileError: the case file cannot be written.
    """
    takers = _Takers(thumbnails, kept)
    known = {cell.place.path for cell in case.cells()}
    slides = {slide.folder: slide for slide in case.slides()}
    files = 0
    for folder, wanted in slide_folders(paths).items():
        _go_on(cancel)
        slide = slides.get(folder) or case.add_slide(_name(folder), folder)
        case.forget_problems(slide.id)  # a file may have been mended since
        found = _new(scan(wanted), known, cancel)
        for batch in _batched(_look(each, case.scheme, takers, cancel) for each in found):
            files += len(batch)
            yield _take(case, slide, batch, files)


def _new(
    found: Iterable[Found | Unreadable], known: set[Path], cancel: threading.Event
) -> Iterator[Found | Unreadable]:
    """Give what is not known yet, and know it then: a folder may lie in another that is opened with it."""
    for each in found:
        _go_on(cancel)
        if each.path not in known:
            known.add(each.path)
            yield each


def _batched(looked: Iterable[list[NewCell] | Problem]) -> Iterator[list[list[NewCell] | Problem]]:
    """Gather what came of files until a batch is full or took long; one that is stopped is given too."""
    sizes = itertools.chain(_BATCHES, itertools.repeat(_BATCHES[-1]))
    batch: list[list[NewCell] | Problem] = []
    size, began = next(sizes), monotonic()
    try:
        # One thread: a second gains nothing while the network computes, and the window waits longer for both.
        for each in looked:
            batch.append(each)
            if len(batch) == size or monotonic() - began >= _BATCH_SECONDS:
                yield batch
                batch, size, began = [], next(sizes), monotonic()
    except Cancelled:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _go_on(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled("Reading the folder was stopped.", "Open it again to go on.")


def _take(case: CaseFile, slide: Slide, batch: list[list[NewCell] | Problem], files: int) -> Opened:
    cells: list[NewCell] = []
    problems: list[Problem] = []
    for result in batch:
        if isinstance(result, Problem):
            problems.append(result)
        else:
            cells.extend(result)
    added = case.add_cells(slide.id, cells) if cells else []
    if problems:
        case.add_problems(slide.id, problems)
    return Opened(added, problems, files)


@dataclass(frozen=True, slots=True)
class _Takers:
    """Who has a use for the images that are decoded here."""

    thumbnails: Thumbnails | None
    kept: KeptImages | None

    def take(self, place: Place, image: np.ndarray, serves_small: bool) -> None:
        """Offer an image to all of them; ``serves_small`` says whether a thumbnail may be made of it."""
        if serves_small and self.thumbnails is not None and (side := self.thumbnails.wanted()):
            self.thumbnails.offer(place, side, fit_square(image, side))
        if self.kept is not None:
            self.kept.keep(place, image)


def _look(
    found: Found | Unreadable, scheme: Scheme, takers: _Takers, cancel: threading.Event
) -> list[NewCell] | Problem:
    """Decode one file; give a cell a page."""
    if isinstance(found, Unreadable):
        return Problem(found.path, found.reason, found.hint)
    path = found.path

    def look(page: int, image: np.ndarray, serves_small: bool) -> None:
        _go_on(cancel)  # a file may have hundreds of pages
        takers.take(Place(path, page), image, serves_small)

    try:
        info = probe(path, look)
    except ImageUnreadable as error:
        return Problem(found.path, error.message, error.hint)
    label = folder_label(found.path, found.root, scheme)
    return [
        NewCell(Place(found.path, page), info.sha256, width, height, label)
        for page, (width, height) in enumerate(info.sizes)
    ]
