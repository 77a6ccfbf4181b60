"""What is said below a field of the form whose text is not understood: dates and the sex of the patient."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from marrowdesk.app.sex import gender_of, text_of
from marrowdesk.app.theme import tones
from marrowdesk.core.age import DateFault, age_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QWidget

NOTED = ("birth_date", "sex", "collected")
"""The fields that the program reads."""

_EXAMPLE = "2022-06-05"

translate = QCoreApplication.translate


class FieldNote(QLabel):
    """A sentence below a field; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)  # as wide as its field, and no narrower
        self.setSizePolicy(policy)
        self._follow_theme()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange:
            self._follow_theme()

    def _follow_theme(self) -> None:
        palette, color = self.palette(), QColor(tones().warning)
        if palette.color(QPalette.ColorRole.WindowText) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.setPalette(palette)


def notes_of(fields: Mapping[str, str], *, age_unclear: bool) -> dict[str, str]:
    """Give what is to be said of the fields, by their name; nothing of a field that is understood.

    Args:
        fields: as typed.
        age_unclear: whether no reference ranges are held against the count because of the dates.
    """
    found = age_of(fields.get("birth_date", ""), fields.get("collected", ""), date.today())
    said = {}
    for name, fault in (("birth_date", found.birth), ("collected", found.collected)):
        if fault is not None and (age_unclear or fault is not DateFault.OPEN):
            said[name] = _of_date(name, fault)
            if age_unclear:
                until = translate("ReportForm", "Until then no reference ranges are held against the count.")
                said[name] += f" {until}"
    text = fields.get("sex", "")
    if text.strip() and gender_of(text) is None:
        said["sex"] = translate("ReportForm", "Not understood; write {} or {}.").format(
            text_of("F"), text_of("M")
        )
        if not age_unclear:
            said["sex"] += " " + translate("ReportForm", "Until then ranges are those of both sexes.")
    return said


def _of_date(name: str, fault: DateFault) -> str:
    later = (
        translate("ReportForm", "Lies after the collection; write it as {}.")
        if name == "birth_date"
        else translate("ReportForm", "Lies in the future; write it as {}.")
    )
    words = {
        DateFault.UNREADABLE: translate("ReportForm", "Not understood; write it as {}."),
        DateFault.NO_SUCH_DAY: translate("ReportForm", "There is no such day; write it as {}."),
        DateFault.OPEN: translate("ReportForm", "May be several days; write it as {}."),
        DateFault.LATER: later,
        DateFault.LONG_AGO: translate("ReportForm", "Nobody is as old as that; write it as {}."),
    }
    return words[fault].format(_EXAMPLE)
