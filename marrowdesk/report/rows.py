"""Which lines of a differential a report prints: subtotals first, empty classes without a range left out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.blood import IN_BLOOD
from marrowdesk.report.words import ENGLISH, Words, capital

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

    @property
    def heads(self) -> bool:
        """Whether the line is one of those that add up to the whole."""
        return self in (Rank.GROUP, Rank.ALONE)


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

    @property
    def codes(self) -> tuple[str, ...]:
        """The classes that it sums."""
        return self.row.codes


def printed_rows(found: Differential, words: Words = ENGLISH) -> list[PrintedRow]:
    """Give the lines of the table in their order.

    A class is left out where it has no cells, no proposals and no reference range; :func:`absent` names it.
    """
    printed: list[PrintedRow] = []
    sums = list(found.sums)
    for group in found.groups:
        members = [row for row in found.rows if row.lineage is group.lineage]
        codes = {code for row in members for code in row.codes}
        below = [_sum(row, words) for row in sums if codes.issuperset(row.codes)]
        printed += _lineage(group, members, below, words)
        sums = [row for row in sums if not codes.issuperset(row.codes)]
    return printed + [_sum(row, words) for row in sums]


def lineage_rows(found: Differential, words: Words) -> list[PrintedRow]:
    """Give the line of each lineage; a class stands for its lineage where it is all that there is of it."""
    return [each for each in printed_rows(found, words) if each.rank.heads]


def blood_rows(found: Differential, words: Words) -> list[PrintedRow]:
    """Give the lines of a blood film: what belongs in blood, with cells or without, then what else there is.

    Args:
        found: the white cells (:mod:`marrowdesk.core.blood`).
        words: the language.
    """
    shown = [row for row in found.rows if set(row.codes) <= set(IN_BLOOD) or _present(row)]
    printed = [_class(row, words, Rank.ALONE) for row in shown]
    for row in found.sums:
        last = max((at for at, each in enumerate(printed) if set(each.codes) & set(row.codes)), default=-1)
        printed.insert(last + 1, _sum(row, words))
    return printed


def absent(found: Differential, printed: list[PrintedRow], words: Words = ENGLISH) -> list[str]:
    """Give the names of the counted classes that are not printed because no cell is one.

    A lineage whose subtotal is printed as nothing stands for its classes.
    """
    told = {each.row.lineage for each in printed if each.rank is Rank.GROUP and not each.share.count}
    shown = [each.row for each in printed]
    return [
        words.plural(row.name)
        for row in found.rows
        if row.lineage not in told and not _present(row) and row not in shown
    ]


def _present(row: Row) -> bool:
    return bool(row.share.count or row.predicted or row.reviewed or row.range)


def _lineage(group: Row, members: list[Row], sums: list[PrintedRow], words: Words) -> list[PrintedRow]:
    shown = [row for row in members if _present(row)]
    if not shown and not group.range and not sums:
        return []
    if len(shown) == 1 and not sums and (len(members) == 1 or shown[0].share == group.share):
        only = _class(shown[0], words, Rank.ALONE)
        if only.range is not None:
            return [only]
        return [PrintedRow(only.label, only.rank, only.row, only.color, group.range, group.mark)]
    return [_head(group, words), *(_class(row, words) for row in shown), *sums]


def _head(group: Row, words: Words) -> PrintedRow:
    name = words.lineage(group.lineage) if group.lineage else capital(group.name)
    return PrintedRow(name, Rank.GROUP, group, "", group.range, group.mark)


def _class(row: Row, words: Words, rank: Rank = Rank.CLASS) -> PrintedRow:
    label = capital(words.plural(row.name))
    return PrintedRow(label, rank, row, _color(row), row.range, row.mark)


def _sum(row: Row, words: Words) -> PrintedRow:
    label = words.say("Sum of {}").format(words.say(row.name))
    return PrintedRow(label, Rank.SUM, row, "", row.range, row.mark)


def _color(row: Row) -> str:
    return row.cell_class.color if row.cell_class else ""
