"""Looks on a worker whether a message above the cells is to be shown, and takes away what holds no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from marrowdesk.app.operations import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.casefile import CaseFile

_T = TypeVar("_T")


class Lookout(QObject):
    """Keeps one message of the window's banner true.

    It looks whenever a case is opened or closed, and when cells were classified. Closed by the person, the
    message stays away until then.

    Args:
        window: whose case and banner they are.
        name: of the message in the banner.
    """

    def __init__(self, window: MainWindow, name: str) -> None:
        super().__init__(window)
        self._window = window
        self._name = name
        self._looking: Operation | None = None
        window.session.opened.connect(self.look)
        window.session.closed.connect(self.look)
        window.classifier.running_changed.connect(self.look_when_done)

    def look(self) -> None:
        """Take an earlier message away, and look on a worker whether there is one to show."""
        window = self._window
        window.banner.take_away(self._name)
        if self._looking is not None:
            self._looking.drop()  # its case may be closed by now
            self._looking = None
        if window.model.case is not None and not window.classifier.running:
            self._look(window.model.case)

    def look_when_done(self, busy: bool, *_: object) -> None:
        """Look again where work that may change the answer has ended; ``busy`` tells whether it goes on."""
        if not busy:
            self.look()

    def _look(self, case: CaseFile) -> None:
        """Find out what there is to tell of a case that nothing is being classified in."""
        raise NotImplementedError

    def _find(self, case: CaseFile, work: Callable[[], _T], then: Callable[[_T], object]) -> None:
        """Hand on what a worker finds in a case, unless another is shown or more is classified by then."""

        def take(found: _T) -> None:
            if case is self._window.model.case and not self._window.classifier.running:
                then(found)

        def end() -> None:
            self._looking = None  # lets go of what the work holds

        looking = Operation(self, lambda _: work(), lane=Lane.LIGHT, series=self._name)
        self._looking = looking.on_success(take).on_end(end).start()
