"""The line under the controls: how many cells are shown, what hides the others, what waits to move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from marrowdesk.app import numbers, shortcuts
from marrowdesk.app.mnemonics import literal

_CHOICE_WIDTH = 260  # pixels at most; a sentence must not push the panels away


class StatusLine(QWidget):
    """Counts and the buttons that belong to them.

    Signals:
        all_wished: the reader wants the filters gone.
        class_dismissed: the reader wants all classes again.
        tidy_wished: the reader wants decided cells to go to their classes.
    """

    all_wished = Signal()
    class_dismissed = Signal()
    tidy_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = QLabel(self)
        self._counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choice = self._button()
        self.clear = self._button(self.tr("Clear filters"))
        self.clear.setToolTip(self.tr("Show all cells again"))
        self.tidy = self._button()
        self.choice.clicked.connect(self.class_dismissed)
        self.clear.clicked.connect(self.all_wished)
        self.tidy.clicked.connect(self.tidy_wished)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 3)
        row.setSpacing(6)
        row.addWidget(self._counts, 1)
        for button in (self.choice, self.clear, self.tidy):
            row.addWidget(button)
        self.show_counts(0, 0, 0)
        self.show_filter("", narrow=False)
        self.show_waiting(0)
        # buttons that come and go must not move the cells under the pointer
        self.setFixedHeight(self.clear.sizeHint().height() + 4)

    def _button(self, text: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRaise(False)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def show_counts(self, shown: int, total: int, selected: int) -> None:
        """Say how many cells are shown, of how many, and how many are selected."""
        if shown < total:
            text = (
                self.tr("{shown} of 1 cell shown")
                if total == 1
                else self.tr("{shown} of {total} cells shown")
            )
            text = text.format(shown=numbers.count(shown), total=numbers.count(total))
        else:
            text = self.tr("1 cell") if total == 1 else self.tr("{total} cells")
            text = text.format(total=numbers.count(total))
        if selected > 1:
            text += " · " + self.tr("{count} selected").format(count=numbers.count(selected))
        self._counts.setText(text)

    @property
    def counts(self) -> str:
        """What is said of the counts."""
        return self._counts.text()

    def show_filter(self, choice: str, *, narrow: bool) -> None:
        """Say which class or kind is chosen, and whether filters hide anything."""
        shown = self.choice.fontMetrics().elidedText(choice, Qt.TextElideMode.ElideRight, _CHOICE_WIDTH)
        self.choice.setText(f"{literal(shown)}  ×")
        self.choice.setAccessibleName(self.tr("Shown: {choice}. Show all classes").format(choice=choice))
        self.choice.setToolTip(choice + "\n" + self.tr("Show all classes again"))
        self.choice.setVisible(bool(choice))
        self.clear.setVisible(narrow)

    def show_waiting(self, count: int) -> None:
        """Say how many decided cells still stand where they were."""
        text = (
            self.tr("Tidy up: 1 cell moves")
            if count == 1
            else self.tr("Tidy up: {count} cells move").format(count=numbers.count(count))
        )
        self.tidy.setText(f"{text} ({shortcuts.shown('tidy_up')})")
        self.tidy.setToolTip(
            self.tr("Decided cells stay in place until you go on; this sends them to their classes now")
        )
        self.tidy.setVisible(count > 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(self.clear.sizeHint().height() + 4)
