"""A tree without branches: the table-like list of several dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_GREY = Qt.ItemDataRole.UserRole + 100
_AIR = QSize(12, 6)
"""Pixels that a cell is wider and higher than its text."""


def as_list(tree: QTreeWidget, heads: Sequence[str]) -> None:
    """Show a tree as rows of which one is chosen; the first column takes the room that the others leave."""
    tree.setHeaderLabels(heads)
    tree.setRootIsDecorated(False)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    tree.setAllColumnsShowFocus(True)
    header = tree.header()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setStretchLastSection(False)


class _Airy(QStyledItemDelegate):
    """Draws rows with some air, and those that cannot be chosen in grey."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Give a cell some air."""
        return super().sizeHint(option, index) + _AIR

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Take the grey from the palette of the moment: it follows the theme."""
        super().initStyleOption(option, index)
        if index.siblingAtColumn(0).data(_GREY):
            grey = option.palette.brush(QPalette.ColorRole.PlaceholderText)
            option.palette.setBrush(QPalette.ColorRole.Text, grey)


def airy(tree: QTreeWidget, numbers: Sequence[int] = ()) -> None:
    """Give the rows of a list some air; heads of columns of numbers stand at the right, as the numbers do."""
    tree.setItemDelegate(_Airy(tree))
    for column in numbers:
        tree.headerItem().setTextAlignment(
            column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )


def grey_out(row: QTreeWidgetItem) -> None:
    """Show that a row of an airy list is there but can do nothing."""
    row.setData(0, _GREY, True)
