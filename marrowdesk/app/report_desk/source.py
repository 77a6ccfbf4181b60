"""What the report in the window is made of: the case, frozen once, with the header as it is typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.app.exporting import options_of
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.report.document import Report, ReportFields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.services.reporting import Snapshot

_AFTER_CHANGE = 600
"""Milliseconds without a further change of the count: while cells are classified it changes all the time."""


class ReportSource(QObject):
    """Freezes the case off the window's thread, and makes reports of it with another header.

    Signals:
        changed: a report made from now on is another one.
    """

    changed = Signal()

    def __init__(self, model: CaseModel, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._preferences = model, preferences
        self._version: int | None = None
        self._report: Report | None = None
        self._with_pictures = False
        self._failure: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_CHANGE)
        self._timer.timeout.connect(self._freeze)
        model.differential_changed.connect(self._count_changed)

    def take(self, version: int | None) -> None:
        """Freeze a version of the case; there is no report until it is frozen.

        Args:
            version: number of a signed version; None for the case as it is now.
        """
        self._version = version
        self._report = self._failure = None
        self._freeze()

    def follow_settings(self) -> None:
        """Make the report anew by the settings; the case is read again only where pictures are missing."""
        if not self.ready:  # it is frozen by the settings of then
            return
        if self._preferences.now.report_pictures and not self._with_pictures:
            self._freeze()
        else:
            self.changed.emit()

    def _count_changed(self) -> None:
        if self._version is None:
            self._timer.start()

    def _freeze(self) -> None:
        self._timer.stop()
        case, rules, version = self._model.case, self._model.rules, self._version
        if case is None:
            return
        settings = self._preferences.now
        pictures = self._with_pictures = settings.report_pictures

        def work(_: object) -> Snapshot:
            from marrowdesk.services import reporting  # loads the report's libraries on the worker

            return reporting.snapshot(
                case, rules, reader=settings.reader, with_pictures=pictures, version=version
            )

        Operation(self, work, lane=Lane.LONG, series="freeze").on_success(self._frozen).on_failure(
            self._failed
        ).start()

    def _frozen(self, snapshot: Snapshot) -> None:
        self._report, self._failure = snapshot.report, None
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._report, self._failure = None, error
        self.changed.emit()

    @property
    def ready(self) -> bool:
        """Whether the case was frozen, or cannot be."""
        return self._report is not None or self._failure is not None

    def maker(self, header: Mapping[str, str], logo: bytes | None) -> Callable[[], bytes]:
        """Give what makes the PDF with this header, on any thread; it raises why there can be none."""
        report, failure, settings = self._report, self._failure, self._preferences.now
        options, fields = options_of(settings), ReportFields.from_mapping(header)

        def make() -> bytes:
            from marrowdesk.report.pdf import pdf_bytes  # loads reportlab and its fonts

            if report is None:
                raise failure or RuntimeError("the case was not frozen yet")
            pictures = report.pictures if settings.report_pictures else ()
            return pdf_bytes(replace(report, header=fields, logo=logo, pictures=pictures), options)

        return make
