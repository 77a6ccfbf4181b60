"""The report dialog: the header fields, paper and pictures, and the files to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers, sex
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.exporting import export, open_file, suggested
from marrowdesk.app.icons import icon
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.report.document import FieldLabel, header_labels

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.session import Session
    from marrowdesk.core.differential import Differential

translate = QCoreApplication.translate


class ReportDialog(QDialog):
    """Fills in the report's header and writes the report.

    The fields are kept in the case when the dialog is closed or a file is written; there is nothing to save.
    """

    def __init__(
        self, session: Session, model: CaseModel, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assert session.case is not None
        self._session, self._model, self._preferences = session, model, preferences
        self._case = session.case
        self._written: list[Path] = []
        self.fields: dict[str, QLineEdit | QComboBox | QPlainTextEdit] = {}
        self._summary = QLabel(self)
        self._summary.setWordWrap(True)
        self.version = QComboBox(self)
        self._offer_versions()
        self.page = QComboBox(self)
        self.page.addItems(["A4", "Letter"])
        self.page.setCurrentText(preferences.now.page)
        self.pictures = QCheckBox(self.tr("&Pictures of representative cells"), self)
        self.pictures.setChecked(preferences.now.report_pictures)
        self._lay_out()
        self._show_version()
        self.version.currentIndexChanged.connect(self._show_version)
        self.resize(620, 680)
        next(iter(self.fields.values())).setFocus()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        if self.version.count() > 1:
            versions = QFormLayout()
            versions.addRow(self.tr("&Version:"), self.version)
            column.addLayout(versions)
        else:
            self.version.hide()
        column.addWidget(self._summary)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._form())
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the fields have it; the area follows them
        column.addWidget(area, 1)
        paper = QHBoxLayout()
        label = QLabel(self.tr("P&aper:"), self)
        label.setBuddy(self.page)
        for widget in (label, self.page, self.pictures):
            paper.addWidget(widget)
        paper.addStretch(1)
        column.addLayout(paper)
        column.addWidget(self._result_line())
        column.addWidget(self._buttons())

    def _form(self) -> QWidget:
        page = QWidget(self)
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 8, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        kept = self._kept = self._session.fields
        self._kept_is_shown = True
        if not kept.get("institution"):
            kept["institution"] = self._preferences.now.institution
        for each in header_labels():
            widget = self._field(each, kept.get(each.name, ""))
            widget.setObjectName(each.name)
            widget.setAccessibleName(self.tr(each.label))
            self.fields[each.name] = widget
            form.addRow(self.tr(each.label), widget)
        return page

    def _field(self, label: FieldLabel, text: str) -> QLineEdit | QComboBox | QPlainTextEdit:
        if label.long:
            box = QPlainTextEdit(text, self)
            box.setTabChangesFocus(True)
            box.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 12)
            return box
        if label.name == "sex":
            choice = QComboBox(self)
            choice.setEditable(True)
            choice.addItems(["", sex.text_of("F"), sex.text_of("M")])
            choice.setCurrentText(text)
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            choice.setToolTip(self.tr("Reference ranges that differ by sex follow this field."))
            return choice
        line = QLineEdit(text, self)
        line.setMaxLength(500)
        return line

    def _result_line(self) -> QWidget:
        self._result = QWidget(self)
        row = QHBoxLayout(self._result)
        row.setContentsMargins(0, 0, 0, 0)
        self._busy = QProgressBar(self._result)
        self._busy.setRange(0, 0)
        self._busy.setFixedWidth(110)
        self._busy.setTextVisible(False)
        self.result_text = QLabel(self._result)
        self.result_text.setWordWrap(True)
        self.open_button = QPushButton(icon("report"), self.tr("&Open"), self._result)
        self.open_button.clicked.connect(lambda: open_file(self._written[0]))
        self.folder_button = QPushButton(icon("open-folder"), self.tr("Show &folder"), self._result)
        self.folder_button.clicked.connect(lambda: open_file(self._written[0].parent))
        row.addWidget(self._busy)
        row.addWidget(self.result_text, 1)
        row.addWidget(self.open_button)
        row.addWidget(self.folder_button)
        for widget in (self._busy, self.open_button, self.folder_button):
            widget.hide()
        return self._result

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        without_icons(box)
        box.rejected.connect(self.close)
        self.writers = []
        for form, text, tip in (
            ("pdf", self.tr("Export P&DF…"), self.tr("The report on paper")),
            ("csv", self.tr("Export &CSV…"), self.tr("One row a cell")),
            ("json", self.tr("Export &JSON…"), self.tr("The differential and the cells, for programs")),
        ):
            button = QPushButton(text, self)
            button.setToolTip(tip)
            button.setAutoDefault(form == "pdf")
            button.setDefault(form == "pdf")
            button.clicked.connect(lambda _=False, form=form: self._write(form))
            box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            self.writers.append(button)
        return box

    # -- versions -------------------------------------------------------------------------------------

    def _offer_versions(self) -> None:
        """List what can be reported: the case as it is now, and what was signed before, the latest first."""
        signatures = self._model.signatures
        if self._model.signed is None:
            self.version.addItem(self.tr("As it is now, not signed"), None)
        for each in reversed(signatures):
            text = self.tr("Version {}, signed by {} on {}").format(
                numbers.count(each.version), each.reader, numbers.moment(each.at)
            )
            self.version.addItem(text, each.version)

    def _show_version(self) -> None:
        """Show the header of the version chosen; what is signed is not to be changed."""
        version = self.version.currentData()
        if version is None:
            self._summary.setText(summary(self._model.differential()))
            kept = self._kept
        else:
            signature = self._model.signatures[version - 1]
            self._summary.setText(
                self.tr("The report will be that of version {}, as {} signed it.").format(
                    numbers.count(version), signature.reader
                )
            )
            if self._kept_is_shown:
                self._kept = {name: self.text_of(name) for name in self.fields}
            kept = self._case.fields(signature.moment)
        self._kept_is_shown = version is None
        for name, widget in self.fields.items():
            self._set_text(widget, kept.get(name, ""))
            widget.setEnabled(version is None and self._model.writable)

    @staticmethod
    def _set_text(widget: QLineEdit | QComboBox | QPlainTextEdit, text: str) -> None:
        if isinstance(widget, QPlainTextEdit):
            widget.setPlainText(text)
        elif isinstance(widget, QComboBox):
            widget.setCurrentText(text)
        else:
            widget.setText(text)

    # -- the fields -----------------------------------------------------------------------------------

    def text_of(self, name: str) -> str:
        """Give the text in a field."""
        widget = self.fields[name]
        if isinstance(widget, QPlainTextEdit):
            return widget.toPlainText().strip()
        return (widget.currentText() if isinstance(widget, QComboBox) else widget.text()).strip()

    def _keep(self) -> bool:
        """Write the fields that changed into the case; False when that failed."""
        if self._session.case is not self._case:
            return False
        if self._kept_is_shown:
            self._kept = {name: self.text_of(name) for name in self.fields}
        try:
            for name, text in self._kept.items() if self._model.writable else ():
                self._session.set_field(name, text)
        except MarrowdeskError as error:
            from marrowdesk.app.dialogs.failure import show_failure

            show_failure(self, error)
            return False
        self._preferences.change(
            institution=self._kept.get("institution") or self._preferences.now.institution,
            page=self.page.currentText(),
            report_pictures=self.pictures.isChecked(),
        )
        return True

    def done(self, result: int) -> None:
        """Keep the fields, however the dialog is closed."""
        if self._session.case is not self._case or self._keep():
            super().done(result)

    # -- writing --------------------------------------------------------------------------------------

    def _write(self, form: str) -> None:
        if not self._keep():
            return
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export"), suggested(self._case, form), f"{form.upper()} (*.{form})"
        )
        if not name:
            return
        target = Path(name) if Path(name).suffix else Path(f"{name}.{form}")
        self._show_busy(target.name)
        export(
            self,
            self._case,
            self._model.rules,
            self._preferences.now,
            {form: target},
            self.version.currentData(),
        ).on_success(self._show_written).on_end(self._show_idle).start()

    def _show_busy(self, name: str) -> None:
        self._busy.show()
        self.result_text.setText(self.tr("Writing {} …").format(name))
        for widget in (*self.writers, self.open_button, self.folder_button):
            widget.setEnabled(False)

    def _show_idle(self) -> None:
        self._busy.hide()
        if not self._written:
            self.result_text.clear()
        for widget in (*self.writers, self.open_button, self.folder_button):
            widget.setEnabled(True)

    def _show_written(self, written: list[Path]) -> None:
        self._written = written
        self.result_text.setText(self.tr("Written: {}").format(written[0]))
        self.open_button.show()
        self.folder_button.show()
        self.open_button.setFocus()


def summary(count: Differential) -> str:
    """Say in a sentence what the report will hold."""
    text = translate("ReportDialog", "{} nucleated cells counted; {} of all {} cells reviewed.").format(
        numbers.count(count.counted), numbers.count(count.reviewed), numbers.count(count.total)
    )
    if count.reviewed < count.total:
        text += " " + translate("ReportDialog", "The report will say that it is preliminary.")
    if count.unresolved:
        text += " " + translate("ReportDialog", "Not identifiable cells left: {}.").format(
            numbers.count(count.unresolved)
        )
    return text
