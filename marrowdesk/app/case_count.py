"""What a case counts: kept up to date cell by cell, by smear where it is asked for, with the manual count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import Differential, differential
from marrowdesk.core.manual import Press, counts_of, together
from marrowdesk.core.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme


class CaseCount:
    """The count of one case.

    Attributes:
        tally: how many cells stand where.
        presses: the keys of the manual count that stand, the oldest first.
        rules: by what the count is made.
        together: whether the manual count is counted together with the cells.
    """

    def __init__(
        self,
        cells: Sequence[Cell] = (),
        tally: Tally | None = None,
        presses: Iterable[Press] = (),
        rules: CountingRules | None = None,
    ) -> None:
        """Begin with the cells of a case.

        Args:
            cells: its cells.
            tally: of these cells, which goes on here; counted here when None.
            presses: its manual count.
            rules: by what the count is made; the standard ones when None.
        """
        self.tally = Tally.of(cells) if tally is None else tally
        self.presses = list(presses)
        self.rules = rules or CountingRules()
        self.together = False
        self._slides = {cell.slide for cell in cells}
        self._apart: dict[int, Tally] = {}
        self._whole: Differential | None = None

    @property
    def slides(self) -> list[int]:
        """Numbers of the smears that have cells, ascending."""
        return sorted(self._slides)

    def add(self, cell: Cell) -> None:
        """Count a cell in."""
        self.tally.add(cell)
        self._slides.add(cell.slide)
        if self._apart:
            self._apart.setdefault(cell.slide, Tally()).add(cell)

    def replace(self, before: Cell, after: Cell) -> None:
        """Count a changed cell."""
        self.tally.replace(before, after)
        if self._apart:
            self._apart[after.slide].replace(before, after)

    def outdated(self) -> None:
        """Make the differential anew when it is asked for next."""
        self._whole = None

    def differential(self, scheme: Scheme) -> Differential:
        """Give the differential of the case."""
        if self._whole is None:
            by_eye = counts_of(self.presses).values() if self.together else ()
            tally = together(self.tally, by_eye) if by_eye else self.tally
            self._whole = differential(tally, scheme, self.rules)
        return self._whole

    def differential_of(self, slide: int, scheme: Scheme, cells: Iterable[Cell]) -> Differential:
        """Give the differential of one smear; all smears are tallied when the first is asked for, then kept.

        Args:
            slide: its number.
            scheme: the classes.
            cells: all cells of the case.
        """
        if not self._apart:
            self._apart = {each: Tally() for each in self._slides}
            for cell in cells:
                self._apart[cell.slide].add(cell)
        return differential(self._apart.get(slide, Tally()), scheme, self.rules)
