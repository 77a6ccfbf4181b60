"""The models to choose from: the shipped one and those adapted to this laboratory, and which is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.adapting import words
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.flat_tree import as_list

if TYPE_CHECKING:
    from marrowdesk.app.adapting.choice import ModelChoice
    from marrowdesk.services.adapted_models import KeptModel

NAME, VERSION, MADE, FROM, GAIN = range(5)
_MODEL = Qt.ItemDataRole.UserRole


class ModelsDialog(QDialog):
    """Lists the models, and lets another one be used or an adapted one be removed.

    Signals:
        adapt: the person wants a model adapted to this laboratory.
    """

    adapt = Signal()

    def __init__(self, choice: ModelChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choice = choice
        self.list = QTreeWidget(self)
        self.use = QPushButton(self.tr("&Use"), self)
        self.remove = QPushButton(self.tr("&Remove…"), self)
        self.begin = QPushButton(self.tr("&Adapt to this laboratory…"), self)
        self._lay_out()
        choice.changed.connect(self._show)
        self._show()
        self.list.setFocus()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        told = QLabel(
            self.tr(
                "A model proposes a class for each cell. Adapted ones learned from what your readers "
                "decided. Using another one changes no decision; the shipped one can always be used again."
            ),
            self,
        )
        told.setWordWrap(True)
        column.addWidget(told)
        self._prepare_list()
        column.addWidget(self.list, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        for button in (self.begin, self.use, self.remove):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.begin.clicked.connect(self._adapt)
        self.use.clicked.connect(self._use)
        self.remove.clicked.connect(self._ask_to_remove)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(820, 360)

    def _prepare_list(self) -> None:
        heads = [
            self.tr("Model"), self.tr("Version"), self.tr("Made"), self.tr("Learned from"),
            self.tr("Gain in percent points"),
        ]  # fmt: skip
        as_list(self.list, heads)
        self.list.setAccessibleName(self.tr("Models"))
        self.list.setUniformRowHeights(True)
        self.list.itemSelectionChanged.connect(self._follow)
        self.list.itemActivated.connect(lambda *_: self._use())

    # -- what is shown --------------------------------------------------------------------------------

    def _show(self) -> None:
        """List the models anew; the one in use is chosen."""
        self.list.clear()
        for each in (None, *self._choice.models):
            row = self._row(each)
            self.list.addTopLevelItem(row)
            if each == self._choice.in_use:
                self.list.setCurrentItem(row)
        self._follow()

    def _row(self, kept: KeptModel | None) -> QTreeWidgetItem:
        shipped = self._choice.shipped
        if kept is None:
            name, version = ("", "") if shipped is None else (shipped.name, shipped.revision)
            row = QTreeWidgetItem([name, version, self.tr("shipped"), "", ""])
        else:
            learned = words.origin(kept.cells, kept.cases)
            gain = f"{numbers.points(kept.gain.value)} ({words.interval(kept.gain)})"
            row = QTreeWidgetItem([kept.name, str(kept.version), numbers.moment(kept.made), learned, gain])
            row.setToolTip(NAME, str(kept.path))
            if shipped is not None and not self._choice.usable(kept):
                self._close(row, kept)
        row.setData(NAME, _MODEL, kept)
        if kept == self._choice.in_use:
            row.setText(NAME, self.tr("{} (in use)").format(row.text(NAME)))
            font = row.font(NAME)
            font.setBold(True)
            row.setFont(NAME, font)
        return row

    def _close(self, row: QTreeWidgetItem, kept: KeptModel) -> None:
        """Say why a model cannot be used."""
        row.setText(GAIN, self.tr("made of {} {}").format(kept.base, kept.base_revision))
        told = self.tr(
            "Only models made of the one that ships with this program can be used. Adapt it again."
        )
        row.setToolTip(GAIN, told)
        for column in range(row.columnCount()):
            row.setForeground(column, self.palette().brush(QPalette.ColorRole.PlaceholderText))

    def _chosen(self) -> KeptModel | None:
        row = self.list.currentItem()
        return None if row is None else row.data(NAME, _MODEL)

    def _follow(self) -> None:
        chosen, choice = self._chosen(), self._choice
        self.use.setEnabled(chosen != choice.in_use and (chosen is None or choice.usable(chosen)))
        self.remove.setEnabled(chosen is not None)

    # -- what is done ---------------------------------------------------------------------------------

    def _use(self) -> None:
        if self.use.isEnabled():
            self._choice.use(self._chosen())

    def _adapt(self) -> None:
        self.accept()
        self.adapt.emit()

    def _ask_to_remove(self) -> None:
        kept = self._chosen()
        if kept is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Remove a model"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Remove “{}”, version {}, for good?").format(kept.name, kept.version))
        told = self.tr("Cases and reports that it proposed for keep their proposals and its name.")
        if kept == self._choice.in_use:
            told += " " + self.tr("The shipped model is used from now on.")
        box.setInformativeText(told)
        box.addButton(self.tr("&Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        without_icons(box)
        box.accepted.connect(lambda: self._choice.remove(kept))
        box.open()
