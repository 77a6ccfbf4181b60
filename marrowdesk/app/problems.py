"""The list of images that cannot be read: file, reason, what to do; to be copied or saved."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.icons import icon
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.services.delivery import deliver

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from marrowdesk.store.values import Problem

_Index = QModelIndex | QPersistentModelIndex


class ProblemTable(QAbstractTableModel):
    """The problems as a table of three columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: list[Problem] = []
        self._folders: tuple[Path, ...] = ()
        self._headings = (self.tr("File"), self.tr("Reason"), self.tr("What to do"))

    @property
    def problems(self) -> Sequence[Problem]:
        """What is listed."""
        return self._problems

    def show_problems(self, problems: Sequence[Problem], folders: Sequence[Path] = ()) -> None:
        """List other problems; where they only became more, the place in the list stays.

        Args:
            problems: what to list.
            folders: the slide folders; files are named as seen from them.
        """
        before, self._folders = self._folders, tuple(folders)
        known = len(self._problems)
        if known and list(problems[:known]) == self._problems:
            if self._folders != before:
                self.dataChanged.emit(self.index(0, 0), self.index(known - 1, 0))
            if len(problems) > known:
                self.beginInsertRows(QModelIndex(), known, len(problems) - 1)
                self._problems = list(problems)
                self.endInsertRows()
            return
        self.beginResetModel()
        self._problems = list(problems)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """One a problem."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """File, reason, hint."""
        return 0 if parent.isValid() else 3

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give texts; the whole path as tooltip of a file."""
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        texts = (self._short(problem.path), problem.reason, problem.hint)
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return str(problem.path) if index.column() == 0 else texts[index.column()]
        return None

    def _short(self, path: Path) -> str:
        for folder in self._folders:
            if path != folder and path.is_relative_to(folder):
                return str(path.relative_to(folder))
        return path.name or str(path)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Give the headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headings[section]
        return None

    def as_text(self, rows: Sequence[int] | None = None) -> str:
        """Give problems as lines of tab-separated text under a heading; all when ``rows`` is None."""
        chosen = self._problems if rows is None else [self._problems[row] for row in rows]
        text = io.StringIO()
        writer = csv.writer(text, delimiter="\t", lineterminator="\n")
        writer.writerow(self._headings)
        writer.writerows((str(each.path), each.reason, each.hint) for each in chosen)
        return text.getvalue()


class _Table(QTableView):
    """A table whose selected lines can be copied.

    Signals:
        copy_wanted: the person pressed the keys for copying.
    """

    copy_wanted = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out, so that every column is in sight."""
        super().resizeEvent(event)
        width = self.viewport().width()
        self.setColumnWidth(0, round(0.23 * width))
        self.setColumnWidth(1, round(0.45 * width))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on the platform's own keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)


class ProblemsPanel(QWidget):
    """Lists the images that are not counted because they cannot be read, and those replaced since."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ProblemTable(self)
        self._count = QLabel(self)
        self._count.setWordWrap(True)
        self._view = _Table(self)
        self._view.setModel(self.table)
        self._view.setAccessibleName(self.tr("Images that cannot be read"))
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._view.setAlternatingRowColors(True)
        self._view.setShowGrid(False)
        self._view.setWordWrap(False)
        self._view.setTabKeyNavigation(False)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self._view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._view.copy_wanted.connect(self._copy_selected)
        self._lay_out()

    def _lay_out(self) -> None:
        copy = QPushButton(icon("copy"), self.tr("C&opy all"), self)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.table.as_text()))
        save = QPushButton(icon("export"), self.tr("&Save…"), self)
        save.clicked.connect(self._save)
        buttons = QHBoxLayout()
        buttons.addWidget(self._count, 1)
        buttons.addWidget(copy)
        buttons.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.addLayout(buttons)
        column.addWidget(self._view, 1)

    def show_problems(
        self, problems: Sequence[Problem], folders: Sequence[Path] = (), replaced: Collection[Path] = ()
    ) -> None:
        """List other problems; ``folders`` are the slide folders, ``replaced`` files that stay counted."""
        self.table.show_problems(problems, folders)
        others = sum(each.path in replaced for each in problems)
        said = []
        if (unread := len(problems) - others) == 1:
            said.append(self.tr("1 image cannot be read and is not counted."))
        elif unread or not others:
            said.append(self.tr("{} images cannot be read and are not counted.").format(unread))
        if others == 1:
            said.append(self.tr("1 image is not the one that was read, and stays counted as it stands."))
        elif others:
            text = self.tr("{} images are not the ones that were read, and stay counted as they stand.")
            said.append(text.format(others))
        self._count.setText(" ".join(said))

    def _copy_selected(self) -> None:
        rows = sorted(index.row() for index in self._view.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(self.table.as_text(rows or None))

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the list"), self.tr("unreadable images.tsv"), self.tr("Table (*.tsv *.txt)")
        )
        if not name:
            return
        content = self.table.as_text().encode()
        Operation(self, lambda _: deliver(Path(name), content), lane=Lane.LONG, finishes=True).start()
