"""The one way an error is shown: what happened, what to do, and details that can be copied."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from pathlib import Path


def show_failure(owner: QObject | None, error: BaseException) -> QMessageBox:
    """Show an error over a widget without stopping the event loop.

    A :class:`MarrowdeskError` speaks for itself; anything else is a fault of the program and shows its
    traceback as details.

    Args:
        owner: a widget, or an object that belongs to one, to show it over; None for a window of its own.
        error: what happened.
    """
    box = QMessageBox(_window_of(owner))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(QCoreApplication.applicationName() or "MarrowDesk")
    box.setTextFormat(Qt.TextFormat.PlainText)
    if isinstance(error, MarrowdeskError):
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(error.message)
        box.setInformativeText(error.hint)
    else:
        box.setIcon(QMessageBox.Icon.Critical)
        box.setText(QCoreApplication.translate("failure", "Something went wrong inside the program."))
        box.setInformativeText(
            QCoreApplication.translate(
                "failure",
                "What you decided before is kept in the case file. Look whether your last step is there too. "
                "You can go on; if the same thing fails again, close the case and open it anew.",
            )
        )
        box.setDetailedText("".join(traceback.format_exception(error)))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    without_icons(box)
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.open()
    return box


def show_fault(owner: QObject | None, error: BaseException, report: Path | None) -> QMessageBox:
    """Show a fault of the program and where its report lies."""
    box = show_failure(owner, error)
    if report is not None:
        told = QCoreApplication.translate("failure", "A report without names of patients is in {}.")
        box.setInformativeText(f"{box.informativeText()}\n\n{told.format(report)}")
    return box


def _window_of(owner: QObject | None) -> QWidget | None:
    while owner is not None and not isinstance(owner, QWidget):
        owner = owner.parent()
    return None if owner is None else owner.window()
