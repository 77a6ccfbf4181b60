"""What came of fitting a model to a laboratory: better or not, by how much, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.adapting import words
from marrowdesk.app.dialogs.flat_tree import airy, as_list
from marrowdesk.app.icons import icon
from marrowdesk.app.theme import tones
from marrowdesk.services.adapted_models import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.services.adapting import Adapted, ClassGain

CLASS, CELLS, SHIPPED, ADAPTED, DIFFERENCE = range(5)


class ResultView(QWidget):
    """Shows an :class:`~marrowdesk.services.adapting.Adapted`, with a field for its name where it is better.

    Attributes:
        name: what the model is to be called; in sight only where it can be kept.
    """

    def __init__(self, versions: Mapping[str, int], parent: QWidget | None = None) -> None:
        """Show nothing yet; ``versions`` are the latest ones of the names that were given before."""
        super().__init__(parent)
        self._versions = dict(versions)
        self._adapted: Adapted | None = None
        self._sign = QLabel(self)
        self.verdict = QLabel(self)
        self.reasons = QLabel(self)
        self.basis = QLabel(self)
        self.speed = QLabel(self)
        self.classes = QTreeWidget(self)
        self.left_out = QLabel(self)
        self.name = QLineEdit(self)
        self._naming = QWidget(self)
        self.version = QLabel(self)
        completer = QCompleter(sorted(versions, key=str.casefold), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.name.setCompleter(completer)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        font = self.verdict.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setWeight(QFont.Weight.DemiBold)
        self.verdict.setFont(font)
        row.addWidget(self.verdict, 1)
        column.addLayout(row)
        column.addWidget(self.reasons)
        column.addWidget(self.basis)
        self._prepare_classes()
        column.addWidget(self.classes, 1)
        column.addWidget(self.left_out)
        column.addWidget(self.speed)
        for label in (self.verdict, self.reasons, self.basis, self.left_out, self.speed):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form = QFormLayout(self._naming)
        form.setContentsMargins(0, 0, 0, 0)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(self.tr("For example the laboratory and its stain"))
        line = QHBoxLayout()
        line.addWidget(self.name, 1)
        line.addWidget(self.version)
        label = QLabel(self.tr("&Name of the model:"), self._naming)
        label.setBuddy(self.name)
        form.addRow(label, line)
        column.addWidget(self._naming)
        self.name.textChanged.connect(lambda _: self._show_version())

    def _prepare_classes(self) -> None:
        heads = [
            self.tr("Class"), self.tr("Cells"), self.tr("Found, shipped"), self.tr("Found, adapted"),
            self.tr("Difference"),
        ]  # fmt: skip
        as_list(self.classes, heads)
        airy(self.classes, [CELLS, SHIPPED, ADAPTED, DIFFERENCE])
        self.classes.setAccessibleName(self.tr("Comparison by class"))
        self.classes.setUniformRowHeights(True)
        self.classes.setAlternatingRowColors(True)

    # -- what is shown --------------------------------------------------------------------------------

    def show_result(self, adapted: Adapted) -> None:
        """Show what was measured, and ask for a name where it is better."""
        self._adapted = adapted
        self.verdict.setText(words.verdict(adapted))
        self.reasons.setText(words.reasons(adapted))
        self.reasons.setVisible(not adapted.better)
        self.basis.setText(words.basis(adapted))
        self.classes.clear()
        for each in adapted.classes:
            self.classes.addTopLevelItem(_row(each))
        told = "\n".join(f"\u2022 {each}" for each in adapted.left_out)
        self.left_out.setText(self.tr("Left out:\n{}").format(told))
        self.left_out.setVisible(bool(adapted.left_out))
        self._naming.setVisible(adapted.better)
        self.show_speed("")
        self.name.clear()
        self.setFocusProxy(self.name if adapted.better else self.classes)
        self._show_tones()

    def show_speed(self, text: str) -> None:
        """Say how fast it is; nothing where that is like the shipped model's."""
        self.speed.setText(text)
        self.speed.setVisible(bool(text))

    def _show_tones(self) -> None:
        """Paint the sign and the differences in the colours of the theme."""
        if self._adapted is None:
            return
        sign = icon("confirm" if self._adapted.better else "info")
        self._sign.setPixmap(sign.pixmap(QSize(28, 28), self.devicePixelRatioF()))
        for at, each in enumerate(self._adapted.classes):
            row = self.classes.topLevelItem(at)
            if row is not None and (change := round(100 * (each.adapted - each.shipped), 1)):
                row.setForeground(DIFFERENCE, QColor(tones().good if change > 0 else tones().bad))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_tones()

    def _show_version(self) -> None:
        """Say which version it will be, where a model of that name is kept already."""
        name = " ".join(self.name.text().split())
        version = self._versions.get(name, 0) + 1
        self.version.setText(self.tr("version {}").format(version) if name else "")


def _row(each: ClassGain) -> QTreeWidgetItem:
    difference = each.adapted - each.shipped
    row = QTreeWidgetItem(
        [
            each.name, numbers.count(each.cells), numbers.percent_sign(100 * each.shipped),
            numbers.percent_sign(100 * each.adapted), numbers.points(100 * difference),
        ]
    )  # fmt: skip
    for column in (CELLS, SHIPPED, ADAPTED, DIFFERENCE):
        row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return row
