"""Draws the table of the differential: lineages bold, classes with their colour, marks in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QRectF, QSize, Qt, Signal
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
from marrowdesk.app.differential.table_model import LINE, DifferentialTableModel, alignment
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

Role = QPalette.ColorRole
_SELECTED = QStyle.StateFlag.State_Selected
_NO_SIZE = QSize(0, 0)
_BOLD = (Kind.GROUP, Kind.HEADING, Kind.RATIO)
_FAINT = (Kind.HEADING, Kind.NOTE)
_LIMITS = (Column.INTERVAL, Column.RANGE)
_SMALL = (*_LIMITS, Column.MARK)
_COMPARING = (Column.PREDICTED, Column.PREDICTED_PERCENT, Column.REVIEWED)
_YIELDING = (Column.RANGE, Column.INTERVAL)
_YIELDING_COMPARING = (Column.RANGE, Column.INTERVAL, Column.PREDICTED_PERCENT)
_NAME_WIDTH = 92


def tabular(font: QFont) -> QFont:
    """Give a font whose figures are all of one width, where it has them."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font_of(font: QFont, line: Line, column: int) -> QFont:
    """Give the font of a field: what stands out is bold, what explains is small."""
    return _styled(font, *_style_of(line, column))


def _style_of(line: Line, column: int) -> tuple[bool, bool]:
    """Say whether a field is bold, and whether it is small."""
    bold = line.kind in _BOLD or line.strong
    return bold and column not in _LIMITS, line.kind is Kind.HEADING or column in _SMALL


def _styled(font: QFont, bold: bool, small: bool) -> QFont:
    font = QFont(font)
    font.setBold(bold)
    if small:
        font.setPointSizeF(font.pointSizeF() * 0.9)
    return font


class LineDelegate(QStyledItemDelegate):
    """Paints one field of a line.

    Each count asks for some hundred fields: lines are taken from the model itself, and fonts are made once.
    """

    def __init__(self, model: DifferentialTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._fonts: dict[tuple[bool, bool], QFont] = {}

    def forget_fonts(self) -> None:
        """Make fonts anew, from another one."""
        self._fonts.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the background of the kind of line, then its text."""
        line, column = self._model.lines[index.row()], index.column()
        selected = bool(option.state & _SELECTED)
        self._paint_ground(painter, option, line, selected=selected)
        if column != Column.NAME and not line.texts.get(column):
            return
        painter.save()
        painter.setFont(self._font(option.font, line, column))
        painter.setPen(self._ink(option.palette, line, column, selected=selected))
        area = option.rect.adjusted(_PAD, 0, -_PAD + 1, 0)
        if column == Column.NAME:
            self._paint_name(painter, area, line)
        else:
            painter.drawText(area, alignment(column), line.texts[column])
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Give a line its height, for its name; notes may take several lines of text."""
        if index.column() != Column.NAME:
            return _NO_SIZE
        line = self._model.lines[index.row()]
        height = option.fontMetrics.height() + 5
        if line.kind is Kind.NOTE and isinstance(option.widget, LineView):
            width = option.widget.viewport().width() - 2 * _PAD - _INDENT
            room = QRect(0, 0, max(60, width), 1000)
            metrics = QFontMetrics(self._font(option.font, line, Column.NAME))
            height = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, line.name).height() + 5
        return QSize(0, height + (3 if line.kind is Kind.HEADING else 0))

    def _font(self, font: QFont, line: Line, column: int) -> QFont:
        style = _style_of(line, column)
        found = self._fonts.get(style)
        if found is None:
            found = self._fonts[style] = _styled(font, *style)
        return found

    def _ink(self, palette: QPalette, line: Line, column: int, *, selected: bool) -> QColor:
        if selected:
            return palette.color(Role.HighlightedText)
        if (column == Column.MARK and line.mark) or line.strong:
            return QColor(tones().warning)
        if line.cells:
            return palette.color(Role.Link)
        faint = line.kind in _FAINT or column in _LIMITS
        return QColor(tones().faint) if faint else palette.color(Role.Text)

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, line: Line, *, selected: bool
    ) -> None:
        if selected:
            painter.fillRect(option.rect, option.palette.color(Role.Highlight))
        elif line.kind is Kind.GROUP:
            tint = option.palette.color(Role.Text)
            tint.setAlpha(14)
            painter.fillRect(option.rect, tint)
        elif line.kind is Kind.HEADING:
            edge = QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1)
            painter.fillRect(edge, option.palette.color(Role.Mid))

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
        self._paints = LineDelegate(model, self)
        self.setItemDelegate(self._paints)
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

    def as_text(self) -> str:
        """Give the lines shown as tab-separated text, with all columns that belong to them."""
        columns = [column for column in Column if self._comparing or column not in _COMPARING]
        return as_table([line for line in self._table.lines if self._is_shown(line)], columns)

    def _is_shown(self, line: Line) -> bool:
        return not line.brief if self._zeros_shown else not line.hideable

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
        self._measure()
        self._fit_lines()
        self._arrange_columns()
        for row, line in enumerate(self._table.lines):  # lays the lines out: when all else is settled
            if line.kind in (Kind.NOTE, Kind.HEADING):
                self.setFirstColumnSpanned(row, QModelIndex(), True)
        key, scrolled = self._place
        for row, line in enumerate(self._table.lines):
            if key and line.key == key:
                self.setCurrentIndex(self._table.index(row, 0))
        self.verticalScrollBar().setValue(scrolled)

    def _arrange_columns(self) -> None:
        """Hide what there is no room for, so that the classes keep their names: first the range."""
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._paints.forget_fonts()

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())
