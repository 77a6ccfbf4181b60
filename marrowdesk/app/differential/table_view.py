"""Draws the table of the differential: lineages bold, classes with their colour, marks in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from marrowdesk.app.differential.lines import Column, Kind, Line, as_table, header
from marrowdesk.app.differential.table_model import LINE, DifferentialTableModel
from marrowdesk.app.theme import tones
from marrowdesk.app.viewer.chip import paint_swatch

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_SWATCH = 10
_PAD = 3
_INDENT = 5
_WIDEST = {
    Column.COUNT: "999", Column.PERCENT: "99.9", Column.INTERVAL: "14.9–21.9", Column.RANGE: "14.9–21.9",
    Column.MARK: "↓ high", Column.PREDICTED: "999", Column.PREDICTED_PERCENT: "99.9",
    Column.REVIEWED: "999",
}  # fmt: skip
"""Texts that the columns are at least wide enough for, so that they keep still while the count goes on."""

_SMALL = (Column.INTERVAL, Column.RANGE, Column.MARK)
_COMPARING = (Column.PREDICTED, Column.PREDICTED_PERCENT, Column.REVIEWED)
_YIELDING = (Column.RANGE,)
_YIELDING_COMPARING = (Column.RANGE, Column.INTERVAL, Column.PREDICTED_PERCENT)
_NAME_WIDTH = 92


def tabular(font: QFont) -> QFont:
    """Give a font whose figures are all of one width, where it has them."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font_of(font: QFont, line: Line, column: int) -> QFont:
    """Give the font of a field: what stands out is bold, what explains is small."""
    font = QFont(font)
    font.setBold(line.kind in (Kind.GROUP, Kind.HEADING, Kind.RATIO) or line.strong)
    if line.kind is Kind.HEADING or column in _SMALL:
        font.setPointSizeF(font.pointSizeF() * 0.9)
    if column in (Column.INTERVAL, Column.RANGE):
        font.setBold(False)
    return font


