"""Handing the open case to another program: its form, what would leave, with names or without, where to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.leaving import LeavingView
from marrowdesk.app.dialogs.progress_line import ProgressLine
from marrowdesk.app.exporting import options_of
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.saving import ask_file
from marrowdesk.services.parcel import Form, Parcel

if TYPE_CHECKING:
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.services.exchange import Sent, Step
    from marrowdesk.store.casefile import CaseFile


class ExportDialog(QDialog):
    """Shows what would leave the computer, and writes exactly that."""

    def __init__(
        self, case: CaseFile, rules: CountingRules, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._case, self._rules, self._preferences = case, rules, preferences
        self._parcel: Parcel | None = None
        self._sending: Operation | None = None
        self.forms: dict[Form, QRadioButton] = {}
        self.names = QCheckBox(self.tr("With the &names of patients, slides and files"), self)
        self.leaving = LeavingView(self)
        self.line = ProgressLine(self)
        self.write = QPushButton(self.tr("&Export…"), self)
        self._lay_out()
        self.forms[Form.XLSX].setChecked(True)
        self.forms[Form.XLSX].setFocus()
        self._group.idToggled.connect(lambda _, on: on and self._gather())
        self.names.toggled.connect(self._gather)
        self._gather()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self._form_box())
        column.addWidget(self.names)
        leaving = QGroupBox(self.tr("What leaves this computer"), self)
        QVBoxLayout(leaving).addWidget(self.leaving)
        column.addWidget(leaving, 1)
        column.addWidget(self.line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.write.setDefault(True)
        self.write.clicked.connect(self._ask)
        buttons.addButton(self.write, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        line = self.line
        seen = (
            *self.forms.values(), self.names, self.leaving.area, line.cancel, line.folder, self.write, close
        )  # fmt: skip
        for before, after in pairwise(seen):
            self.setTabOrder(before, after)
        self.line.cancelled.connect(self._cancel)
        self.resize(620, 600)

    def _form_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("Form"), self)
        grid = QGridLayout(box)
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        self._group = QButtonGroup(self)
        for row, (form, name, text) in enumerate(self._form_texts()):
            choice = QRadioButton(name, box)
            words = QLabel(text, box)
            words.setWordWrap(True)
            words.setForegroundRole(self.palette().ColorRole.PlaceholderText)
            choice.setAccessibleDescription(text)
            self._group.addButton(choice, row)
            grid.addWidget(choice, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
            self.forms[form] = choice
        return box

    def _form_texts(self) -> tuple[tuple[Form, str, str], ...]:
        return (
            (Form.XLSX, self.tr("&Workbook (XLSX)"), self.tr("Differential, cells and decisions as tables")),
            (Form.CSV, self.tr("&CSV"), self.tr("One row a cell")),
            (Form.JSON, self.tr("&JSON"), self.tr("The whole report with its cells, for programs")),
            (Form.FHIR, self.tr("&FHIR R4"), self.tr("Report, results and PDF, for a hospital's systems")),
            (Form.HL7, self.tr("&HL7 v2.5.1"), self.tr("The same as a message ORU^R01")),
            (Form.GEOJSON, self.tr("&QuPath (GeoJSON)"), self.tr("Cells that are boxes in larger images")),
            (Form.IMAGES, self.tr("&Images in class folders"), self.tr("Reviewed cells, to train from")),
        )

    @property
    def form(self) -> Form:
        """The form chosen."""
        return next(form for form, choice in self.forms.items() if choice.isChecked())

    # -- what would leave -----------------------------------------------------------------------------

    def _gather(self) -> None:
        """Gather the case in the form chosen, off the GUI thread, and tell what is in it."""
        case, rules, reader = self._case, self._rules, self._preferences.now.reader
        form, named = self.form, self.names.isChecked()

        def work(_: object) -> Parcel:
            from marrowdesk.services.parcel import pack

            return pack(case, rules, form, named=named, reader=reader)

        self._parcel = None
        self.write.setEnabled(False)
        self.line.clear()
        self.leaving.show_busy()
        Operation(self, work, lane=Lane.LONG, series="gather").on_success(self._show).on_failure(
            self.leaving.show_error
        ).start()

    def _show(self, parcel: Parcel) -> None:
        from marrowdesk.services.parcel import describe

        self._parcel = parcel
        self.leaving.show_leaving(describe(parcel))
        self.write.setEnabled(self._sending is None)

    # -- writing --------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask where to, and write there."""
        parcel = self._parcel
        if parcel is None:
            return
        if parcel.form.folder:
            name = QFileDialog.getExistingDirectory(
                self, self.tr("The folder in which a new folder is made"), str(self._preferences.folder)
            )
            target = Path(name) if name else None
        else:
            ending = parcel.form.ending
            kinds = f"{parcel.form.upper()} (*{ending})"
            offered = str(self._preferences.folder / f"{parcel.name}{ending}")
            target = ask_file(self, self.tr("Export"), offered, kinds)
        if target is not None:
            self._send(parcel, target)

    def _send(self, parcel: Parcel, target: Path) -> None:
        self._preferences.remember_folder(target if parcel.form.folder else target.parent)
        specimen = parcel.content.report.differential.specimen
        options = options_of(self._preferences.now).for_specimen(specimen)  # here no template is chosen

        def work(cancel: object) -> object:
            from marrowdesk.services.exchange import send

            return send(parcel, target, cancel, options)

        self._set_busy(True)
        self.line.begin(self.tr("Writing {} …").format(target.name))
        self._sending = (
            Operation(self, work, lane=Lane.LONG)
            .on_progress(self._progressed)
            .on_success(self._sent)
            .on_end(self._ended)
            .start()
        )

    def _progressed(self, steps: list[Step]) -> None:
        self.line.advance(steps[-1].done, steps[-1].total)

    def _sent(self, sent: Sent) -> None:
        text = self.tr("Written: {}").format(sent.path)
        if sent.left_out:
            text += "\n" + self.tr("Cells left out: {}. {}").format(
                numbers.count(len(sent.left_out)), sent.left_out[0]
            )
        self.line.end(text, sent.path.parent)

    def _ended(self) -> None:
        failed = self._sending is not None and self._sending.failed
        self._sending = None
        self._set_busy(False)
        self.line.stop("" if failed else self.tr("Stopped; nothing was written."))

    def _set_busy(self, busy: bool) -> None:
        for widget in (*self.forms.values(), self.names):
            widget.setEnabled(not busy)
        self.write.setEnabled(not busy and self._parcel is not None)

    def _cancel(self) -> None:
        if self._sending is not None:
            self._sending.cancel()

    def done(self, result: int) -> None:
        """Stop what is being written, however the dialog is closed."""
        self._cancel()
        super().done(result)
