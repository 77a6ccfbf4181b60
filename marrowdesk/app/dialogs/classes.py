"""The classes of a case: keys and colours of the shipped ones, and the laboratory's own beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import shortcuts
from marrowdesk.app.actions import class_icon
from marrowdesk.app.dialogs.buttons import ok_or_cancel
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.own_classes import check, is_own
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage, Scheme
from marrowdesk.store.schemes import keep_own_scheme, read_scheme, write_scheme

COLOR, CODE, NAME, LINEAGE, ROLE, KEY, REVIEW = range(7)
_ENDING = ".marrowdesk-classes.json"

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class ClassesDialog(QDialog):
    """Edits the classes; they hold when OK is pressed and all of them can be used.

    Signals:
        chosen: the open case shall be counted with these classes; a Scheme.
    """

    chosen = Signal(object)

    def __init__(
        self, scheme: Scheme, in_use: Collection[str], *, writable: bool, parent: QWidget | None = None
    ) -> None:
        """Show classes.

        Args:
            scheme: those of the open case, or for new cases where none is open.
            in_use: codes that cells of the open case have; these cannot be removed.
            writable: whether the open case may be counted with others.
            parent: owner.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Classes"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._in_use, self._writable = frozenset(in_use), writable
        self._base = scheme
        self.table = QTableWidget(self)
        self.shipped = QComboBox(self)
        self.remove = QPushButton(self.tr("&Remove"), self)
        self.up = QPushButton(self.tr("Move &up"), self)
        self.down = QPushButton(self.tr("Move &down"), self)
        self.color = QPushButton(self.tr("Co&lour…"), self)
        self.for_new = QCheckBox(self.tr("Use these classes for &new cases too"), self)
        self.for_new.setChecked(True)
        self._lay_out()
        self._show(scheme)
        self.resize(820, 600)

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        said = self.tr(
            "Shipped classes keep their code, name and lineage; keys and colours are yours. Classes of your "
            "own are assigned by you: the classifier never proposes them. A scheme with fewer classes shows "
            "the proposals under the class that takes them."
        )
        text = QLabel(said, self)
        text.setWordWrap(True)
        column.addWidget(text)
        column.addLayout(self._scheme_row())
        self._make_table()
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        add, bring, give = (
            QPushButton(words, self)
            for words in (self.tr("&Add a class"), self.tr("&Import…"), self.tr("&Export…"))
        )
        for button, slot in (
            (add, self.add_class),
            (self.remove, self._remove),
            (self.up, lambda: self._move(-1)),
            (self.down, lambda: self._move(1)),
            (self.color, lambda: self._choose_color(self.table.currentRow())),
            (bring, self._import),
            (give, self._export),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, slot=slot: slot())
            row.addWidget(button)
        row.insertStretch(5, 1)
        column.addLayout(row)
        column.addWidget(self.for_new)
        column.addWidget(ok_or_cancel(self))

    def _scheme_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(self.tr("&Scheme:"), self)
        label.setBuddy(self.shipped)
        for key, each in SCHEMES.items():
            self.shipped.addItem(each.name, key)
        self.shipped.activated.connect(lambda _: self._as_shipped())
        row.addWidget(label)
        row.addWidget(self.shipped, 1)
        return row

    def _make_table(self) -> None:
        table = self.table
        table.setColumnCount(7)
        table.setHorizontalHeaderLabels(
            [
                self.tr("Colour"), self.tr("Code"), self.tr("Name"), self.tr("Lineage"), self.tr("Count"),
                self.tr("Key"), self.tr("Always review"),
            ]
        )  # fmt: skip
        table.setAccessibleName(self.tr("Classes"))
        table.verticalHeader().hide()
        table.setTabKeyNavigation(False)  # Tab leaves the table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        heads = table.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._follow)
        table.itemDoubleClicked.connect(
            lambda item: self._choose_color(item.row()) if item.column() == COLOR else None
        )

    def _show(self, scheme: Scheme) -> None:
        self._base = scheme
        self._name_scheme(scheme)
        self._show_classes(scheme.classes)

    def _show_classes(self, classes: Sequence[CellClass]) -> None:
        self.table.setRowCount(0)
        for each in classes:
            self._add_row(each)
        self._follow()

    def _name_scheme(self, scheme: Scheme) -> None:
        """Choose the shipped scheme that these classes go back to; a name of its own stands beside them."""
        at = self.shipped.findText(scheme.name)
        if at < 0:
            self.shipped.addItem(scheme.name, "")
            at = self.shipped.count() - 1
        self.shipped.setCurrentIndex(at)

    def _add_row(self, each: CellClass) -> None:
        table, row = self.table, self.table.rowCount()
        table.insertRow(row)
        own = is_own(each.code) and not each.takes
        color = QTableWidgetItem(class_icon(each.color), "")
        color.setData(Qt.ItemDataRole.UserRole, each.color)
        color.setToolTip(self.tr("Double click for another colour"))
        color.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        table.setItem(row, COLOR, color)
        taken = ", ".join(MARROW[code].name for code in each.takes)
        for column, text in ((CODE, each.code), (NAME, each.name), (KEY, each.key)):
            item = QTableWidgetItem(text)
            item.setToolTip(self.tr("Takes the proposals of: {}").format(taken) if taken else "")
            fixed = column != KEY and (not own or (column == CODE and each.code in self._in_use))
            if fixed:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            table.setItem(row, column, item)
        table.item(row, CODE).setData(Qt.ItemDataRole.UserRole, each)
        roles: dict[object, str] = {CountRole.COUNTED: self.tr("counted"), CountRole.APART: self.tr("apart")}
        told = {**roles, CountRole.UNRESOLVED: self.tr("to be resolved")}
        if own:
            table.setCellWidget(row, LINEAGE, _choice(_lineages(), each.lineage, self.tr("Lineage")))
            table.setCellWidget(row, ROLE, _choice(roles, each.role, self.tr("Count")))
        for column, text in ((LINEAGE, _lineages()[each.lineage]), (ROLE, told[each.role])):
            item = QTableWidgetItem("" if own else text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            table.setItem(row, column, item)
        review = QTableWidgetItem()
        state = Qt.CheckState.Checked if each.always_review else Qt.CheckState.Unchecked
        review.setCheckState(state)
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        review.setFlags(flags | Qt.ItemFlag.ItemIsEnabled if own else flags)
        table.setItem(row, REVIEW, review)

    # -- what the buttons do --------------------------------------------------------------------------

    def add_class(self) -> None:
        """Add a class of the laboratory's own, ready to be named."""
        codes = {self._text(row, CODE) for row in range(self.table.rowCount())}
        code = next(each for number in range(1, 1000) if (each := f"OWN{number}") not in codes)
        self._add_row(CellClass(code, "", Lineage.OTHER, CountRole.COUNTED, "", "#7950f2"))
        row = self.table.rowCount() - 1
        self.table.selectRow(row)
        self.table.scrollToBottom()
        self.table.setCurrentCell(row, NAME)
        self.table.editItem(self.table.item(row, NAME))

    def _remove(self) -> None:
        if self._removable():
            self.table.removeRow(self.table.currentRow())

    def _move(self, by: int) -> None:
        """Move the class chosen up or down; the order is that of gallery, class list and report."""
        row, classes = self.table.currentRow(), self._entered()
        to = row + by
        if row >= 0 and 0 <= to < len(classes):
            classes.insert(to, classes.pop(row))
            self._show_classes(classes)
            self.table.selectRow(to)

    def _removable(self) -> bool:
        row = self.table.currentRow()
        code = self._text(row, CODE) if row >= 0 else ""
        return row >= 0 and is_own(code) and code not in self._in_use and code not in self._taking

    def _follow(self) -> None:
        row = self.table.currentRow()
        self.remove.setEnabled(self._removable())
        self.color.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.table.rowCount() - 1)

    def _choose_color(self, row: int) -> None:
        item = self.table.item(row, COLOR)
        color = QColorDialog.getColor(QColor(item.data(Qt.ItemDataRole.UserRole)), self)
        if color.isValid():
            item.setData(Qt.ItemDataRole.UserRole, color.name())
            item.setIcon(class_icon(color.name()))

    @property
    def _taking(self) -> frozenset[str]:
        return frozenset(each.code for each in self._base.classes if each.takes)

    def show_shipped(self, key: str) -> None:
        """Show a shipped scheme, as when the person chooses it.

        Args:
            key: its key in :data:`marrowdesk.core.shipped_schemes.SCHEMES`.
        """
        self.shipped.setCurrentIndex(self.shipped.findData(key))
        self._as_shipped()

    def _as_shipped(self) -> None:
        """Show the scheme chosen, with the classes of the laboratory's own that cells have."""
        scheme = SCHEMES.get(self.shipped.currentData())
        if scheme is None:
            return
        kept = [
            each
            for each in self._base.classes
            if is_own(each.code) and not each.takes and each.code in self._in_use and each.code not in scheme
        ]
        used = {each.key for each in scheme.classes}
        own = (replace(each, key="" if each.key in used else each.key) for each in kept)
        self._show(replace(scheme, classes=(*scheme.classes, *own)))

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import classes"), str(Path.home()), self.tr("Classes (*.json);;All files (*)")
        )
        if not name:
            return
        try:
            scheme = read_scheme(Path(name), reserved_keys())
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        lost = [each for each in self._base.classes if each.code in self._in_use and each.code not in scheme]
        self._show(replace(scheme, classes=(*scheme.classes, *(replace(each, key="") for each in lost))))

    def _export(self) -> None:
        try:
            scheme = self.scheme()
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export classes"), str(Path.home() / f"classes{_ENDING}"), "*.json"
        )
        if name:
            try:
                write_scheme(Path(name), scheme)
            except MarrowdeskError as error:
                show_failure(self, error)

    # -- what was entered -----------------------------------------------------------------------------

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return "" if item is None else item.text().strip()

    def scheme(self) -> Scheme:
        """Give the classes as they were entered.

        Raises:
            MarrowdeskError: one of them cannot be used; the message names it.
        """
        return check(replace(self._base, classes=tuple(self._entered())), reserved_keys())

    def _entered(self) -> list[CellClass]:
        """Give the classes as they stand in the table; what no column shows stays as it was."""
        return [self._entered_in(row) for row in range(self.table.rowCount())]

    def _entered_in(self, row: int) -> CellClass:
        before: CellClass = self.table.item(row, CODE).data(Qt.ItemDataRole.UserRole)
        color: str = self.table.item(row, COLOR).data(Qt.ItemDataRole.UserRole)
        entered = replace(before, color=color, key=self._text(row, KEY).upper())
        lineage, role = (self.table.cellWidget(row, column) for column in (LINEAGE, ROLE))
        if lineage is None or role is None:  # a shipped class: only its colour and key can be changed
            return entered
        assert isinstance(lineage, QComboBox)
        assert isinstance(role, QComboBox)
        return replace(
            entered,
            code=self._text(row, CODE),
            name=self._text(row, NAME),
            lineage=Lineage(lineage.currentData()),
            role=CountRole(role.currentData()),
            always_review=self.table.item(row, REVIEW).checkState() == Qt.CheckState.Checked,
        )

    def accept(self) -> None:
        """Let the classes hold, if all of them can be used."""
        try:
            scheme = self.scheme()
            if self.for_new.isChecked():
                keep_own_scheme(scheme)
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        if self._writable:
            self.chosen.emit(scheme)
        super().accept()


