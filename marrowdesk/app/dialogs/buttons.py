"""The row of buttons below a dialog, without the platform's own little pictures."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMessageBox


def without_icons(box: QDialogButtonBox | QMessageBox) -> None:
    """Take the pictures off the standard buttons: some platforms draw them in colours of another theme."""
    for button in box.buttons():
        button.setIcon(QIcon())


def ok_or_cancel(dialog: QDialog) -> QDialogButtonBox:
    """Give the row of a dialog whose changes hold with OK."""
    box = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, dialog
    )
    without_icons(box)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
