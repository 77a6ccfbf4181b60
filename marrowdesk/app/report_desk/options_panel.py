"""How the report is printed: template, paper, language, columns, pictures; kept in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from marrowdesk.report.options import Column, Language, PageSize, Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marrowdesk.app.preferences import Preferences


class PrintOptionsPanel(QWidget):
    """Offers what a report can be printed with; a choice holds at once, for all reports from now on."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        now = preferences.now
        self.template = self._choice("report_template", get_args(Template), self._templates())
        self.page = self._choice("page", get_args(PageSize), {})
        self.language = self._choice("report_language", get_args(Language), _own_names(get_args(Language)))
        words = self._columns()
        self.columns = {each: QCheckBox(words.get(each, each), self) for each in get_args(Column)}
        for name, box in self.columns.items():
            box.setChecked(name in now.report_columns)
            box.toggled.connect(lambda _: self._set_columns())
        self.pictures = self._switch("report_pictures", self.tr("&Pictures of representative cells"))
        self.patient = self._switch("patient_in_metadata", self.tr("P&atient in the file's properties"))
        self.patient.setToolTip(
            self.tr("Search programs and mail programs show the properties of a file without opening it.")
        )
        self._lay_out()

    def _lay_out(self) -> None:
        rows = QGridLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setVerticalSpacing(6)
        first = QHBoxLayout()
        for text, box, stretch in (
            (self.tr("Temp&late:"), self.template, 2),
            (self.tr("Pap&er:"), self.page, 1),
            (self.tr("Lan&guage:"), self.language, 1),
        ):
            label = QLabel(text, self)
            label.setBuddy(box)
            first.addWidget(label)
            first.addWidget(box, stretch)
        rows.addLayout(first, 0, 0)
        second, third = QHBoxLayout(), QHBoxLayout()
        second.addWidget(QLabel(self.tr("Columns:"), self))
        for box in self.columns.values():
            second.addWidget(box)
        for box in (self.pictures, self.patient):
            third.addWidget(box)
        for row, boxes in enumerate((second, third), 1):
            boxes.addStretch(1)
            rows.addLayout(boxes, row, 0)

    def _templates(self) -> dict[str, str]:
        return {
            "marrow": self.tr("Whole marrow report"),
            "summary": self.tr("Summary on one page"),
            "blood": self.tr("Blood film"),
        }

    def _columns(self) -> dict[str, str]:
        return {
            "predicted": self.tr("p&roposed"),
            "reviewed": self.tr("re&viewed"),
            "adjusted": self.tr("adjus&ted"),
        }

    def _choice(self, setting: str, values: Sequence[str], words: Mapping[str, str]) -> QComboBox:
        box = QComboBox(self)
        for value in values:
            box.addItem(words.get(value, value), value)
        box.setCurrentIndex(box.findData(getattr(self._preferences.now, setting)))
        box.currentIndexChanged.connect(lambda _: self._set(**{setting: box.currentData()}))
        return box

    def _switch(self, setting: str, text: str) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(getattr(self._preferences.now, setting))
        box.toggled.connect(lambda on: self._set(**{setting: on}))
        return box

    def _set(self, **values: Any) -> None:
        self._preferences.change(**values)

    def _set_columns(self) -> None:
        self._set(report_columns=tuple(name for name, box in self.columns.items() if box.isChecked()))


def _own_names(codes: Sequence[str]) -> dict[str, str]:
    """Give languages their own names."""
    found = {}
    for code in codes:
        name = QLocale(code).nativeLanguageName()
        found[code] = name[:1].upper() + name[1:] if name and code != "en" else "English"
    return found