class LineDelegate(QStyledItemDelegate):
    """Paints one field of a line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the background of the kind of line, then its text."""
        line: Line = index.data(LINE)
        self._paint_ground(painter, option, line)
        painter.save()
        painter.setFont(font_of(option.font, line, index.column()))
        painter.setPen(self._ink(option, line, index.column()))
        area = option.rect.adjusted(_PAD, 0, -_PAD + 1, 0)
        if index.column() == Column.NAME:
            self._paint_name(painter, area, line)
        else:
            painter.drawText(area, index.data(Qt.ItemDataRole.TextAlignmentRole), line.text(index.column()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Give a line its height; notes may take several lines of text."""
        line: Line = index.data(LINE)
        height = option.fontMetrics.height() + 5
        if line.kind is Kind.NOTE and isinstance(option.widget, LineView):
            width = option.widget.viewport().width() - 2 * _PAD - _INDENT
            room = QRect(0, 0, max(60, width), 1000)
            font = font_of(option.font, line, Column.NAME)
            height = QFontMetrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, line.name).height() + 5
        return QSize(0, height + (3 if line.kind is Kind.HEADING else 0))

    def _ink(self, option: QStyleOptionViewItem, line: Line, column: int) -> QColor:
        if option.state & QStyle.StateFlag.State_Selected:
            return option.palette.color(QPalette.ColorRole.HighlightedText)
        if (column == Column.MARK and line.mark) or line.strong:
            return QColor(tones().warning)
        if line.cells:
            return option.palette.color(QPalette.ColorRole.Link)
        faint = line.kind in (Kind.HEADING, Kind.NOTE) or column in (Column.INTERVAL, Column.RANGE)
        return QColor(tones().faint) if faint else option.palette.color(QPalette.ColorRole.Text)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, line: Line) -> None:
        palette = option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
            return
        if line.kind is Kind.GROUP:
            tint = QColor(palette.color(QPalette.ColorRole.Text))
            tint.setAlpha(14)
            painter.fillRect(option.rect, tint)
        elif line.kind is Kind.HEADING:
            edge = QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1)
            painter.fillRect(edge, palette.color(QPalette.ColorRole.Mid))

    def _paint_name(self, painter: QPainter, area: QRect, line: Line) -> None:
        wrapped = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        if line.kind is Kind.NOTE:
            painter.drawText(area.adjusted(_INDENT, 0, 0, 0), wrapped, line.name)
            return
        if line.kind in (Kind.CLASS, Kind.SUM, Kind.APART):
            area.setLeft(area.left() + _INDENT)
        if line.color:
            swatch = QRectF(area.left(), area.center().y() - _SWATCH / 2 + 0.5, _SWATCH, _SWATCH)
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_swatch(painter, swatch, QColor(line.color))
            painter.restore()
            area.setLeft(area.left() + _SWATCH + 5)
        text = painter.fontMetrics().elidedText(line.name, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


class LineView(QTreeView):
    """The table.

    Signals:
        class_chosen: a reader chose the line of a class; its code.
        cells_chosen: a reader chose a line that names cells; what they are, and their numbers.
    """

    class_chosen = Signal(str)
    cells_chosen = Signal(str, tuple)

    def __init__(self, model: DifferentialTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._comparing = False
        self._zeros_shown = False
        self._widths: dict[Column, int] = {}
        self._place: tuple[str, int] = ("", 0)
        self.setModel(model)
        self.setItemDelegate(LineDelegate(self))
        self.setFont(tabular(self.font()))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)
        self.setAllColumnsShowFocus(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(self.tr("Differential count"))
        self._prepare_header()
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._on_reset)
        model.dataChanged.connect(lambda *_: self._fit_lines())
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)
        self._on_reset()

    def _prepare_header(self) -> None:
        heads = self.header()
        font = tabular(heads.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        heads.setFont(font)
        heads.setMinimumSectionSize(24)
        heads.setSectionsMovable(False)
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        self._measure()
        self._arrange_columns()

    def _measure(self) -> None:
        """Begin with the least widths: a long number of the case before must not cost this one a column."""
        measure = Line("", Kind.GROUP, "", _WIDEST)
        for column in _WIDEST:
            self._widths[column] = max(self._width(measure, column), self._head_width(column))

    def _width(self, line: Line, column: Column) -> int:
        metrics = QFontMetrics(font_of(self.font(), line, column))
        return metrics.horizontalAdvance(line.text(column)) + 2 * _PAD + 1

    def _head_width(self, column: Column) -> int:
        return self.header().fontMetrics().horizontalAdvance(header(column)) + 2 * _PAD

    # -- what is shown --------------------------------------------------------------------------------

    def show_comparison(self, shown: bool) -> None:
        """Show what was predicted beside what stands now."""
        self._comparing = shown
        self._arrange_columns()

    def show_zeros(self, shown: bool) -> None:
        """Show the lines without any cell and without a range too."""
        self._zeros_shown = shown
        self._hide_lines()

    def shown_columns(self) -> list[Column]:
        """Give the columns shown now."""
        return [column for column in Column if not self.isColumnHidden(column)]

    def as_text(self) -> str:
        """Give the lines shown as tab-separated text, with all columns that belong to them."""
        columns = [column for column in Column if self._comparing or column not in _COMPARING]
        return as_table([line for line in self._table.lines if self._is_shown(line)], columns)

    def _is_shown(self, line: Line) -> bool:
        return self._zeros_shown or not line.hideable

    def _hide_lines(self) -> None:
        for row, line in enumerate(self._table.lines):
            hidden = not self._is_shown(line)
            if hidden != self.isRowHidden(row, QModelIndex()):
                self.setRowHidden(row, QModelIndex(), hidden)

    def _fit_lines(self) -> None:
        """Leave out what says nothing, and make room for longer numbers than before."""
        self._hide_lines()
        before = dict(self._widths)
        for line in self._table.lines:
            for column in line.texts:
                if len(line.texts[column]) > len(_WIDEST[column]):
                    self._widths[column] = max(self._widths[column], self._width(line, column))
        if self._widths != before:
            self._arrange_columns()

    def _remember(self) -> None:
        line = self.currentIndex().data(LINE)
        self._place = ("" if line is None else line.key, self.verticalScrollBar().value())

    def _on_reset(self) -> None:
        """Take new lines over; the reader's line and place in the table stay."""
        for row, line in enumerate(self._table.lines):
            spanned = line.kind in (Kind.NOTE, Kind.HEADING)
            self.setFirstColumnSpanned(row, QModelIndex(), spanned)
        self._measure()
        self._fit_lines()
        self._arrange_columns()
        key, scrolled = self._place
        for row, line in enumerate(self._table.lines):
            if key and line.key == key:
                self.setCurrentIndex(self._table.index(row, 0))
        self.verticalScrollBar().setValue(scrolled)

    def _arrange_columns(self) -> None:
        """Hide what there is no room for: the range, and while comparing the intervals too."""
        heads = self.header()
        room = self.viewport().width() - _NAME_WIDTH
        wanted = [column for column in _WIDEST if self._comparing or column not in _COMPARING]
        for column in _YIELDING_COMPARING if self._comparing else _YIELDING:
            if sum(self._widths[each] for each in wanted) > room:
                wanted.remove(column)
        for column in _WIDEST:
            heads.setSectionHidden(column, column not in wanted)
            heads.resizeSection(column, self._widths[column])

    def _choose(self, index: QModelIndex) -> None:
        line: Line = index.data(LINE)
        if line.code:
            self.class_chosen.emit(line.code)
        elif line.cells:
            self.cells_chosen.emit(line.listed, line.cells)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room, and let notes wrap anew."""
        super().resizeEvent(event)
        self._arrange_columns()
        self.scheduleDelayedItemsLayout()

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())
