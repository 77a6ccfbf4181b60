"""What is written from the worklist: the reports of several cases, and the list itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.exporting import options_of
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.saving import ask_file
from marrowdesk.app.sex import sex_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

    from marrowdesk.app.dialogs.progress_line import ProgressLine
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.report.exchange.worklist import Entry
    from marrowdesk.services.batch import Outcome

_NAMED = 5
"""How many cases that failed are told by name."""


class WorklistJobs(QObject):
    """Asks where to, writes there one job at a time, and tells in a line how it goes.

    Signals:
        changed: a job began or ended.
    """

    changed = Signal()

    def __init__(self, line: ProgressLine, preferences: Preferences, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner, self._line, self._preferences = owner, line, preferences
        self._job: Operation | None = None
        self._outcomes: list[Outcome] = []

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._job is not None

    def write_reports(self, paths: Sequence[Path]) -> None:
        """Ask for a folder, and write the reports of cases into it."""
        name = QFileDialog.getExistingDirectory(
            self._owner, self.tr("Where the reports go"), str(self._preferences.folder)
        )
        if not name:
            return
        folder, choice = Path(name), self._preferences.choice
        self._preferences.remember_folder(folder)
        options = options_of(self._preferences.now)
        self._outcomes = []

        def work(cancel: threading.Event) -> Iterator[Outcome]:
            from marrowdesk.services.batch import reports

            return reports(paths, folder, choice, options, cancel, sex_of, as_counted=True)

        def take(outcomes: list[Outcome]) -> None:
            self._outcomes += outcomes
            self._line.advance(len(self._outcomes), len(paths))

        self._line.begin(self.tr("Writing {} reports …").format(numbers.count(len(paths))))
        job = Operation(self._owner, work, lane=Lane.LONG).on_progress(take)
        self._begin(job, lambda _: self._tell_reports(folder), lambda: self._tell_reports(folder))

    def save(self, listed: Sequence[Entry]) -> None:
        """Ask for a file, and write the list into it."""
        kinds = self.tr("Workbook (*.xlsx);;CSV (*.csv)")
        offered = str(self._preferences.folder / "worklist.xlsx")
        path = ask_file(self._owner, self.tr("Save the list"), offered, kinds)
        if path is None:
            return
        self._preferences.remember_folder(path.parent)

        def work(_: object) -> Path:
            from marrowdesk.services.worklist import save

            return save(listed, path)

        self._line.begin(self.tr("Writing {} …").format(path.name))
        done = self.tr("Written: {}").format(path)
        job = Operation(self._owner, work, lane=Lane.LONG)
        self._begin(job, lambda _: self._line.end(done, path.parent))

    def cancel(self) -> None:
        """Stop what is being written."""
        if self._job is not None:
            self._job.cancel()

    def _begin(
        self, job: Operation, success: Callable[[object], object], stopped: Callable[[], object] | None = None
    ) -> None:
        self._job = job.on_success(success).on_end(lambda: self._ended(stopped))
        self.changed.emit()
        job.start()

    def _ended(self, stopped: Callable[[], object] | None) -> None:
        """Allow the next job; one that was stopped says what it left."""
        cancelled = self._job is not None and self._job.cancelled.is_set()
        self._job = None
        if cancelled and stopped is not None:
            stopped()
        else:
            self._line.stop("")
        self.changed.emit()

    def _tell_reports(self, folder: Path) -> None:
        failed = [each for each in self._outcomes if each.error is not None]
        text = self.tr("Reports written: {}").format(numbers.count(len(self._outcomes) - len(failed)))
        if failed:
            names = "\n".join(f"{each.case.name}: {each.error}" for each in failed[:_NAMED])
            text += "\n" + self.tr("Not written: {}").format(numbers.count(len(failed))) + f"\n{names}"
        self._line.end(text, folder)
