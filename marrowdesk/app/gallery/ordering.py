"""The order of the gallery: which rows of the case are shown, in which section, in which sequence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.app.gallery.arrangement import CERTAIN, EMPTY, Arrangement, Filter, Section, Sort, Special
from marrowdesk.app.gallery.facts import (
    LEFT_OUT,
    PENDING,
    PROPOSED,
    RISKS,
    STATES,
    Facts,
    natural_ranks,
    read_facts,
)
from marrowdesk.core.cell import CellState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme


class Ordering:
    """Sorts and filters the rows of a case into sections.

    Two sets of facts are kept: how each cell *is*, and how it was when the reader last *settled*. The order
    is made from the settled ones. Proposals settle at once, so cells flow into their sections while a slide
    is classified. **A reader's decision does not: the cell stays where the reader saw it, painted as decided,
    until the reader goes on** (another filter or sort, on to another class by key, or "tidy up"). So nothing
    jumps from under the eyes, a wrong key is seen and undone in place, and the neighbours keep their places
    while a screen of cells is worked through. What is dragged to a class goes there at once: the reader
    moved it. A decision that is undone needs no settling.

    Everything works on whole numpy columns: making the order of 20,000 cells takes some 2 ms, of 100,000
    some 12 ms.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.filter = Filter()
        self.sort = Sort.LEAST_CERTAIN
        self.show_case(scheme, ())

    def show_case(self, scheme: Scheme, cells: Sequence[Cell], facts: Facts | None = None) -> None:
        """Begin anew with the cells of another case; filter and sort stay.

        Args:
            scheme: its classes.
            cells: its cells.
            facts: what a worker read of these cells; read here when None.
        """
        facts = facts or Facts.of(cells, scheme)
        self._scheme = scheme
        self._sections = facts.sections
        self._is, self._settled = facts.table.copy(), facts.table.copy()
        self._held: set[int] = set()
        self._names = list(facts.names)
        self._ranks: np.ndarray | None = facts.ranks

    def __len__(self) -> int:
        return len(self._is)

    def extend(self, cells: Sequence[Cell]) -> None:
        """Take in cells that were appended to the case."""
        facts = read_facts(cells, self._sections)
        self._is = np.concatenate([self._is, facts])
        self._settled = np.concatenate([self._settled, facts])
        self._names.extend(cell.name for cell in cells)
        self._ranks = None

    def update(self, rows: Sequence[int], cells: Sequence[Cell]) -> bool:
        """Take in cells that changed.

        Args:
            rows: their rows in the case.
            cells: the cells as they are now, one for each row.

        Returns:
            Whether the order has to be made anew (proposals came), rather than only painted anew.
        """
        at = np.asarray(rows)
        before = self._is[at]
        now = read_facts(cells, self._sections)
        self._is[at] = now
        decided = (before["state"] > PROPOSED) | (now["state"] > PROPOSED)
        flows = at[~decided]
        self._settled[flows] = self._is[flows]
        self._held.difference_update(flows.tolist())
        decisions = at[decided]
        unmoved = self._unmoved(decisions)
        self._settled[decisions[unmoved]] = self._is[decisions[unmoved]]
        self._held.difference_update(decisions[unmoved].tolist())
        self._held.update(decisions[~unmoved].tolist())
        return len(flows) > 0

    def _unmoved(self, rows: np.ndarray) -> np.ndarray:
        is_, was = self._is[rows], self._settled[rows]
        # confidence is left out: NaN differs from itself, and no decision changes it
        return (is_["section"] == was["section"]) & (is_["state"] == was["state"])

    # -- going on -------------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many decided cells will move or vanish when the reader goes on."""
        if not self._held:
            return 0
        rows = np.fromiter(self._held, np.int64)
        is_, was = self._is[rows], self._settled[rows]
        shown = self._shown(is_, rows) != self._shown(was, rows)
        group = self._group
        moves = (is_[group] != was[group]) | shown
        if self.sort is Sort.STATE:
            moves |= is_["state"] != was["state"]
        return int(np.count_nonzero(moves))

    def settle(self, rows: Iterable[int] | None = None) -> None:
        """Let decided cells go where they belong, the next time the order is made.

        Args:
            rows: only these cells; all when None.
        """
        going = self._held if rows is None else self._held.intersection(rows)
        if going:
            at = np.fromiter(going, np.int64)
            self._settled[at] = self._is[at]
            self._held = self._held - going

    def choose(self, **changes: object) -> bool:
        """Change parts of the filter; settles. Returns whether anything is different."""
        new = replace(self.filter, **changes)  # type: ignore[arg-type]
        different = new != self.filter
        if different:
            self.filter = new
            self.settle()
        return different

    def sort_by(self, sort: Sort) -> None:
        """Choose another sequence; settles."""
        self.sort = Sort(sort)  # a choice that went through Qt is a plain text
        self.settle()

    # -- making the order -----------------------------------------------------------------------------

    def arrange(self) -> Arrangement:
        """Make the order of this moment."""
        facts = self._settled
        shown = np.flatnonzero(self._shown(facts, np.arange(len(facts))))
        if len(shown) == 0:
            return EMPTY
        facts = facts[shown]
        rows = shown[np.lexsort((*self._keys(facts, shown), facts[self._group]))].astype(np.int32)
        sections = self._settled[self._group][rows]
        starts = np.flatnonzero(np.diff(sections, prepend=-1))
        counts = np.diff(starts, append=len(rows))
        certain = np.add.reduceat(self._certain(rows), starts)
        columns = (each.tolist() for each in (sections[starts], starts, counts, certain))
        return Arrangement(
            rows,
            tuple(Section(self._key(number), *rest) for number, *rest in zip(*columns, strict=True)),
        )

    def _certain(self, rows: np.ndarray) -> np.ndarray:
        """Mark the rows whose proposal is certain, where these stand together; int64."""
        if self.sort is not Sort.LEAST_CERTAIN:
            return np.zeros(len(rows), np.int64)
        return (self._settled["confidence"][rows] >= CERTAIN).astype(np.int64)

    def still_certain(self, order: Arrangement) -> dict[str, int]:
        """Give by section how many of its cells are certain proposals of its class that nobody decided on.

        Args:
            order: what is shown; made earlier, so that cells may have been decided on since.
        """
        if self.sort is not Sort.LEAST_CERTAIN or not order.sections:
            return {}
        is_ = self._is[order.rows]
        counts = (is_["state"] == PROPOSED) & (is_["confidence"] >= CERTAIN)
        counts &= is_["section"] == self._settled["section"][order.rows]
        numbers = np.add.reduceat(counts.astype(np.int64), [each.first for each in order.sections])
        return dict(zip((each.key for each in order.sections), numbers.tolist(), strict=True))

    @property
    def _group(self) -> str:
        """Name of the fact by which cells are put into sections."""
        return "tier" if self.sort is Sort.RISK else "section"

    def _key(self, number: int) -> str:
        return RISKS[number] if self.sort is Sort.RISK else self._sections.key(number)

    def _keys(self, facts: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """Give the sort keys inside a section, the weightiest last; equal cells stay in case order."""
        match self.sort:
            case Sort.LEAST_CERTAIN:
                return (facts["confidence"],)  # NaN sorts last
            case Sort.MOST_CERTAIN:
                return (-facts["confidence"],)
            case Sort.NAME:
                return (self._name_ranks()[rows],)
            case Sort.STATE:
                return facts["confidence"], _BY_STATE[facts["state"]]
            case Sort.RISK:
                return (-facts["cost"],)
            case Sort.CASE:
                return ()

    def _name_ranks(self) -> np.ndarray:
        if self._ranks is None:  # cells came since; 0.1 s for 20,000, so only once somebody sorts by name
            self._ranks = natural_ranks(self._names)
        return self._ranks

    def _shown(self, facts: np.ndarray, rows: np.ndarray) -> np.ndarray:
        chosen = self.filter
        shown = self._chosen(facts)
        if chosen.states:
            shown &= np.isin(facts["state"], [STATES.index(state) for state in chosen.states])
        if not chosen.all_certainties:
            certainty = facts["confidence"]
            shown &= (certainty >= chosen.low) & (certainty <= chosen.high)
        if chosen.slide is not None:
            shown &= facts["slide"] == chosen.slide
        if chosen.listed is not None:
            shown &= np.isin(rows, np.fromiter(chosen.listed.rows, np.int64))
        return shown

    def _chosen(self, facts: np.ndarray) -> np.ndarray:
        match self.filter.choice:
            case None:
                return np.ones(len(facts), np.bool_)
            case Special.UNREVIEWED:
                return facts["state"] <= PROPOSED
            case Special.UNFAMILIAR:
                return facts["unfamiliar"] & (facts["state"] == PROPOSED)
            case Special.UNIDENTIFIED:
                return facts["section"] == self._sections.number(self._scheme.unidentified)
            case Special.EXCLUDED:
                return facts["state"] == LEFT_OUT
            case code:
                return facts["section"] == self._sections.number(str(code))


_BY_STATE = np.zeros(len(STATES), np.int8)
_BY_STATE[[PROPOSED, PENDING]] = 0, 1  # unreviewed first, then what was changed, then what was confirmed
_BY_STATE[STATES.index(CellState.CHANGED)] = 2
_BY_STATE[STATES.index(CellState.CONFIRMED)] = 3
_BY_STATE[LEFT_OUT] = 4
