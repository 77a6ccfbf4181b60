"""Reference ranges: the shipped sets to look at, and the laboratory's own to edit, by sex and age."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.dialogs.buttons import ok_or_cancel
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.dialogs.long_names import for_long_names
from marrowdesk.app.dialogs.range_table import FEMALE_LOW, NAME, RangeTable
from marrowdesk.core.counting import ME_RULES
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import REFERENCE_SETS, Range, RangeEntry, ReferenceSet
from marrowdesk.store.references import read_sets, write_sets

if TYPE_CHECKING:
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.core.taxonomy import Scheme

_ENDING = ".marrowdesk-ranges.json"


class ReferencesDialog(QDialog):
    """Shows sets of ranges; changes hold when OK is pressed and all of them can be used."""

    def __init__(
        self, preferences: Preferences, scheme: Scheme, shown: str, parent: QWidget | None = None
    ) -> None:
        """Show the sets.

        Args:
            preferences: keep the laboratory's own sets.
            scheme: the classes that a range may be added for.
            shown: key of the set to begin with.
            parent: owner.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Reference ranges"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences, self._scheme = preferences, scheme
        self._sets = dict(preferences.sets)
        self.chosen = QComboBox(self)
        for_long_names(self.chosen, 24)
        self.name = QLineEdit(self)
        self.source = QLineEdit(self)
        self.me_definition = QComboBox(self)
        self.table = RangeTable(self)
        self.copy = QPushButton(self.tr("&Copy as our own"), self)
        self.delete = QPushButton(self.tr("&Delete"), self)
        self.added = QComboBox(self)
        self.remove = QPushButton(self.tr("&Remove range"), self)
        self._lay_out()
        self._list(shown)
        self.resize(860, 600)

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        text = QLabel(
            self.tr(
                "Ranges in percent of the cells counted. Shipped sets stay as they are; a copy is yours to "
                "change. Where an age is given, a range holds from it up to, but not including, the other."
            ),
            self,
        )
        text.setWordWrap(True)
        column.addWidget(text)
        column.addLayout(self._choice_row())
        form = QFormLayout()
        self.name.setMaxLength(120)
        self.source.setMaxLength(500)
        form.addRow(self.tr("&Name:"), self.name)
        form.addRow(self.tr("S&ource:"), self.source)
        for each in ME_RULES.values():
            self.me_definition.addItem(each.definition, each.key)
        self.me_definition.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.me_definition.setToolTip(
            self.tr("Its range is held only against a ratio that is counted by this definition.")
        )
        form.addRow(self.tr("&M:E ratio by:"), self.me_definition)
        column.addLayout(form)
        column.addWidget(self.table, 1)
        column.addLayout(self._entry_row())
        column.addWidget(ok_or_cancel(self))

    def _choice_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("&Set:"), self)
        label.setBuddy(self.chosen)
        bring, give = QPushButton(self.tr("&Import…"), self), QPushButton(self.tr("&Export…"), self)
        row.addWidget(label)
        row.addWidget(self.chosen, 1)
        for button, slot in (
            (self.copy, self.copy_set),
            (self.delete, self._delete),
            (bring, self._import),
            (give, self._export),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, slot=slot: self._safely(slot))
            row.addWidget(button)
        self.chosen.activated.connect(lambda _: self._safely(self._choose))
        return row

    def _entry_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for each in self._scheme.classes:
            if each.counted:
                self.added.addItem(each.name, RangeEntry(f"{each.name}s", (each.code,), both=Range(0, 100)))
        for lineage in self._scheme.lineages():
            text = self.tr("all of the {} line").format(lineage.value)
            self.added.addItem(text, RangeEntry(f"{lineage.value} line", lineage=lineage, both=Range(0, 100)))
        self.added.setAccessibleName(self.tr("Class or line of a new range"))
        self._add = QPushButton(self.tr("&Add a range for it"), self)
        self._add.clicked.connect(lambda: self._safely(lambda: self.add_entry(self.added.currentData())))
        self.remove.clicked.connect(lambda: self._safely(self._remove))
        for widget in (self.added, self._add, self.remove):
            row.addWidget(widget)
        for button in (self._add, self.remove):
            button.setAutoDefault(False)
        row.addStretch(1)
        return row

    # -- what is shown --------------------------------------------------------------------------------

    def _list(self, shown: str) -> None:
        self.chosen.clear()
        for key, each in self._sets.items():
            if each.specimen is not None:
                self.chosen.addItem(each.name, key)
        self.chosen.setCurrentIndex(max(0, self.chosen.findData(shown)))
        self._show()

    @property
    def _own(self) -> bool:
        return self._shown not in REFERENCE_SETS

    def _show(self) -> None:
        self._shown: str = self.chosen.currentData()
        found = self._sets[self._shown]
        self.name.setText(found.name)
        self.source.setText(found.source)
        self.name.setReadOnly(not self._own)
        self.source.setReadOnly(not self._own)
        ratio = () if found.me_ratio is None else (found.me_ratio,)
        self.table.show_entries([*found.entries, *ratio], found.ages, editable=self._own)
        self.me_definition.setCurrentIndex(self.me_definition.findData(found.me_definition))
        for widget in (self.delete, self._add, self.remove, self.added):
            widget.setEnabled(self._own)
        self.me_definition.setEnabled(self._own and found.me_ratio is not None)

    # -- what was entered -----------------------------------------------------------------------------

    def _take(self) -> None:
        """Take over what was entered into the set shown.

        Raises:
            MarrowdeskError: something of it cannot be used; the message names it.
        """
        if not self._own:
            return
        found = self._sets[self._shown]
        if not self.name.text().strip():
            raise MarrowdeskError("The set of reference ranges needs a name.", "Give it one.")
        entries = self.table.entries()
        ratio = entries.pop() if found.me_ratio is not None else None
        self._sets[self._shown] = replace(
            found,
            name=self.name.text().strip(),
            source=self.source.text().strip(),
            entries=tuple(entries),
            me_ratio=ratio,
            me_definition=self.me_definition.currentData(),
            ages=(0.0, math.inf),  # each range of an own set says its ages itself
        )

    # -- what the buttons do --------------------------------------------------------------------------

    def _safely(self, slot: object) -> None:
        """Take over what was entered, then do something; or say why not, and leave all as it is."""
        assert callable(slot)
        try:
            self._take()
            slot()
        except MarrowdeskError as error:
            self.chosen.setCurrentIndex(self.chosen.findData(self._shown))
            show_failure(self, error)

    def _choose(self) -> None:
        self._list(self.chosen.currentData())

    def copy_set(self) -> None:
        """Make a set of the laboratory's own out of the one shown."""
        found = self._sets[self._shown]
        name = self.tr("{}, our own").format(found.name)
        *entries, ratio = (
            None if each is None else replace(each, ages=each.ages or found.ages)
            for each in (*found.entries, found.me_ratio)
        )
        own = replace(found, name=name, entries=tuple(entries), me_ratio=ratio, ages=(0.0, math.inf))
        self._add_set(own)

    def _add_set(self, found: ReferenceSet) -> None:
        key = next(each for at in range(1, 10_000) if (each := f"own-{at}") not in self._sets)
        self._sets[key] = replace(found, key=key)
        self._list(key)
        self.name.setFocus()
        self.name.selectAll()

    def _delete(self) -> None:
        del self._sets[self._shown]
        self._list(next(iter(self._sets)))

    def add_entry(self, entry: RangeEntry) -> None:
        """Add a range to the set shown, ready to be filled in; the M:E ratio stays the last line."""
        found = self._sets[self._shown]
        self._sets[self._shown] = replace(found, entries=(*found.entries, entry))
        self._show()
        row = len(found.entries)
        self.table.selectRow(row)
        self.table.scrollToItem(self.table.item(row, NAME))
        self.table.setCurrentCell(row, FEMALE_LOW)
        self.table.setFocus()

    def _remove(self) -> None:
        row, found = self.table.currentRow(), self._sets[self._shown]
        if row == len(found.entries):
            self._sets[self._shown] = replace(found, me_ratio=None)
        elif row >= 0:
            entries = (each for at, each in enumerate(found.entries) if at != row)
            self._sets[self._shown] = replace(found, entries=tuple(entries))
        self._show()

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import reference ranges"), str(Path.home()), "*.json"
        )
        for each in read_sets(Path(name)) if name else ():
            self._add_set(each)

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export reference ranges"), str(Path.home() / f"ranges{_ENDING}"), "*.json"
        )
        if name:
            write_sets(Path(name), [self._sets[self._shown]])

    def accept(self) -> None:
        """Let the sets hold, if all of them can be used."""
        try:
            self._take()
            own = [each for key, each in self._sets.items() if key not in REFERENCE_SETS]
            self._preferences.keep_sets(own)
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        super().accept()
