"""Opening and closing cases in the window: read on a worker, shown at once, never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.case_images import CaseImages
from marrowdesk.app.case_loading import Loaded, load
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preferences import required_of
from marrowdesk.core.manual import FIELD, TOGETHER
from marrowdesk.store.backup import back_up_daily, restore
from marrowdesk.store.schemes import own_scheme
from marrowdesk.store.values import Problem

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.thumbnails import ThumbnailLoader
    from marrowdesk.core.cell import Place
    from marrowdesk.core.errors import CaseFileError, ImageReplaced
    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.imaging.kept import KeptImages
    from marrowdesk.services.opening import Opened
    from marrowdesk.services.signing import SignedOff
    from marrowdesk.store.backup import Backup
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.settings import Settings
    from marrowdesk.store.values import Sitting


class Session(QObject):
    """Owns the open case file and the reading of its folders.

    One case is open at a time. Opening another one, or closing, stops the reading and classifying of the one
    before; what was stored stays, and opening it again goes on with the rest.

    Signals:
        opening_changed: whether a case is being opened.
        leaving: the open case is about to be left; what is to be written into it is written now.
        opened: a case is shown; its model was reset before.
        closed: no case is open.
        reading_changed: whether a folder is being read, and how many files were looked at.
        cells_found: cells were added to the model, or the reading has ended.
        problems_changed: the list of unreadable images is another one.
        field_changed: a header field of the report was set; its name.
        copy_failed: no copy of the case could be made; the exception.
        scheme_failed: the person's own classes cannot be used; the exception.
        altered: the case is signed, and is not what was signed; its :class:`Signature`.
        not_opened: something could not be opened, not even to be read; the exception and the paths.

    Attributes:
        images: what is done with the image files of the open case.
    """

    opening_changed = Signal(bool)
    leaving = Signal()
    opened = Signal()
    closed = Signal()
    reading_changed = Signal(bool, int)
    cells_found = Signal()
    problems_changed = Signal()
    field_changed = Signal(str)
    copy_failed = Signal(object)
    altered = Signal(object)
    scheme_failed = Signal(object)
    not_opened = Signal(object, list)

    def __init__(self, model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._generation = 0
        self._reading: Operation | None = None
        self._problems: list[Problem] = []
        self._replaced: set[Path] = set()
        self._fields: dict[str, str] = {}
        self._retired: set[CaseFile] = set()
        self._arrived: set[CaseFile] = set()
        self._only_read: CaseFileError | None = None
        self._thumbnails: ThumbnailLoader | None = None
        self._kept: Callable[[], KeptImages | None] = lambda: None
        self.images = CaseImages(self)
        model.overtaken.connect(self._read_again)
        model.outdated.connect(self._read_again)

    def give_thumbnails(self, loader: ThumbnailLoader) -> None:
        """Offer a loader the thumbnails that reading a folder gives; list what it finds to be replaced."""
        self._thumbnails = loader
        loader.replaced.connect(self._add_replaced)

    def give_kept_images(self, kept: Callable[[], KeptImages | None]) -> None:
        """Keep for a network the images that reading a folder decodes; asked anew for each case."""
        self._kept = kept

    # -- what is open ---------------------------------------------------------------------------------

    @property
    def case(self) -> CaseFile | None:
        """The open case, or None."""
        return self._model.case

    @property
    def only_read(self) -> CaseFileError | None:
        """Why the case is only read; None where it can be written, or none is open."""
        return self._only_read

    @property
    def problems(self) -> Sequence[Problem]:
        """The images that cannot be read."""
        return self._problems

    @property
    def replaced(self) -> frozenset[Path]:
        """The image files that were seen, since the case was opened, to be others than were read."""
        return frozenset(self._replaced)

    @property
    def fields(self) -> dict[str, str]:
        """The header fields of the report; a copy."""
        return dict(self._fields)

    @property
    def reading(self) -> bool:
        """Whether a folder is being read."""
        return self._reading is not None

    def set_field(self, name: str, value: str) -> None:
        """Set a header field of the report; written at once.

        Raises:
            CaseFileError: it could not be written.
        """
        if self.case is not None and self._fields.get(name, "") != value:
            self.case.set_field(name, value)
            self._fields[name] = value
            self.field_changed.emit(name)

    # -- opening --------------------------------------------------------------------------------------

    def open(
        self,
        paths: Sequence[Path],
        *,
        take_over: bool = False,
        sitting: int | None = None,
        file: Path | None = None,
    ) -> None:
        """Open a case file, or folders and images with the case that belongs to them.

        A case that another program has open, or that cannot be written, is opened to be read.

        Args:
            paths: what to open.
            take_over: take the case from another program that has it open.
            sitting: number of the second reading to show; the first one when None.
            file: the case of these folders and images, begun where there is none; None to look for it.
        """
        self._generation += 1
        generation, wanted = self._generation, list(paths)
        self.opening_changed.emit(True)
        opening = Operation(
            self, lambda cancel: self._load(wanted, take_over, sitting, cancel, file), lane=Lane.LIGHT
        )
        opening.on_success(lambda loaded: self._show(loaded, generation))
        opening.on_failure(lambda error: self.not_opened.emit(error, wanted))
        opening.on_end(lambda: self._opening_ended(generation)).start()

    def _load(
        self,
        paths: list[Path],
        take_over: bool,
        sitting: int | None,
        cancel: threading.Event,
        file: Path | None,
    ) -> Loaded:
        """Load on a worker; until it is shown, the case is known here: the program may end before."""
        loaded = load(paths, take_over, sitting, cancel, file)
        self._arrived.add(loaded.case)
        return loaded

    def _opening_ended(self, generation: int) -> None:
        if generation == self._generation:
            self.opening_changed.emit(False)

    def _show(self, loaded: Loaded, generation: int) -> None:
        self._arrived.discard(loaded.case)
        if generation != self._generation:  # another one was opened meanwhile
            self._retire(loaded.case)
            return
        looked_at = self._looked_at(loaded.case)
        same = self.case is not None and self.case.path == loaded.case.path
        self._leave()
        self._problems = list(loaded.problems)
        self._fields = loaded.case.fields() if same else loaded.fields  # some may be written on leaving
        self._only_read = loaded.only_read
        self._model.show_case(
            loaded.case,
            loaded.cells,
            loaded.history,
            loaded.tally,
            loaded.signatures,
            loaded.sitting,
            loaded.presses,
            loaded.facts,
        )
        self._model.count_together(loaded.fields.get(FIELD) == TOGETHER)
        if looked_at is not None:
            self._model.set_current(self._model.row_of(looked_at))
        self.opened.emit()
        self.problems_changed.emit()
        if loaded.no_scheme is not None:
            self.scheme_failed.emit(loaded.no_scheme)
        if not loaded.unaltered:
            self.altered.emit(loaded.signatures[-1])
        self._read(loaded.folders)
        if loaded.cells:
            self.images.look_for_missing(loaded.case)
            if loaded.only_read is None:
                self._copy_daily(loaded.case)

    def _looked_at(self, case: CaseFile) -> int | None:
        """Give the cell looked at, where the same case is opened anew."""
        same = self.case is not None and self.case.path == case.path and self._model.current >= 0
        return self._model.cells[self._model.current].id if same else None

    def add_slide(self, folder: Path) -> None:
        """Read another smear into the open case."""
        if self._model.may_decide() and self._reading is None:
            self._read([folder])

    def take_over(self) -> None:
        """Take the case that is shown from the program that has it open."""
        if self.case is not None:
            self.open([self.case.path], take_over=True)

    def _read_again(self) -> None:
        """Show what another window did to this case."""
        if self.case is not None:
            sitting = self._model.sitting
            self.open([self.case.path], sitting=None if sitting is None else sitting.id)

    def read_second(self, sitting: Sitting) -> None:
        """Show the open case as a second reader sees it: without the decisions of the first."""
        if self.case is not None:
            self.open([self.case.path], sitting=sitting.id)

    def end_second(self) -> None:
        """Show the open case with the decisions of the first reading again."""
        if self.case is not None and self._model.sitting is not None:
            self.open([self.case.path])

    def _read(self, paths: list[Path]) -> None:
        case = self.case
        if case is None or not paths:
            self.cells_found.emit()
            return
        from marrowdesk.services.opening import open_slides  # decodes images: not needed before

        self._problems.clear()
        offers = None if self._thumbnails is None else self._thumbnails.offers()
        kept = self._kept()
        self._reading = (
            Operation(self, lambda cancel: open_slides(case, paths, cancel, offers, kept), lane=Lane.LONG)
            .on_progress(self._take)
            .on_end(self._read_all)
            .start()
        )
        self.reading_changed.emit(True, 0)

    def _take(self, steps: list[Opened]) -> None:
        self._model.append_cells([cell for step in steps for cell in step.cells])
        problems = [problem for step in steps for problem in step.problems]
        if problems:
            self._problems.extend(problems)
            self.problems_changed.emit()
        self.reading_changed.emit(True, steps[-1].files)
        self.cells_found.emit()

    def _read_all(self) -> None:
        self._reading = None
        self.reading_changed.emit(False, 0)
        self.problems_changed.emit()
        self.cells_found.emit()

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Show images that could not be read later, while they were classified or shown; each once."""
        known = {(each.path, each.reason) for each in self._problems}
        told = {(each.path, each.reason): each for each in problems}
        if new := [each for key, each in told.items() if key not in known]:
            self._problems.extend(new)
            self.problems_changed.emit()

    def _add_replaced(self, found: list[tuple[Place, ImageReplaced]]) -> None:
        self._replaced.update(place.path for place, _ in found)
        self.add_problems([Problem(place.path, why.message, why.hint) for place, why in found])

    # -- copies ---------------------------------------------------------------------------------------

    def _copy_daily(self, case: CaseFile) -> None:
        """Copy the case at its first opening of the day."""
        path = case.path
        copying = Operation(self, lambda _: back_up_daily(path), lane=Lane.LONG)
        copying.on_failure(self.copy_failed.emit).start()

    def put_back(self, copy: Backup, path: Path) -> None:
        """Close what is open, put a copy in the place of its case, and show that.

        Args:
            copy: the copy.
            path: the case file; it need not be open, and may be missing or damaged.
        """
        self.close()
        # The lane in which the case is closed, behind that: no file is replaced while it is open here.
        restoring = Operation(self, lambda _: restore(copy.path, path), lane=Lane.INFERENCE, finishes=True)
        restoring.on_end(lambda: self.open([path])).start()

    # -- classes --------------------------------------------------------------------------------------

    def set_scheme(self, scheme: Scheme) -> None:
        """Count the open case with other classes, and show it anew.

        Raises:
            CaseFileError: they could not be written.
        """
        if self.case is not None and self.case.scheme != scheme:
            self.case.set_scheme(scheme)
            self.open([self.case.path])

    # -- the manual count -----------------------------------------------------------------------------

    def count_together(self, whether: bool) -> None:
        """Count the manual count together with the cells, or apart; kept in the case.

        Raises:
            CaseFileError: it could not be written.
        """
        self.set_field(FIELD, TOGETHER if whether else "")
        self._model.count_together(whether)

    def begin_manual(self, title: str) -> None:
        """Make a case without images, for a count at the microscope alone, and open it.

        Raises:
            MarrowdeskError: it could not be made.
        """
        from marrowdesk.services.opening import manual_case

        path = manual_case(title, own_scheme())
        self.open([path])

    # -- signing --------------------------------------------------------------------------------------

    def sign(self, reader: str, role: str, reason: str, settings: Settings) -> Operation:
        """Sign the case as it is now; the caller adds what follows a failure and starts it.

        Args:
            reader: who signs.
            role: of the reader; may be empty.
            reason: why, where something stands against it.
            settings: the laboratory's letterhead and required fields.
        """
        case, rules, replaced = self.case, self._model.rules, self.replaced
        assert case is not None

        def work(_: threading.Event) -> SignedOff:
            from marrowdesk.services.letterhead import take_letterhead
            from marrowdesk.services.signing import sign_off

            take_letterhead(case, settings.institution)  # it is printed as it is now, however late
            return sign_off(case, rules, reader, role, reason, required_of(settings), replaced)

        def done(signed: SignedOff) -> None:
            if case is self.case:
                self._fields = case.fields()
                self._model.set_signatures(
                    (*self._model.signatures[: signed.signature.version - 1], signed.signature)
                )
                if signed.no_copy is not None:
                    self.copy_failed.emit(signed.no_copy)

        return Operation(self, work, lane=Lane.LIGHT, finishes=True).on_success(done)

    def reopen(self, reader: str, reason: str) -> None:
        """End the standing signature; what follows will be an amended version.

        Raises:
            CaseFileError: it could not be written.
        """
        case = self.case
        assert case is not None
        ended = case.reopen(reader, reason)
        self._model.set_signatures((*self._model.signatures[:-1], ended))

    # -- closing --------------------------------------------------------------------------------------

    def cancel_reading(self) -> None:
        """Stop reading the folder; opening it again goes on."""
        if self._reading is not None:
            self._reading.cancel()

    def close(self) -> None:
        """Close the case and show none."""
        self._generation += 1
        self.opening_changed.emit(False)
        if self.case is not None:
            self._leave()
            self._model.show_case(None)
            self.closed.emit()
            self.problems_changed.emit()

    def _leave(self) -> None:
        if self.case is not None:
            self.leaving.emit()
        if self._reading is not None:
            self._reading.drop()
            self._reading = None
            self.reading_changed.emit(False, 0)
        self._problems = []
        self._replaced.clear()
        self._fields = {}
        self._only_read = None
        if self.case is not None:
            self._retire(self.case)

    def _retire(self, case: CaseFile) -> None:
        """Close a case behind whatever inference still writes into it."""
        self._retired.add(case)
        Operation(self, lambda _: case.close(), lane=Lane.INFERENCE, finishes=True).on_success(
            lambda _: self._retired.discard(case)
        ).start()

    def end(self) -> None:
        """Close all files; when the workers have ended, at the end of the program."""
        for case in (*self._retired, *self._arrived, self.case):
            if case is not None:
                case.close()
        self._retired.clear()
        self._arrived.clear()
