"""The smears of a case counted apart, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report import words
from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.differential import Differential, Row
    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

_NAMES = 118.0
_LINE = 11.4
MOST = 4
"""Smears that stand beside each other."""


class _Line(Element):
    """A name, then texts at the right edge of columns of one width."""

    def __init__(self, name: str, texts: Sequence[str], *, strong: bool = False, rule: bool = True) -> None:
        self._name, self._texts = name, texts
        self._style = BODY.strong() if strong else BODY
        self._rule = rule

    def height(self, width: float) -> float:
        """Give the height of the line."""
        return _LINE

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw name and texts."""
        y = top - 8.4
        paper.text(self._name, x, y, self._style, width=_NAMES - 4)
        room = (width - _NAMES) / max(1, len(self._texts))
        for at, text in enumerate(self._texts, 1):
            paper.text(text, x + _NAMES + at * room, y, self._style, "right", width=room - 8)
        if self._rule:
            paper.rule(x, top - _LINE, width, HAIR)


def smears_section(report: Report) -> list[Element]:
    """Give the counts of the smears and of all together; nothing for a single smear.

    More than :data:`MOST` smears come in several tables. A share is printed as in the differential, with the
    number of cells before it; intervals of single smears are wider than that of all.
    """
    apart = [(each.name, each.differential) for each in report.slides if each.differential is not None]
    return _tables("Smears counted apart", apart, report.differential, "")


def manual_section(report: Report) -> list[Element]:
    """Give the manual count, by smear and together; nothing where there is none."""
    manual = report.manual
    if manual is None:
        return []
    smears = [(f"smear {number}", found) for number, found in manual.smears]
    part = "It is part of the differential." if manual.included else "It is not part of the differential."
    return _tables("Manual count at the microscope", smears, manual.whole, part)


def _tables(
    title: str, apart: Sequence[tuple[str, Differential]], whole: Differential, remark: str
) -> list[Element]:
    tables: list[Element] = []
    for start in range(0, len(apart), MOST):
        shown = apart[start : start + MOST]
        counts = [found for _, found in shown]
        lines: list[Element] = [_Line("", [*(name for name, _ in shown), "All"], strong=True)]
        for group in whole.groups:
            rows = [next(r for r in each.groups if r.lineage is group.lineage) for each in counts]
            if group.lineage is not None and group.share.count:
                lines.append(_Line(words.LINEAGES[group.lineage], [_share(r) for r in (*rows, group)]))
        total = [str(each.counted) for each in (*counts, whole)]
        lines.append(_Line("Nucleated cells counted", total, strong=True))
        ratios = [words.ratio(each.me_ratio) for each in (*counts, whole)]
        lines.append(_Line("M:E ratio", ratios, rule=False))
        note = f"Cells, and percent of the nucleated cells of that smear. {remark}".strip()
        heading = title if start == 0 else f"{title}, continued"
        tables.append(Stack([*lines, Text(note, NOTE, gap=3)], heading, GAP))
    return tables


def _share(row: Row) -> str:
    return f"{row.share.count} ({words.percent(row.share.percent)} %)"
