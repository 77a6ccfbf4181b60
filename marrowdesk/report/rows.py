"""Which lines of a differential a report prints: subtotals first, empty classes without a range left out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report.words import LINEAGES, capital, plural

if TYPE_CHECKING:
    from marrowdesk.core.differential import Differential, Mark, Row, Share
    from marrowdesk.core.reference import Range


class Rank(enum.Enum):
    """The place of a line among the others.

    Attributes:
        GROUP: subtotal of a lineage; its classes follow.
        ALONE: a lineage of which one class is printed: the class stands for it.
        CLASS: a class below its subtotal.
        SUM: a sum of classes that the reference set gives a range for, below them.
    """

    GROUP = "group"
    ALONE = "alone"
    CLASS = "class"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One printed line.

    Attributes:
        label: as printed.
        rank: its place among the others.
        row: the numbers.
        color: ``#rrggbb`` of the class; empty for subtotals and sums.
        range: the reference range printed beside it; None for none.
        mark: on which side of that range the share lies.
    """

    label: str
    rank: Rank
    row: Row
    color: str
    range: Range | None
    mark: Mark

    @property
    def share(self) -> Share:
        """Count and share."""
        return self.row.share


def printed_rows(found: Differential) -> list[PrintedRow]:
    """Give the lines of the table in their order.

    A class is left out where it has no cells, no proposals and no reference range; :func:`absent` names it.
    """
    printed: list[PrintedRow] = []
    sums = list(found.sums)
    for group in found.groups:
        members = [row for row in found.rows if row.lineage is group.lineage]
        codes = {row.cell_class.code for row in members if row.cell_class}
        below = [_sum(row) for row in sums if codes.issuperset(row.codes)]
        printed += _lineage(group, [row for row in members if _present(row)], len(members), below)
        sums = [row for row in sums if not codes.issuperset(row.codes)]
    return printed + [_sum(row) for row in sums]


def absent(found: Differential) -> list[str]:
    """Give the names of the counted classes that are not printed because no cell is one.

    A lineage whose subtotal is printed as nothing stands for its classes.
    """
    printed = printed_rows(found)
    told = {each.row.lineage for each in printed if each.rank is Rank.GROUP and not each.share.count}
    return [plural(row.name) for row in found.rows if row.lineage not in told and not _present(row)]


def _present(row: Row) -> bool:
    return bool(row.share.count or row.predicted or row.reviewed or row.range)


def _lineage(group: Row, shown: list[Row], members: int, sums: list[PrintedRow]) -> list[PrintedRow]:
    if not shown and not group.range and not sums:
        return []
    if len(shown) == 1 and not sums and (members == 1 or shown[0].share == group.share):
        only = shown[0]
        limits, mark = (only.range, only.mark) if only.range else (group.range, group.mark)
        return [PrintedRow(_label(only), Rank.ALONE, only, _color(only), limits, mark)]
    name = LINEAGES[group.lineage] if group.lineage else capital(group.name)
    head = PrintedRow(name, Rank.GROUP, group, "", group.range, group.mark)
    return [head, *(_class(row) for row in shown), *sums]


def _class(row: Row) -> PrintedRow:
    return PrintedRow(_label(row), Rank.CLASS, row, _color(row), row.range, row.mark)


def _sum(row: Row) -> PrintedRow:
    return PrintedRow(f"Sum of {row.name}", Rank.SUM, row, "", row.range, row.mark)


def _label(row: Row) -> str:
    return capital(plural(row.name))


def _color(row: Row) -> str:
    return row.cell_class.color if row.cell_class else ""
