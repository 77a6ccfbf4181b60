"""The cases of a worklist as a table that is sorted, and filtered by text and day."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor

from marrowdesk.app import numbers
from marrowdesk.app.theme import tones
from marrowdesk.report.exchange.worklist import Entry, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

translate = QCoreApplication.translate
_NONE = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What rows are sorted by: numbers and times as such, texts folded."""

TITLE, ACCESSION, STATE, CHANGED, COUNTED, REVIEWED, OPEN, THRESHOLDS, FLAGS, SIGNED, VERSION = range(11)
"""The columns, in order."""

_NUMBERS = (COUNTED, REVIEWED, OPEN, VERSION)
_OFF = "\u2002"
"""Keeps a number at the right of its column off the text of the next one."""


class WorklistModel(QAbstractTableModel):
    """One row a case, in the order they were read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    @property
    def entries(self) -> Sequence[Entry]:
        """The cases."""
        return self._entries

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._entries = []
        self.endResetModel()

    def add(self, entries: Iterable[Entry]) -> None:
        """Show more cases."""
        added = list(entries)
        if added:
            first = len(self._entries)
            self.beginInsertRows(_NONE, first, first + len(added) - 1)
            self._entries += added
            self.endInsertRows()

    def days(self) -> list[date]:
        """Give the days on which cases were worked on, the latest first."""
        return sorted({day for each in self._entries if (day := day_of(each)) is not None}, reverse=True)

    def rowCount(self, parent: _Index = _NONE) -> int:
        """Give the number of cases."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index = _NONE) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else VERSION + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Name the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (
            self.tr("Case"), self.tr("Accession"), self.tr("State"), self.tr("Last worked on"),
            self.tr("Counted"), self.tr("Reviewed"), self.tr("Open"), self.tr("Thresholds"),
            self.tr("To note"), self.tr("Signed"), self.tr("Version"),
        )[section]  # fmt: skip

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a text, what to sort by, and how it looks."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(entry, column)
        if role == SORT_ROLE:
            return _sorted_by(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<qt>{escape(_tip(entry, column))}</qt>"  # a title may look like markup
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and column in (STATE, FLAGS):
            return _color(entry, column)
        return None


class WorklistFilter(QSortFilterProxyModel):
    """The cases that hold a text, of one day or of any."""

    def __init__(self, model: WorklistModel) -> None:
        super().__init__(model)
        self._words: tuple[str, ...] = ()
        self._day: date | None = None
        self._cases = model
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)

    def show_words(self, text: str) -> None:
        """Show the cases that hold each word, in any column."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def show_day(self, day: date | None) -> None:
        """Show the cases last worked on that day; None for any."""
        self._day = day
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: _Index) -> bool:
        """Whether a case is shown."""
        entry = self._cases.entries[row]
        if self._day is not None and day_of(entry) != self._day:
            return False
        told = " ".join(
            (*(_text(entry, column) for column in range(VERSION + 1)), entry.path.name)
        ).casefold()
        return all(word in told for word in self._words)

    def lessThan(self, left: _Index, right: _Index) -> bool:
        """Compare texts and numbers as Python does; each column holds one kind."""
        return bool(left.data(SORT_ROLE) < right.data(SORT_ROLE))

    def shown(self, rows: Iterable[int] | None = None) -> list[Entry]:
        """Give the cases of some rows as they are shown now; all when None."""
        wanted = range(self.rowCount()) if rows is None else rows
        return [self._cases.entries[self.mapToSource(self.index(row, 0)).row()] for row in wanted]


def day_of(entry: Entry) -> date | None:
    """Give the day a case was last worked on, by this computer's clock."""
    return None if entry.changed_at is None else entry.changed_at.astimezone().date()


def state_text(entry: Entry) -> str:
    """Say how far a case is, and who else has it open."""
    words = {
        State.OPEN: translate("WorklistModel", "open"),
        State.REOPENED: translate("WorklistModel", "reopened"),
        State.SIGNED: translate("WorklistModel", "signed"),
        State.AMENDED: translate("WorklistModel", "amended"),
        State.BROKEN: translate("WorklistModel", "cannot be read"),
    }
    held = translate("WorklistModel", "held by {}").format(entry.held_by) if entry.held_by else ""
    return " · ".join(part for part in (words[entry.state], held) if part)


def _moment(at: datetime | None) -> str:
    return "" if at is None else numbers.moment(at)


def _text(entry: Entry, column: int) -> str:
    known = entry.state is not State.BROKEN
    counts = {COUNTED: entry.counted, REVIEWED: entry.reviewed, OPEN: entry.open, VERSION: entry.version}
    if column in counts:
        return f"{numbers.count(counts[column])}{_OFF}" if known else ""
    texts = {
        TITLE: entry.title,
        ACCESSION: entry.accession,
        STATE: state_text(entry),
        CHANGED: _moment(entry.changed_at),
        THRESHOLDS: "; ".join(entry.thresholds),
        FLAGS: "; ".join(entry.flags) if known else entry.error,
        SIGNED: ", ".join(part for part in (entry.signed_by, _moment(entry.signed_at)) if part),
    }
    return _one_line(texts[column])


def _one_line(text: str) -> str:
    """Keep a row one line high; what was typed on several lines stands in one."""
    return " ".join(text[:2000].split())


def _sorted_by(entry: Entry, column: int) -> Any:
    counts = {COUNTED: entry.counted, REVIEWED: entry.reviewed, OPEN: entry.open, VERSION: entry.version}
    if column in counts:
        return counts[column] if entry.state is not State.BROKEN else -1
    if column in (SIGNED, CHANGED):
        at = entry.signed_at if column == SIGNED else entry.changed_at
        return 0.0 if at is None else at.timestamp()
    return _text(entry, column).casefold()


def _tip(entry: Entry, column: int) -> str:
    return str(entry.path) if column == TITLE else _text(entry, column)


def _color(entry: Entry, column: int) -> QColor | None:
    now = tones()
    if entry.state is State.BROKEN:
        return QColor(now.bad)
    if column == STATE and entry.held_by:
        return QColor(now.warning)
    return QColor(now.good) if column == STATE and entry.state in (State.SIGNED, State.AMENDED) else None
