"""The class list: what is counted, by lineage; chooses what the gallery shows and takes dragged cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from marrowdesk.app.gallery.class_delegate import ClassDelegate
from marrowdesk.app.gallery.class_model import ClassModel
from marrowdesk.app.gallery.drag import put_into, rows_from_mime
from marrowdesk.app.gallery.facts import EXCLUDED

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.arrangement import Special

_EDGE = 22  # a drag this near to the upper or lower edge scrolls
_MOVES = (
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip


class ClassPanel(QWidget):
    """Classes with counts, keys and colours.

    Dropped cells are given the class at once (on "Excluded" they are taken out of the count).

    Signals:
        class_chosen: what the gallery shall show: a class code, a Special, or None for all.
        dropped: cells were dropped on a class; their rows and its code. The decision is made already.
        moved: cells were dropped anywhere and decided; their rows.
    """

    class_chosen = Signal(object)
    dropped = Signal(list, str)
    moved = Signal(list)

    def __init__(self, model: CaseModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rows = ClassModel(model, self)
        self._quiet = False
        self.list = ClassList(model, self._rows, self)
        self.list.cells_dropped.connect(self._take)
        self.list.selectionModel().selectionChanged.connect(self._chosen)
        self._rows.modelReset.connect(lambda: self.show_choice(None))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        self.show_choice(None)

    @property
    def choice(self) -> str | Special | None:
        """What is chosen."""
        row = self._rows.row_at(self.list.currentIndex())
        return None if row is None else row.choice

    def show_choice(self, choice: str | Special | None) -> None:
        """Show what was chosen elsewhere, without telling of it."""
        self._quiet = True
        self.list.setCurrentIndex(self._rows.index_of(choice))
        self._quiet = False

    def _chosen(self, selected: QItemSelection) -> None:
        if not self._quiet and not selected.isEmpty():
            row = self._rows.row_at(selected.indexes()[0])
            assert row is not None
            self.class_chosen.emit(row.choice)

    def _take(self, rows: list[int], key: str) -> None:
        if put_into(self._model, rows, key):
            self.moved.emit(rows)
            if key != EXCLUDED:
                self.dropped.emit(rows, key)


class ClassList(QListView):
    """The list view of the class panel.

    Signals:
        cells_dropped: rows of the case, and a class code or EXCLUDED.
    """

    cells_dropped = Signal(list, str)

    def __init__(self, model: CaseModel, rows: ClassModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._rows = rows
        self._paints = ClassDelegate(model, self)
        self.setModel(rows)
        self.setItemDelegate(self._paints)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Classes"))

    def sizeHint(self) -> QSize:
        """Give the width that names and counts need."""
        return QSize(216, 500)

    def minimumSizeHint(self) -> QSize:
        """Give the least size that is of use."""
        return QSize(150, 120)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._paints.forget()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the classes; letters are class keys and belong to the window."""
        if Qt.Key(event.key()) in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    # -- cells dragged here ---------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take part in drags of cells of this case; others may be for the window."""
        event.setAccepted(bool(rows_from_mime(event.mimeData(), self._model)))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Light up the class under the pointer; scroll near the edges."""
        point = event.position().toPoint()
        bar = self.verticalScrollBar()
        if point.y() < _EDGE:
            bar.setValue(bar.value() - _EDGE)
        elif point.y() > self.viewport().height() - _EDGE:
            bar.setValue(bar.value() + _EDGE)
        index, key = self._target(point)
        self._light(index.row() if key else -1)
        event.setAccepted(bool(key))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Light nothing any more."""
        self._light(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which cells were dropped on what."""
        rows = rows_from_mime(event.mimeData(), self._model)
        _, key = self._target(event.position().toPoint())
        self._light(-1)
        event.setAccepted(bool(key and rows))
        if key and rows:
            event.setDropAction(Qt.DropAction.CopyAction)
            self.cells_dropped.emit(rows, key)

    @property
    def lit(self) -> int:
        """The row that cells are being dragged over, or -1."""
        return self._paints.target

    def _target(self, point: QPoint) -> tuple[QModelIndex, str]:
        index = self.indexAt(point)
        row = self._rows.row_at(index)
        return index, "" if row is None else row.target(self._model.scheme)

    def _light(self, row: int) -> None:
        if row != self._paints.target:
            self._paints.target = row
            self.viewport().update()
