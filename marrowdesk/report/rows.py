"""Which lines of a differential a report prints: subtotals first, empty classes without a range left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.blood import IN_BLOOD
from marrowdesk.core.shown_lines import Rank, line_of, present, shown_lines
from marrowdesk.report.words import ENGLISH, Words, capital

if TYPE_CHECKING:
    from marrowdesk.core.differential import Differential, Mark, Row, Share
    from marrowdesk.core.reference import Range
    from marrowdesk.core.shown_lines import ShownLine


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
    return [_printed(each, words) for each in shown_lines(found)]


def lineage_rows(found: Differential, words: Words) -> list[PrintedRow]:
    """Give the line of each lineage; a class stands for its lineage where it is all that there is of it."""
    return [each for each in printed_rows(found, words) if each.rank.heads]


def blood_rows(found: Differential, words: Words) -> list[PrintedRow]:
    """Give the lines of a blood film: what belongs in blood, with cells or without, then what else there is.

    Args:
        found: the white cells (:mod:`marrowdesk.core.blood`).
        words: the language.
    """
    shown = [row for row in found.rows if set(row.codes) <= set(IN_BLOOD) or present(row)]
    printed = [_printed(line_of(row, Rank.ALONE), words) for row in shown]
    for row in found.sums:
        last = max((at for at, each in enumerate(printed) if set(each.codes) & set(row.codes)), default=-1)
        printed.insert(last + 1, _printed(line_of(row, Rank.SUM), words))
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
        if row.lineage not in told and not present(row) and row not in shown
    ]


def _printed(line: ShownLine, words: Words) -> PrintedRow:
    row, known = line.row, line.row.cell_class
    if line.rank is Rank.SUM:
        label = words.say("Sum of {}").format(words.say(row.name))
    elif known is None:
        label = words.lineage(row.lineage) if row.lineage else capital(row.name)
    else:
        label = capital(words.plural(row.name))
    return PrintedRow(label, line.rank, row, known.color if known else "", line.range, line.mark)
