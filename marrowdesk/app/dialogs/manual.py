"""The manual count: the keys of the classes count cells seen at the microscope, two smears side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.actions import class_icon
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.icons import icon
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.manual import SMEARS, counted_by_eye, counts_of
from marrowdesk.core.taxonomy import CellClass, Lineage

if TYPE_CHECKING:
    from collections import Counter

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.session import Session

KEY, NAME, FIRST, SECOND, BOTH, SHARE = range(6)


class ManualCount(QDialog):
    """Counts by the same keys as the gallery, while it has the keyboard; every key is kept at once.

    Backspace takes the last key back, Tab goes to the other smear. A sound tells that the target is reached.
    """

    def __init__(self, session: Session, model: CaseModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Manual count"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._model = session, model
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[Lineage, QTreeWidgetItem] = {}
        self._smear = SMEARS[0]
        self.total = QLabel(self)
        self.last = QLabel(self)
        self.table = QTreeWidget(self)
        self.undo = QPushButton(icon("undo"), self.tr("&Take back"), self)
        self.together = QCheckBox(self.tr("&Count together with the cells of the case"), self)
        self._smears = QButtonGroup(self)
        self._lay_out()
        self._fill()
        self.together.setChecked(model.together)
        self.together.toggled.connect(self._count_together)
        model.differential_changed.connect(self._show)
        model.reset.connect(self.close)
        self._show()
        self.setFocus()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(8)
        head = QHBoxLayout()
        large = QFont(self.font())
        large.setPointSizeF(large.pointSizeF() * 1.8)
        large.setBold(True)
        self.total.setFont(large)
        head.addWidget(self.total)
        head.addSpacing(12)
        head.addWidget(self.last, 1)
        for smear in SMEARS:
            button = QPushButton(self.tr("Smear {}").format(numbers.count(smear)), self)
            button.setCheckable(True)
            button.setChecked(smear == self._smear)
            self._smears.addButton(button, smear)
            self._plain(button)
            head.addWidget(button)
        self._smears.idClicked.connect(self.choose)
        column.addLayout(head)
        self._make_table()
        column.addWidget(self.table, 1)
        foot = QHBoxLayout()
        self._plain(self.together)
        self._plain(self.undo)
        self.undo.clicked.connect(self._take_back)
        foot.addWidget(self.together, 1)
        foot.addWidget(self.undo)
        close = QPushButton(self.tr("C&lose"), self)
        self._plain(close)
        close.clicked.connect(self.close)
        foot.addWidget(close)
        column.addLayout(foot)
        hint = QLabel(
            self.tr("Keys count while this window is in front. Backspace takes back, Tab changes the smear."),
            self,
        )
        hint.setWordWrap(True)
        column.addWidget(hint)
        self.resize(560, 640)

    @staticmethod
    def _plain(control: QPushButton | QCheckBox) -> None:
        """Leave the keyboard to the count: Space and Tab must not go to a button."""
        control.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if isinstance(control, QPushButton):
            control.setAutoDefault(False)

    def _make_table(self) -> None:
        table = self.table
        table.setAccessibleName(self.tr("Manual count by class"))
        heads = ["", self.tr("Class"), *(self.tr("Smear {}").format(each) for each in SMEARS)]
        table.setHeaderLabels([self.tr("Key"), *heads[1:], self.tr("Both"), "%"])
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setRootIsDecorated(False)
        table.setIconSize(QSize(14, 14))
        table.setColumnCount(6)
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def _fill(self) -> None:
        bold = QFont(self.font())
        bold.setBold(True)
        for each in self._model.scheme.classes:
            if each.lineage not in self._groups:
                group = QTreeWidgetItem(self.table, ["", self._group_name(each.lineage)])
                for column in range(6):
                    group.setFont(column, bold)
                self._groups[each.lineage] = group
                self._align(group)
            row = QTreeWidgetItem(self._groups[each.lineage], [each.key, each.name])
            row.setIcon(NAME, class_icon(each.color))
            self._rows[each.code] = row
            self._align(row)
        self.table.expandAll()

    @staticmethod
    def _align(row: QTreeWidgetItem) -> None:
        for column in (FIRST, SECOND, BOTH, SHARE):
            row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _group_name(self, lineage: Lineage) -> str:
        apart = self.tr("apart from the count")
        return apart if lineage is Lineage.NONE else str(lineage).capitalize()

    # -- counting -------------------------------------------------------------------------------------

    @property
    def smear(self) -> int:
        """The smear that keys count on."""
        return self._smear

    def choose(self, smear: int) -> None:
        """Count on another smear."""
        self._smear = smear
        self._smears.button(smear).setChecked(True)

    @property
    def counted(self) -> int:
        """Nucleated cells counted on both smears."""
        return counted_by_eye(self._model.presses, self._model.scheme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Count by the key of a class; Backspace takes back, Escape closes."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
        found = self._model.scheme.for_key(event.text()) if event.text().strip() and not held else None
        if event.isAutoRepeat():  # a key held too long is one cell
            event.accept()
        elif found is not None:
            self._count(found)
        elif event.key() == Qt.Key.Key_Backspace:
            self._take_back()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Let Tab change the smear."""
        self.choose(SMEARS[(SMEARS.index(self._smear) + 1) % len(SMEARS)])
        return True

    def _count(self, chosen: CellClass) -> None:
        before, target = self.counted, self._model.rules.target
        if not self._model.press(self._smear, chosen.code):
            return
        self.last.setText(self.tr("+ {} on smear {}").format(chosen.name, numbers.count(self._smear)))
        if before < target <= self.counted:
            QApplication.beep()
            self.last.setText(self.tr("Target of {} reached").format(numbers.count(target)))

    def _take_back(self) -> None:
        if not self._model.presses:
            return
        press = self._model.presses[-1]
        if self._model.take_back_press():
            name = self._model.scheme[press.code].name if press.code in self._model.scheme else press.code
            self.last.setText(self.tr("taken back: {} on smear {}").format(name, numbers.count(press.smear)))

    def _count_together(self, whether: bool) -> None:
        try:
            self._session.count_together(whether)
        except MarrowdeskError as error:
            show_failure(self, error)
            self.together.setChecked(not whether)

    # -- showing --------------------------------------------------------------------------------------

    def _show(self) -> None:
        counts = counts_of(self._model.presses)
        counted, target = self.counted, self._model.rules.target
        self.total.setText(f"{numbers.count(counted)} / {numbers.count(target)}")
        self.undo.setEnabled(bool(self._model.presses) and self._model.writable)
        self.together.setEnabled(self._model.writable)
        sums: dict[Lineage, list[int]] = {each: [0, 0] for each in self._groups}
        for each in self._model.scheme.classes:
            both = [_of(counts.get(smear), each.code) for smear in SMEARS]
            self._show_row(self._rows[each.code], both, counted if each.counted else 0)
            if each.counted or each.lineage is Lineage.NONE:
                sums[each.lineage] = [one + more for one, more in zip(sums[each.lineage], both, strict=True)]
        for lineage, both in sums.items():
            self._show_row(self._groups[lineage], both, 0 if lineage is Lineage.NONE else counted)

    @staticmethod
    def _show_row(row: QTreeWidgetItem, both: list[int], counted: int) -> None:
        for column, value in ((FIRST, both[0]), (SECOND, both[1]), (BOTH, sum(both))):
            row.setText(column, numbers.count(value) if value else "")
        row.setText(SHARE, numbers.percent(100 * sum(both) / counted) if counted and sum(both) else "")


def _of(counts: Counter[str] | None, code: str) -> int:
    return 0 if counts is None else counts[code]
