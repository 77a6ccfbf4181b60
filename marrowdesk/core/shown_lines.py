"""Which lines of a differential are shown, in which rank and with which range, on screen and paper alike."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.differential import Differential, Mark, Row
    from marrowdesk.core.reference import Range


class Rank(enum.Enum):
    """The place of a line among the others.

    Attributes:
        GROUP: subtotal of a lineage; its classes follow.
        ALONE: a lineage of which one class is shown: the class stands for it.
        CLASS: a class below its subtotal.
        SUM: a sum of classes that the reference set gives a range for, below them.
    """

    GROUP = "group"
    ALONE = "alone"
    CLASS = "class"
    SUM = "sum"

    @property
    def heads(self) -> bool:
        """Whether the line is one of those that add up to the whole."""
        return self in (Rank.GROUP, Rank.ALONE)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line.

    Attributes:
        row: the numbers.
        rank: its place among the others.
        range: the reference range shown beside it, that of the lineage where a class without one stands for
            it; None for none.
        mark: on which side of that range the share lies.
    """

    row: Row
    rank: Rank
    range: Range | None
    mark: Mark


def shown_lines(found: Differential) -> list[ShownLine]:
    """Give the lines of a differential in their order: subtotals, the classes of each, and sums of these.

    A class is left out where it is not :func:`present`, and a lineage of which nothing is.
    """
    shown: list[ShownLine] = []
    sums = list(found.sums)
    for group in found.groups:
        members = [row for row in found.rows if row.lineage is group.lineage]
        codes = {code for row in members for code in row.codes}
        below = [line_of(row, Rank.SUM) for row in sums if codes.issuperset(row.codes)]
        shown += _lineage(group, members, below)
        sums = [row for row in sums if not codes.issuperset(row.codes)]
    return shown + [line_of(row, Rank.SUM) for row in sums]


def present(row: Row) -> bool:
    """Whether a row says something: it has cells, proposals or decisions, or a range to be held against."""
    return bool(row.share.count or row.predicted or row.reviewed or row.range)


def line_of(row: Row, rank: Rank) -> ShownLine:
    """Give the line of a row with the range of its own."""
    return ShownLine(row, rank, row.range, row.mark)


def _lineage(group: Row, members: Sequence[Row], sums: list[ShownLine]) -> list[ShownLine]:
    shown = [row for row in members if present(row) or (len(members) == 1 and group.range)]
    if not shown and not group.range and not sums:
        return []
    if len(shown) == 1 and not sums and (len(members) == 1 or shown[0].share == group.share):
        of = shown[0] if shown[0].range is not None else group
        return [ShownLine(shown[0], Rank.ALONE, of.range, of.mark)]
    return [line_of(group, Rank.GROUP), *(line_of(row, Rank.CLASS) for row in shown), *sums]
