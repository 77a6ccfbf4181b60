"""The main window: its parts, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from marrowdesk.app.actions import Actions
from marrowdesk.app.adapting import Adapting, ModelChoice
from marrowdesk.app.banner import Banner
from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.classifier import Classifier
from marrowdesk.app.commands import Commands
from marrowdesk.app.compare import CompareStrip
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.differential import DifferentialPanel
from marrowdesk.app.docks import Docks
from marrowdesk.app.drop import DropTarget
from marrowdesk.app.earlier_proposals import EarlierProposals
from marrowdesk.app.foreign_slides import ForeignSlides
from marrowdesk.app.gallery import ClassPanel, GalleryPanel, ThumbnailLoader
from marrowdesk.app.handing_on import HandingOn
from marrowdesk.app.icons import application_icon
from marrowdesk.app.keys import BareKeys
from marrowdesk.app.like_blood import LikeBlood
from marrowdesk.app.menus import Menus, make_toolbar
from marrowdesk.app.problems import ProblemsPanel
from marrowdesk.app.repeated_images import RepeatedImages
from marrowdesk.app.review import Review
from marrowdesk.app.session import Session
from marrowdesk.app.standing import Standing
from marrowdesk.app.start_page import StartPage
from marrowdesk.app.status import StatusBar
from marrowdesk.app.viewer import ViewerPanel
from marrowdesk.app.wiring import wire

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QShowEvent

    from marrowdesk.app.classifier import Loader
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.theme import Theme


class MainWindow(QMainWindow):
    """Where a case is opened, looked through, corrected and counted.

    Attributes:
        model: the cells of the open case.
        session: opens and closes cases.
        classifier: proposes classes.
        review: what the reader's keys do.
        acts: the actions of menus and toolbar.
        preferences: the person's settings.
        models: which model proposes.

    Signals:
        first_shown: the window is on the screen for the first time; heavy things may begin.
    """

    first_shown = Signal()

    def __init__(
        self,
        preferences: Preferences,
        theme: Theme,
        bundle: Path | None = None,
        loader: Loader | None = None,
    ) -> None:
        """Build the window.

        Args:
            preferences: the person's settings.
            theme: light or dark.
            bundle: folder of the bundle that stands for the shipped one; the shipped one itself when None.
            loader: makes the engine; in a process of its own when None.
        """
        super().__init__()
        self.preferences = preferences
        self.theme = theme
        self._was_shown = False
        self.setWindowIcon(application_icon())
        self.setMinimumSize(900, 560)
        self.model = CaseModel(self)
        self.session = Session(self.model, self)
        self.classifier = Classifier(self.model, loader, self)
        self.session.give_kept_images(lambda: self.classifier.kept_images)
        self.models = ModelChoice(self.classifier, preferences, bundle, self)
        self._make_panels()
        self._make_frame()
        self._make_controls()
        self.standing = Standing(self)
        self.earlier_proposals = EarlierProposals(self)
        self.foreign_slides = ForeignSlides(self)
        self.like_blood = LikeBlood(self)
        self.repeated_images = RepeatedImages(self)
        wire(self)
        self.docks.restore()

    def _make_panels(self) -> None:
        self.thumbnails = ThumbnailLoader(self)
        self.session.give_thumbnails(self.thumbnails)
        self.gallery = GalleryPanel(self.model, self.thumbnails, self)
        self.compare = CompareStrip(self.model, self.gallery)
        self.classes = ClassPanel(self.model, self)
        self.viewer = ViewerPanel(self.model, self)
        self.differential = DifferentialPanel(self.model, self)
        self.problems = ProblemsPanel(self)

    def _make_frame(self) -> None:
        self.acts = Actions(self)
        self.banner = Banner(self)
        self.start_page = StartPage(self.acts, self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(self.gallery)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)

    def _make_controls(self) -> None:
        self.toolbar = make_toolbar(self, self.acts)
        self.docks = Docks(self, self.classes, self.viewer, self.differential, self.problems)
        self.menus = Menus(self, self.acts, self.viewer.actions, self.preferences)
        self.menus.panels.addActions(self.docks.toggles())
        self.status = StatusBar(self.acts.stop, self)
        self.setStatusBar(self.status)
        self.keys = BareKeys(self)
        self.drop = DropTarget(self)
        self.review = Review(self.model, self.gallery, lambda: self.preferences.now.auto_advance, self)
        self.commands = Commands(self, self.model, self.session, self.classifier, self.preferences)
        self.adapting = Adapting(self, self.models, self.preferences)
        self.handing_on = HandingOn(self, self.model, self.session, self.preferences)

    # -- what the parts ask for -----------------------------------------------------------------------

    def show_desk(self, case_open: bool) -> None:
        """Show the panels of a case, or the first page.

        They are painted in the next turns of the event loop, one after the other: arranging them takes as
        long as painting, and all at once would keep a key waiting.
        """
        if self.isVisible():
            self._paint_in_turns([self, self.gallery, *self.docks.panels()])
        self._pages.setCurrentWidget(self.gallery if case_open else self.start_page)
        self.docks.show_panels(case_open)
        self.toolbar.setVisible(case_open)  # after the panels: their kept arrangement speaks of it too
        if self.isVisible():
            self.focus_cells() if case_open else self.start_page.focus_first()

    def _paint_in_turns(self, parts: list[QWidget]) -> None:
        for part in parts:
            part.setUpdatesEnabled(False)

        def paint_next() -> None:
            part = parts.pop(0)
            part.setUpdatesEnabled(True)
            part.repaint()  # at once: updates wait some milliseconds for each other, and would come together
            if parts:
                QTimer.singleShot(1, self, paint_next)  # 0 would be in this very turn

        QTimer.singleShot(1, self, paint_next)

    def focus_cells(self) -> None:
        """Put the keyboard into the gallery."""
        self.gallery.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: Exception) -> None:
        """Show an error over the window."""
        show_failure(self, error)

    def show_cell_menu(self, at: QPoint, rows: list[int]) -> None:
        """Show what can be done with the chosen cells, where the mouse is."""
        if not rows:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.acts.confirm, self.acts.exclude, self.acts.unidentified, self.acts.clear])
        menu.addSeparator()
        menu.addActions(list(self.acts.classes.values()))
        menu.popup(at)

    # -- events ---------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Tell when the window is on the screen for the first time."""
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self.keys.watch(self.windowHandle())
            if self.session.case is None:
                self.start_page.focus_first()
            QTimer.singleShot(0, self, self.first_shown.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep where the window was; the case needs no saving."""
        self.docks.save()
        self.preferences.close()
        super().closeEvent(event)
