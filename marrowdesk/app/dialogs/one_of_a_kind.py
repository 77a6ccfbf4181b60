"""Dialogs over a window, of each kind one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = TypeVar("Kind", bound=QDialog)


class OneOfAKind:
    """Shows dialogs; one that is open already comes to the front instead of a second one."""

    def __init__(self) -> None:
        self._open: dict[type[QDialog], QDialog] = {}

    def show(self, kind: type[Kind], make: Callable[[], Kind]) -> Kind:
        """Show a dialog over its window.

        Args:
            kind: what it is.
            make: makes one, where none is open.

        Returns:
            The one that is shown.
        """
        dialog = cast("Kind | None", self._open.get(kind))
        if dialog is None:
            dialog = make()
            self._open[kind] = dialog
            dialog.setModal(True)
            dialog.destroyed.connect(lambda: self._open.pop(kind, None))
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()
        dialog.raise_()
        return dialog
