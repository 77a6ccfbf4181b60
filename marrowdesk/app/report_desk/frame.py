"""Where the parts of the report window stand, and where the person left them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QPalette, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import shortcuts
from marrowdesk.app.preferences import window_state
from marrowdesk.app.preview import ReportPreview
from marrowdesk.app.report_desk.arrangement import GROUPS
from marrowdesk.app.report_desk.form import ReportForm
from marrowdesk.app.report_desk.logo_row import LogoRow
from marrowdesk.app.report_desk.options_panel import PrintOptionsPanel
from marrowdesk.app.theme import tones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.report_desk.files import ReportFiles

_LEFT, _RIGHT, _LEAST = 560, 620, 460
"""Pixels: of form and preview at first, and of the form at least."""


class ReportFrame(QObject):
    """Builds the window's parts and keeps their places.

    Attributes:
        form: the header fields.
        version: which version is shown.
        summary: says what the report holds.
        logo: control of the logo.
        options: how it is printed.
        insert: the button that offers text blocks.
        choose_fields: the entry that opens the dialog of the fields.
        arrange_blocks: the entry that opens the dialog of the text blocks.
        fold: the button that shows the preview or puts it away.
        preview: the report as it will be printed.

    Signals:
        folded: the preview was put away or brought back.
    """

    folded = Signal()

    def __init__(self, window: QDialog, preferences: Preferences, files: ReportFiles) -> None:
        super().__init__(window)
        self._window = window
        self._trouble = QLabel(window)
        self.version = QComboBox(window)
        self.summary = QLabel(window)
        self.logo = LogoRow(window)
        self.form = ReportForm(self.logo, window)
        self.options = PrintOptionsPanel(preferences, window)
        self.preview = ReportPreview(window)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, window)
        self._lay_out(files)

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self, files: ReportFiles) -> None:
        self.splitter.addWidget(self._left())
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(0, False)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([_LEFT, _RIGHT])
        column = QVBoxLayout(self._window)
        column.setSpacing(8)
        column.addWidget(self.splitter, 1)
        column.addWidget(files.result)
        column.addWidget(files.buttons)

    def _left(self) -> QWidget:
        left = QWidget(self._window)
        left.setMinimumWidth(_LEAST)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self._versions = QWidget(left)
        versions = QFormLayout(self._versions)
        versions.setContentsMargins(0, 0, 0, 0)
        versions.addRow(self.tr("Versio&n:"), self.version)
        self.version.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.version.setMinimumContentsLength(20)
        for label in (self.summary, self._trouble):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.hide()
        for part in (self._versions, self.summary, self._trouble):
            column.addWidget(part)
        column.addLayout(self._tools())
        column.addWidget(self.form, 1)
        column.addWidget(self.options)
        self._order_tabs()
        return left

    def _order_tabs(self) -> None:
        """Let Tab go down the form as it stands on the screen."""
        institution = self.form.fields[GROUPS[0].names[-1]]  # the logo stands below it
        for seen in (
            (self.version, self.insert, self.set_up, self.fold, self.form.show_hidden),
            (institution, *self.logo.buttons),
        ):
            for before, after in pairwise(seen):
                self._window.setTabOrder(before, after)

    def _tools(self) -> QHBoxLayout:
        self.insert = QPushButton(self.tr("Insert te&xt…"), self._window)
        self._bind("insert_text", self.insert)
        self.insert.setToolTip(
            self.tr("A text block of the laboratory, where the cursor is ({})").format(
                shortcuts.shown("insert_text")
            )
        )
        self.fold = QPushButton(self.tr("Previe&w"), self._window)
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self._bind("report_preview", self.fold)
        self.fold.setToolTip(
            self.tr("Show the report beside the form ({})").format(shortcuts.shown("report_preview"))
        )
        self.fold.toggled.connect(self._fold)
        self.set_up = self._set_up()
        row = QHBoxLayout()
        for button in (self.insert, self.set_up, self.fold):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the cursor in its field
            row.addWidget(button)
        row.insertStretch(2, 1)
        return row

    def _set_up(self) -> QPushButton:
        button = QPushButton(self.tr("Set &up"), self._window)
        menu = QMenu(button)
        self.choose_fields: QAction = menu.addAction(self.tr("&Fields of the report…"))
        self.arrange_blocks: QAction = menu.addAction(self.tr("&Text blocks…"))
        button.setMenu(menu)
        return button

    def _bind(self, action: str, button: QPushButton) -> None:
        """Let a key press a button at once: a button's own key presses it a moment later."""
        QShortcut(shortcuts.sequences(action)[0], self._window).activated.connect(button.click)

    # -- showing --------------------------------------------------------------------------------------

    def offer_versions(self, versions: Sequence[tuple[str, int | None]]) -> None:
        """Offer versions; the first one is chosen, or the one that was where it is still there."""
        before = self.version.currentData() if self.version.count() else versions[0][1]
        with QSignalBlocker(self.version):
            self.version.clear()
            for text, version in versions:
                self.version.addItem(text, version)
            numbers = [version for _, version in versions]
            self.version.setCurrentIndex(numbers.index(before) if before in numbers else 0)
        self._versions.setVisible(len(versions) > 1)

    def tell(self, trouble: str) -> None:
        """Show what went wrong above the form; an empty text takes it away."""
        palette = QPalette(self._window.palette())
        palette.setColor(QPalette.ColorRole.WindowText, tones().bad)
        self._trouble.setPalette(palette)
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    @property
    def preview_shown(self) -> bool:
        """Whether the preview is not put away."""
        return self.fold.isChecked()

    def _fold(self, shown: bool) -> None:
        self.preview.setVisible(shown)
        self.folded.emit()

    # -- places ---------------------------------------------------------------------------------------

    def restore(self) -> None:
        """Put the window and its parts where they were last, or into the middle of the screen."""
        kept = window_state()
        self.fold.setChecked(kept.value("report/preview", True, bool))
        if not self._window.restoreGeometry(kept.value("report/geometry", QByteArray(), QByteArray)):
            room = self._window.screen().availableGeometry()
            self._window.resize(min(1320, int(room.width() * 0.94)), min(1000, int(room.height() * 0.9)))
            self._window.move(
                room.center().x() - self._window.width() // 2, room.center().y() - self._window.height() // 2
            )
        sizes = kept.value("report/splitter", QByteArray(), QByteArray)
        if not sizes.isEmpty():
            self.splitter.restoreState(sizes)

    def save(self) -> None:
        """Keep where they are."""
        kept = window_state()
        kept.setValue("report/geometry", self._window.saveGeometry())
        if self.preview_shown:  # else its size is that of nothing
            kept.setValue("report/splitter", self.splitter.saveState())
        kept.setValue("report/preview", self.preview_shown)
        kept.sync()
