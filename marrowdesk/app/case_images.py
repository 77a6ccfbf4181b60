"""The image files of the open case: those not where they were, finding them again, packing, unpacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import Cancelled

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from marrowdesk.app.session import Session
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import Relocation, Slide


class CaseImages(QObject):
    """Looks at the files, and moves them, on workers; stops when the case is left.

    Signals:
        missing_found: images of the case are not where they were; the first slide of which some are missing,
            and the list of all their paths.
        relocated: a slide of the case has another folder; its slide, and the :class:`Relocation`.
        packing: images are being packed into the case; files looked at, or -1 at the end, and then those
            that were left out.
    """

    missing_found = Signal(object, list)
    relocated = Signal(object, object)
    packing = Signal(int, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._packing: Operation | None = None
        self._missing: Operation | None = None
        session.leaving.connect(self._leave)

    def look_for_missing(self, case: CaseFile) -> None:
        """Tell by ``missing_found`` what is not where it was, while the case is open."""

        def tell(missing: list[tuple[Slide, list[Path]]]) -> None:
            if missing and case is self._session.case:
                self.missing_found.emit(missing[0][0], [path for _, paths in missing for path in paths])

        self._missing = Operation(self, lambda cancel: _missing_in(case, cancel), lane=Lane.LONG)
        self._missing.on_success(tell).start()

    def relocate(self, slide: Slide, folder: Path) -> Operation:
        """Look for the images of a slide in another folder, then show the case from there."""
        return self._move(slide, lambda case: case.relocate(slide.id, folder))

    def unpack(self, slide: Slide, folder: Path) -> Operation:
        """Write the packed images of a slide into a folder, then show the case from there."""
        return self._move(slide, lambda case: case.unpack(slide, folder))

    def _move(self, slide: Slide, work: Callable[[CaseFile], Relocation]) -> Operation:
        case = self._session.case
        assert case is not None

        def again(found: Relocation) -> None:
            if case is self._session.case:
                self.relocated.emit(slide, found)
                self._session.open([case.path])

        return Operation(self, lambda _: work(case), lane=Lane.LONG).on_success(again).start()

    def pack(self) -> None:
        """Pack the images into the open case; what goes on and what came of it is told by ``packing``."""
        case = self._session.case
        if case is None or case.read_only or self._packing is not None:
            return
        left: list[Path] = []

        def step(steps: list[tuple[int, list[Path]]]) -> None:
            left[:] = steps[-1][1]
            self.packing.emit(steps[-1][0], None)

        def end() -> None:
            self._packing = None
            self.packing.emit(-1, left)

        packing = Operation(self, case.pack, lane=Lane.LONG)
        self._packing = packing.on_progress(step).on_end(end).start()
        self.packing.emit(0, None)

    def _leave(self) -> None:
        if self._missing is not None:
            self._missing.drop()
            self._missing = None
        if self._packing is not None:
            self._packing.drop()
            self._packing = None
            self.packing.emit(-1, [])


def _missing_in(case: CaseFile, cancel: threading.Event) -> list[tuple[Slide, list[Path]]]:
    """Give the slides of which images are not where they were, and those; looks at every file."""
    missing = []
    for slide in case.slides():
        if cancel.is_set():
            raise Cancelled("Looking for the images was stopped.")
        paths = case.images_missing(slide.id)
        if paths:
            missing.append((slide, paths))
    return missing
