"""The lines of text around the picture: which cell this is, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QToolTip, QVBoxLayout, QWidget

from marrowdesk.app.theme import tones
from marrowdesk.app.viewer import words
from marrowdesk.app.viewer.actions import ViewerActions, button_for
from marrowdesk.app.viewer.bars import ProbabilityBars
from marrowdesk.app.viewer.chip import NO_CLASS, ClassChip
from marrowdesk.app.viewer.elided import ElidedLabel

if TYPE_CHECKING:
    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme

WIDE_COLUMN = 230
"""Width in pixels from which a bar has room beside its name."""

QWIDGETSIZE_MAX = 16777215  # Qt's "no limit"; PySide6 does not name it


class PlaceLine(QWidget):
    """Steps through the cells, says which one this is and how many are left, and sizes the picture."""

    def __init__(self, actions: ViewerActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.position = QLabel(self)
        self.position.setAccessibleName(self.tr("Position in the order shown"))
        font = self.position.font()
        font.setBold(True)
        self.position.setFont(font)
        self.position.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.left = ElidedLabel(parent=self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(button_for(actions.previous, self))
        layout.addWidget(button_for(actions.next, self))
        layout.addWidget(self.position)
        layout.addWidget(self.left, 1)
        for action in actions.zooming:
            layout.addWidget(button_for(action, self))
        self.follow_theme()

    def show_place(self, place: int, total: int) -> None:
        """Say where the cell stands in the order shown; ``place`` is -1 for no cell."""
        self.position.setText("" if place < 0 else words.position(place, total))

    def show_left(self, left: int, total: int) -> None:
        """Say how many cells are still to review."""
        self.left.set_text(f"· {words.unreviewed(left)}" if total else "")

    def follow_theme(self) -> None:
        """Take the colours of the theme of the moment."""
        self.left.set_color(QColor(tones().faint))


class StateLine(QWidget):
    """Proposed, confirmed, changed or excluded: a chip, a sentence, and the mark of an unfamiliar cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = ClassChip(self)
        self.text = ElidedLabel(parent=self)
        self.unfamiliar = QToolButton(self)
        self.unfamiliar.setText(self.tr("unfamiliar"))
        self.unfamiliar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unfamiliar.clicked.connect(self._explain)
        self.unfamiliar.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.chip)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.unfamiliar)
        self.follow_theme()

    def show_cell(self, cell: Cell, scheme: Scheme) -> None:
        """Say where a cell stands."""
        state = words.standing(cell, scheme)
        known = state.code is not None and state.code in scheme
        color = scheme[state.code].color if known else NO_CLASS
        self.chip.show_class(state.chip, color, decided=state.decided)
        self.text.set_text(state.text)
        prediction = cell.prediction
        mark = prediction is not None and prediction.unfamiliar
        self.unfamiliar.setVisible(mark)
        if mark:
            reason = words.unfamiliar_reason(prediction.doubt)
            self.unfamiliar.setToolTip(reason)
            self.unfamiliar.setAccessibleDescription(reason)

    def _explain(self) -> None:
        below = self.unfamiliar.mapToGlobal(QPoint(0, self.unfamiliar.height()))
        QToolTip.showText(below, self.unfamiliar.toolTip(), self.unfamiliar)

    def follow_theme(self) -> None:
        """Take the colours of the theme of the moment."""
        palette = self.palette()
        palette.setColor(palette.ColorRole.ButtonText, tones().warning)
        self.unfamiliar.setPalette(palette)


class ProposalBlock(QWidget):
    """The most probable classes, the folder's label and the name of the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = ProbabilityBars(self)
        self.reference = QLabel(self)
        self.reference.setTextFormat(Qt.TextFormat.PlainText)
        self.reference.setWordWrap(True)
        self.file = ElidedLabel(Qt.TextElideMode.ElideMiddle, parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.bars)
        layout.addStretch(1)
        layout.addWidget(self.reference)
        layout.addWidget(self.file)
        self.follow_theme()

    def show_cell(self, cell: Cell, scheme: Scheme) -> None:
        """Show another cell, or the same one with another proposal."""
        self.bars.show_prediction(cell.prediction, scheme)
        self.reference.setText(words.reference(cell, scheme))
        self.reference.setVisible(cell.reference is not None)
        self.file.set_text(cell.name, str(cell.place.path))

    def set_column(self, width: int | None) -> None:
        """Stand beside the picture, in a column of some width, or below it when None."""
        self.bars.set_stacked(width is not None and width < WIDE_COLUMN)
        self.setMinimumWidth(width or 0)
        self.setMaximumWidth(width or QWIDGETSIZE_MAX)

    def follow_theme(self) -> None:
        """Take the colours of the theme of the moment."""
        self.file.set_color(QColor(tones().faint))
