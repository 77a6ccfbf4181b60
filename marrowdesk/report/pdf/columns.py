"""Where the columns of the differential stand, as wide as what is printed needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report.pdf.styles import BODY, LABEL, Style
from marrowdesk.report.typesetting.lines import set_line

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition

MARKED = Style(7.4, bold=True)
_BETWEEN = 10.0
_INDENT = 20.0
_LEAST_NAMES = 112.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns in points from the left edge; None for one that is not printed.

    Attributes:
        count: right edge.
        percent: right edge.
        interval: middle.
        range: middle; None without reference ranges.
        mark: left edge.
        predicted: right edge.
        reviewed: right edge.
        adjusted: right edge.
        short: whether marks are said in few words.
        names: room for the names.
    """

    count: float
    percent: float
    interval: float
    range: float | None
    mark: float | None
    predicted: float | None
    reviewed: float | None
    adjusted: float | None
    short: bool
    names: float

    @classmethod
    def of(cls, edition: Edition, width: float) -> Columns:
        """Place the columns from the right to the left; marks in short where names would lack room."""
        wanted = min(max(_names(edition), _LEAST_NAMES), width / 2)
        full = cls._placed(edition, width, short=False)
        return full if full.names >= wanted else cls._placed(edition, width, short=True)

    @classmethod
    def _placed(cls, edition: Edition, width: float, short: bool) -> Columns:
        right = width - 4
        places: dict[str, float | None] = {"adjusted": None, "reviewed": None, "predicted": None}
        heads = {
            name: edition.say(head)
            for name, head in (
                ("adjusted", "Adjusted, %"),
                ("reviewed", "Reviewed"),
                ("predicted", "Proposed"),
            )
        }
        for name, least in (("adjusted", 68.0), ("reviewed", 24.0), ("predicted", 24.0)):
            if getattr(edition, name):
                places[name] = right
                right -= max(least, _wide(heads[name], LABEL)) + _BETWEEN
        mark = ranges = None
        if edition.ranges:
            marks = [edition.words.mark(side, short) for side in ("low", "high")]
            mark = right - max(_wide(each, MARKED) for each in marks)
            ranges = mark - _BETWEEN - 22
            right = ranges - 24
        interval = right - 26
        percent = interval - 38
        count = percent - 33
        names = count - 26
        return cls(count, percent, interval, ranges, mark, **places, short=short, names=names)


def _names(edition: Edition) -> float:
    """Give the width of the widest name with its indent, set in bold as subtotals are."""
    return max((_wide(each.label, BODY.strong()) + _INDENT for each in edition.rows), default=0.0)


def _wide(text: str, style: Style) -> float:
    return set_line(text, style.bold).width * style.size
