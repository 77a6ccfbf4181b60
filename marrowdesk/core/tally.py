"""The tally of a case: how many cells stand where, kept up to date cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marrowdesk.core.cell import CellState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.core.cell import Cell


@dataclass(slots=True)
class Tally:
    """Counts that a differential is computed from; adding and taking away a cell costs the same always.

    Attributes:
        current: cells by the class they count under now (the reader's, else the proposed one).
        predicted: cells by the proposed class, whatever the reader decided.
        reviewed: cells by the class a reader gave or confirmed.
        states: cells by their state.
        unfamiliar: unreviewed cells that the model calls unfamiliar.
        compared: cells with both a reference label and a class.
        agreeing: those of them where both are the same.
        judged: reviewed cells that have a proposal.
        changed: those of them whose proposal the reader changed, or that were excluded.
    """

    current: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)
    reviewed: Counter[str] = field(default_factory=Counter)
    states: Counter[CellState] = field(default_factory=Counter)
    unfamiliar: int = 0
    compared: int = 0
    agreeing: int = 0
    judged: int = 0
    changed: int = 0

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Tally:
        """Tally all cells from nothing."""
        tally = cls()
        for cell in cells:
            tally.add(cell)
        return tally

    def add(self, cell: Cell) -> None:
        """Count a cell in."""
        self._count(cell, 1)

    def remove(self, cell: Cell) -> None:
        """Count a cell out; it must be as it was when it was added."""
        self._count(cell, -1)

    def replace(self, before: Cell, after: Cell) -> None:
        """Count a changed cell."""
        self._count(before, -1)
        self._count(after, 1)

    def _count(self, cell: Cell, by: int) -> None:
        code = cell.code
        self.states[cell.state] += by
        if code is not None:
            self.current[code] += by
            if cell.review is not None:
                self.reviewed[code] += by
            if cell.reference is not None:
                self.compared += by
                self.agreeing += by * (code == cell.reference)
        if cell.prediction is not None:
            self.predicted[cell.prediction.code] += by
            if cell.review is not None:
                self.judged += by
                self.changed += by * cell.changed
            elif cell.prediction.unfamiliar:
                self.unfamiliar += by

    @property
    def total(self) -> int:
        """All cells of the case."""
        return sum(self.states.values())
