"""A blood film's differential out of a count: white cells alone, nucleated red cells apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marrowdesk.core.differential import Apart, Differential, differential
from marrowdesk.core.intervals import clopper_pearson, ratio_interval
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import CountRole, Lineage, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.core.differential import Row

IN_BLOOD = ("NEU", "NGS", "NGB", "LYT", "MON", "EOS", "BAS")
"""The classes that belong in blood, in the order of a blood film's differential."""

_NEARLY_ALL = 0.9
"""Share of such cells that hardly any marrow has, a line of ours: 51 % in 945 marrows (Matek et al. 2021)."""


def cells_of_blood(found: Differential) -> int:
    """Give how many of the counted cells are of a class that belongs in blood."""
    return sum(row.share.count for row in found.rows if _code(row) in IN_BLOOD)


def looks_like_blood(found: Differential) -> bool:
    """Tell whether a count of marrow looks like that of a blood film, or of an aspirate diluted by blood.

    The lower limit of the exact 95 % interval of the share of :func:`cells_of_blood` must lie above nine
    tenths; fewer than 36 cells cannot tell that.
    """
    if found.specimen == "blood" or not found.counted:
        return False
    return clopper_pearson(cells_of_blood(found), found.counted)[0] > _NEARLY_ALL


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

    Thresholds are those of blood. A count of marrow classes has its nucleated red cells taken out; ranges
    that are not made for blood do not hold for it.
    """
    rows = [row for row in found.rows if row.lineage is Lineage.ERYTHROID]
    white = found if found.specimen == "blood" and not rows else _white(found, rows)
    red = sum(
        each.count for each in white.apart if each.cell_class and each.cell_class.lineage is Lineage.ERYTHROID
    )
    return BloodCount(white, _red(red, white))


def _white(found: Differential, red: Iterable[Row]) -> Differential:
    kept = [row for row in found.rows if row.lineage is not Lineage.ERYTHROID]
    order = {code: at for at, code in enumerate(IN_BLOOD)}
    kept.sort(key=lambda row: order.get(_code(row), len(order)))
    scheme = Scheme("blood", tuple(row.cell_class for row in kept if row.cell_class), specimen="blood")
    references = found.rules.references
    made_for = references if references.specimen == "blood" else NO_RANGES
    counted = differential(_tally(kept), scheme, replace(found.rules, references=made_for))
    # Outside of the differential they stand under their own class, as smudge cells do.
    apart = [
        *(
            (row.name, row.share.count, row.reviewed, replace(row.cell_class, role=CountRole.APART))
            for row in red
            if row.cell_class and row.share.count
        ),
        *((each.name, each.count, each.reviewed, each.cell_class) for each in found.apart),
    ]
    return replace(
        counted,
        apart=tuple(
            Apart(name, count, 100 * count / counted.counted if counted.counted else None, reviewed, known)
            for name, count, reviewed, known in apart
        ),
        total=found.total, reviewed=found.reviewed, judged=found.judged, changed=found.changed,
        unresolved=found.unresolved, unfamiliar=found.unfamiliar, compared=found.compared,
        agreeing=found.agreeing,
    )  # fmt: skip


def _code(row: Row) -> str:
    return row.cell_class.code if row.cell_class else ""


def _tally(rows: Iterable[Row]) -> Tally:
    kept = list(rows)
    return Tally(
        current=Counter({_code(row): row.share.count for row in kept}),
        predicted=Counter({_code(row): row.predicted for row in kept}),
        reviewed=Counter({_code(row): row.reviewed for row in kept}),
    )


def _red(count: int, counted: Differential) -> RedCells:
    if not counted.counted:
        return RedCells(count, None, None, None)
    low, high = ratio_interval(count, counted.counted, counted.rules.confidence)
    return RedCells(count, 100 * count / counted.counted, 100 * low, 100 * high)
