"""The controls over the gallery: state, certainty, slide, sequence and size."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from marrowdesk.app.gallery.arrangement import Filter, Sort
from marrowdesk.app.gallery.delegate import LARGEST, SMALLEST, USUAL
from marrowdesk.app.gallery.range_slider import RangeSlider
from marrowdesk.core.cell import CellState

STEP = 8
"""Thumbnails grow by so many pixels."""

_CALM = 60  # milliseconds that the range must rest before the gallery is filtered

_NARROW = 62  # pixels, least width of a choice
_SORT_WIDTH = 120  # pixels, at least
_SLIDE_LETTERS = 12
_POPUP_WIDTH = 640  # pixels at most

_UNREVIEWED = frozenset({CellState.PENDING, CellState.PROPOSED})
_REVIEWED = frozenset({CellState.CONFIRMED, CellState.CHANGED, CellState.EXCLUDED})


class FilterBar(QWidget):
    """Says what the reader wants to see; the gallery does it.

    Signals:
        filter_changed: changed parts of a Filter, by name.
        sort_changed: a Sort.
        side_changed: side of the thumbnails, pixels.
    """

    filter_changed = Signal(dict)
    sort_changed = Signal(Sort)
    side_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = self._combo(self.tr("State of the cells shown"))
        self.slide = self._combo(self.tr("Slide shown"))
        self.sort = self._combo(self.tr("Sequence in each class"))
        self.certainty = RangeSlider(self)
        self._limits = QLabel(self)
        self.size = QSlider(Qt.Orientation.Horizontal, self)
        self._calm = QTimer(self, interval=_CALM, singleShot=True)
        self._fill()
        self._lay_out()
        self._connect()
        self._show_limits()
        self.set_slides({})

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMinimumWidth(_NARROW)  # a small window cuts texts off rather than growing
        return combo

    def _fill(self) -> None:
        for text, states in (
            (self.tr("All states"), frozenset()),
            (self.tr("Unreviewed"), _UNREVIEWED),
            (self.tr("Reviewed"), _REVIEWED),
            (self.tr("Confirmed"), frozenset({CellState.CONFIRMED})),
            (self.tr("Changed"), frozenset({CellState.CHANGED})),
            (self.tr("Excluded"), frozenset({CellState.EXCLUDED})),
        ):
            self.state.addItem(text, states)
        for text, sort in (
            (self.tr("Least certain first"), Sort.LEAST_CERTAIN),
            (self.tr("Most certain first"), Sort.MOST_CERTAIN),
            (self.tr("By risk, one by one"), Sort.RISK),
            (self.tr("Unreviewed first"), Sort.STATE),
            (self.tr("By name"), Sort.NAME),
            (self.tr("In the order of the case"), Sort.CASE),
        ):
            self.sort.addItem(text, sort)
        self.certainty.low.setAccessibleName(self.tr("Lowest certainty shown, percent"))
        self.certainty.high.setAccessibleName(self.tr("Highest certainty shown, percent"))
        self.certainty.setMaximumWidth(220)
        self.certainty.setToolTip(self.tr("Show only proposals whose certainty lies in this range"))
        self.size.setRange(SMALLEST, LARGEST)
        self.size.setSingleStep(STEP)
        self.size.setPageStep(4 * STEP)
        self.size.setValue(USUAL)
        self.size.setMinimumWidth(_NARROW)
        self.size.setMaximumWidth(92)
        self.size.setAccessibleName(self.tr("Size of the thumbnails"))
        self.size.setToolTip(self.tr("Size of the thumbnails (Ctrl and the mouse wheel)"))

    def _lay_out(self) -> None:
        letters = self.fontMetrics()
        widest = letters.horizontalAdvance("100–100\u202f%")
        for combo, text in ((self.state, self.tr("All states")), (self.slide, self.tr("All slides"))):
            combo.setMinimumWidth(letters.horizontalAdvance(text) + 2 * letters.height() + 4)
        self.sort.setMinimumWidth(_SORT_WIDTH)
        self.slide.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.slide.setMinimumContentsLength(_SLIDE_LETTERS)
        self._limits.setFixedWidth(widest + 2)
        self._label = QLabel(self.tr("Certainty"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 8, 3)
        row.setSpacing(6)
        row.addWidget(self.state)
        row.addWidget(self.slide)
        row.addSpacing(4)
        row.addWidget(self._label)
        row.addWidget(self.certainty, 3)
        row.addWidget(self._limits)
        row.addStretch(1)
        row.addWidget(self.sort)
        row.addSpacing(4)
        row.addWidget(self.size)

    def _connect(self) -> None:
        self.state.currentIndexChanged.connect(
            lambda: self.filter_changed.emit({"states": self.state.currentData()})
        )
        self.slide.currentIndexChanged.connect(
            lambda: self.filter_changed.emit({"slide": self.slide.currentData()})
        )
        self.slide.currentIndexChanged.connect(self._name_slide)
        self.sort.currentIndexChanged.connect(lambda: self.sort_changed.emit(self.sort.currentData()))
        self.certainty.changed.connect(self._show_limits)
        self.certainty.changed.connect(self._calm.start)
        self._calm.timeout.connect(self._tell_limits)
        self.size.valueChanged.connect(lambda value: self.side_changed.emit(value // STEP * STEP))

    def _show_limits(self) -> None:
        low, high = self.certainty.limits
        self._limits.setText(f"{low}–{high}\u202f%")

    def _tell_limits(self) -> None:
        low, high = self.certainty.limits
        self.filter_changed.emit({"low": low / 100, "high": high / 100})

    def set_slides(self, slides: dict[int, str]) -> None:
        """Offer slides to choose from; with a single one there is no choice and no control.

        Args:
            slides: name of each slide by its number.
        """
        chosen = self.slide.currentData()
        with QSignalBlocker(self.slide):
            self.slide.clear()
            self.slide.addItem(self.tr("All slides"), None)
            for number, name in slides.items():
                self.slide.addItem(name, number)
                self.slide.setItemData(self.slide.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
            self.slide.setCurrentIndex(max(0, self.slide.findData(chosen)))
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in slides.values()), default=0)
        self.slide.view().setMinimumWidth(min(_POPUP_WIDTH, widest + _NARROW))
        self.slide.setVisible(len(slides) > 1)
        self._name_slide()
        self._make_room()

    def _name_slide(self) -> None:
        """Tell the whole name of the slide shown, for which the control has no room."""
        name, said = self.slide.currentText(), self.tr("Slide shown")
        self.slide.setToolTip(said if self.slide.currentData() is None else f"{said}: {name}")

    # -- narrow windows -------------------------------------------------------------------------------

    def _yielding(self) -> list[tuple[QWidget, int]]:
        """Give what goes where there is no room for it, the last first, each with its pixels."""
        gap = self.layout().spacing()
        widths = (
            (self._limits, self._limits.width()),
            (self.size, _NARROW),  # the menu and the mouse wheel do the same
            (self._label, self._label.sizeHint().width()),  # others are read whole before it comes
        )
        return [(each, width + gap) for each, width in widths]

    def minimumSizeHint(self) -> QSize:
        """Give the room of what never goes."""
        freed = sum(width for each, width in self._yielding() if not each.isHidden())
        return self.layout().minimumSize() - QSize(freed, 0)

    def _make_room(self) -> None:
        taken, wished = self.minimumSizeHint().width(), 0
        for combo in (self.slide, self.sort):
            if not combo.isHidden():
                wished += max(0, combo.sizeHint().width() - combo.minimumWidth())
        for each, width in self._yielding():
            taken += width
            each.setVisible(taken + (wished if each is self._label else 0) <= self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave controls out rather than printing one over another."""
        super().resizeEvent(event)
        self._make_room()

    def show_filter(self, chosen: Filter) -> None:
        """Show a filter that was set elsewhere, without telling of it."""
        blockers = [QSignalBlocker(each) for each in (self.state, self.slide, self.certainty)]
        states = [self.state.itemData(at) for at in range(self.state.count())]
        self.state.setCurrentIndex(states.index(chosen.states) if chosen.states in states else 0)
        self.slide.setCurrentIndex(max(0, self.slide.findData(chosen.slide)))
        self.certainty.set_limits(round(100 * chosen.low), round(100 * chosen.high))
        del blockers
        self._name_slide()
        self._calm.stop()
        self._show_limits()

    def set_side(self, side: int) -> None:
        """Move the slider of the size; tells of it if it is another one."""
        self.size.setValue(min(max(SMALLEST, side // STEP * STEP), LARGEST))
