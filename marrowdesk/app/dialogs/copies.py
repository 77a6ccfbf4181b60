"""The earlier copies of a case: when they were made, how far the review was, and putting one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.flat_tree import as_list
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import CaseFileError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from marrowdesk.store.backup import Backup

_State = tuple[int, tuple[int, int] | None]
"""Place in the list; cells and reviewed cells, None where the copy cannot be read."""


class CopiesDialog(QDialog):
    """Lists the copies of a case.

    Signals:
        chosen: put this one back; its Backup.
    """

    chosen = Signal(object)

    def __init__(self, title: str, copies: list[Backup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Earlier copies"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._copies = copies
        self.list = QTreeWidget(self)
        self.put_back = QPushButton(self.tr("&Put back"), self)
        self._fill()
        self._lay_out(title)
        self._read_states()

    def _fill(self) -> None:
        self.list.setAccessibleName(self.tr("Copies of the case, the latest first"))
        as_list(self.list, [self.tr("Made"), self.tr("Cells"), self.tr("Reviewed"), self.tr("Size")])
        for copy in self._copies:
            made = QDateTime.fromSecsSinceEpoch(round(copy.at.timestamp()))
            when = QLocale().toString(made, QLocale.FormatType.ShortFormat)
            row = QTreeWidgetItem([when, "…", "…", QLocale().formattedDataSize(copy.size)])
            for column in (1, 2, 3):
                row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setToolTip(0, str(copy.path))
            self.list.addTopLevelItem(row)
        self.put_back.setEnabled(False)
        self.list.itemSelectionChanged.connect(
            lambda: self.put_back.setEnabled(bool(self.list.selectedItems()))
        )
        self.list.itemActivated.connect(lambda: self._choose())

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        told = (
            self.tr(
                "“{}” was copied at each day's first opening; the last ten copies are kept. Putting one back "
                "loses nothing: what the case is now becomes a copy itself."
            )
            if self._copies
            else self.tr("There is no copy of “{}” yet. One is made at each day's first opening.")
        )
        text = QLabel(told.format(title), self)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        column.addWidget(text)
        column.addWidget(self.list, 1)
        self.list.setVisible(bool(self._copies))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.put_back, QDialogButtonBox.ButtonRole.ActionRole)
        without_icons(buttons)
        self.put_back.setVisible(bool(self._copies))
        self.put_back.clicked.connect(self._choose)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(520, 340 if self._copies else 120)
        if self._copies:
            self.list.setFocus()

    def _read_states(self) -> None:
        """Read how far each copy is, off the GUI thread."""
        paths = [copy.path for copy in self._copies]
        if paths:
            Operation(self, lambda cancel: _states(paths, cancel), lane=Lane.LONG).on_progress(
                self._show_states
            ).start()

    def _show_states(self, states: list[_State]) -> None:
        for at, state in states:
            row = self.list.topLevelItem(at)
            if row is None:
                continue
            if state is None:
                row.setText(1, self.tr("damaged"))
                row.setText(2, "")
                row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsSelectable)
                row.setSelected(False)
            else:
                row.setText(1, numbers.count(state[0]))
                row.setText(2, numbers.count(state[1]))

    def _choose(self) -> None:
        rows = self.list.selectedItems()
        if rows:
            self.chosen.emit(self._copies[self.list.indexOfTopLevelItem(rows[0])])
            self.accept()


def _states(paths: list[Path], cancel: threading.Event) -> Iterator[_State]:
    from marrowdesk.store.progress import progress_of

    for at, path in enumerate(paths):
        if cancel.is_set():
            return
        try:
            yield at, progress_of(path)
        except CaseFileError:
            yield at, None
