"""A blood film's differential out of a count: white cells alone, nucleated red cells apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marrowdesk.core.counting import Threshold
from marrowdesk.core.differential import (
    Apart,
    Differential,
    Share,
    ThresholdMark,
    differential,
    side_of,
)
from marrowdesk.core.intervals import clopper_pearson, ratio_interval
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import CountRole, Lineage, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.core.differential import Row

IN_BLOOD = ("NGS", "NGB", "LYT", "MON", "EOS", "BAS")
"""The classes that belong in blood, in the order of a blood film's differential."""

_BLAST_SHARES = (2.0, 5.0, 20.0)
_PLASMA_SHARE = 5.0


@dataclass(frozen=True, slots=True)
class RedCells:
    """Nucleated red cells, which a blood film's differential leaves out.

    Attributes:
        count: cells.
        per_hundred: per 100 white cells; None while no white cell is counted.
        low: lower limit of its interval.
        high: upper limit of its interval.
    """

    count: int
    per_hundred: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BloodCount:
    """A count as that of a blood film.

    Attributes:
        white: the differential of the white cells; its apart cells hold the nucleated red ones by class.
        red: the nucleated red cells together.
    """

    white: Differential
    red: RedCells


def blood_count(found: Differential) -> BloodCount:
    """Count a differential as that of a blood film: percent of white cells (ICSH, Palmer 2015).

    Marrow ranges do not hold for blood and are left out. In place of the marrow's thresholds stand those of
    blood: blasts 2, 5 and 20 % (WHO, 5th ed.), plasma cells 5 % (IMWG 2021).
    """
    white = [row for row in found.rows if row.lineage is not Lineage.ERYTHROID]
    red_rows = [row for row in found.rows if row.lineage is Lineage.ERYTHROID]
    order = {code: at for at, code in enumerate(IN_BLOOD)}
    white.sort(key=lambda row: order.get(_code(row), len(order)))
    scheme = Scheme("blood", tuple(row.cell_class for row in white if row.cell_class))
    rules = replace(found.rules, references=NO_RANGES)
    counted = differential(_tally(white), scheme, rules)
    apart = [(each.name, each.count, each.cell_class) for each in found.apart]
    # Outside of the differential they stand under their own class, as smudge cells do.
    red = [
        (row.name, row.share.count, replace(row.cell_class, role=CountRole.APART))
        for row in red_rows
        if row.cell_class and row.share.count
    ]
    whole = replace(
        counted,
        apart=tuple(
            Apart(name, count, 100 * count / counted.counted if counted.counted else None, known)
            for name, count, known in (*red, *apart)
        ),
        marks=_marks(counted),
        total=found.total, reviewed=found.reviewed, changed=found.changed, unresolved=found.unresolved,
        unfamiliar=found.unfamiliar, compared=found.compared, agreeing=found.agreeing,
    )  # fmt: skip
    return BloodCount(whole, _red(sum(row.share.count for row in red_rows), counted))


def _code(row: Row) -> str:
    return row.cell_class.code if row.cell_class else ""


def _tally(rows: Iterable[Row]) -> Tally:
    kept = list(rows)
    return Tally(
        current=Counter({_code(row): row.share.count for row in kept}),
        predicted=Counter({_code(row): row.predicted for row in kept}),
        reviewed=Counter({_code(row): row.reviewed for row in kept}),
    )


def _marks(counted: Differential) -> tuple[ThresholdMark, ...]:
    if not counted.counted:
        return ()
    equivalents = counted.rules.blast_equivalents
    name = "blasts and equivalents" if equivalents else "blasts"
    wanted = (
        *(Threshold(name, ("BLA", *equivalents), percent, "WHO, 5th ed.") for percent in _BLAST_SHARES),
        Threshold("plasma cells", ("PLM",), _PLASMA_SHARE, "IMWG 2021"),
    )
    shares = [_share(counted, each.codes) for each in wanted]
    return tuple(
        ThresholdMark(each, share, side_of(share, each.percent))
        for each, share in zip(wanted, shares, strict=True)
    )


def _share(counted: Differential, codes: tuple[str, ...]) -> Share:
    count = sum(row.share.count for row in counted.rows if _code(row) in codes)
    low, high = clopper_pearson(count, counted.counted, counted.rules.confidence)
    return Share(count, 100 * count / counted.counted, 100 * low, 100 * high)


def _red(count: int, counted: Differential) -> RedCells:
    if not counted.counted:
        return RedCells(count, None, None, None)
    low, high = ratio_interval(count, counted.counted, counted.rules.confidence)
    return RedCells(count, 100 * count / counted.counted, 100 * low, 100 * high)
