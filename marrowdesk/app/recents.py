"""The list of recent cases on the first page: when, how many cells, how far reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import CaseFileError
from marrowdesk.reach import is_there
from marrowdesk.store.backup import backups
from marrowdesk.store.errors import (
    CaseFileDamaged,
    CaseFileLocked,
    CaseFileMissing,
    CaseFileTooNew,
    NotACaseFile,
)
from marrowdesk.store.holding import read_holder
from marrowdesk.store.progress import progress_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marrowdesk.store.holding import Holder
    from marrowdesk.store.settings import RecentCase

translate = QCoreApplication.translate

_Index = QModelIndex | QPersistentModelIndex
_STATE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class CaseState:
    """How far a case is.

    Attributes:
        cells: in it.
        reviewed: those that a reader decided on.
        problem: why it cannot be told, in a few words; empty where it can.
        told: the same in whole sentences, with what to do.
    """

    cells: int = 0
    reviewed: int = 0
    problem: str = ""
    told: str = ""


class RecentList(QWidget):
    """Recent cases, the latest first.

    Signals:
        chosen: open this one; its path.
        forgotten: take this one off the list; its path.
    """

    chosen = Signal(object)
    forgotten = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QLabel(self.tr("Recent cases"), self)
        font = self._heading.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._heading.setFont(font)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Recent cases"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setItemDelegate(_RecentDelegate(self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.setUniformItemSizes(True)
        self.list.itemActivated.connect(lambda item: self.chosen.emit(_case_of(item).path))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(_case_of(item).path))
        self.list.customContextMenuRequested.connect(self._menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._heading)
        column.addWidget(self.list, 1)
        column.addStretch(0)

    def show_cases(self, cases: Sequence[RecentCase]) -> None:
        """List other cases; how far each one is comes from its file a moment later."""
        self.list.clear()
        for each in cases:
            item = QListWidgetItem(each.title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, each)
            item.setToolTip(str(each.path))
        self.list.setMaximumHeight(len(cases) * self.list.sizeHintForRow(0) + 2 if cases else 0)
        self.setVisible(bool(cases))
        paths = [each.path for each in cases]
        looking = Operation(self, lambda cancel: _states(paths, cancel), lane=Lane.LONG, series="states")
        looking.on_progress(self._take_states).start()

    def _take_states(self, states: list[tuple[Path, CaseState]]) -> None:
        found = dict(states)
        for row in range(self.list.count()):
            item = self.list.item(row)
            state = found.get(_case_of(item).path)
            if state is not None:
                item.setData(_STATE, state)
                described = describe(_case_of(item), state)
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, described)
                item.setToolTip(state.told or str(_case_of(item).path))

    def _menu(self, at: QPoint) -> None:
        item = self.list.itemAt(at)
        if item is None:
            return
        path = _case_of(item).path
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open")).triggered.connect(lambda: self.chosen.emit(path))
        menu.addAction(self.tr("Take off this list")).triggered.connect(lambda: self.forgotten.emit(path))
        menu.popup(self.list.viewport().mapToGlobal(at))


def _case_of(item: QListWidgetItem) -> RecentCase:
    case: RecentCase = item.data(Qt.ItemDataRole.UserRole)
    return case


def _states(paths: list[Path], cancel: threading.Event) -> Iterator[tuple[Path, CaseState]]:
    for path in paths:
        if cancel.is_set():
            return
        holder = read_holder(path)
        if holder is not None and holder.elsewhere and is_there(path):
            yield path, _open_elsewhere(path, holder)  # its file must not be touched from here
            continue
        try:
            yield path, CaseState(*progress_of(path))
        except CaseFileError as error:
            yield path, CaseState(problem=_in_short(error, path), told=str(error))


def _open_elsewhere(path: Path, holder: Holder) -> CaseState:
    text = translate("RecentList", "open on {}").format(holder.computer)
    told = translate("RecentList", "The case {} is open: {}.").format(path, holder.words)
    return CaseState(problem=text, told=told)


def _in_short(error: CaseFileError, path: Path) -> str:
    """Say in a few words why a case cannot be looked into."""
    if isinstance(error, CaseFileMissing):
        return translate("RecentList", "not there any more")
    if isinstance(error, CaseFileTooNew):
        return translate("RecentList", "written by a newer MarrowDesk")
    if isinstance(error, CaseFileLocked):
        return translate("RecentList", "locked by another program")
    if not isinstance(error, CaseFileDamaged | NotACaseFile):
        return translate("RecentList", "cannot be read")
    if backups(path):
        return translate("RecentList", "damaged: open it to put an earlier copy back")
    return translate("RecentList", "damaged: keep the file as it is, and restore it from a backup")


def describe(case: RecentCase, state: CaseState | None) -> str:
    """Say in one line when a case was opened and how far it is."""
    parts = [numbers.moment(case.opened)]
    if state is None:
        return parts[0]
    if state.problem:
        return " · ".join((*parts, state.problem))
    one = state.cells == 1
    cells = translate("RecentList", "1 cell") if one else translate("RecentList", "{} cells")
    parts.append(cells.format(numbers.count(state.cells)))
    share = 100 * state.reviewed / state.cells if state.cells else 0
    parts.append(
        translate("RecentList", "{} reviewed ({:.0f} %)").format(numbers.count(state.reviewed), share)
    )
    return " · ".join(parts)


class _RecentDelegate(QStyledItemDelegate):
    """Paints the title over the line that says how far the case is, with a thin bar of the share reviewed."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, 2 * option.fontMetrics.height() + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        style_option = QStyleOptionViewItem(option)
        self.initStyleOption(style_option, index)
        style_option.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, style_option, painter, widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        roles = QPalette.ColorRole
        ink = option.palette.color(roles.HighlightedText if chosen else roles.Text)
        faint = ink if chosen else option.palette.color(roles.PlaceholderText)
        area = option.rect.adjusted(12, 7, -12, -7)
        state = index.data(_STATE)
        painter.save()
        title = QFont(option.font)
        title.setWeight(QFont.Weight.Medium)
        painter.setFont(title)
        painter.setPen(ink)
        height = option.fontMetrics.height() + 3
        room = QRect(area.left(), area.top(), area.width() - 150, height)
        text = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(option.font)
        painter.setPen(faint)
        below = QRect(area.left(), area.top() + height, area.width(), height)
        line = describe(index.data(Qt.ItemDataRole.UserRole), state)
        text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, text)
        if state is not None and state.cells:
            _paint_share(painter, area, state.reviewed / state.cells, ink if chosen else None, option.palette)
        painter.restore()


def _paint_share(painter: QPainter, area: QRect, share: float, ink: QColor | None, palette: QPalette) -> None:
    """Paint the share reviewed, in [0, 1]."""
    bar = QRect(area.right() - 130, area.center().y() - 2, 130, 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor(ink or palette.color(QPalette.ColorRole.Mid))
    if ink is not None:
        ground.setAlpha(90)
    painter.setBrush(ground)
    painter.drawRoundedRect(bar, 2.5, 2.5)
    if share > 0:
        painter.setBrush(ink or palette.color(QPalette.ColorRole.Highlight))
        painter.drawRoundedRect(QRect(bar.topLeft(), QSize(max(5, round(130 * share)), 5)), 2.5, 2.5)
