"""What the gallery shows, and in which order: the values that are handed around."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np

from marrowdesk.app.gallery.facts import EXCLUDED
from marrowdesk.core.cell import CellState


class Special(enum.StrEnum):
    """Choices of cells that are no class.

    Attributes:
        UNREVIEWED: no reader has decided yet.
        UNFAMILIAR: unreviewed, and unlike what the model was trained on.
        UNIDENTIFIED: proposed or marked as not identifiable; must be resolved before sign-off.
        EXCLUDED: taken out of the count by a reader.
    """

    UNREVIEWED = "·unreviewed"
    UNFAMILIAR = "·unfamiliar"
    UNIDENTIFIED = "·unidentified"
    EXCLUDED = EXCLUDED


class Sort(enum.StrEnum):
    """The sequence of the cells in each section.

    ``RISK`` also makes other sections: not a class each, but by how much a cell needs a reader.
    """

    LEAST_CERTAIN = "least certain"
    MOST_CERTAIN = "most certain"
    NAME = "name"
    CASE = "case"
    STATE = "state"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Listed:
    """Cells that were picked out one by one.

    Attributes:
        name: what they are, for people.
        rows: their rows in the case.
    """

    name: str
    rows: frozenset[int]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cells are shown.

    Attributes:
        choice: a class code, a Special, or None for all.
        states: only cells in one of these states; empty for all.
        low: lower limit of the proposal's probability, in [0, 1].
        high: upper limit, in [0, 1]. Cells without a proposal are shown only while all of [0, 1] is.
        slide: only cells of this slide; None for all.
        listed: only these cells; None for all.
    """

    choice: str | Special | None = None
    states: frozenset[CellState] = field(default_factory=frozenset)
    low: float = 0.0
    high: float = 1.0
    slide: int | None = None
    listed: Listed | None = None

    @property
    def narrow(self) -> bool:
        """Whether it hides anything at all."""
        return self != Filter()

    @property
    def all_certainties(self) -> bool:
        """Whether the range of probabilities is open at both ends."""
        return self.low <= 0.0 and self.high >= 1.0


CERTAIN = 0.9
"""Probability from which on a proposal counts as certain: of ten such, at most one is wrong by the model's
own word, which holds as far as the model is calibrated (see its card)."""


@dataclass(frozen=True, slots=True)
class Section:
    """A run of cells under one header.

    Attributes:
        key: a class code, NOT_CLASSIFIED or EXCLUDED; in the order by risk one of RISKS.
        first: position of its first cell.
        count: its cells.
        certain: how many of them, the last ones, have a certain proposal; 0 unless the least certain come
            first.
    """

    key: str
    first: int
    count: int
    certain: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """A finished order.

    Attributes:
        rows: row of the case at each position, int32, shape (shown cells,).
        sections: in the order of the screen; none is empty.
    """

    rows: np.ndarray
    sections: tuple[Section, ...] = ()


EMPTY = Arrangement(np.empty(0, np.int32))
