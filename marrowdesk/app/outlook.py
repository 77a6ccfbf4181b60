"""Keeps what the unreviewed cells can still do to the thresholds up to date, off the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.counting import thresholds
from marrowdesk.core.outlook import Outlook, evidence_of, outlooks

if TYPE_CHECKING:
    import threading

    from marrowdesk.app.case_model import CaseModel

CALM = 700
"""Milliseconds that the count must rest before it is judged: nobody reads it while keys are pressed."""

_LATEST = 4000
"""Milliseconds after which it is judged even while the count does not rest."""


class OutlookWatch(QObject):
    """Judges the open case again whenever its count has changed and rests.

    Signals:
        changed: ``outlooks`` are others now.
    """

    changed = Signal()

    def __init__(self, model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._found: tuple[Outlook, ...] = ()
        self._wanted = False
        self._work: Operation | None = None
        self._calm = QTimer(self, interval=CALM, singleShot=True)
        self._latest = QTimer(self, interval=_LATEST, singleShot=True)
        for timer in (self._calm, self._latest):
            timer.timeout.connect(self._judge)
        model.reset.connect(self._forget)
        model.differential_changed.connect(self._count_changed)
        if model.cells:
            self._count_changed()

    @property
    def outlooks(self) -> tuple[Outlook, ...]:
        """One for each threshold; none while nothing is known."""
        return self._found

    def _forget(self) -> None:
        self._calm.stop()
        self._latest.stop()
        if self._work is not None:
            self._work.drop()
            self._work = None
        self._show(())

    def _count_changed(self) -> None:
        self._calm.start()
        if not self._latest.isActive():
            self._latest.start()

    def _judge(self) -> None:
        self._calm.stop()
        self._latest.stop()
        if self._work is not None and self._work.running:
            self._wanted = True  # one at a time: what is judged now is out of date, but soon done
            return
        self._wanted = False
        # Cells are values and never change: a copy of the list is a snapshot.
        cells, scheme, rules = list(self._model.cells), self._model.scheme, self._model.rules

        def work(_: threading.Event) -> tuple[Outlook, ...]:
            wanted = thresholds(rules.blast_equivalents, scheme)
            return outlooks(evidence_of(cells), scheme, wanted, rules.confidence)

        judging = Operation(self, work, lane=Lane.LIGHT, series="outlook")
        self._work = judging.on_success(self._show).on_end(self._ended).start()

    def _ended(self) -> None:
        if self._wanted:
            self._judge()

    def _show(self, found: tuple[Outlook, ...]) -> None:
        if found != self._found:
            self._found = found
            self.changed.emit()
