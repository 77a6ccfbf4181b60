"""The list model of the gallery: cells of the case in the order of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt, Signal

from marrowdesk.app.gallery.arrangement import EMPTY, Arrangement, Section
from marrowdesk.app.gallery.describe import describe, in_short
from marrowdesk.app.gallery.drag import mime_types, rows_to_mime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.app.case_model import CaseModel

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""The cell itself."""

ROW_ROLE = Qt.ItemDataRole.UserRole + 2
"""Row of the cell in the case."""

_MOST_STEPS = 64
_NONE = QModelIndex()


class GalleryModel(QAbstractListModel):
    """Shows the rows of an :class:`Arrangement`; index row = position on the screen.

    A new arrangement is told to the views as what it is: rows removed, inserted, moved. Selection and
    current cell therefore stay on their cells while proposals stream in.

    Attributes:
        still_certain: by key of a section, its certain proposals that nobody decided on.

    Signals:
        about_to_arrange: positions are going to change, ``arranged`` follows; whether the case is the same.
        arranged: positions and sections are new.
    """

    about_to_arrange = Signal(bool)
    arranged = Signal()

    def __init__(self, case_model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._case_model = case_model
        self._rows = EMPTY.rows
        self._positions = np.empty(0, np.int32)
        self._sections = EMPTY.sections
        self.still_certain: dict[str, int] = {}

    # -- what views ask -------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        """Give the number of shown cells."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give the name, texts for tooltips and screen readers, the cell or its row."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = int(self._rows[index.row()])
        cell = self._case_model.cells[row]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.name
            case Qt.ItemDataRole.ToolTipRole:
                return describe(cell, self._case_model.scheme)
            case Qt.ItemDataRole.AccessibleTextRole:
                return in_short(cell, self._case_model.scheme)
            case _ if role == CELL_ROLE:
                return cell
            case _ if role == ROW_ROLE:
                return row
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Cells can be selected and dragged."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        """Give the formats that dragged cells have."""
        return mime_types()

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Give the rows of the case as dragged data."""
        rows = [int(self._rows[index.row()]) for index in indexes]
        return rows_to_mime(rows, self._case_model)

    # -- positions and rows ---------------------------------------------------------------------------

    @property
    def rows(self) -> np.ndarray:
        """Row of the case at each position; int32, shape (shown cells,)."""
        return self._rows

    @property
    def positions(self) -> np.ndarray:
        """Where each row of the case is shown, or -1; int32, shape (cells,)."""
        return self._positions

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections in the order of the screen."""
        return self._sections

    @property
    def order(self) -> Arrangement:
        """What is shown."""
        return Arrangement(self._rows, self._sections)

    def position_of(self, row: int) -> int:
        """Give where a row of the case is shown, or -1."""
        return int(self._positions[row]) if 0 <= row < len(self._positions) else -1

    def positions_of(self, rows: Iterable[int]) -> np.ndarray:
        """Give where rows are shown, ascending; rows that are not shown are left out."""
        wanted = np.fromiter(rows, np.int64)
        found = self._positions[wanted[(wanted >= 0) & (wanted < len(self._positions))]]
        return np.sort(found[found >= 0])

    # -- changes --------------------------------------------------------------------------------------

    def touch(self, rows: Iterable[int]) -> None:
        """Tell the views that cells look different now."""
        positions = self.positions_of(rows)
        if len(positions) == 0:
            return
        runs = runs_of(positions)
        if len(runs) > _MOST_STEPS:
            runs = [(int(positions[0]), int(positions[-1]))]
        for first, last in runs:
            self.dataChanged.emit(self.index(first), self.index(last))

    def show_case(self, arrangement: Arrangement) -> None:
        """Show another case: nothing of the former one stays."""
        self.about_to_arrange.emit(False)
        self._reset(arrangement)
        self.arranged.emit()

    def arrange(self, arrangement: Arrangement) -> None:
        """Show another order of the same case."""
        if np.array_equal(arrangement.rows, self._rows):
            if arrangement.sections != self._sections:
                self.about_to_arrange.emit(True)
                self._sections = arrangement.sections
                self.arranged.emit()
            return
        self.about_to_arrange.emit(True)
        size = max(len(self._case_model.cells), len(self._positions))
        stays = np.zeros(size, np.bool_)
        stays[arrangement.rows] = True
        gone = runs_of(np.flatnonzero(~stays[self._rows]))
        if len(gone) > _MOST_STEPS:
            self._reset(arrangement)
        else:
            self._remove(gone)
            self._append(arrangement.rows)
            self._permute(arrangement)
        self.arranged.emit()

    def _reset(self, arrangement: Arrangement) -> None:
        self.beginResetModel()
        self._sections = arrangement.sections
        self._set_rows(arrangement.rows)
        self.endResetModel()

    def _set_rows(self, rows: np.ndarray) -> None:
        self._rows = rows
        self._positions = np.full(len(self._case_model.cells), -1, np.int32)
        self._positions[rows] = np.arange(len(rows), dtype=np.int32)

    def _remove(self, runs: list[tuple[int, int]]) -> None:
        for first, last in reversed(runs):
            self.beginRemoveRows(_NONE, first, last)
            self._set_rows(np.delete(self._rows, slice(first, last + 1)))
            self.endRemoveRows()

    def _append(self, wanted: np.ndarray) -> None:
        known = np.zeros(len(self._case_model.cells), np.bool_)
        known[self._rows] = True
        new = wanted[~known[wanted]]
        if len(new):
            self.beginInsertRows(_NONE, len(self._rows), len(self._rows) + len(new) - 1)
            self._set_rows(np.concatenate([self._rows, new]))
            self.endInsertRows()

    def _permute(self, arrangement: Arrangement) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [int(self._rows[index.row()]) for index in before]
        self._sections = arrangement.sections
        self._set_rows(arrangement.rows)
        self.changePersistentIndexList(before, [self.index(int(self._positions[row])) for row in rows])
        self.layoutChanged.emit()


def runs_of(positions: np.ndarray) -> list[tuple[int, int]]:
    """Join ascending positions to runs (first, last) without gaps."""
    if len(positions) == 0:
        return []
    breaks = np.flatnonzero(np.diff(positions) != 1)
    firsts = positions[np.concatenate([[0], breaks + 1])]
    lasts = positions[np.concatenate([breaks, [len(positions) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
