"""The differential as a Qt table: one row a line, updated in place while the count goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from marrowdesk.app.differential.lines import Column, Kind, Line, header, header_tip, lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.differential import Differential
    from marrowdesk.core.outlook import Outlook
    from marrowdesk.core.taxonomy import Scheme

LINE = Qt.ItemDataRole.UserRole
"""Role that gives the :class:`Line` of a row."""

_COLUMNS = len(Column)
_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


class DifferentialTableModel(QAbstractTableModel):
    """Shows the lines of a differential; as long as the lines are the same ones, only texts change."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._counted: Differential | None = None

    @property
    def lines(self) -> list[Line]:
        """All lines, those that a view leaves out too."""
        return self._lines

    def show(self, counted: Differential, scheme: Scheme, outlooks: Sequence[Outlook] = ()) -> None:
        """Show another count, with what cells not reviewed can still do to its thresholds."""
        self._counted = counted
        new = lines(counted, scheme, outlooks)
        if [line.key for line in new] != [line.key for line in self._lines]:
            self.beginResetModel()
            self._lines = new
            self.endResetModel()
            return
        changed = [row for row, (old, line) in enumerate(zip(self._lines, new, strict=True)) if old != line]
        self._lines = new
        if changed:
            last = len(Column) - 1
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], last))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Give the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else _COLUMNS

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let a reader choose every line but the headings."""
        if index.isValid() and self._lines[index.row()].kind is Kind.HEADING:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give text, alignment, explanation, or the line itself."""
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return line.text(column)
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.TextAlignmentRole and column is not Column.NAME:
            return alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.tip or line.name
        if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.NAME:
            return spoken(line)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Give the headings and what they mean."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return header(column, 0.95 if self._counted is None else self._counted.rules.confidence)
        if role == Qt.ItemDataRole.ToolTipRole and self._counted is not None:
            return header_tip(column, self._counted)
        if role == Qt.ItemDataRole.TextAlignmentRole and column is not Column.NAME:
            return alignment(column)
        return None


def alignment(column: int) -> Qt.AlignmentFlag:
    """Give where the texts of a column stand; that of the names is left to the view."""
    return _CENTRE if column == Column.MARK else _RIGHT


def spoken(line: Line) -> str:
    """Say a whole line, for screen readers."""
    said = [f"{header(column)} {text}" for column in Column if (text := line.texts.get(column))]
    return ", ".join([line.name, *said])
