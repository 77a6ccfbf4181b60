"""The live differential: progress, headline, table or chart."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.differential import sentences
from marrowdesk.app.differential.chart import DifferentialChart
from marrowdesk.app.differential.lines import mark_text, sampling_note
from marrowdesk.app.differential.progress import TargetBar
from marrowdesk.app.differential.table_model import DifferentialTableModel
from marrowdesk.app.differential.table_view import LineView, tabular
from marrowdesk.app.icons import icon
from marrowdesk.app.libraries import intervals_ready, load_intervals
from marrowdesk.app.outlook import OutlookWatch
from marrowdesk.app.theme import tones
from marrowdesk.app.viewer.elided import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.differential import Differential

SHORTEST = 100
"""Milliseconds between two updates: ten a second are enough for the eye."""

LONGEST = 300
"""Milliseconds after which a change is shown even on a slow machine."""

SHARE = 5
"""An update rests for this many times what it took, within the limits above."""


class DifferentialPanel(QWidget):
    """Shows ``model.differential()``, at most ten times a second and only while it is seen.

    Signals:
        class_chosen: a reader chose the line of a class; its code.
        cells_chosen: a reader chose a line that names cells; what they are, and their numbers.
    """

    class_chosen = Signal(str)
    cells_chosen = Signal(str, tuple)

    def __init__(self, model: CaseModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.watch = OutlookWatch(model, self)
        self._stale = True
        self._loading = False
        self._rest = QTimer(self, singleShot=True, interval=SHORTEST)
        self._rest.timeout.connect(self._refresh_if_stale)
        self.table = DifferentialTableModel(self)
        self.view = LineView(self.table, self)
        self.chart = DifferentialChart(self)
        self.progress = TargetBar(self)
        self.ratio = ElidedLabel(parent=self)
        self.reached = QLabel(self)
        self.reached.setTextFormat(Qt.TextFormat.PlainText)
        self.reached.setWordWrap(True)
        self.footnote = ElidedLabel(align=Qt.AlignmentFlag.AlignRight, parent=self)
        for label in (self.ratio, self.reached):
            font = tabular(label.font())
            font.setBold(True)
            label.setFont(font)
        self.slide = QComboBox(self)
        self.slide.setAccessibleName(self.tr("Smear that is counted"))
        self.slide.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.slide.hide()
        self.slide.activated.connect(lambda _: self._on_changed())
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.chart)
        self._make_buttons()
        self._lay_out()
        self.follow_theme()
        self.view.class_chosen.connect(self.class_chosen)
        self.view.cells_chosen.connect(self.cells_chosen)
        self.watch.changed.connect(self._on_changed)
        model.differential_changed.connect(self._on_changed)
        model.reset.connect(self._on_case)

    # -- set-up ---------------------------------------------------------------------------------------

    def _make_buttons(self) -> None:
        self.show_table = self._button("table", self.tr("Table"), checkable=True)
        self.show_chart = self._button("chart", self.tr("Chart"), checkable=True)
        group = QButtonGroup(self)
        for page, button in enumerate((self.show_table, self.show_chart)):
            group.addButton(button, page)
        self.show_table.setChecked(True)
        group.idClicked.connect(self._on_page)
        compare = self.tr("Predicted beside reviewed")
        self.compare = self._button("compare", compare, checkable=True)
        self.compare.toggled.connect(self.view.show_comparison)
        self.zeros = self._button("zero-rows", self.tr("Show classes without cells"), checkable=True)
        self.zeros.toggled.connect(self.view.show_zeros)
        self.copy = self._button("copy", self.tr("Copy the table"), checkable=False)
        self.copy.clicked.connect(self.view.copy)

    def _button(self, picture: str, text: str, *, checkable: bool) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(picture))
        button.setIconSize(QSize(16, 16))
        button.setText(text)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setCheckable(checkable)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.progress, 1)
        head.addSpacing(6)
        for button in (self.show_table, self.show_chart, self.compare, self.zeros, self.copy):
            head.addWidget(button)
        facts_line = QHBoxLayout()
        facts_line.setSpacing(10)
        self.footnote.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.ratio.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        facts_line.addWidget(self.ratio)
        facts_line.addWidget(self.footnote, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(3)
        layout.addWidget(self.slide)
        layout.addLayout(head)
        layout.addLayout(facts_line)
        layout.addWidget(self.reached)
        layout.addWidget(self._pages, 1)

    # -- updates --------------------------------------------------------------------------------------

    def _on_case(self) -> None:
        self.slide.clear()
        self._rest.start(SHORTEST)  # the window is painted with its first cells before the table is filled

    def _on_changed(self) -> None:
        self._stale = True
        if not self._rest.isActive():
            self._rest.start(0)

    def _refresh_if_stale(self) -> None:
        if not self._stale or not self.isVisible():
            return
        if not intervals_ready():
            self._load_intervals()
            return
        self._stale = False
        began = time.perf_counter()
        self._offer_slides()
        self._show(self._model.differential(self.slide.currentData()))
        took = 1000 * (time.perf_counter() - began)
        self._rest.start(min(LONGEST, max(SHORTEST, round(SHARE * took))))

    def _offer_slides(self) -> None:
        """Offer each smear to be counted apart, where there are several."""
        numbers = self._model.slides if len(self._model.slides) > 1 else []
        offered = [self.slide.itemData(at) for at in range(1, self.slide.count())]
        case = self._model.case
        if numbers == offered or case is None:
            return
        chosen = self.slide.currentData()
        self.slide.clear()
        self.slide.setVisible(bool(numbers))
        if not numbers:
            return
        self.slide.addItem(self.tr("All smears together"), None)
        for each in case.slides():
            if each.id in numbers:
                self.slide.addItem(each.name, each.id)
        self.slide.setCurrentIndex(max(0, self.slide.findData(chosen)))

    def _load_intervals(self) -> None:
        if not self._loading:
            self._loading = True
            load_intervals(self, self._on_intervals)

    def _on_intervals(self) -> None:
        self._loading = False
        self._refresh_if_stale()

    def _show(self, counted: Differential) -> None:
        self.progress.show_count(counted)
        whole = self.slide.currentData() is None  # what is still open is asked of the case
        self.table.show(counted, self._model.scheme, self.watch.outlooks if whole else ())
        if self._pages.currentWidget() is self.chart:
            self.chart.show_count(counted)
        if found := counted.me_ratio:
            ratio, mark = sentences.ratio(found), mark_text(found.mark)
            self.ratio.set_text(f"{ratio} {mark}".strip(), f"{ratio}\n{found.definition}")
        self.ratio.setVisible(found is not None)
        reached = [each.text for each in sentences.thresholds(counted) if each.reached]
        self.reached.setText(" · ".join(reached))
        self.reached.setVisible(bool(reached))
        self.footnote.set_text(self.tr("CI: sampling error only"), sampling_note(counted))

    def _on_page(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        table = page == 0
        self.compare.setEnabled(table)
        self.zeros.setEnabled(table)
        self._stale = True
        self._refresh_if_stale()

    def follow_theme(self) -> None:
        """Take the colours of the theme of the moment."""
        self.footnote.set_color(QColor(tones().faint))
        palette = self.reached.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(tones().warning))
        self.reached.setPalette(palette)

    # -- events ---------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while nobody looked."""
        super().showEvent(event)
        self._on_changed()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.follow_theme()
