"""How far a count is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers

if TYPE_CHECKING:
    from marrowdesk.core.differential import Differential

translate = QCoreApplication.translate


def counted(count: Differential) -> str:
    """Say how many cells are counted: ``1,240 nucleated cells counted``, white cells in blood."""
    if count.specimen == "blood":
        if count.counted == 1:
            return translate("ReportWindow", "1 white cell counted")
        return translate("ReportWindow", "{} white cells counted").format(numbers.count(count.counted))
    if count.counted == 1:
        return translate("ReportWindow", "1 nucleated cell counted")
    return translate("ReportWindow", "{} nucleated cells counted").format(numbers.count(count.counted))


def reviewed(count: Differential) -> str:
    """Say how many cells a reader decided on: ``20 of all 2,000 cells reviewed``."""
    if count.total == 1:
        return translate("ReportWindow", "{} of 1 cell reviewed").format(numbers.count(count.reviewed))
    return translate("ReportWindow", "{} of all {} cells reviewed").format(
        numbers.count(count.reviewed), numbers.count(count.total)
    )
