"""The logo in the form: what this report has, and the choice of another for the laboratory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.logo import forget_logo, keep_logo

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH, _HEIGHT, _MARGIN = 150, 40, 3


class LogoRow(QWidget):
    """Shows the logo of the report; another one is chosen for the laboratory and this report at once.

    Signals:
        changed: the report shall have another logo; its PNG, or None for no logo.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._logo: bytes | None = None
        self._laboratory: bytes | None = None
        self.picture = QLabel(self)
        self.picture.setTextFormat(Qt.TextFormat.PlainText)
        self.choose = self._button(self.tr("Choo&se…"), self._choose)
        self.choose.setToolTip(self.tr("A PNG or JPEG image; new reports have it too."))
        self.renew = self._button(self.tr("Take the new one"), self._renew)
        self.renew.setToolTip(self.tr("The laboratory has another logo than this report."))
        self.remove = self._button(self.tr("Re&move"), self._remove)
        self.remove.setToolTip(self.tr("This report has no logo then, and new ones have none."))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.picture, 1)
        self.buttons = (self.renew, self.choose, self.remove)
        for button in self.buttons:
            row.addWidget(button)

    def _button(self, text: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _=False: slot())
        return button

    def show_logo(self, logo: bytes | None, laboratory: bytes | None, *, read_only: bool) -> None:
        """Show a logo.

        Args:
            logo: PNG of this report; None for none.
            laboratory: PNG that new reports get; None for none.
            read_only: whether this report is not to be changed.
        """
        self._logo, self._laboratory = logo, laboratory
        image = QImage.fromData(logo) if logo else QImage()
        if image.isNull():
            self.picture.setText(self.tr("none"))
        else:
            self.picture.setPixmap(_on_white(image, self.devicePixelRatioF()))
        self.picture.setAccessibleName(self.tr("none") if image.isNull() else self.tr("Logo"))
        for button in self.buttons:
            button.setEnabled(not read_only)
        self.remove.setVisible(logo is not None)
        self.renew.setVisible(laboratory is not None and laboratory != logo and not read_only)

    def _choose(self) -> None:
        kinds = self.tr("Images (*.png *.jpg *.jpeg)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a logo"), str(Path.home()), kinds)
        if name:
            keeping = Operation(
                self, lambda _: keep_logo(Path(name)), lane=Lane.LIGHT, series="logo", finishes=True
            )
            keeping.on_success(self._use).start()

    def _use(self, logo: bytes) -> None:
        self._laboratory = logo
        self.changed.emit(logo)
        self.show_logo(logo, logo, read_only=False)

    def _renew(self) -> None:
        self.changed.emit(self._laboratory)
        self.show_logo(self._laboratory, self._laboratory, read_only=False)

    def _remove(self) -> None:
        try:
            forget_logo()
        except MarrowdeskError as error:
            show_failure(self, error)
            return
        self.changed.emit(None)
        self.show_logo(None, None, read_only=False)


def _on_white(image: QImage, ratio: float) -> QPixmap:
    """Give the logo as it looks on paper, small, whatever the theme."""
    small = image.scaled(
        round(_WIDTH * ratio),
        round(_HEIGHT * ratio),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    margin = round(_MARGIN * ratio)
    pixmap = QPixmap(small.width() + 2 * margin, small.height() + 2 * margin)
    pixmap.fill(QColor("white"))
    painter = QPainter(pixmap)
    painter.drawImage(margin, margin, small)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
