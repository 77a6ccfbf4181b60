"""A manual count at the microscope: keys pressed for a class, on two smears, beside the cells of a case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.cell import CellState
from marrowdesk.core.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.core.taxonomy import Scheme

FIELD, TOGETHER = "manual_count", "together"
"""Field of a case and its value where the manual count is counted together with the cells of the case."""

SMEARS = (1, 2)
"""Numbers of the smears that are counted beside each other."""


@dataclass(frozen=True, slots=True)
class Press:
    """One key that stands.

    Attributes:
        id: number in the case file.
        smear: one of :data:`SMEARS`.
        code: the class.
    """

    id: int
    smear: int
    code: str


def counted_by_eye(presses: Iterable[Press], scheme: Scheme) -> int:
    """Give how many of the cells counted by eye count in the nucleated differential."""
    return sum(each.code in scheme and scheme[each.code].counted for each in presses)


def counts_of(presses: Iterable[Press]) -> dict[int, Counter[str]]:
    """Count the keys of each smear that has any, by class."""
    counts: dict[int, Counter[str]] = {}
    for each in presses:
        counts.setdefault(each.smear, Counter())[each.code] += 1
    return dict(sorted(counts.items()))


def manual_tally(counts: Counter[str]) -> Tally:
    """Give the tally of cells that a reader counted by eye: all of them decided on, none proposed."""
    return Tally(
        current=Counter(counts),
        reviewed=Counter(counts),
        states=Counter({CellState.CONFIRMED: counts.total()}),
    )


def together(tally: Tally, counts: Iterable[Counter[str]]) -> Tally:
    """Give the tally of the cells of a case and of manual counts; ``tally`` stays as it is."""
    whole: Counter[str] = Counter()
    for each in counts:
        whole.update(each)
    by_eye = manual_tally(whole)
    return Tally(
        current=tally.current + by_eye.current,
        predicted=Counter(tally.predicted),
        reviewed=tally.reviewed + by_eye.reviewed,
        states=tally.states + by_eye.states,
        unfamiliar=tally.unfamiliar,
        compared=tally.compared,
        agreeing=tally.agreeing,
        judged=tally.judged,
        changed=tally.changed,
    )
