"""What the menus do besides reviewing: open, close, report, settings, folders, help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.dialogs.one_of_a_kind import OneOfAKind
from marrowdesk.app.exporting import open_file
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preferences import required_of
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.signoff import unseen
from marrowdesk.imaging.formats import EXTENSIONS
from marrowdesk.services.moved import SlideMoved
from marrowdesk.store import paths as places
from marrowdesk.store.backup import backups, case_of_copy
from marrowdesk.store.errors import CaseFileDamaged, CaseFileMissing, NotACaseFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.classifier import Classifier
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.session import Session
    from marrowdesk.core.signoff import Found
    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.store.values import Sitting, Slide


class Commands(QObject):
    """Slots of the window's actions that open something.

    Signals:
        task_changed: something that takes a while began or, with an empty text, ended; its name and text.
        cells_chosen: some cells are to be shown alone; what to call them and their numbers.
    """

    task_changed = Signal(str, str)
    cells_chosen = Signal(str, tuple)

    def __init__(
        self,
        window: QWidget,
        model: CaseModel,
        session: Session,
        classifier: Classifier,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._session = session
        self._classifier = classifier
        self._preferences = preferences
        self._drawing: Operation | None = None
        self._reasons: dict[Path, str] = {}
        self._show = OneOfAKind().show

    # -- opening --------------------------------------------------------------------------------------

    def open_folder(self) -> None:
        """Ask for a slide folder and open it."""
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open a folder of cell images"), self._last_folder()
        )
        if name:
            self.open([Path(name)])

    def add_slide(self) -> None:
        """Ask for the folder of another smear and read it into the open case."""
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Add the folder of another smear"), self._last_folder()
        )
        if name:
            self._session.add_slide(Path(name))

    def open_files(self) -> None:
        """Ask for images or a case and open them."""
        images = " ".join(f"*{each}" for each in sorted(EXTENSIONS))
        filters = (
            self.tr("Images and cases ({} *.mdcase)").format(images),
            self.tr("Cases (*.mdcase)"),
            self.tr("All files (*)"),
        )
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Open images or a case"), self._last_folder(), ";;".join(filters)
        )
        if names:
            self.open([Path(name) for name in names])

    def open(self, paths: Sequence[Path]) -> None:
        """Open folders, images or a case."""
        self._session.open(list(paths))

    def open_demonstration(self) -> None:
        """Draw the demonstration slide, unless it is drawn already, and open it."""
        from marrowdesk.services.demo import make_demo

        self.draw_and_open(make_demo)

    def draw_and_open(self, draw: Callable[[], Path]) -> None:
        """Draw a slide on a worker, and open the folder that ``draw`` gives."""
        if self._drawing is not None:
            return
        self._drawing = (
            Operation(self, lambda _: draw(), lane=Lane.LONG)
            .on_success(lambda folder: self.open([folder]))
            .on_end(self._drawn)
            .start()
        )
        self.task_changed.emit("drawing", self.tr("Drawing the demonstration slide …"))

    def _drawn(self) -> None:
        self._drawing = None
        self.task_changed.emit("drawing", "")

    def _last_folder(self) -> str:
        case = self._session.case
        if case is not None and case.slides():
            return str(case.slides()[0].folder.parent)
        return str(Path.home())

    def find_images(self, slide: Slide) -> None:
        """Ask where the images of a slide lie now."""
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Where are the images of “{}” now?").format(slide.name)
        )
        if name:
            self._session.images.relocate(slide, Path(name))

    def unpack_images(self, slide: Slide) -> None:
        """Ask for a folder and write the packed images of a slide there."""
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Where shall the images of “{}” be written?").format(slide.name)
        )
        if name:
            self._session.images.unpack(slide, Path(name))

    # -- dialogs --------------------------------------------------------------------------------------

    def report(self, field: str = "") -> None:
        """Show the report window, at one of its fields where that is named."""
        if self._session.case is not None:
            from marrowdesk.app.report_desk import ReportWindow

            window = self._show(
                ReportWindow,
                lambda: ReportWindow(self._session, self._model, self._preferences, self._window),
            )
            if field:
                window.go_to(field)

    def sign_off(self) -> None:
        """Sign the case, or open a signed one again."""
        from marrowdesk.app.dialogs.sign_off import ReopenDialog

        if self._session.case is None:
            return
        if self._model.signed is not None:
            self._show(ReopenDialog, lambda: ReopenDialog(self._session, self._preferences, self._window))
            return

        case, rules = self._session.case, self._model.rules
        required, replaced = required_of(self._preferences.now), self._session.replaced

        def work(_: object) -> list[Found]:
            from marrowdesk.services.signing import against_signing

            return against_signing(case, rules, required, replaced)

        Operation(self, work, lane=Lane.LIGHT, series="sign").on_success(self._show_sign_off).start()

    def _show_sign_off(self, against: list[Found]) -> None:
        from marrowdesk.app.dialogs.sign_off import SignOffDialog

        case = self._session.case
        if case is None or self._model.signed is not None:
            return
        path, reasons = case.path, self._reasons

        def make() -> SignOffDialog:
            count = self._model.differential()
            left, reason = unseen(self._model.cells, against), reasons.get(path, "")
            dialog = SignOffDialog(
                self._session, self._preferences, count, against, left, reason, self._window
            )
            dialog.left.connect(lambda typed: reasons.update({path: typed}))
            dialog.cells_chosen.connect(self.cells_chosen)
            dialog.field_chosen.connect(self.report)
            return dialog

        self._show(SignOffDialog, make)

    def manual(self) -> None:
        """Count at the microscope; without an open case, ask for the name of a new one first."""
        from marrowdesk.app.dialogs.manual import ManualCount

        if self._session.case is not None:
            self._show(ManualCount, lambda: ManualCount(self._session, self._model, self._window))
            return
        title, agreed = QInputDialog.getText(
            self._window, self.tr("Manual count"), self.tr("Name of the new case, for example its number:")
        )
        if not agreed or not title.strip():
            return
        try:
            self._session.begin_manual(title)
        except MarrowdeskError as error:
            show_failure(self._window, error)
            return
        self._session.opened.connect(self.manual, Qt.ConnectionType.SingleShotConnection)

    def second_reading(self) -> None:
        """Show the second readings; end the one that is open."""
        from marrowdesk.app.dialogs.second_reading import SecondReadingDialog

        if self._session.case is None:
            return
        if self._model.sitting is not None:
            self._session.end_second()
            return

        def make() -> SecondReadingDialog:
            dialog = SecondReadingDialog(self._session, writable=self._model.writable, parent=self._window)
            dialog.read.connect(self._session.read_second)
            dialog.settle.connect(self._settle)
            return dialog

        self._show(SecondReadingDialog, make)

    def _settle(self, sitting: Sitting, cells: tuple[int, ...]) -> None:
        self._model.resolve(sitting)
        name = self.tr("{} and the first reader differ").format(sitting.reader)
        self.cells_chosen.emit(name, cells)

    def history(self) -> None:
        """Show what was done in the case."""
        from marrowdesk.app.dialogs.history import HistoryDialog

        if self._session.case is not None:
            self._show(HistoryDialog, lambda: HistoryDialog(self._model, self._preferences, self._window))

    def classes(self, *, shipped: str = "") -> None:
        """Show the classes of the open case, or those for new cases.

        Args:
            shipped: key of a shipped scheme that is shown in place of the case's own, to be taken or left.
        """
        from marrowdesk.app.dialogs.classes import ClassesDialog
        from marrowdesk.core.taxonomy import MARROW
        from marrowdesk.store.schemes import own_scheme

        case = self._session.case
        if case is not None:
            scheme = case.scheme
        else:
            try:
                scheme = own_scheme()
            except MarrowdeskError as error:
                show_failure(self._window, error)
                scheme = MARROW
        tally = self._model.tally
        in_use = {code for each in (tally.current, tally.predicted) for code, cells in each.items() if cells}

        def make() -> ClassesDialog:
            dialog = ClassesDialog(scheme, in_use, writable=self._model.writable, parent=self._window)
            dialog.chosen.connect(self._set_scheme)
            if shipped:
                dialog.show_shipped(shipped)
            return dialog

        self._show(ClassesDialog, make)

    def references(self) -> None:
        """Show the reference ranges, to look at and to have one's own."""
        from marrowdesk.app.dialogs.references import ReferencesDialog

        rules, scheme = self._model.rules, self._model.scheme
        self._show(
            ReferencesDialog,
            lambda: ReferencesDialog(self._preferences, scheme, rules.references.key, self._window),
        )

    def _set_scheme(self, scheme: Scheme) -> None:
        try:
            self._session.set_scheme(scheme)
        except MarrowdeskError as error:
            show_failure(self._window, error)

    def take_over(self) -> None:
        """Ask whether to take the case from the program that has it open, and do so."""
        why = self._session.only_read
        if why is None:
            return
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Take the case over"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(why.message)
        box.setInformativeText(
            self.tr(
                "Every decision made there so far is kept. A step that is made there after you take over is "
                "refused, and the reader there is told."
            )
        )
        box.addButton(self.tr("&Take over"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        without_icons(box)
        box.accepted.connect(self._session.take_over)
        box.open()

    def settings(self) -> None:
        """Show the settings."""
        from marrowdesk.app.dialogs.settings import SettingsDialog

        self._show(SettingsDialog, lambda: SettingsDialog(self._preferences, self._window))

    def shortcuts(self) -> None:
        """Show the sheet of keys."""
        from marrowdesk.app.dialogs.shortcuts_sheet import ShortcutsSheet

        self._show(ShortcutsSheet, lambda: ShortcutsSheet(self._model.scheme, self._window))

    def copies(self) -> None:
        """Show the earlier copies of the case; where one of them is open, those beside it."""
        case = self._session.case
        if case is not None:
            self._show_copies(case_of_copy(case.path) or case.path, case.title)

    def _show_copies(self, path: Path, title: str) -> None:
        from marrowdesk.app.dialogs.copies import CopiesDialog

        def make() -> CopiesDialog:
            dialog = CopiesDialog(title, backups(path), self._window)
            dialog.chosen.connect(lambda copy: self._session.put_back(copy, path))
            return dialog

        self._show(CopiesDialog, make)

    def show_not_opened(self, error: Exception, paths: Sequence[Path]) -> None:
        """Say why something could not be opened; of a case that is damaged or gone, offer its copies.

        Of images whose case lay elsewhere, ask whether to go on with it.
        """
        if isinstance(error, SlideMoved):
            self._ask_about_former(error, paths)
            return
        box = show_failure(self._window, error)
        if not isinstance(error, CaseFileDamaged | NotACaseFile | CaseFileMissing):
            return
        from marrowdesk.services.opening import case_file

        path = case_file(paths)
        if backups(path):
            copies = box.addButton(self.tr("&Earlier copies…"), QMessageBox.ButtonRole.ActionRole)
            copies.clicked.connect(lambda: self._show_copies(path, path.stem))

    def _ask_about_former(self, moved: SlideMoved, paths: Sequence[Path]) -> None:
        """Ask whether to go on with the case that images had where they lay before, or to begin another."""
        former = moved.former
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("These images have a case"))
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        text = self.tr(
            "These images are those of the case {} ({} of {} cells reviewed). Its folder is not there any "
            "more: {}"
        )
        counts = numbers.count(former.reviewed), numbers.count(former.cells)
        box.setText(text.format(former.case.name, *counts, former.folder))
        box.setInformativeText(
            self.tr(
                "Opened here, that case goes on with every decision, and looks for its images in this folder "
                "from now on. A new case begins without any."
            )
        )
        accept, other = QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.DestructiveRole
        go_on = box.addButton(self.tr("&Open that case"), accept)
        go_on.clicked.connect(lambda: self._session.open(paths, file=former.case))
        begin = box.addButton(self.tr("Begin a &new case"), other)
        begin.clicked.connect(lambda: self._session.open(paths, file=moved.another))
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        without_icons(box)
        box.open()

    def about(self) -> None:
        """Show version, model and licences."""
        from marrowdesk.app.dialogs.about import AboutDialog

        engine = self._classifier.engine
        self._show(AboutDialog, lambda: AboutDialog(engine, self._window))

    # -- folders --------------------------------------------------------------------------------------

    def show_cases_folder(self) -> None:
        """Show where the cases are kept."""
        _show_folder(places.cases_path())

    def show_logs_folder(self) -> None:
        """Show where crash reports are written."""
        _show_folder(places.logs_path())


def _show_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    open_file(folder)
