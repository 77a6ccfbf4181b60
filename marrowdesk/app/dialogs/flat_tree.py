"""A tree without branches: the table-like list of several dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


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
