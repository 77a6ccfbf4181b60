"""The smears of a case counted apart, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Heading, Text, Whole
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.differential import Differential, Row
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper
    from marrowdesk.report.words import Words

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
        paper.text(self._name, x, y, self._style, width=_NAMES - 4, least=6.4)
        room = (width - _NAMES) / max(1, len(self._texts))
        for at, text in enumerate(self._texts, 1):
            paper.text(text, x + _NAMES + at * room, y, self._style, "right", width=room - 8)
        if self._rule:
            paper.rule(x, top - _LINE, width, HAIR)


def smears_section(edition: Edition) -> list[Element]:
    """Give the counts of the smears and of all together; nothing for a single smear.

    A manual count that is part of the differential stands beside them, so that all add up to it.
    More than :data:`MOST` smears come in several tables. A share is printed as in the differential, with the
    number of cells before it; intervals of single smears are wider than that of all.
    """
    apart = [
        (each.name, each.differential) for each in edition.report.slides if each.differential is not None
    ]
    manual = edition.report.manual
    if apart and manual is not None and manual.included:
        apart.append((edition.say("Manual count"), manual.whole))
    heading = edition.heading("Smears counted apart")
    return _tables(edition, heading, apart, edition.report.differential, [])


def manual_section(edition: Edition) -> list[Element]:
    """Give the manual count, by smear and together; nothing where there is none."""
    manual = edition.report.manual
    if manual is None:
        return []
    smears = [(edition.say("smear {}").format(number), found) for number, found in manual.smears]
    part = (
        edition.say("It is part of the differential.")
        if manual.included
        else edition.say("It is not part of the differential.")
    )
    heading = edition.heading("Manual count at the microscope")
    return _tables(edition, heading, smears, manual.whole, [part])


def _tables(
    edition: Edition,
    heading: Heading,
    apart: Sequence[tuple[str, Differential]],
    whole: Differential,
    remarks: Sequence[str],
) -> list[Element]:
    words, tables = edition.words, list[Element]()
    note = words.sentences((edition.say("Cells, and percent of the cells counted of that smear."), *remarks))
    for start in range(0, len(apart), MOST):
        shown = apart[start : start + MOST]
        counts = [found for _, found in shown]
        names = [*(name for name, _ in shown), edition.say("All")]
        lines: list[Element] = [_Line("", names, strong=True)]
        for group in whole.groups:
            rows = [next(r for r in each.groups if r.lineage is group.lineage) for each in counts]
            if group.lineage is not None and group.share.count:
                shares = [_share(words, row) for row in (*rows, group)]
                lines.append(_Line(words.lineage(group.lineage), shares))
        total = [str(each.counted) for each in (*counts, whole)]
        ratios = [each.me_ratio for each in (*counts, whole) if each.me_ratio]  # a blood film has none
        lines.append(_Line(edition.counted, total, strong=True, rule=bool(ratios)))
        if ratios:
            said = [words.ratio(each) for each in ratios]
            lines.append(_Line(edition.say("M:E ratio"), said, rule=False))
        named = heading if start == 0 else heading._replace(again=True)
        # Its columns are named in its first line alone: a table is never split.
        tables.append(Whole([*lines, Text(note, NOTE, gap=3)], named, GAP))
    return tables


def _share(words: Words, row: Row) -> str:
    return f"{row.share.count} ({words.with_sign(words.percent(row.share.percent))})"
