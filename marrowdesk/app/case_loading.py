"""Reading a case from its file, on a worker, whole: so it is shown at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marrowdesk.app.gallery.facts import Facts
from marrowdesk.core.errors import Cancelled, CaseFileError, MarrowdeskError
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.reach import is_file
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileFull, CaseFileInUse, CaseFileReadOnly
from marrowdesk.store.schemes import own_scheme

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.manual import Press
    from marrowdesk.store.journal import History
    from marrowdesk.store.values import Problem, Signature, Sitting


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A case read from its file.

    Attributes:
        case: the open file.
        cells: with the decisions of the reading that is shown.
        tally: of these cells.
        facts: what sorting needs to know of these cells.
        history: what can be undone and redone in that reading.
        problems: images that cannot be read.
        fields: header fields of the report.
        signatures: all versions that were signed.
        presses: the manual count.
        sitting: the second reading that is shown; None for the first.
        unaltered: whether what is signed is still as it was signed.
        only_read: why the case cannot be written; None where it can.
        no_scheme: why the person's own classes cannot be used; None where they can.
        folders: what is to be looked through for new images.
    """

    case: CaseFile
    cells: list[Cell]
    tally: Tally
    facts: Facts
    history: tuple[History, History]
    problems: list[Problem]
    fields: dict[str, str]
    signatures: list[Signature]
    presses: list[Press]
    sitting: Sitting | None
    unaltered: bool
    only_read: CaseFileError | None
    no_scheme: MarrowdeskError | None
    folders: list[Path] = field(default_factory=list)


def load(
    paths: list[Path],
    take_over: bool,
    sitting: int | None,
    cancel: threading.Event,
    file: Path | None = None,
) -> Loaded:
    """Open the case that belongs to what a person opened, and read it.

    Args:
        paths: one case file, or folders and images.
        take_over: take the case from another program that has it open.
        sitting: number of the second reading to show; the first one when None.
        cancel: set when it is not wanted any more.
        file: the case of these folders and images, which is begun where there is none; None to look for it.

    Raises:
        Cancelled: ``cancel`` was set.
        SlideMoved: a reviewed case of these images lay elsewhere, and no ``file`` is named.
        MarrowdeskError: it cannot be opened, not even to be read.
    """
    case, only_read, no_scheme = _opened(paths, take_over, file)
    try:
        loaded = _read(case, paths, sitting, only_read, no_scheme)
        if cancel.is_set():
            raise Cancelled("Opening was stopped.")
    except BaseException:
        case.close()
        raise
    return loaded


def _opened(
    paths: list[Path], take_over: bool, file: Path | None
) -> tuple[CaseFile, CaseFileError | None, MarrowdeskError | None]:
    """Open the case, to be read where it cannot be written; give what stood against writing and classes."""
    from marrowdesk.services.opening import case_file, case_for

    scheme, no_scheme = MARROW, None
    try:
        scheme = own_scheme()
    except MarrowdeskError as error:  # it matters to a new case only, and there the shipped ones do
        no_scheme = error
    try:
        return case_for(paths, scheme, file, take_over=take_over), None, no_scheme
    except (CaseFileInUse, CaseFileReadOnly, CaseFileFull) as error:
        file = case_file(paths, file)
        if not is_file(file):
            raise
        return CaseFile.open_copy(file), error, no_scheme


def _read(
    case: CaseFile,
    paths: list[Path],
    sitting: int | None,
    only_read: CaseFileError | None,
    no_scheme: MarrowdeskError | None,
) -> Loaded:
    from marrowdesk.services.opening import folders_to_read

    cells, history = case.cells(), (case.undo_history(), case.redo_history())
    second = next((each for each in case.sittings() if each.id == sitting), None)
    if second is not None:
        reviews = case.sitting_reviews(second.id)
        cells = [cell.with_review(reviews.get(cell.id)) for cell in cells]
        history = case.sitting_history(second.id)
    signed = case.signed
    as_it_is = signed is not None or only_read is not None or second is not None
    return Loaded(
        case=case,
        cells=cells,
        tally=Tally.of(cells),
        facts=Facts.of(cells, case.scheme),
        history=history,
        problems=case.problems(),
        fields=case.fields(),
        signatures=case.signatures(),
        presses=case.presses(),
        sitting=second,
        unaltered=signed is None or case.unaltered(signed),
        only_read=only_read,
        no_scheme=no_scheme,
        folders=[] if as_it_is else folders_to_read(case, paths),
    )