def reserved_keys() -> frozenset[str]:
    """Give the bare letters and digits that do something else than assigning a class."""
    bare = (key for each in shortcuts.TABLE if each.bare for key in each.keys)
    return frozenset(key.upper() for key in bare if len(key) == 1 and key.isalnum())


def _lineages() -> dict[object, str]:
    translate = QCoreApplication.translate
    return {
        Lineage.BLAST: translate("ClassesDialog", "blast"),
        Lineage.NEUTROPHILIC: translate("ClassesDialog", "neutrophilic"),
        Lineage.EOSINOPHILIC: translate("ClassesDialog", "eosinophilic"),
        Lineage.BASOPHILIC: translate("ClassesDialog", "basophilic"),
        Lineage.MONOCYTIC: translate("ClassesDialog", "monocytic"),
        Lineage.ERYTHROID: translate("ClassesDialog", "erythroid"),
        Lineage.LYMPHOID: translate("ClassesDialog", "lymphoid"),
        Lineage.PLASMA_CELL: translate("ClassesDialog", "plasma cell"),
        Lineage.OTHER: translate("ClassesDialog", "other"),
        Lineage.NONE: translate("ClassesDialog", "none"),
    }


def _choice(entries: dict[object, str], value: object, name: str) -> QComboBox:
    box = QComboBox()
    for key, text in entries.items():
        box.addItem(text, key)
    box.setCurrentIndex(max(0, box.findData(value)))
    box.setAccessibleName(name)
    return box
