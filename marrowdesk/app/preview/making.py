"""Makes a report anew when it has changed: not for each key, one at a time, off the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preview.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.app.preview.pages import Size

PATIENCE = 250
"""Milliseconds without another wish before a report is made: longer than between two keys of a typist."""


class ReportMaker(QObject):
    """Makes the report that was asked for last.

    While one is being made no other is begun, so that a slow report does not take all threads; what comes of
    it is dropped when another was asked for meanwhile.

    Signals:
        made: the report that was asked for last is there; its bytes and the sizes of its pages.
        failed: it cannot be made; the error.
    """

    made = Signal(bytes, tuple)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make: Callable[[], bytes] | None = None
        self._generation = 0
        self._told = 0
        self._running = False
        self._pause = QTimer(self, singleShot=True, interval=PATIENCE)
        self._pause.timeout.connect(self._begin)

    @property
    def busy(self) -> bool:
        """Whether the report asked for last is still to come."""
        return self._told != self._generation

    def ask(self, make: Callable[[], bytes]) -> None:
        """Make this report, once nothing else was asked for during a moment; ``make`` runs on a worker."""
        self._make = make
        self._generation += 1
        self._pause.start()

    def _begin(self) -> None:
        if self._running or self._make is None:
            return  # goes on when the one being made has ended
        make, self._make = self._make, None
        generation = self._generation
        self._running = True
        operation = Operation(self, lambda _: _measured(make), lane=Lane.LIGHT)
        operation.on_success(lambda result: self._tell(generation, self.made, *result))
        operation.on_failure(lambda error: self._tell(generation, self.failed, error))
        operation.on_end(self._go_on)
        operation.start()

    def _tell(self, generation: int, signal: Signal, *what: object) -> None:
        if generation == self._generation:
            self._told = generation
            signal.emit(*what)

    def _go_on(self) -> None:
        self._running = False
        if not self._pause.isActive():
            self._begin()


def _measured(make: Callable[[], bytes]) -> tuple[bytes, tuple[Size, ...]]:
    content = make()
    with Pages(content) as pages:
        return content, pages.sizes
