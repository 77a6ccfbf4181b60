"""The order in which the viewer steps from cell to cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.cell import Cell

AHEAD = (1, 2, -1)
"""Neighbours worth reading beforehand, the likeliest next step first."""


class Stepping:
    """Finds the cells before and after the current one.

    Attributes:
        order: gives the rows in the order shown; the order of the case at first, later the gallery's.
    """

    def __init__(self, model: CaseModel) -> None:
        self._model = model
        self.order: Callable[[], Sequence[int]] = lambda: range(len(model.cells))

    def place(self) -> tuple[int, int]:
        """Give the place of the current cell in the order, from 0 (-1 when not in it), and its length."""
        order = self.order()
        return self._place_in(order), len(order)

    def target(self, by: int) -> int:
        """Give the row ``by`` places further; -1 beyond the ends. From outside the order, its first row."""
        order = self.order()
        place = self._place_in(order)
        if place < 0:
            return order[0] if order else -1
        return order[place + by] if 0 <= place + by < len(order) else -1

    def neighbours(self) -> list[Cell]:
        """Give the cells near the current one that a reader is likely to look at next."""
        order = self.order()
        place = self._place_in(order)
        near = [place + by for by in AHEAD if place >= 0 and 0 <= place + by < len(order)]
        return [self._model.cells[order[at]] for at in near]

    def _place_in(self, order: Sequence[int]) -> int:
        return order.index(self._model.current) if self._model.current in order else -1
