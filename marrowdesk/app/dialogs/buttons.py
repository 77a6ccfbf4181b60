"""The row of buttons below a dialog, without the platform's own little pictures."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox


def without_icons(box: QDialogButtonBox | QMessageBox) -> None:
    """Take the pictures off the standard buttons: some platforms draw them in colours of another theme."""
    for button in box.buttons():
        button.setIcon(QIcon())
