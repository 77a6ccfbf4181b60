"""The table of a set of reference ranges: limits for women and men, and the ages for which they hold."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import Ages, Range, RangeEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

NAME, FEMALE_LOW, FEMALE_HIGH, MALE_LOW, MALE_HIGH, AGE_FROM, AGE_TO = range(7)


class RangeTable(QTableWidget):
    """Shows ranges, a line each, and reads back what was entered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: list[RangeEntry] = []
        self._editable = False
        self.setColumnCount(7)
        self.setHorizontalHeaderLabels(
            [
                self.tr("Range of"), self.tr("Women, from"), self.tr("to"), self.tr("Men, from"),
                self.tr("to"), self.tr("Age, from"), self.tr("below"),
            ]
        )  # fmt: skip
        self.setAccessibleName(self.tr("Reference ranges"))
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        heads = self.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def show_entries(self, entries: Sequence[RangeEntry], ages: Ages, *, editable: bool) -> None:
        """Show ranges.

        Args:
            entries: the ranges.
            ages: for whom those hold that do not say it themselves.
            editable: whether they can be changed.
        """
        self._entries, self._editable = list(entries), editable
        self.setRowCount(len(entries))
        for row, each in enumerate(entries):
            self._show_row(row, each, ages)

    def entries(self) -> list[RangeEntry]:
        """Give the ranges as they were entered.

        Raises:
            MarrowdeskError: one of them cannot be used; the message names it.
        """
        return [self._entry(row, each) for row, each in enumerate(self._entries)]

    def _show_row(self, row: int, each: RangeEntry, all_ages: Ages) -> None:
        female, male = each.for_sex("F"), each.for_sex("M")
        ages = each.ages or all_ages
        last = "" if math.isinf(ages[1]) else _number(ages[1])
        texts = (
            each.name, _number(female.low), _number(female.high), _number(male.low), _number(male.high),
            _number(ages[0]), last,
        )  # fmt: skip
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column != NAME:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsEditable if self._editable else flags)
            self.setItem(row, column, item)

    def _entry(self, row: int, each: RangeEntry) -> RangeEntry:
        name = self.item(row, NAME).text().strip()
        if not name:
            raise MarrowdeskError(f"The range {each.name!r} has lost its name.", "Give it one.")
        female = self._limits(row, name, FEMALE_LOW)
        male = self._limits(row, name, MALE_LOW)
        ages = self._ages(row, name)
        if female == male:
            return replace(each, name=name, both=female, female=None, male=None, ages=ages)
        return replace(each, name=name, both=None, female=female, male=male, ages=ages)

    def _limits(self, row: int, name: str, column: int) -> Range:
        low, high = self._value(row, column, name), self._value(row, column + 1, name)
        if not 0 <= low <= high:
            raise MarrowdeskError(
                f"The range {name!r} goes from {low:g} to {high:g}.", "The lower limit comes first."
            )
        return Range(low, high)

    def _ages(self, row: int, name: str) -> Ages:
        first = self._value(row, AGE_FROM, name) if self._text(row, AGE_FROM) else 0.0
        last = self._value(row, AGE_TO, name) if self._text(row, AGE_TO) else math.inf
        if not 0 <= first < last:
            raise MarrowdeskError(
                f"The range {name!r} cannot hold from {first:g} to {last:g} years.",
                "The lower age comes first.",
            )
        return first, last

    def _text(self, row: int, column: int) -> str:
        return self.item(row, column).text().strip()

    def _value(self, row: int, column: int, name: str) -> float:
        text = self._text(row, column)
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise MarrowdeskError(f"{text!r} in the range {name!r} is no number.", "Write it as 12.5.")
        return value


def _number(value: float) -> str:
    return f"{value:g}"
