"""The differential as a table: counts, shares with intervals, ranges with marks in words, subtotals first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report import words
from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, INK, LABEL, NOTE, TINT, Style, hex_color
from marrowdesk.report.rows import PrintedRow, Rank, absent, printed_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

_ROW, _TIGHT_ROW, _MANY_ROWS = 12.3, 11.2, 22
_HEAD = 15.0
_INDENT = 11.0
_MARKED = Style(7.4, bold=True)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places of the columns in points from the left edge; None for one that is not printed.

    Attributes:
        count: right edge.
        percent: right edge.
        interval: middle.
        range: middle.
        mark: left edge.
        proposed: right edge.
        reviewed: right edge.
    """

    count: float
    percent: float
    interval: float
    range: float
    mark: float
    proposed: float | None
    reviewed: float | None

    @classmethod
    def of(cls, width: float, proposed: bool, reviewed: bool) -> _Columns:
        right = width - 4
        end = width - 44 * (proposed + reviewed)
        return cls(
            count=end - 235,
            percent=end - 199,
            interval=end - 157,
            range=end - 97,
            mark=end - 64,
            proposed=right - 44 * reviewed if proposed else None,
            reviewed=right if reviewed else None,
        )


class DifferentialTable(Element):
    """The table; it is split between rows, and its head repeated."""

    def __init__(self, report: Report, rows: Sequence[PrintedRow], total: bool = True) -> None:
        self._report = report
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
        starts = [
            at for at in range(fitting // 2, fitting + 1) if self._rows[at].rank in (Rank.GROUP, Rank.ALONE)
        ]
        at = starts[-1] if starts else fitting
        if at < 3:
            return None, self
        return (
            DifferentialTable(self._report, self._rows[:at], total=False),
            DifferentialTable(self._report, self._rows[at:], self._total),
        )

    def _columns(self, width: float) -> _Columns:
        return _Columns.of(width, bool(self._report.method.models), self._report.preliminary)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw head, rows and sum."""
        columns = self._columns(width)
        self._draw_head(paper, columns, x, top, width)
        y = top - _HEAD
        for each in self._rows:
            if each.rank in (Rank.GROUP, Rank.ALONE):
                paper.rule(x, y, width, HAIR, 0.6)
            self._draw_row(paper, columns, each, x, y)
            y -= self._row
        paper.rule(x, y, width, INK, 0.8)
        if self._total:
            self._draw_total(paper, columns, x, y, width)

    def _draw_head(self, paper: Paper, columns: _Columns, x: float, top: float, width: float) -> None:
        confidence = self._report.differential.rules.confidence
        y = top - 9.5
        paper.text("Cells", x, y, LABEL)
        paper.text("Count", x + columns.count, y, LABEL, "right")
        paper.text("%", x + columns.percent, y, LABEL, "right")
        paper.text(f"{100 * confidence:g} % interval", x + columns.interval, y, LABEL, "center")
        if self._report.differential.rules.references.entries:
            paper.text("Reference, %", x + columns.range, y, LABEL, "center")
        if columns.proposed is not None:
            paper.text("Proposed", x + columns.proposed, y, LABEL, "right")
        if columns.reviewed is not None:
            paper.text("Reviewed", x + columns.reviewed, y, LABEL, "right")
        paper.rule(x, top - _HEAD, width, INK, 0.8)

    def _draw_row(self, paper: Paper, columns: _Columns, each: PrintedRow, x: float, top: float) -> None:
        y = top - self._row + 3.3
        style = BODY.strong() if each.rank in (Rank.GROUP, Rank.ALONE) else BODY
        if each.rank is Rank.SUM:
            style = style.soft()
        indent = 0.0 if each.rank in (Rank.GROUP, Rank.ALONE) else _INDENT
        if each.color:
            paper.box(x + indent, y + 0.4, 5, 5, fill=hex_color(each.color))
        indent += 9 if each.color else 0
        paper.text(each.label, x + indent, y, style, width=columns.count - 24 - indent)
        paper.text(str(each.share.count), x + columns.count, y, style, "right")
        paper.text(words.percent(each.share.percent), x + columns.percent, y, style, "right")
        thin = BODY.soft() if each.rank is Rank.SUM else BODY
        _span(paper, words.interval(each.share), x + columns.interval, y, thin)
        _span(paper, words.limits(each.range), x + columns.range, y, thin)
        paper.text(words.mark(each.mark), x + columns.mark, y, _MARKED)
        if columns.proposed is not None:
            paper.text(str(each.row.predicted), x + columns.proposed, y, BODY.soft(), "right")
        if columns.reviewed is not None:
            paper.text(str(each.row.reviewed), x + columns.reviewed, y, BODY.soft(), "right")

    def _draw_total(self, paper: Paper, columns: _Columns, x: float, top: float, width: float) -> None:
        found = self._report.differential
        paper.box(x, top - self._row - 3, width, self._row + 2.6, fill=TINT)
        paper.rule(x, top - self._row - 3, width, INK, 0.8)
        y, style = top - self._row + 1.9, BODY.strong()
        paper.text("Nucleated cells counted", x, y, style)
        paper.text(str(found.counted), x + columns.count, y, style, "right")
        whole = 100.0 if found.counted else None
        paper.text(words.percent(whole), x + columns.percent, y, style, "right")
        if columns.proposed is not None:
            proposed = sum(row.predicted for row in found.rows)
            paper.text(str(proposed), x + columns.proposed, y, BODY.soft(), "right")
        if columns.reviewed is not None:
            paper.text(str(found.counted_reviewed), x + columns.reviewed, y, BODY.soft(), "right")


def _span(paper: Paper, text: str, middle: float, y: float, style: Style) -> None:
    """Draw lower and upper limit about a dash in the middle, so that dashes and decimals stand in line."""
    low, dash, high = text.partition("–")
    if not dash or not low:
        paper.text(text, middle, y, style, "center")
        return
    paper.text(low, middle - 4, y, style, "right")
    paper.text(dash, middle, y, style, "center")
    paper.text(high, middle + 4 + 2.07 * style.size, y, style, "right")


def differential_section(report: Report) -> Element:
    """Give the table with its notes."""
    found = report.differential
    rules = found.rules
    notes = [
        f"Intervals: exact binomial, {100 * rules.confidence:g} % (Clopper and Pearson 1934). They cover the "
        "sampling of cells alone, not errors of classification."
    ]
    if rules.references.entries:
        sexes = {"F": "women", "M": "men", "": "either sex (span of both)"}
        notes.append(f"Reference: {rules.references.name}, {sexes[rules.sex]} (source: see method).")
    if missing := absent(found):
        notes.append(f"No cells counted as: {', '.join(missing)}.")
    text = Text(" ".join(notes), NOTE)
    text.gap = 4
    return Stack([DifferentialTable(report, printed_rows(found)), text], "Differential count", GAP)
