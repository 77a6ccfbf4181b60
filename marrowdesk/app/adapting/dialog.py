"""Adapt to this laboratory: choose cases, fit and compare, then keep the model where it is better."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.adapting.case_list import CaseList
from marrowdesk.app.adapting.result_view import ResultView
from marrowdesk.app.banner import Banner
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.dialogs.progress_line import ProgressLine
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.services.learnable import FEWEST_CELLS
from marrowdesk.store.casefile import SUFFIX

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator

    from marrowdesk.app.adapting.choice import ModelChoice
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.services.adapted_models import KeptModel
    from marrowdesk.services.adapting import Adapted, Step
    from marrowdesk.services.learnable import CaseCells
    from marrowdesk.services.proving import Proof


class AdaptDialog(QDialog):
    """Leads from cases to a model that is kept, or says why none is.

    Signals:
        kept: a model was kept and is to be used; its KeptModel.
    """

    kept = Signal(object)

    def __init__(self, choice: ModelChoice, preferences: Preferences, parent: QWidget | None = None) -> None:
        """Begin with the recent cases.

        Args:
            choice: knows the shipped model and the names of the adapted ones.
            preferences: know the recent cases and the reader.
            parent: owner.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Adapt to this laboratory"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        self._shipped, self._reader = choice.folder, preferences.now.reader
        self._job: Operation | None = None
        self._proving: Operation | None = None
        self._untried = self._keep_then = False
        self._adapted: Adapted | None = None
        self.cases = CaseList(self)
        self.chosen = QLabel(self)
        self.outcome = ResultView(choice.versions(), self)
        self.banner = Banner(self)
        self.line = ProgressLine(self)
        self.back = QPushButton(self.tr("&Other cases"), self)
        self.fit = QPushButton(self.tr("&Fit and compare"), self)
        self.keep = QPushButton(self.tr("&Keep and use"), self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self._add([(each.path, each.title) for each in preferences.now.recent_cases])
        self._follow()
        self.cases.setFocus()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        self._pages.addWidget(self._cases_page())
        self._pages.addWidget(self.outcome)
        column.addWidget(self._pages, 1)
        column.addWidget(self.banner)
        column.addWidget(self.line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        for button in (self.back, self.fit, self.keep):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(860, 600)

    def _cases_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        text = QLabel(
            self.tr(
                "Choose cases that were reviewed with care. From what their readers decided a model is "
                "fitted that proposes as this laboratory names cells, and compared with the shipped one. "
                "No case is changed, and nothing leaves this computer."
            ),
            page,
        )
        text.setWordWrap(True)
        column.addWidget(text)
        column.addWidget(self.cases, 1)
        row = QHBoxLayout()
        self.more = QPushButton(self.tr("&Add case files…"), page)
        self.more.setAutoDefault(False)
        row.addWidget(self.chosen, 1)
        row.addWidget(self.more)
        column.addLayout(row)
        return page

    def _connect(self) -> None:
        self.cases.chosen_changed.connect(self._follow)
        self.more.clicked.connect(self._ask_for_cases)
        self.fit.clicked.connect(self._fit)
        self.back.clicked.connect(self._show_cases)
        self.keep.clicked.connect(self._keep)
        self.outcome.name.textChanged.connect(lambda _: self._follow())
        self.outcome.name.returnPressed.connect(self.keep.click)
        self.line.cancelled.connect(self._stop)

    # -- the cases ------------------------------------------------------------------------------------

    def _ask_for_cases(self) -> None:
        kinds = self.tr("Cases (*{})").format(SUFFIX)
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Cases to learn from"), str(self._preferences.folder), kinds
        )
        if names:
            self._preferences.remember_folder(Path(names[0]).parent)
            self._add([(Path(name), Path(name).stem) for name in names])

    def _add(self, cases: Iterable[tuple[Path, str]]) -> None:
        """List cases, and count on a worker what was decided in each."""
        added = self.cases.add(cases)
        if not added:
            return

        def work(cancel: threading.Event) -> Iterator[CaseCells]:
            from marrowdesk.services.learnable import decided_cells

            return decided_cells(added, cancel)

        Operation(self, work, lane=Lane.LONG).on_progress(self._take_counts).start()

    def _take_counts(self, counted: list[CaseCells]) -> None:
        for each in counted:
            if each.error:
                self.cases.show_broken(each.path, each.error)
            else:
                self.cases.show_read(each.path, each.title, each.cells)

    def _show_cases(self) -> None:
        self._leave_proving()
        self._adapted = None
        self.banner.take_away("failed")
        self.line.clear()
        self._pages.setCurrentIndex(0)
        self.cases.setFocus()
        self._follow()

    # -- fitting --------------------------------------------------------------------------------------

    def _fit(self) -> None:
        paths, shipped = self.cases.chosen(), self._shipped

        def work(cancel: threading.Event) -> Iterator[Step]:
            from marrowdesk.inference.bundle import load_bundle
            from marrowdesk.services.adapting import adapt

            return adapt(paths, cancel, None if shipped is None else load_bundle(shipped))

        job = Operation(self, work, lane=Lane.LONG).on_progress(self._advance)
        self._begin(job.on_success(self._show_result), self._said("reading"))

    def _advance(self, steps: list[Step]) -> None:
        self.line.text.setText(self._said(steps[-1].stage))
        self.line.advance(steps[-1].done, steps[-1].total)

    def _said(self, stage: str) -> str:
        if stage == "reading":
            return self.tr("Reading the cells that were decided on …")
        if stage == "measuring":
            return self.tr("Trying on reviewed cells whether it may be as fast as the shipped model …")
        return self.tr("Fitting, and comparing on cells kept back …")

    def _show_result(self, adapted: Adapted) -> None:
        self._adapted, self._untried = adapted, adapted.better
        self.line.clear()
        self.outcome.show_result(adapted)
        self._pages.setCurrentIndex(1)

    def _keep(self) -> None:
        adapted, name, reader = self._adapted, self.outcome.name.text(), self._reader
        if adapted is None or not self.keep.isEnabled():
            return
        if self._proving is not None:
            self._keep_then = True
            self._show_proving()
            self._follow()
            return

        def work(_: threading.Event) -> KeptModel:
            from marrowdesk.services.adapted_models import keep

            return keep(adapted, name, reader)

        job = Operation(self, work, lane=Lane.LONG).on_success(self._kept)
        self._begin(job, self.tr("Writing the model …"))

    def _kept(self, kept: KeptModel) -> None:
        self.kept.emit(kept)
        self.accept()

    def _begin(self, job: Operation, text: str) -> None:
        self.banner.take_away("failed")
        self.line.begin(text)
        self._job = job.on_failure(self._failed).on_end(self._ended)
        self._follow()
        job.start()

    def _stop(self) -> None:
        self._keep_then = False
        for job in (self._job, self._proving):
            if job is not None:
                job.cancel()

    def _failed(self, error: Exception) -> None:
        """Say what is missing where it is looked for; a fault of the program is shown as any other."""
        if isinstance(error, MarrowdeskError):
            self.banner.tell("failed", str(error), "warning")
        else:
            show_failure(self, error)

    def _ended(self) -> None:
        cancelled = self._job is not None and self._job.cancelled.is_set()
        self._job = None
        self.line.stop(self.tr("Stopped. Nothing was kept.") if cancelled else "")
        self._follow()
        (self.cases if self._adapted is None else self.outcome).setFocus()
        if self._adapted is not None and self._untried:
            self._prove(self._adapted)

    # -- how fast it may be ---------------------------------------------------------------------------

    def _prove(self, adapted: Adapted) -> None:
        """Try fewer bits in the background; a name is typed meanwhile, and keeping waits for it."""
        self._untried = False

        def work(cancel: threading.Event) -> Iterator[Step]:
            from marrowdesk.services.engines import wished_beside_a_window
            from marrowdesk.services.proving import prove

            return prove(adapted, wished_beside_a_window(), cancel)

        self._proving = (
            Operation(self, work, lane=Lane.LONG)
            .on_progress(self._advance_proving)
            .on_success(self._proved)
            .on_failure(self._failed)
            .on_end(self._proving_ended)
            .start()
        )

    def _advance_proving(self, steps: list[Step]) -> None:
        """Show it from the first cell on: where nothing can be gained there is none."""
        if not self.line.running:
            self._show_proving()
        self.line.advance(steps[-1].done, steps[-1].total)

    def _show_proving(self) -> None:
        if not self.line.running:
            self.line.begin("")
        told = self._said("measuring")
        self.line.text.setText(self.tr("{} It is kept then.").format(told) if self._keep_then else told)

    def _proved(self, proof: Proof | None) -> None:
        if self._adapted is not None:
            self._adapted = replace(self._adapted, proof=proof)
            self.outcome.show_speed("" if proof is None else proof.sentence)

    def _proving_ended(self) -> None:
        stopped = self._proving is not None and self._proving.cancelled.is_set()
        self._proving = None
        self.line.stop(self.tr("Stopped. It is slower than the shipped model.") if stopped else "")
        keep, self._keep_then = self._keep_then, False
        self._follow()
        if keep:
            self._keep()

    def _leave_proving(self) -> None:
        if self._proving is not None:
            self._proving.drop()
        self._proving, self._keep_then = None, False

    # -- what can be done now -------------------------------------------------------------------------

    def _follow(self) -> None:
        busy, at_cases = self._job is not None, self._pages.currentIndex() == 0
        paths, better = self.cases.chosen(), self._adapted is not None and self._adapted.better
        cells = numbers.count(self.cases.chosen_cells())
        told = (
            self.tr("Chosen: 1 case, {} cells")
            if len(paths) == 1
            else self.tr("Chosen: {1} cases, {0} cells")
        )
        text = told.format(cells, numbers.count(len(paths)))
        if self.cases.chosen_cells() < FEWEST_CELLS:
            text += ". " + self.tr("{} or more are needed.").format(FEWEST_CELLS)
        self.chosen.setText(text)
        self._pages.setEnabled(not busy and not self._keep_then)
        self.fit.setVisible(at_cases)
        self.fit.setEnabled(bool(paths) and not busy)
        self.back.setVisible(not at_cases)
        self.back.setEnabled(not busy)
        self.keep.setVisible(better)
        named = bool(self.outcome.name.text().strip())
        self.keep.setEnabled(better and named and not busy and not self._keep_then)

    def done(self, code: int) -> None:
        """Stop reading and fitting, however the dialog is closed."""
        if self._job is not None:
            self._job.drop()
        self._leave_proving()
        super().done(code)
