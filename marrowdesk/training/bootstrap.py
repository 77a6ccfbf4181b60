"""Intervals of measures by drawing the measured cells anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS = 1000
"""How often the cells are drawn; the ends of a 95 % interval then rest on 25 draws each."""


def draws(strata: np.ndarray, rounds: int = ROUNDS, seed: int = 0) -> np.ndarray:
    """Draw as many cells from each stratum as it has, with replacement.

    Args:
        strata: (N,) class and source of each cell, any labels.
        rounds: how often to draw.
        seed: source of chance.

    Returns:
        (rounds, N) float32, how often each cell was drawn.
    """
    rng = np.random.default_rng(seed)
    drawn = np.empty((rounds, len(strata)), np.float32)
    for each in np.unique(strata):
        at = np.flatnonzero(strata == each)
        drawn[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), rounds)
    return drawn


def intervals(
    strata: np.ndarray, measure: Callable[[np.ndarray], Mapping[str, np.ndarray]], rounds: int = ROUNDS
) -> dict[str, dict[str, float]]:
    """Give measures with their 95 % intervals.

    Percentile bootstrap (Efron 1979) within strata, so that the mix of classes stays as it is. Cells of one
    patient are alike, which a bootstrap of cells does not know: the true intervals are wider.

    Args:
        strata: (N,) class and source of each cell, any labels.
        measure: gives measures by name, (R,) each, of how often each cell counts, (R, N).
        rounds: how often to draw.

    Returns:
        For each measure ``value`` of all cells, ``95 % from`` and ``95 % to``.
    """
    drawn = measure(draws(strata, rounds))
    rows: dict[str, dict[str, float]] = {}
    for name, value in measure(np.ones((1, len(strata)))).items():
        low, high = np.percentile(drawn[name], [2.5, 97.5])
        rows[name] = {"value": float(value[0]), "95 % from": float(low), "95 % to": float(high)}
    return rows
