"""The models to choose from: the shipped one and those adapted to this laboratory, and which is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import Qt as TextOf
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
from marrowdesk.app.dialogs.flat_tree import airy, as_list, grey_out
from marrowdesk.services.adapted_models import BrokenModel

if TYPE_CHECKING:
    from marrowdesk.app.adapting.choice import ModelChoice
    from marrowdesk.services.adapted_models import KeptModel

    Model = KeptModel | BrokenModel

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
        self.note = QLabel(self)
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
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.note)
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
        airy(self.list)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # which one is in use stands at the end
        self.list.setAccessibleName(self.tr("Models"))
        self.list.setUniformRowHeights(True)
        self.list.itemSelectionChanged.connect(self._follow)
        self.list.itemActivated.connect(lambda *_: self._use())

    # -- what is shown --------------------------------------------------------------------------------

    def _show(self) -> None:
        """List the models anew; the one in use is chosen."""
        self.list.clear()
        for each in (None, *self._choice.models, *self._choice.broken):
            row = self._row(each)
            self.list.addTopLevelItem(row)
            if self._choice.uses(each):
                self.list.setCurrentItem(row)
        self._follow()

    def _row(self, model: Model | None) -> QTreeWidgetItem:
        row = QTreeWidgetItem(self._cells(model))
        row.setData(NAME, _MODEL, model)
        if model is not None:
            row.setToolTip(NAME, TextOf.convertFromPlainText(f"{model.name}\n{model.path}"))
        if self._against(model):
            grey_out(row)
        if self._choice.uses(model):
            row.setText(NAME, self.tr("{} (in use)").format(row.text(NAME)))
            font = row.font(NAME)
            font.setBold(True)
            row.setFont(NAME, font)
        return row

    def _cells(self, model: Model | None) -> list[str]:
        """Give the texts of a row."""
        shipped = self._choice.shipped
        if model is None:
            name, version = ("", "") if shipped is None else (shipped.name, shipped.revision)
            return [name, version, self.tr("shipped"), "", ""]
        if isinstance(model, BrokenModel):
            version = str(model.version) if model.version else numbers.NOTHING
            return [model.name, version, numbers.NOTHING, numbers.NOTHING, self.tr("cannot be used")]
        gain = f"{numbers.points(model.gain.value)} ({words.interval(model.gain)})"
        if self._against(model):
            gain = self.tr("cannot be used")
        learned = words.origin(model.cells, model.cases)
        return [model.name, str(model.version), numbers.moment(model.made), learned, gain]

    def _against(self, model: Model | None) -> str:
        """Say why a model cannot be used, and what can be done; nothing where it can."""
        if isinstance(model, BrokenModel):
            told = self.tr("{} Put its folder back from a copy, or remove it and adapt again.")
            return told.format(model.why)
        shipped = self._choice.shipped
        if model is None or shipped is None or self._choice.usable(model):
            return ""
        told = self.tr(
            "It was made of {} {}, and this program has {} {}. Adapt the shipped model to its cases again."
        )
        return told.format(model.base, model.base_revision, shipped.name, shipped.revision)

    def _chosen(self) -> Model | None:
        row = self.list.currentItem()
        return None if row is None else row.data(NAME, _MODEL)

    def _follow(self) -> None:
        chosen, against = self._chosen(), self._against(self._chosen())
        self.use.setEnabled(not self._choice.uses(chosen) and not against)
        self.remove.setEnabled(chosen is not None)
        self.note.setText(against)
        self.note.setVisible(bool(against))

    # -- what is done ---------------------------------------------------------------------------------

    def _use(self) -> None:
        chosen = self._chosen()
        if self.use.isEnabled() and not isinstance(chosen, BrokenModel):
            self._choice.use(chosen)

    def _adapt(self) -> None:
        self.accept()
        self.adapt.emit()

    def _ask_to_remove(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Remove a model"))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        if chosen.version:
            asked = self.tr("Remove “{}”, version {}, for good?").format(chosen.name, chosen.version)
        else:
            asked = self.tr("Remove the folder “{}” with all that is in it, for good?").format(chosen.name)
        box.setText(asked)
        told = self.tr("Cases and reports that it proposed for keep their proposals and its name.")
        if self._choice.uses(chosen):
            told += " " + self.tr("The shipped model is used from now on.")
        box.setInformativeText(told)
        box.addButton(self.tr("&Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        without_icons(box)
        box.accepted.connect(lambda: self._choice.remove(chosen))
        box.open()
