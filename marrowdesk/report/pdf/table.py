"""The differential as a table: counts, shares with intervals, ranges with marks in words, subtotals first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.shown_lines import Rank
from marrowdesk.report.pdf.columns import MARKED, Columns
from marrowdesk.report.pdf.layout import Element
from marrowdesk.report.pdf.styles import BODY, HAIR, INK, LABEL, TINT, Style, hex_color

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper
    from marrowdesk.report.rows import PrintedRow

_ROW, _TIGHT_ROW, _MANY_ROWS = 12.3, 11.2, 22
_HEAD = 15.0
_INDENT = 11.0
_LEAST = 6.4


class DifferentialTable(Element):
    """The table; it is split between rows, and its head repeated.

    Args:
        edition: what is printed.
        rows: the lines.
        total: whether the sum stands below them.
    """

    def __init__(self, edition: Edition, rows: Sequence[PrintedRow], total: bool = True) -> None:
        self._edition = edition
        self._words = edition.words
        self._rows = rows
        self._total = total
        self._row = _TIGHT_ROW if len(rows) > _MANY_ROWS else _ROW

    def height(self, width: float) -> float:
        """Give the height of head, rows and sum."""
        return _HEAD + self._row * (len(self._rows) + self._total) + (3 if self._total else 0)

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split before a lineage where one begins in the second half, else between any two rows."""
        if self.height(width) <= room:
            return self, None
        fitting = min(int((room - _HEAD) / self._row), len(self._rows) - 1)
        starts = [at for at in range(fitting // 2, fitting + 1) if self._rows[at].rank.heads]
        at = starts[-1] if starts else fitting
        if at < 3:
            return None, self
        return (
            DifferentialTable(self._edition, self._rows[:at], total=False),
            DifferentialTable(self._edition, self._rows[at:], self._total),
        )

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw head, rows and sum."""
        columns = Columns.of(self._edition, width)
        self._draw_head(paper, columns, x, top, width)
        y = top - _HEAD
        for each in self._rows:
            if each.rank.heads:
                paper.rule(x, y, width, HAIR, 0.6)
            self._draw_row(paper, columns, each, x, y)
            y -= self._row
        paper.rule(x, y, width, INK, 0.8)
        if self._total:
            self._draw_total(paper, columns, x, y, width)

    def _draw_head(self, paper: Paper, columns: Columns, x: float, top: float, width: float) -> None:
        say, y = self._edition.say, top - 9.5
        level = self._words.plain(100 * self._edition.report.differential.rules.confidence)
        paper.text(say("Cells"), x, y, LABEL)
        paper.text(say("Count"), x + columns.count, y, LABEL, "right")
        paper.text("%", x + columns.percent, y, LABEL, "right")
        interval = say("{level} interval").format(level=self._words.with_sign(level))
        paper.text(interval, x + columns.interval, y, LABEL, "center")
        if columns.range is not None:
            paper.text(say("Reference, %"), x + columns.range, y, LABEL, "center")
        for place, head in (
            (columns.predicted, say("Proposed")),
            (columns.reviewed, say("Reviewed")),
            (columns.adjusted, say("Adjusted, %")),
        ):
            if place is not None:
                paper.text(head, x + place, y, LABEL, "right")
        paper.rule(x, top - _HEAD, width, INK, 0.8)

    def _draw_row(self, paper: Paper, columns: Columns, each: PrintedRow, x: float, top: float) -> None:
        y, words = top - self._row + 3.3, self._words
        style = BODY.strong() if each.rank.heads else BODY
        if each.rank is Rank.SUM:
            style = style.soft()
        indent = 0.0 if each.rank.heads else _INDENT
        if each.color:
            paper.box(x + indent, y + 0.4, 5, 5, fill=hex_color(each.color))
        indent += 9 if each.color else 0
        paper.text(each.label, x + indent, y, style, width=columns.names - indent, least=_LEAST)
        paper.text(str(each.share.count), x + columns.count, y, style, "right")
        paper.text(words.percent(each.share.percent), x + columns.percent, y, style, "right")
        thin = BODY.soft() if each.rank is Rank.SUM else BODY
        _span(paper, words.interval(each.share), x + columns.interval, y, thin)
        if columns.range is not None and columns.mark is not None:
            _span(paper, words.limits(each.range), x + columns.range, y, thin)
            paper.text(words.mark(each.mark, columns.short), x + columns.mark, y, MARKED)
        self._draw_choices(paper, columns, each.row.predicted, each.row.reviewed, each.codes, x, y)

    def _draw_choices(
        self,
        paper: Paper,
        columns: Columns,
        predicted: int,
        reviewed: int,
        codes: Collection[str],
        x: float,
        y: float,
    ) -> None:
        style = BODY.soft()
        if columns.predicted is not None:
            paper.text(str(predicted), x + columns.predicted, y, style, "right")
        if columns.reviewed is not None:
            paper.text(str(reviewed), x + columns.reviewed, y, style, "right")
        adjusted = self._edition.adjusted
        if columns.adjusted is None or adjusted is None or not codes:
            return
        if found := adjusted.of(codes):
            words = self._words
            limits = f"({words.span(found.low, found.high)})"
            paper.text(limits, x + columns.adjusted, y, style, "right")
            paper.text(words.number(found.percent), x + columns.adjusted - 50, y, style, "right")

    def _draw_total(self, paper: Paper, columns: Columns, x: float, top: float, width: float) -> None:
        found = self._edition.report.differential
        paper.box(x, top - self._row - 3, width, self._row + 2.6, fill=TINT)
        paper.rule(x, top - self._row - 3, width, INK, 0.8)
        y, style = top - self._row + 1.9, BODY.strong()
        paper.text(self._edition.counted, x, y, style, width=columns.names, least=_LEAST)
        paper.text(str(found.counted), x + columns.count, y, style, "right")
        whole = 100.0 if found.counted else None
        paper.text(self._words.percent(whole), x + columns.percent, y, style, "right")
        predicted = sum(row.predicted for row in found.rows)
        self._draw_choices(paper, columns, predicted, found.counted_reviewed, (), x, y)


def _span(paper: Paper, text: str, middle: float, y: float, style: Style) -> None:
    """Draw lower and upper limit about a dash in the middle, so that dashes and decimals stand in line."""
    low, dash, high = text.partition("–")
    if not dash or not low:
        paper.text(text, middle, y, style, "center")
        return
    paper.text(low, middle - 4, y, style, "right")
    paper.text(dash, middle, y, style, "center")
    paper.text(high, middle + 4 + 2.07 * style.size, y, style, "right")
