"""What sorting and filtering need to know of each cell, in columns: one array entry a row of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from marrowdesk.core.cell import CellState
from marrowdesk.core.mistakes import expected_costs
from marrowdesk.core.natural_order import natural_key
from marrowdesk.core.taxonomy import CountRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.cell import Cell, Prediction
    from marrowdesk.core.taxonomy import Scheme

NOT_CLASSIFIED: Final = "·not-classified"
"""Section of the cells that have neither a proposal nor a decision."""

EXCLUDED: Final = "·excluded"
"""Section of the cells that a reader took out of the count."""

RISKS: Final = ("·risk-unfamiliar", "·risk-always", "·risk-cost", NOT_CLASSIFIED, "·risk-reviewed")
"""Sections of the order by risk: cells that the model calls unfamiliar; proposals that always need a reader;
the others by what a mistake would cost; cells without a proposal; cells that a reader decided on."""

STATES: Final = tuple(CellState)
_STATE_NUMBER = {state: number for number, state in enumerate(STATES)}
PENDING, PROPOSED, CONFIRMED, CHANGED, LEFT_OUT = (
    _STATE_NUMBER[state]
    for state in (
        CellState.PENDING, CellState.PROPOSED, CellState.CONFIRMED, CellState.CHANGED, CellState.EXCLUDED,
    )
)  # fmt: skip

FACT = np.dtype(
    [
        ("section", np.int16),
        ("state", np.int8),
        ("unfamiliar", np.bool_),
        ("confidence", np.float32),
        ("tier", np.int8),
        ("cost", np.float32),
        ("slide", np.int32),
    ]
)
"""One cell: number of its section, index in STATES, whether the model calls it unfamiliar, the probability
of the proposed class in [0, 1] (NaN without a proposal), index in RISKS, what it is expected to cost to leave
the proposal as it is (0 without one), number of its slide."""

_LAST = np.iinfo(np.int16).max


class Sections:
    """Numbers for sections, so that sorting by number gives the order on the screen.

    Classes stand in the order of the scheme; a class that only a model knows comes after them; then the
    cells not classified yet, and at the end those taken out of the count.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._keys = list(scheme.codes)
        self._numbers = {code: number for number, code in enumerate(scheme.codes)}
        self._numbers |= {NOT_CLASSIFIED: _LAST - 1, EXCLUDED: _LAST}

    @property
    def scheme(self) -> Scheme:
        """The classes."""
        return self._scheme

    def number(self, key: str) -> int:
        """Give the number of a section; a class that was unknown so far gets the next one."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return found

    def key(self, number: int) -> str:
        """Give the class code of a section, or NOT_CLASSIFIED or EXCLUDED."""
        if number >= _LAST - 1:
            return EXCLUDED if number == _LAST else NOT_CLASSIFIED
        return self._keys[number]

    def of(self, state: int, code: str | None) -> int:
        """Give the section that a cell belongs to.

        Args:
            state: index in STATES.
            code: the class it counts under now.
        """
        if state == LEFT_OUT:
            return _LAST
        return _LAST - 1 if code is None else self.number(code)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of all cells of a case; read by the worker that opens it, for the window must not wait.

    Attributes:
        sections: numbers the sections in ``table``.
        table: of dtype FACT, shape (number of cells,).
        names: of the cells.
        ranks: place of each name in natural order, int32, shape (number of cells,).
    """

    sections: Sections
    table: np.ndarray
    names: list[str]
    ranks: np.ndarray

    @classmethod
    def of(cls, cells: Sequence[Cell], scheme: Scheme) -> Facts:
        """Read what is known of cells; takes a second for 100,000 of them."""
        sections, names = Sections(scheme), [cell.name for cell in cells]
        return cls(sections, read_facts(cells, sections), names, natural_ranks(names))


def read_facts(cells: Sequence[Cell], sections: Sections) -> np.ndarray:
    """Read the facts of cells.

    Returns:
        Array of dtype FACT, shape (number of cells,).
    """
    facts = np.empty(len(cells), FACT)
    predictions = [cell.prediction for cell in cells]
    confidence, proposed, cost = _best(predictions, sections.scheme)
    states = [_state_number(cell) for cell in cells]
    facts["section"] = [
        sections.of(state, code if cell.review is None else cell.review.code)
        for cell, state, code in zip(cells, states, proposed, strict=True)
    ]
    facts["state"] = states
    facts["unfamiliar"] = [each is not None and each.doubt > 1.0 for each in predictions]
    facts["confidence"] = confidence
    facts["cost"] = cost
    facts["tier"] = _tiers(facts, proposed, sections.scheme)
    facts["slide"] = [cell.slide for cell in cells]
    return facts


def _tiers(facts: np.ndarray, proposed: Sequence[str | None], scheme: Scheme) -> np.ndarray:
    """Give each cell its place in RISKS; the earlier of two that fit."""
    always = {each.code for each in scheme.classes if each.always_review or each.role is CountRole.UNRESOLVED}
    needs = np.array([code in always for code in proposed], bool)
    state = facts["state"]
    fits = (state > PROPOSED, state == PENDING, facts["unfamiliar"], needs)
    return np.asarray(np.select(fits, (4, 3, 0, 1), default=2))


def _state_number(cell: Cell) -> int:
    if cell.review is None:  # the common case, without the property's detour: 20,000 cells are read at once
        return PENDING if cell.prediction is None else PROPOSED
    return _STATE_NUMBER[cell.state]


def _best(
    predictions: Sequence[Prediction | None], scheme: Scheme
) -> tuple[np.ndarray, list[str | None], np.ndarray]:
    """Give confidence, proposed class and expected cost of many predictions; one pass for each model."""
    confidence = np.full(len(predictions), np.nan, np.float32)
    cost = np.zeros(len(predictions), np.float32)
    proposed: list[str | None] = [None] * len(predictions)
    by_codes: dict[tuple[str, ...], list[int]] = {}
    for at, prediction in enumerate(predictions):
        if prediction is not None:
            by_codes.setdefault(prediction.codes, []).append(at)
    for codes, places in by_codes.items():
        table = np.array([predictions[at].probabilities for at in places])  # type: ignore[union-attr]
        confidence[places] = table.max(axis=1)
        cost[places] = expected_costs(table, codes, scheme)
        for at, best in zip(places, table.argmax(axis=1).tolist(), strict=True):
            proposed[at] = codes[best]
    return confidence, proposed, cost


def natural_ranks(names: Iterable[str]) -> np.ndarray:
    """Give each name its place in natural order ("cell 9" before "cell 10"), whatever its case.

    Returns:
        int32, shape (number of names,); equal names keep the order they came in.
    """
    keys = [natural_key(name) for name in names]
    ranks = np.empty(len(keys), np.int32)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys), dtype=np.int32)
    return ranks
