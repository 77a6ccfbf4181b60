"""What was done in a case, act by act, and the case as it was after any of them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.exporting import export, suggested
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.saving import ask_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.store.values import Act, Signature

_NONE = QModelIndex()
_Row = tuple["datetime", str, str, "int | None", "int | None"]
"""When, who, what, cells, number of the act; the last two are None for a signature or a reopening."""


class HistoryModel(QAbstractTableModel):
    """Acts and signatures in the order in which they were recorded, the latest first.

    The clock does not order them: it may be set back, and two of them may have the same time.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []

    def show(self, acts: Sequence[Act], signatures: Sequence[Signature]) -> None:
        """Show what was done; both are given the oldest first."""
        rows: list[_Row] = []
        waiting = deque(signatures)
        undos: set[int] = set()
        for each in acts:
            while waiting and waiting[0].moment.decision < each.decision:
                rows += self._of_signature(waiting.popleft())
            text = each.text
            if each.undoes in undos:  # a redo names the undo
                text = self.tr("Done again: {}").format(text)
            elif each.undoes is not None:
                undos.add(each.number)
                text = self.tr("Taken back: {}").format(text)
            rows.append((each.at, each.reader, text, each.cells, each.number))
        for signed in waiting:
            rows += self._of_signature(signed)
        self.beginResetModel()
        self._rows = rows[::-1]
        self.endResetModel()

    def _of_signature(self, signed: Signature) -> Iterator[_Row]:
        text = self.tr("Signed, version {}").format(numbers.count(signed.version))
        yield signed.at, signed.reader, text, None, None
        if signed.reopened is not None:
            text = self.tr("Reopened: {}").format(signed.reopened.reason)
            yield signed.reopened.at, signed.reopened.reader, text, None, None

    def act(self, row: int) -> int | None:
        """Give the number of the act in a row; None for a signature or a reopening."""
        return self._rows[row][4] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NONE) -> int:
        """Give the number of acts and signatures."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NONE) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else 4

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Name the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("When"), self.tr("Who"), self.tr("What"), self.tr("Cells"))[section]

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Give a text, or where it stands."""
        if not index.isValid():
            return None
        at, reader, text, cells, _ = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            shown = (numbers.moment(at), reader, text, "" if cells is None else numbers.count(cells))
            return shown[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class HistoryDialog(QDialog):
    """Lists what was done; writes it as a table, and a report of the case after any act."""

    def __init__(self, model: CaseModel, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("History"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assert model.case is not None
        self._case, self._model, self._preferences = model.case, model, preferences
        self.table = HistoryModel(self)
        self.view = QTableView(self)
        self.report = QPushButton(self.tr("&Report of the case as it was then…"), self)
        self.export = QPushButton(self.tr("&Export all decisions…"), self)
        self.written = QLabel(self)
        self._lay_out()
        case, signatures = self._case, model.signatures
        Operation(self, lambda _: case.acts(), lane=Lane.LIGHT).on_success(
            lambda acts: self.table.show(acts, signatures)
        ).start()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        text = QLabel(
            self.tr("Every act is kept, with who did it and when; taking one back is an act of its own."),
            self,
        )
        text.setWordWrap(True)
        column.addWidget(text)
        view = self.view
        view.setModel(self.table)
        view.setAccessibleName(self.tr("What was done, the latest first"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.verticalHeader().hide()
        view.setTabKeyNavigation(False)  # Tab leaves the table
        view.setShowGrid(False)
        view.setWordWrap(False)
        heads = view.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate((130, 130, 320, 60)):
            view.setColumnWidth(place, width)
        heads.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        view.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        column.addWidget(view, 1)
        self.written.setWordWrap(True)
        self.written.hide()
        column.addWidget(self.written)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        for button, slot in ((self.report, self._report), (self.export, self._export)):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(720, 460)
        self._follow()

    def _chosen(self) -> int | None:
        rows = self.view.selectionModel().selectedRows()
        return self.table.act(rows[0].row()) if rows else None

    def _follow(self) -> None:
        self.report.setEnabled(self._chosen() is not None)

    def _report(self) -> None:
        act = self._chosen()
        path = None if act is None else self._ask(f"{act}.pdf", "PDF (*.pdf)")
        if path is not None:
            export(
                self, self._case, self._model.rules, self._preferences, {"pdf": path}, after=act
            ).on_success(lambda paths: self._told(paths[0])).start()

    def _export(self) -> None:
        path, case = self._ask("decisions.csv", "CSV (*.csv)"), self._case
        if path is not None:

            def work(_: object) -> Path:
                from marrowdesk.services.reporting import decisions

                return decisions(case, path)

            Operation(self, work, lane=Lane.LONG, finishes=True).on_success(self._told).start()

    def _ask(self, ending: str, kinds: str) -> Path | None:
        return ask_file(self, self.tr("Export"), suggested(self._case, ending, self._preferences), kinds)

    def _told(self, path: Path) -> None:
        self.written.setText(self.tr("Written: {}").format(path))
        self.written.show()
