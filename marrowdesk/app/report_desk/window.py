"""The report window: the form at the left, the report as it will be printed at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.count_words import counted, reviewed
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.exporting import export, suggested
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preferences import required_of
from marrowdesk.app.report_desk.field_notes import notes_of
from marrowdesk.app.report_desk.files import ReportFiles
from marrowdesk.app.report_desk.frame import ReportFrame
from marrowdesk.app.report_desk.keeping import FieldKeeper
from marrowdesk.app.report_desk.laboratory import LaboratoryTexts
from marrowdesk.app.report_desk.source import ReportSource
from marrowdesk.app.saving import ask_file
from marrowdesk.app.sex import sex_of
from marrowdesk.core.blood import blood_count
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.services.letterhead import LOGO, logo_of, logo_text, new_letterhead
from marrowdesk.store.errors import CaseFileSigned, CaseFileTakenOver
from marrowdesk.store.logo import own_logo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.session import Session
    from marrowdesk.core.differential import Differential

translate = QCoreApplication.translate


class ReportWindow(QDialog):
    """Fills in the report's header, shows the report, prints it and writes its files.

    What is typed is kept in the case by itself; there is nothing to save. A signed version is shown to be
    read.

    Attributes:
        form: the header fields.
        files: the buttons that print and write.
        frame: where everything stands.
    """

    def __init__(
        self, session: Session, model: CaseModel, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Report"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        assert session.case is not None
        self._session, self._model, self._preferences = session, model, preferences
        self._case = session.case
        self._logo: bytes | None = None
        self._laboratory: bytes | None = None
        self._typed: dict[str, str] = {}
        self._keeper = FieldKeeper(session, self)
        self._source = ReportSource(model, preferences, self)
        self.files = ReportFiles(self)
        self.frame = ReportFrame(self, preferences, self.files)
        self.form, self.version = self.frame.form, self.frame.version
        self.laboratory = LaboratoryTexts(self.form, preferences, self)
        self.frame.restore()
        self._listen()
        self._begin()

    def _listen(self) -> None:
        self.version.currentIndexChanged.connect(lambda _: self._show_version())
        self.form.edited.connect(self._edited)
        self.form.long_field_entered.connect(self._follow)
        self.frame.logo.changed.connect(self._set_logo)
        self.frame.insert.clicked.connect(self.laboratory.offer_blocks)
        self.frame.choose_fields.triggered.connect(self.laboratory.choose_fields)
        self.frame.arrange_blocks.triggered.connect(self.laboratory.arrange_blocks)
        self.frame.folded.connect(self._refresh)
        self._source.changed.connect(self._show_source)
        self._keeper.failed.connect(self._tell_not_kept)
        self._keeper.kept.connect(self._follow_kept)
        self.files.print_wanted.connect(self._print)
        self.files.write_wanted.connect(self._write)
        self.files.close_wanted.connect(self.close)
        self._preferences.changed.connect(self._follow_settings)
        self._session.closed.connect(self._case_left)
        self._session.opened.connect(self._case_opened)

    def _begin(self) -> None:
        """Show the case, with the laboratory's letterhead where it has none."""
        for read in (self._read_logo, self.laboratory.complete):
            try:
                read()
            except MarrowdeskError as error:  # told over the window, when it stands
                QTimer.singleShot(0, self, lambda error=error: show_failure(self, error))
        self._offer_versions()
        if self.version.currentData() is None and self._model.writable:
            given = new_letterhead(self._session.fields, self._preferences.now.institution, self._laboratory)
            for name, text in given.items():
                self._keeper.note(name, text)
        self._follow_settings()
        self._show_version()
        self._follow()
        self.form.begin()

    def _read_logo(self) -> None:
        self._laboratory = own_logo()

    # -- versions -------------------------------------------------------------------------------------

    def _offer_versions(self) -> None:
        """List what can be reported: the case as it is now, and what was signed before, the latest first."""
        found: list[tuple[str, int | None]] = []
        if self._model.signed is None:
            found.append((self.tr("As it is now, not signed"), None))
        for each in reversed(self._model.signatures):
            text = self.tr("Version {}, signed by {} on {}").format(
                numbers.count(each.version), each.reader, numbers.moment(each.at)
            )
            found.append((text, each.version))
        self.frame.offer_versions(found)

    def _show_version(self) -> None:
        """Show the header of the version chosen; what is signed is not to be changed."""
        version = self.version.currentData()
        if version is None:
            self.frame.summary.setText(self._summary())
            values: Mapping[str, str] = {**self._session.fields, **self._keeper.waiting}
        else:
            signature = self._model.signatures[version - 1]
            self.frame.summary.setText(
                self.tr("Version {}, as {} signed it; it is shown to be read.").format(
                    numbers.count(version), signature.reader
                )
            )
            values = self._case.fields(signature.moment)
        self._show_values(values, read_only=version is not None or not self._model.writable)
        self._source.take(version)
        self.files.let_print(self._source.ready)

    def _summary(self) -> str:
        """Say what the report will hold, counted as it is printed."""
        count = self._model.differential()
        film = "blood" in (self._preferences.now.report_template, count.specimen)
        return summary(blood_count(count).white if film else count, bool(self._model.signatures))

    def _show_values(self, values: Mapping[str, str], *, read_only: bool) -> None:
        try:
            self._logo = logo_of(values)
        except MarrowdeskError:  # the preview says it; here another one can be chosen
            self._logo = None
        self.form.show_values(values, read_only=read_only)
        self.frame.logo.show_logo(self._logo, self._laboratory, read_only=read_only)
        self._tell_not_understood()
        self._follow()

    def _follow(self) -> None:
        """Let a text be inserted where there is a field for it."""
        self.frame.insert.setEnabled(self.form.long_field is not None)

    def go_to(self, name: str) -> None:
        """Put the keyboard into a field, as soon as the window stands."""
        QTimer.singleShot(0, self, lambda: self.form.go_to(name))

    # -- what is typed --------------------------------------------------------------------------------

    def text_of(self, name: str) -> str:
        """Give the text in a field."""
        return self.form.value(name)

    def _follow_kept(self) -> None:
        self.frame.tell("")
        self._tell_not_understood()

    def _tell_not_understood(self) -> None:
        """Say at the fields what the program cannot read; a signed version is only shown."""
        values, said = self.form.values(), dict[str, str]()
        if self.version.currentData() is None and self._model.writable:
            rules = self._preferences.choice.rules(self._model.scheme.specimen, values, sex_of)
            said = notes_of(values, age_unclear=rules.age_unclear)
        self.form.show_notes(said)

    def _edited(self, name: str) -> None:
        self._typed[name] = self.form.value(name)
        self._keeper.note(name, self._typed[name])
        self._refresh()

    def _set_logo(self, logo: bytes | None) -> None:
        self._logo = logo
        self._laboratory = logo
        self._keeper.note(LOGO, logo_text(logo))
        if self._keeper.keep() is None:
            self._source.take(None)

    def _follow_settings(self) -> None:
        now = self._preferences.now
        self.form.arrange(now.hidden_fields, required_of(now))
        self._tell_not_understood()
        self._source.follow_settings()

    def _show_source(self) -> None:
        """Show another count or other print options."""
        if self.version.currentData() is None:
            self.frame.summary.setText(self._summary())
        self.files.let_print(self._source.ready)
        self._refresh()

    def _refresh(self) -> None:
        """Show the report as it is now, where it is looked at."""
        if self._source.ready and self.frame.preview_shown:
            self.frame.preview.show_report(self._source.maker(self.form.values(), self._logo))

    def _tell_not_kept(self, error: MarrowdeskError) -> None:
        self.frame.tell(self.tr("Not kept in the case: {}").format(error))
        if isinstance(error, CaseFileSigned | CaseFileTakenOver):  # by another program: look what it did
            QTimer.singleShot(0, self._model.outdated.emit)

    # -- leaving --------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        """Keep the fields, however the window is closed; ask where that is impossible."""
        error = self._keeper.keep() if self._session.case is self._case else None
        if error is None:
            self._leave(result)
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Report"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("What was typed last cannot be kept in the case."))
        box.setInformativeText(str(error))
        box.addButton(self.tr("Close &without it"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        without_icons(box)
        box.accepted.connect(lambda: self._leave(result))
        box.open()

    def _leave(self, result: int) -> None:
        self._keeper.drop()
        self.frame.save()
        self.laboratory.remember(self._typed)
        super().done(result)

    def _case_left(self) -> None:
        """Close with the case; what was typed was kept when it was left."""
        self._leave(QDialog.DialogCode.Rejected)

    def _case_opened(self) -> None:
        """Show the same case as it is now (another program may have signed it), or leave with another one."""
        case = self._session.case
        if case is None or case.path != self._case.path or self._model.sitting is not None:
            self._case_left()
            return
        self._case = case
        if not self._model.writable:  # what could not be kept is not in this case
            self._keeper.drop()
        self._offer_versions()
        self._show_version()

    # -- printing and writing -------------------------------------------------------------------------

    def _kept(self) -> bool:
        """Keep what was typed before it goes on paper; say where that fails."""
        error = self._keeper.keep()
        if error is not None:
            show_failure(self, error)
        return error is None

    def _print(self) -> None:
        if not self._source.ready or not self._kept():
            return
        make = self._source.maker(self.form.values(), self._logo)
        self.files.show_busy(self.tr("Making the report …"))
        Operation(self, lambda _: make(), lane=Lane.LONG).on_success(self._send).on_end(
            self.files.show_idle
        ).start()

    def _send(self, content: bytes) -> None:
        from marrowdesk.app.printing import print_report

        print_report(self, content, self._case.title)

    def _write(self, form: str) -> None:
        if not self._kept():
            return
        kinds = f"{form.upper()} (*.{form})"
        target = ask_file(self, self.tr("Export"), suggested(self._case, form, self._preferences), kinds)
        if target is None:
            return
        self.files.show_busy(self.tr("Writing {} …").format(target.name))
        export(
            self,
            self._case,
            self._model.rules,
            self._preferences,
            {form: target},
            self.version.currentData(),
        ).on_success(self.files.show_written).on_end(self.files.show_idle).start()


def summary(count: Differential, reopened: bool = False) -> str:
    """Say in a sentence what the report of a case that is not signed will hold.

    Args:
        count: the count.
        reopened: whether the case was signed before.
    """
    text = translate("ReportWindow", "{}; {}.").format(counted(count), reviewed(count))
    if reopened or count.reviewed < count.total:
        text += " " + translate("ReportWindow", "The report will say that it is preliminary.")
    if count.unresolved:
        text += " " + translate("ReportWindow", "Not identifiable cells left: {}.").format(
            numbers.count(count.unresolved)
        )
    return text
