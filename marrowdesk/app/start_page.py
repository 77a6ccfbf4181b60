"""The first page: what the program does, what to open, what was opened last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from marrowdesk import RESEARCH_USE
from marrowdesk.app import shortcuts
from marrowdesk.app.icons import application_icon
from marrowdesk.app.recents import RecentList
from marrowdesk.app.start_button import StartButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.app.actions import Actions
    from marrowdesk.store.settings import RecentCase

translate = QCoreApplication.translate


class StartPage(QScrollArea):
    """Shown while no case is open; takes folders, images and cases dropped anywhere on it.

    Signals:
        recent_chosen: a recent case; its path.
        recent_forgotten: take this one off the list; its path.
    """

    recent_chosen = Signal(object)
    recent_forgotten = Signal(object)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        entries = (
            (actions.open_folder, self.tr("Open folder"), self.tr("A slide: a folder of cell images")),
            (actions.open_files, self.tr("Open files"), self.tr("Single images, or a case kept earlier")),
            (actions.demo, self.tr("Demonstration slide"), self.tr("300 drawn cells, to try the whole way")),
        )
        self._buttons = [StartButton(action, title, words, self) for action, title, words in entries]
        self.recents = RecentList(self)  # after the buttons: Tab goes in the order of making
        self.recents.chosen.connect(self.recent_chosen)
        self.recents.forgotten.connect(self.recent_forgotten)
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget(self)
        outer = QHBoxLayout(page)
        outer.setContentsMargins(32, 24, 32, 24)
        column = QWidget(page)
        column.setMaximumWidth(980)
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        outer.addStretch(1)
        outer.addWidget(column, 20)
        outer.addStretch(1)
        rows = QVBoxLayout(column)
        rows.setSpacing(14)
        rows.addStretch(2)
        rows.addLayout(self._heading())
        rows.addWidget(_steps(self))
        rows.addSpacing(6)
        buttons = QHBoxLayout()
        buttons.setSpacing(14)
        for button in self._buttons:
            buttons.addWidget(button, 1)
        rows.addLayout(buttons)
        rows.addWidget(_faint(self.tr("Or drop a folder, images or a case anywhere in this window."), self))
        rows.addSpacing(10)
        rows.addWidget(self.recents, 6)
        rows.addStretch(1)
        rows.addWidget(_faint(RESEARCH_USE, self))
        self.setWidget(page)

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        sign = QLabel(self)
        sign.setPixmap(application_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        row.addWidget(sign)
        words = QVBoxLayout()
        words.setSpacing(0)
        name = QLabel("MarrowDesk", self)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 2.4)
        font.setWeight(QFont.Weight.DemiBold)
        name.setFont(font)
        words.addWidget(name)
        words.addWidget(_faint(self.tr("Bone-marrow cell counts, read by you"), self))
        row.addLayout(words, 1)
        return row

    def show_recents(self, cases: Sequence[RecentCase]) -> None:
        """List other recent cases."""
        self.recents.show_cases(cases)

    def focus_first(self) -> None:
        """Put the keyboard where the next step is."""
        self._buttons[0].setFocus()


def _steps(page: StartPage) -> QLabel:
    lines = (
        translate(
            "StartPage", "Open a folder with images of cells: the classifier proposes a class for each one."
        ),
        translate(
            "StartPage",
            "Look through the groups and correct with one key a class. Every decision is kept at once.",
        ),
        translate("StartPage", "Watch the differential with its intervals, and print the report."),
    )
    text = "".join(
        f"<tr><td style='padding-right:10px'><b>{number}</b></td>"
        f"<td style='padding-bottom:4px'>{line}</td></tr>"
        for number, line in enumerate(lines, 1)
    )
    label = QLabel(f"<table>{text}</table>", page)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setAccessibleName(" ".join(lines))
    label.setToolTip(translate("StartPage", "All keys: {}").format(shortcuts.shown("shortcuts")))
    return label


def _faint(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    label.setWordWrap(True)
    return label
