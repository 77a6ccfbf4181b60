"""Which cells make up a training batch: balanced over sources, over classes, or each once an epoch."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.dataset import Sample

SAMPLINGS = ("source", "class", "plain")
"""Balanced over the sources of each class; balanced over the classes; every cell once an epoch."""


def source_balanced(samples: Sequence[Sample]) -> np.ndarray:
    """Give each sample its probability of being drawn.

    A class is drawn as often as its share of the samples says; within it, each source is drawn equally often,
    so that the class does not become the look of its largest source.

    Returns:
        (N,) float64, sum 1.
    """
    classes: dict[str, int] = {}
    groups: dict[tuple[str, str], int] = {}
    for each in samples:
        classes[each.code] = classes.get(each.code, 0) + 1
        groups[each.code, each.source] = groups.get((each.code, each.source), 0) + 1
    sources = {code: sum(key[0] == code for key in groups) for code in classes}
    odds = [classes[each.code] / sources[each.code] / groups[each.code, each.source] for each in samples]
    return np.asarray(odds) / np.sum(odds)


def class_balanced(samples: Sequence[Sample], balance: float) -> np.ndarray:
    """Give each sample its probability of being drawn, so that a class of n cells weighs n^(1 − balance).

    Args:
        samples: the cells to draw from.
        balance: 1 draws every class equally often, 0.5 by the root of its cells, 0 as often as it is there.

    Returns:
        (N,) float64, sum 1; the cells of a class are drawn equally often.
    """
    cells = Counter(each.code for each in samples)
    odds = np.array([cells[each.code] ** -balance for each in samples], np.float64)
    return odds / odds.sum()


def odds_of(samples: Sequence[Sample], sampling: str, balance: float) -> np.ndarray:
    """Give each sample its share of the cells drawn, for one of :data:`SAMPLINGS`; (N,) float64, sum 1."""
    if sampling == "source":
        return source_balanced(samples)
    return class_balanced(samples, balance if sampling == "class" else 0.0)


def log_shift(samples: Sequence[Sample], codes: Sequence[str], odds: np.ndarray) -> np.ndarray:
    """Give what drawing with ``odds`` puts on the logits: log of a class's share drawn over its share there.

    A network that is shown a class twice as often proposes it with twice the odds (Elkan 2001, "The
    foundations of cost-sensitive learning"); subtracting this undoes it.

    Returns:
        (K,) float32, in the order of ``codes``; zeros where classes are drawn as often as they are there.
    """
    place = np.array([codes.index(each.code) for each in samples])
    drawn = np.bincount(place, odds, len(codes))
    there = np.bincount(place, minlength=len(codes)) / len(samples)
    found = there > 0  # of a class without a cell nothing was drawn more often
    return np.log(np.divide(drawn, there, out=np.ones_like(drawn), where=found)).astype(np.float32)


class Drawing:
    """Chooses the cells of each step; what a step gets depends on the seed and the step only.

    Args:
        odds: (N,) probability of each cell; None to show every cell once an epoch, in a new order each time.
        batch: cells a step.
        seed: seed of the choice.
    """

    def __init__(self, odds: np.ndarray | None, cells: int, batch: int, seed: int) -> None:
        self._odds, self._cells, self._batch, self._seed = odds, cells, batch, seed
        self._order = lru_cache(4)(self._shuffled)

    def at(self, step: int) -> np.ndarray:
        """Give the cells of a step; (batch,) int64 indices."""
        if self._odds is not None:
            rng = np.random.default_rng([self._seed, step])
            return rng.choice(self._cells, self._batch, p=self._odds)
        places = np.arange(step * self._batch, (step + 1) * self._batch)
        epochs = places // self._cells
        return np.concatenate(
            [self._order(int(each))[places[epochs == each] % self._cells] for each in np.unique(epochs)]
        )

    def _shuffled(self, epoch: int) -> np.ndarray:
        # Four numbers, the last not 0: no step's own source of chance is seeded with the same.
        return np.random.default_rng([self._seed, epoch, 0, 1]).permutation(self._cells)
