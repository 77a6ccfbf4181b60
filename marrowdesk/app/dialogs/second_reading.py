"""Second readings of a case: begin one, go on with one, and how far the readers agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.dialogs.flat_tree import as_list
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.readers import KAPPA_CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.app.session import Session
    from marrowdesk.services.second_reading import Compared
    from marrowdesk.store.values import Sitting


class SecondReadingDialog(QDialog):
    """Lists the second readings, and compares the chosen one with the first.

    Signals:
        read: show the case as this reader sees it; a Sitting.
        settle: show the cells on which they differ, to be settled; a Sitting and their numbers.
    """

    read = Signal(object)
    settle = Signal(object, tuple)

    def __init__(self, session: Session, *, writable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Second reading"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        assert session.case is not None
        self._case, self._writable = session.case, writable
        self._sittings: list[Sitting] = []
        self._compared: Compared | None = None
        self.list = QTreeWidget(self)
        self.name = QLineEdit(self)
        self.begin = QPushButton(self.tr("&Begin"), self)
        self.go_on = QPushButton(self.tr("&Go on"), self)
        self.told = QLabel(self)
        self.classes = QTreeWidget(self)
        self.show_differing = QPushButton(self.tr("&Settle the differences…"), self)
        self._lay_out()
        case = self._case
        Operation(self, lambda _: case.sittings(), lane=Lane.LIGHT).on_success(self._list).start()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        text = QLabel(
            self.tr(
                "A second reader sees none of the first one's decisions; both are kept apart. Where they "
                "differ, a decision settles it, and is kept as such."
            ),
            self,
        )
        text.setWordWrap(True)
        column.addWidget(text)
        row = QHBoxLayout()
        label = QLabel(self.tr("&New reader:"), self)
        label.setBuddy(self.name)
        self.name.setMaxLength(200)
        self.name.setPlaceholderText(self.tr("Name or initials of the second reader"))
        for widget in (label, self.name, self.begin):
            row.addWidget(widget)
        column.addLayout(row)
        as_list(self.list, [self.tr("Reader"), self.tr("Begun"), self.tr("Cells decided")])
        self.list.setAccessibleName(self.tr("Second readings"))
        self.list.setMaximumHeight(120)
        column.addWidget(self.list)
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.told)
        as_list(
            self.classes,
            [self.tr("Class"), self.tr("First"), self.tr("Second"), self.tr("Both"), self.tr("Agreement")],
        )
        self.classes.setAccessibleName(self.tr("Agreement by class"))
        column.addWidget(self.classes, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        for button in (self.begin, self.go_on, self.show_differing):
            button.setAutoDefault(False)
            button.setEnabled(False)
        for button in (self.go_on, self.show_differing):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.name.textChanged.connect(
            lambda text: self.begin.setEnabled(self._writable and bool(text.strip()))
        )
        self.name.returnPressed.connect(lambda: self.begin.isEnabled() and self._begin())
        self.name.setEnabled(self._writable)
        self.begin.clicked.connect(self._begin)
        self.go_on.clicked.connect(self._go_on)
        self.show_differing.clicked.connect(self._settle)
        self.list.itemSelectionChanged.connect(self._compare)
        self.resize(600, 520)

    # -- second readings ------------------------------------------------------------------------------

    def _list(self, sittings: list[Sitting]) -> None:
        self._sittings = sittings
        self.list.clear()
        for each in sittings:
            row = [each.reader, numbers.moment(each.at), numbers.count(each.decided)]
            item = QTreeWidgetItem(row)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        if sittings:
            self.list.setCurrentItem(self.list.topLevelItem(len(sittings) - 1))
        else:
            self.told.setText(self.tr("Nobody has read this case a second time yet."))
            self.name.setFocus()

    def _chosen(self) -> Sitting | None:
        rows = self.list.selectedItems()
        return self._sittings[self.list.indexOfTopLevelItem(rows[0])] if rows else None

    def _begin(self) -> None:
        try:
            sitting = self._case.add_sitting(self.name.text())
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        self.read.emit(sitting)
        self.accept()

    def _go_on(self) -> None:
        sitting = self._chosen()
        if sitting is not None:
            self.read.emit(sitting)
            self.accept()

    # -- agreement ------------------------------------------------------------------------------------

    def _compare(self) -> None:
        sitting, case = self._chosen(), self._case
        self.go_on.setEnabled(sitting is not None and self._writable)
        self.show_differing.setEnabled(False)
        if sitting is None:
            return

        def work(_: object) -> Compared:
            from marrowdesk.services.second_reading import compared

            return compared(case, sitting.id)

        Operation(self, work, lane=Lane.LIGHT, series="compare").on_success(self._show).start()

    def _show(self, found: Compared) -> None:
        self._compared, agreed = found, found.agreement
        self.classes.clear()
        if not agreed.compared:
            self.told.setText(self.tr("There is no cell yet that both readers decided on."))
            return
        self.told.setText(" ".join(self._said(found)))
        for each in agreed.classes:
            counts = [numbers.count(value) for value in (each.first, each.second, each.both)]
            item = QTreeWidgetItem([each.name, *counts, numbers.percent_sign(100 * each.share)])
            for column in range(1, 5):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.classes.addTopLevelItem(item)
        self.show_differing.setEnabled(bool(found.open) and self._writable)

    def _said(self, found: Compared) -> Iterator[str]:
        """Say how far they agree, sentence by sentence."""
        agreed = found.agreement
        if agreed.compared == 1:
            yield self.tr("Both decided on 1 cell only.")
        else:
            yield self.tr("Both decided on {} cells and agree on {} ({}).").format(
                numbers.count(agreed.compared),
                numbers.count(agreed.agreed),
                numbers.percent_sign(100 * agreed.agreed / agreed.compared),
            )
        if agreed.kappa is not None:
            yield self.tr("Cohen's kappa {} (95 % interval {}).").format(
                f"{agreed.kappa:.2f}", numbers.interval(agreed.low, agreed.high, 2)
            )
        elif agreed.compared < KAPPA_CELLS:
            yield self.tr("Fewer than {} cells: too few for Cohen's kappa.").format(KAPPA_CELLS)
        else:
            yield self.tr("Cohen's kappa says nothing here: one reader gave all cells the same class.")
        differing, settled = len(agreed.differing), len(agreed.differing) - len(found.open)
        if differing != 1:
            yield self.tr("They differ on {} cells, of which {} are settled.").format(
                numbers.count(differing), numbers.count(settled)
            )
        elif settled:
            yield self.tr("They differ on 1 cell, which is settled.")
        else:
            yield self.tr("They differ on 1 cell, which is still to be settled.")

    def _settle(self) -> None:
        sitting = self._chosen()
        if sitting is not None and self._compared is not None:
            self.settle.emit(sitting, self._compared.open)
            self.accept()
