"""The list model of the class list: names, counts and keys, as the tally of the open case has them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, QTimer

from marrowdesk.app import numbers
from marrowdesk.app.gallery.class_rows import Kind, Row, class_rows

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.arrangement import Special

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The Row itself."""

_REST = 80  # milliseconds; while proposals stream in, the counts are painted so often and no more
_NONE = QModelIndex()

_Flag = Qt.ItemFlag
_NOT_CHOOSABLE = _Flag.ItemNeverHasChildren
_CHOOSABLE = _Flag.ItemIsEnabled | _Flag.ItemIsSelectable | _Flag.ItemNeverHasChildren
_TAKES_CELLS = _CHOOSABLE | _Flag.ItemIsDropEnabled


class ClassModel(QAbstractListModel):
    """Rows of the class list; counts follow the case by themselves."""

    def __init__(self, case_model: CaseModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._case_model = case_model
        self._rows = class_rows(case_model.scheme)
        self._told = self._counts()
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(self._refresh)
        case_model.differential_changed.connect(self._later)
        case_model.reset.connect(self._rebuild)

    def _rebuild(self) -> None:
        rows = class_rows(self._case_model.scheme)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self._told = self._counts()
            self.endResetModel()

    def _later(self) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def _refresh(self) -> None:
        """Tell of the rows whose counts are others: a decision moves a cell between two of them."""
        before, self._told = self._told, self._counts()
        for at, (old, new) in enumerate(zip(before, self._told, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(at), self.index(at))

    def _counts(self) -> list[tuple[int, int]]:
        tally = self._case_model.tally
        return [(row.count(tally), row.reviewed(tally)) for row in self._rows]

    def rowCount(self, parent: QModelIndex = _NONE) -> int:
        """Give the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def row_at(self, index: QModelIndex) -> Row | None:
        """Give the row at an index, or None."""
        return self._rows[index.row()] if index.isValid() else None

    def index_of(self, choice: str | Special | None) -> QModelIndex:
        """Give where a choice stands; that of all cells where it stands nowhere."""
        for at, row in enumerate(self._rows):
            if row.choosable and row.choice == choice:
                return self.index(at)
        return self.index(0)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give name, texts for tooltips and screen readers, or the row itself."""
        row = self.row_at(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row) if row.choosable else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._in_words(row)
            case _ if role == ROW_ROLE:
                return row
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Headings and gaps cannot be chosen; classes take cells."""
        row = self.row_at(index)
        if row is None or not row.choosable:
            return _NOT_CHOOSABLE
        return _TAKES_CELLS if row.target(self._case_model.scheme) else _CHOOSABLE

    def _in_words(self, row: Row) -> str:
        if row.kind is Kind.GAP:
            return ""
        tally = self._case_model.tally
        parts = [row.name, self.tr("{count} cells").format(count=numbers.count(row.count(tally)))]
        if row.kind is Kind.CLASS:
            parts.append(self.tr("{count} reviewed").format(count=numbers.count(row.reviewed(tally))))
            if row.key:
                parts.append(self.tr("key {key}").format(key=row.key))
        return ", ".join(parts)

    def _tip(self, row: Row) -> str:
        lines = [f"<b>{escape(row.name)}</b>"]
        cell_class = row.cell_class
        if cell_class is not None:
            lines[0] += f" · {escape(cell_class.code)}"
        lines.append(escape(self._in_words(row).partition(", ")[2]))
        if cell_class is not None and cell_class.always_review:
            lines.append(self.tr("Always needs a reader: no proposal of this class is taken as settled."))
        if row.target(self._case_model.scheme):
            text = self.tr("Drag cells here")
            lines.append(f"<i>{text}</i>")
        return "<br>".join(lines)
