"""Keeps title, status bar, actions and messages in step with what is open and what goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

from marrowdesk import RESEARCH_USE
from marrowdesk.app import numbers
from marrowdesk.app.case_messages import CaseMessages
from marrowdesk.app.classifier import EngineState
from marrowdesk.app.libraries import intervals_ready, load_intervals
from marrowdesk.app.mnemonics import literal
from marrowdesk.app.sex import sex_of
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.errors import CaseFileIsCopy

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.settings import RecentCase


class Standing(QObject):
    """Listens to session, classifier, model and settings, and tells the window's parts."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._asked_for_reader = False
        self._remembered: Path | None = None
        self._messages = CaseMessages(window)
        self._recents: tuple[RecentCase, ...] | None = None
        self._listen()
        self._follow_settings()
        self._show_case()
        self._show_engine()

    def _listen(self) -> None:
        window = self._window
        window.preferences.changed.connect(self._follow_settings)
        window.preferences.failed.connect(window.show_error)
        window.model.failed.connect(window.show_error)
        window.model.differential_changed.connect(self._show_count)
        window.model.current_changed.connect(lambda row: self._show_choice())
        window.model.undo_stack.indexChanged.connect(lambda index: self._show_undo())
        session = window.session
        session.opening_changed.connect(
            lambda opening: window.status.show_task("opening", self.tr("Opening …") if opening else "")
        )
        session.opened.connect(self._opened)
        session.closed.connect(self._show_case)
        session.not_opened.connect(window.commands.show_not_opened)
        session.reading_changed.connect(self._show_reading)
        session.cells_found.connect(self._cells_found)
        session.problems_changed.connect(self._show_problems)
        window.model.signature_changed.connect(self._show_signature)
        session.field_changed.connect(lambda name: self._follow_settings())
        classifier = window.classifier
        classifier.engine_changed.connect(self._show_engine)
        classifier.running_changed.connect(self._show_running)
        classifier.running_changed.connect(lambda running: running or window.gallery.begin())
        classifier.progressed.connect(window.status.show_progress)
        classifier.failed_images.connect(session.add_problems)
        window.models.failed.connect(self._tell_no_model)
        window.models.fell_back.connect(self._tell_shipped_instead)

    # -- the case -------------------------------------------------------------------------------------

    def _opened(self) -> None:
        self._remembered = None
        self._remember()
        self._follow_settings()
        self._show_case()
        self._ask_for_reader()

    def _remember(self) -> None:
        """Put the case among the recent ones, once it holds a cell: an empty folder is no work begun."""
        window, case = self._window, self._window.session.case
        begun = bool(window.model.cells) or window.model.together  # a manual count needs no image
        if isinstance(window.session.only_read, CaseFileIsCopy):  # it goes when later copies come
            return
        if case is not None and begun and self._remembered != case.path:
            self._remembered = case.path
            window.preferences.replace(window.preferences.now.with_recent(case.path, case.title))

    def _show_case(self) -> None:
        window, case = self._window, self._window.session.case
        window.show_desk(case is not None)
        window.acts.case_open(case is not None)
        window.keys.case_open(case is not None)
        self._messages.case_shown()
        window.status.show_progress(None)
        self._show_signature()
        self._show_count()
        self._show_running()
        self._show_recents()

    def _show_title(self) -> None:
        window, case = self._window, self._window.session.case
        parts = ["MarrowDesk", RESEARCH_USE]
        if case is not None:
            signed, versions = window.model.signed, len(window.model.signatures)
            if signed is not None:
                parts.insert(0, self.tr("signed, version {}").format(numbers.count(signed.version)))
            elif versions:
                parts.insert(0, self.tr("reopened, to be version {}").format(numbers.count(versions + 1)))
            if window.model.sitting is not None:
                parts.insert(0, self.tr("second reading by {}").format(window.model.sitting.reader))
            parts.insert(0, case.title)
        window.setWindowTitle(" – ".join(parts))
        window.setWindowFilePath("")

    def _show_signature(self) -> None:
        """Show whether the case is signed: what can be done, and why not more."""
        window = self._window
        signed = window.model.signed
        self._show_title()
        window.acts.show_signed(signed is not None)
        window.menus.let_rules_change(signed is None)
        second = window.model.sitting is not None
        window.acts.show_sitting(second)
        window.acts.report.setEnabled(window.session.case is not None and not second)
        self._follow_settings()
        self._show_choice()
        self._show_undo()
        self._show_running()
        self._messages.show_standing()

    def _show_choice(self) -> None:
        model = self._window.model
        self._window.acts.cells_chosen(model.current >= 0 and model.writable)

    def _show_undo(self) -> None:
        acts, stack = self._window.acts, self._window.model.undo_stack
        for action, can, what, plain, done in (
            (acts.undo, stack.canUndo(), stack.undoText(), self.tr("&Undo"), self.tr("&Undo {}")),
            (acts.redo, stack.canRedo(), stack.redoText(), self.tr("&Redo"), self.tr("&Redo {}")),
        ):
            action.setEnabled(can and self._window.model.writable)
            action.setText(done.format(literal(what)) if what else plain)

    def _show_count(self) -> None:
        model = self._window.model
        if (model.cells or model.presses) and not intervals_ready():
            load_intervals(self, self._show_count)  # half a second that the window must not wait for
            return
        something = bool(model.cells) or bool(model.presses)
        self._window.status.show_count(model.differential() if something else None)

    def _show_problems(self) -> None:
        session, dock = self._window.session, self._window.docks.problems
        case = session.case
        folders = [slide.folder for slide in case.slides()] if case is not None else []
        before = self._window.problems.table.rowCount()
        self._window.problems.show_problems(session.problems, folders, session.replaced)
        if session.problems and not before:
            dock.show()
        elif not session.problems:
            dock.hide()

    # -- work -----------------------------------------------------------------------------------------

    def _cells_found(self) -> None:
        window = self._window
        window.classifier.go_on()
        self._remember()
        self._messages.show_empty()
        self._show_running()

    def _show_reading(self, reading: bool, files: int) -> None:
        text = self.tr("Reading the folder: {} files").format(numbers.count(files)) if reading else ""
        self._window.status.show_task("reading", text)
        self._show_running()

    def _show_running(self, *_: object) -> None:
        window, classifier = self._window, self._window.classifier
        running = classifier.running or window.session.reading
        window.acts.stop.setEnabled(running)
        window.acts.stop.setVisible(running)
        window.acts.classify.setVisible(not running)
        only_read = window.session.only_read is not None
        second = window.model.sitting is not None
        something = bool(window.model.cells) or bool(window.model.presses)
        window.acts.sign_off.setEnabled(something and not running and not only_read and not second)
        window.acts.add_slide.setEnabled(window.model.writable and not window.session.reading)
        copy = isinstance(window.session.only_read, CaseFileIsCopy)
        window.acts.copies.setEnabled(window.session.case is not None and (copy or not only_read))
        window.acts.classify.setEnabled(
            classifier.engine is not None and not classifier.running and classifier.unfinished
        )
        if not classifier.running:
            window.status.show_progress(None)

    def stop(self) -> None:
        """Stop what goes on; what was done so far is kept."""
        self._window.classifier.stop()
        self._window.session.cancel_reading()

    # -- the model ------------------------------------------------------------------------------------

    def _show_engine(self) -> None:
        classifier, status = self._window.classifier, self._window.status
        if classifier.state is EngineState.READY and classifier.engine is not None:
            bundle = classifier.engine.bundle
            self._window.banner.take_away("model")
            card, name = bundle.card, f"{bundle.card.name} {bundle.card.revision}"
            made_of = card.adapted and f"{card.adapted.base} {card.adapted.base_revision}"
            tip = self.tr("{}\nsha256 {}…\nRuns on {}").format(
                self.tr("{}, adapted to this laboratory from {}").format(name, made_of) if made_of else name,
                bundle.sha256[:16],
                classifier.engine.device,
            )
            status.show_model(name if made_of else card.name, tip)
        elif classifier.state is EngineState.FAILED:
            status.show_model(self.tr("No model"), self.tr("The model cannot be used; review by hand."))
        else:
            status.show_model(self.tr("Model is loading …"), self.tr("Proposals begin in a moment."))
        self._show_running()

    def _tell_no_model(self, error: MarrowdeskError) -> None:
        text = self.tr("No proposals: {} You can review by hand all the same.").format(error)
        message = self._window.banner.tell("model", text, "warning")
        message.add_button(self.tr("Try again"), self._try_model_again)

    def _try_model_again(self) -> None:
        self._window.banner.take_away("model")
        self._window.models.begin()

    def _tell_shipped_instead(self, error: Exception) -> None:
        why = error.message if isinstance(error, MarrowdeskError) else str(error)
        text = self.tr("{} The shipped model proposes instead.").format(why)
        message = self._window.banner.tell("model instead", text, "warning")
        message.add_button(self.tr("&Models…"), self._window.adapting.models)

    # -- messages -------------------------------------------------------------------------------------

    def _ask_for_reader(self) -> None:
        if self._window.preferences.now.reader or self._asked_for_reader:
            return
        self._asked_for_reader = True
        message = self._window.banner.tell(
            "reader", self.tr("Who reads? Decisions are signed with your name.")
        )
        name = QLineEdit(message)
        name.setPlaceholderText(self.tr("Name or initials"))
        name.setAccessibleName(self.tr("Reader's name"))
        name.setMaximumWidth(240)
        name.setMinimumWidth(180)

        def keep() -> None:
            if name.text().strip():
                self._window.preferences.change(reader=name.text().strip())
                message.close_message()
                self._window.focus_cells()

        name.returnPressed.connect(keep)
        message.add(name)
        message.add_button(self.tr("Sign &with it"), keep)

    # -- settings -------------------------------------------------------------------------------------

    def _follow_settings(self) -> None:
        window, now = self._window, self._window.preferences.now
        fields, specimen = window.session.fields, window.model.scheme.specimen
        window.model.reader = window.model.sitting.reader if window.model.sitting else now.reader
        rules = self._rules() or window.preferences.choice.rules(specimen, fields, sex_of)
        window.model.set_rules(rules)
        window.menus.show_sets(window.preferences.sets, specimen)
        window.theme.choose(now.theme)
        window.status.show_reader(window.model.reader, second=window.model.sitting is not None)
        if now.reader:
            window.banner.take_away("reader")
        window.menus.show_sex(sex_of(fields.get("sex", "")), case_open=window.model.writable)
        self._show_recents()

    def _rules(self) -> CountingRules | None:
        """Give the rules that a signed case was counted by; None where none are signed or understood."""
        signed = self._window.model.signed
        if signed is None:
            return None
        try:
            return CountingRules.from_json(signed.rules)
        except MarrowdeskError as error:
            self._window.show_error(error)
            return None

    def _show_recents(self) -> None:
        """List the recent cases anew while they are in sight: how far they are may have changed."""
        recent = self._window.preferences.now.recent_cases
        if self._window.session.case is not None:
            self._recents = None
        elif self._recents != recent:
            self._recents = recent
            self._window.start_page.show_recents(recent)
