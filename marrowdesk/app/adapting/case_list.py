"""The cases a model may learn from: a list with check boxes, its numbers filled in as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.flat_tree import airy, grey_out

if TYPE_CHECKING:
    from collections.abc import Iterable

CASE, REVIEWED, NOTE = range(3)
_PATH = Qt.ItemDataRole.UserRole
_CELLS = Qt.ItemDataRole.UserRole + 1


class CaseList(QTreeWidget):
    """One row a case; Space or a click chooses it.

    Signals:
        chosen_changed: other cases are chosen, or more is known of them.
    """

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cases to learn from"))
        self.setHeaderLabels([self.tr("Case"), self.tr("Reviewed cells"), self.tr("Note")])
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        self.setAlternatingRowColors(True)
        self.setUniformRowHeights(True)
        airy(self, [REVIEWED])
        heads = self.header()
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(CASE, QHeaderView.ResizeMode.Stretch)
        heads.setSectionResizeMode(REVIEWED, QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        self.itemChanged.connect(self._tell)

    def _tell(self, _row: QTreeWidgetItem, column: int) -> None:
        if column == CASE:
            self.chosen_changed.emit()

    def add(self, cases: Iterable[tuple[Path, str]]) -> list[Path]:
        """List more cases, by path and title; those listed already are passed over.

        Returns:
            The paths that were added.
        """
        known, added = set(self.paths()), []
        for path, title in cases:
            if path not in known:
                known.add(path)
                added.append(path)
                self._add(path, title)
        first = self.topLevelItem(0)
        if self.currentItem() is None and first is not None:
            self.setCurrentItem(first)
        return added

    def _add(self, path: Path, title: str) -> None:
        row = QTreeWidgetItem([title, "…", ""])
        row.setData(CASE, _PATH, str(path))
        row.setData(CASE, _CELLS, 0)
        row.setToolTip(CASE, str(path))
        row.setCheckState(CASE, Qt.CheckState.Unchecked)
        row.setTextAlignment(REVIEWED, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addTopLevelItem(row)

    def show_read(self, path: Path, title: str, cells: int) -> None:
        """Show how many cells a case has that a reader decided on, and choose it where it has any."""
        row = self._row(path)
        if row is None:
            return
        row.setText(CASE, title)
        row.setText(REVIEWED, numbers.count(cells))
        row.setData(CASE, _CELLS, cells)
        if cells:
            row.setCheckState(CASE, Qt.CheckState.Checked)
        else:
            self._close(row, self.tr("No cell was decided on yet."))
        self.chosen_changed.emit()

    def show_broken(self, path: Path, why: str) -> None:
        """Say why nothing can be learned from a case."""
        if (row := self._row(path)) is not None:
            row.setText(REVIEWED, numbers.NOTHING)
            self._close(row, why)
            self.chosen_changed.emit()

    def _close(self, row: QTreeWidgetItem, note: str) -> None:
        grey_out(row)
        row.setText(NOTE, note)
        row.setToolTip(NOTE, note)
        row.setCheckState(CASE, Qt.CheckState.Unchecked)
        row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        row.setData(CASE, Qt.ItemDataRole.CheckStateRole, None)  # no box where there is nothing to choose

    def _rows(self) -> list[QTreeWidgetItem]:
        return [row for at in range(self.topLevelItemCount()) if (row := self.topLevelItem(at)) is not None]

    def _row(self, path: Path) -> QTreeWidgetItem | None:
        return next((row for row in self._rows() if _path_of(row) == path), None)

    def paths(self) -> list[Path]:
        """Give all cases listed."""
        return [_path_of(row) for row in self._rows()]

    def chosen(self) -> list[Path]:
        """Give the cases that are chosen, in the order of the list."""
        return [_path_of(row) for row in self._rows() if row.checkState(CASE) == Qt.CheckState.Checked]

    def chosen_cells(self) -> int:
        """Give how many decided cells the chosen cases have, as far as they were read."""
        chosen = (row for row in self._rows() if row.checkState(CASE) == Qt.CheckState.Checked)
        return sum(int(row.data(CASE, _CELLS)) for row in chosen)


def _path_of(row: QTreeWidgetItem) -> Path:
    return Path(row.data(CASE, _PATH))
