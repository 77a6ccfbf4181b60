"""How far proposals agree with the experts: precision, recall and F1, strict, tolerant and by lineage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.shipped_schemes import class_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WELL_FILLED = 50
"""Held-out cells from which on a class enters the second macro mean: a cell moves smaller ones by 2 %."""

_STAGES = (
    ("BLA", "PMO", "MYB", "MMZ", "NGB", "NGS"),
    ("BLA", "PRM", "MON"),
    ("PEB", "EBB", "EBP", "EBX"),
    ("PEB", "EBO"),
    ("EBB", "EBO"),
    ("EBP", "EBO"),
    ("EBX", "EBO"),
    ("LYI", "LYT"),
    ("LYT", "HAC"),
    ("BLA", "IGR", "NEU"),
    ("IGR", "NGB"),
)
"""Classes next to each other in these rows may be taken for each other in the tolerant reading.

Maturation of the neutrophilic, monocytic and erythroid line, step by step; an erythroblast of unnamed stage
(EBO) stands for each of its stages. Lymphocytes stand with their immature and hairy forms: in table 1 of
Matek et al. 2021 the tolerant values differ from the strict ones for BLA, PMO, MYB, MMZ, NGB, NGS, PEB, EBO,
LYT, LYI and HAC, and for no other class. The last two rows are the same steps in the classes of blood.
"""


def neighbours(codes: Sequence[str]) -> np.ndarray:
    """Tell which classes may be taken for each other in the tolerant reading.

    Returns:
        (K, K) bool, symmetric, true on the diagonal.
    """
    pairs = {pair for row in _STAGES for pair in pairwise(row)}
    return np.array(
        [[a == b or (a, b) in pairs or (b, a) in pairs for b in codes] for a in codes], bool
    ).reshape(len(codes), len(codes))


def confusion(true: np.ndarray, said: np.ndarray, size: int) -> np.ndarray:
    """Count cells by label (row) and proposal (column).

    Args:
        true: (N,) place of the label, 0 … size - 1.
        said: (N,) place of the proposal.
        size: number of classes.

    Returns:
        (size, size) int.
    """
    return np.bincount(true * size + said, minlength=size * size).reshape(size, size)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Measures of each class; all (…, K). Classes without cells enter no mean.

    Attributes:
        cells: how many cells carry the label.
        called: how many were proposed as it.
        precision: share of the proposals that is right, 0 where there is none.
        recall: share of the cells that is proposed rightly.
    """

    cells: np.ndarray
    called: np.ndarray
    precision: np.ndarray
    recall: np.ndarray

    @property
    def f1(self) -> np.ndarray:
        """Harmonic mean of precision and recall, 0 where both are."""
        total = self.precision + self.recall
        return np.asarray(2 * self.precision * self.recall / np.where(total > 0, total, 1))

    def means(self, fewest: int = 1) -> dict[str, np.ndarray]:
        """Average over the classes of at least ``fewest`` cells, each class alike and weighted by its cells.

        Returns:
            ``macro precision`` … ``weighted F1``, each (…); nan where no class has so many cells.
        """
        chosen = self.cells >= max(1, fewest)
        told = {}
        for kind, weights in (("macro", chosen), ("weighted", self.cells * chosen)):
            total = weights.sum(-1)
            parts = weights / np.where(total > 0, total, np.nan)[..., None]
            for name, values in (("precision", self.precision), ("recall", self.recall), ("F1", self.f1)):
                told[f"{kind} {name}"] = (values * parts).sum(-1)
        return told


def scores(counts: np.ndarray, accepted: np.ndarray | None = None) -> Scores:
    """Measure each class.

    Args:
        counts: (…, K, K) cells by label (row) and proposal (column).
        accepted: (K, K) bool, which proposals (column) are right for a label (row); only the label itself
            when left out. A proposal that is accepted counts as right for the precision of the class proposed
            and for the recall of the label, as in the tolerant values of Matek et al. 2021.
    """
    right = counts * (np.eye(counts.shape[-1], dtype=bool) if accepted is None else accepted)
    cells, called = counts.sum(-1), counts.sum(-2)
    precision = right.sum(-2) / np.maximum(called, 1)
    return Scores(cells, called, precision, right.sum(-1) / np.maximum(cells, 1))


def lineages(codes: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Tell which classes are of one lineage; classes of no shipped scheme stand for themselves.

    Returns:
        The L lineages in the order of ``codes``, and (K, L) with a 1 where a class is of a lineage; counts
        (…, K, K) by lineage are ``join.T @ counts @ join``.
    """
    found = [(code, class_of(code)) for code in codes]
    own = [code if each is None else str(each.lineage) for code, each in found]
    names = list(dict.fromkeys(own))
    return names, np.array([[name == each for name in names] for each in own], int)


def in_first_two(probabilities: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Tell whether the label is one of the two most probable classes.

    Args:
        probabilities: (N, K).
        true: (N,) place of the label.

    Returns:
        (N,) bool.
    """
    own = probabilities[np.arange(len(true)), true]
    return np.asarray((probabilities > own[:, None]).sum(1) < 2)
