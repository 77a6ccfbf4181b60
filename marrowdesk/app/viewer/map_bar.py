"""The controls of the map: which class it speaks of, whether it stays, how strong it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from marrowdesk.app.icons import icon
from marrowdesk.app.viewer.chip import NO_CLASS, swatch
from marrowdesk.app.viewer.words import name_of

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from marrowdesk.core.cell import Prediction
    from marrowdesk.core.taxonomy import Scheme


class MapBar(QWidget):
    """Shows and hides the map, picks its class and its opacity.

    The class is the proposed one for every new cell, unless the pin holds the reader's choice.

    Signals:
        class_changed: another class is asked for.
        opacity_changed: the new opacity in [0, 1].
    """

    class_changed = Signal()
    opacity_changed = Signal(float)

    def __init__(self, toggle: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codes: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._proposed = ""
        show = _button(self)
        show.setDefaultAction(toggle)
        self.picker = QComboBox(self)
        self.pin = _button(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self._prepare()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget, stretch in ((show, 0), (self.picker, 3), (self.pin, 0), (self.slider, 2)):
            layout.addWidget(widget, stretch)
        layout.addStretch(0)

    def _prepare(self) -> None:
        self.picker.setAccessibleName(self.tr("Class whose attention is shown"))
        self.picker.setToolTip(self.tr("Where the model looked for this class"))
        self.picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.picker.setMinimumContentsLength(8)
        self.picker.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.picker.setMaxVisibleItems(24)
        self.picker.setMaximumWidth(300)
        self.picker.setEnabled(False)
        self.picker.currentIndexChanged.connect(self._on_picked)
        self.pin.setCheckable(True)
        self.pin.setIcon(icon("pin"))
        self.pin.setText(self.tr("Keep class"))
        self.pin.setToolTip(self.tr("Keep this class for the next cells; otherwise each cell shows its own"))
        self.pin.setAccessibleName(self.tr("Keep the class of the map for the next cells"))
        self.slider.setRange(10, 100)
        self.slider.setValue(60)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(60)
        self.slider.setMaximumWidth(220)
        self.slider.setAccessibleName(self.tr("Opacity of the map"))
        self.slider.valueChanged.connect(self._on_slid)
        self._on_slid(self.slider.value())

    @property
    def code(self) -> str:
        """The class asked for; empty while there is no proposal."""
        at = self.picker.currentIndex()
        return self._codes[at] if 0 <= at < len(self._codes) else ""

    @property
    def opacity(self) -> float:
        """The opacity asked for, in [0, 1]."""
        return self.slider.value() / 100

    def set_opacity(self, opacity: float) -> None:
        """Set the opacity, for example from the settings."""
        self.slider.setValue(round(100 * opacity))

    def show_cell(self, prediction: Prediction | None, scheme: Scheme) -> None:
        """Offer the classes of a cell's proposal; the proposed one, or the pinned one, is chosen."""
        codes = () if prediction is None else prediction.codes
        kept = self.code if self.pin.isChecked() else ""
        self.picker.blockSignals(True)
        self._fill(codes, scheme)
        self._proposed = "" if prediction is None else prediction.code
        wanted = kept if kept in codes else self._proposed
        if wanted:
            self.pick(wanted)
        self.picker.blockSignals(False)
        self.picker.setEnabled(bool(codes))

    def pick(self, code: str) -> None:
        """Ask for the map of a class; one that the model does not know is passed over."""
        if code in self._codes:
            self.picker.setCurrentIndex(self._codes.index(code))

    def _fill(self, codes: tuple[str, ...], scheme: Scheme) -> None:
        codes = tuple(sorted(codes, key=lambda code: scheme.order(code) if code in scheme else 999))
        names = tuple(name_of(scheme, code) for code in codes)
        if (codes, names) == (self._codes, self._names):
            return
        self._codes, self._names = codes, names
        self.picker.clear()
        side, ratio = 14, self.devicePixelRatioF()
        self.picker.setIconSize(QSize(side, side))
        for code, name in zip(codes, names, strict=True):
            color = scheme[code].color if code in scheme else NO_CLASS
            self.picker.addItem(swatch(color, side, ratio), name)

    def _on_picked(self, _: int) -> None:
        self.class_changed.emit()

    def _on_slid(self, value: int) -> None:
        self.slider.setToolTip(self.tr("Opacity of the map: {} %").format(value))
        self.opacity_changed.emit(value / 100)


def _button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setIconSize(QSize(18, 18))
    return button
