"""The sheet of keys: those of the classes from the scheme, the others from the one table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeySequence, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import shortcuts
from marrowdesk.app.actions import class_icon
from marrowdesk.app.dialogs.buttons import without_icons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.taxonomy import Scheme


_GAP = 20
"""Pixels between two columns."""

_AROUND = QSize(50, 70)
"""Pixels that the dialog needs around the columns, a scroll bar among them."""


class KeyCap(QWidget):
    """A key as it looks on a keyboard."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for the text and the rim."""
        metrics = self.fontMetrics()
        height = metrics.height() + 6
        return QSize(max(height, metrics.horizontalAdvance(self._text) + 14), height)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -1.5)
        edge = palette.color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(edge)
        painter.drawRoundedRect(area.translated(0, 1), 4, 4)
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text)


class ShortcutsSheet(QDialog):
    """Shows every key of the window."""

    def __init__(self, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget(self)
        room = self.screen().availableSize() * 0.94
        columns = [self._column(part) for part in self._columns(scheme)]
        self._fill(page, columns, room.width() - _AROUND.width())
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self.resize((page.sizeHint() + _AROUND).boundedTo(room))

    def _column(self, widgets: Sequence[QWidget]) -> QWidget:
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in widgets:
            layout.addWidget(widget)
        layout.addStretch(1)
        return column

    def _fill(self, page: QWidget, columns: Sequence[QWidget], room: int) -> None:
        """Put as many columns beside each other as the room, in pixels, takes; the others come below."""
        rows = QGridLayout(page)
        rows.setHorizontalSpacing(_GAP)
        widths = [column.sizeHint().width() + _GAP for column in columns]
        beside = len(columns)
        while beside > 1 and sum(max(widths[at::beside]) for at in range(beside)) > room:
            beside -= 1
        for at, column in enumerate(columns):
            rows.addWidget(column, at // beside, at % beside)
        rows.setRowStretch(rows.rowCount() - 1, 1)

    def _columns(self, scheme: Scheme) -> Sequence[Sequence[QWidget]]:
        classes = [each for each in scheme.classes if each.key]
        half = (len(classes) + 1) // 2
        lists: list[list[QWidget]] = []
        for number, part in enumerate((classes[:half], classes[half:])):
            title = self.tr("Give the chosen cells a class") if number == 0 else ""
            grid = _Grid(self)
            for each in part:
                grid.add([each.key], each.name, each.color)
            lists.append([_title(title, self), grid])
        sections: list[QWidget] = []
        for section, entries in groupby(shortcuts.TABLE, key=lambda each: each.section):
            sections += [_title(shortcuts.translated(section), self), self._section(entries, section)]
        case_and_review, look, report, about = sections[:4], sections[4:6], sections[6:8], sections[8:]
        lists[1] += report  # below the classes there is room
        return [*lists, case_and_review, [*look, *about]]

    def _section(self, entries: Iterable[shortcuts.Keys], section: str) -> _Grid:
        grid = _Grid(self)
        for text, same in groupby(entries, key=lambda each: each.text):
            keys = [key for each in same for key in each.keys[:1]]
            if keys:
                native = [_native(key) for key in keys]
                grid.add(native, shortcuts.translated(text))
        if section == shortcuts.TABLE[-1].section:
            return grid
        if any(each.action == "zoom_in" and each.section == section for each in shortcuts.TABLE):
            for key, text in shortcuts.GALLERY_KEYS:
                grid.add([shortcuts.translated(key)], shortcuts.translated(text))
        return grid


class _Grid(QWidget):
    """Lines of keys and what they do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)

    def add(self, keys: Sequence[str], text: str, color: str = "") -> None:
        """Add a line; a class shows its colour."""
        row = self._grid.rowCount()
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in keys:
            caps.addWidget(KeyCap(key, self))
        caps.addStretch(1)
        self._grid.addLayout(caps, row, 0)
        if color:
            chip = QLabel(self)
            chip.setPixmap(class_icon(QColor(color).name()).pixmap(16, 16))
            self._grid.addWidget(chip, row, 1)
        self._grid.addWidget(QLabel(text, self), row, 2)


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _title(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    font = label.font()
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label
