"""Whether probabilities and doubt mean what they say, measured on cells they were not fitted on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.calibration import fit_temperature, probabilities
from marrowdesk.training.blocks import BLOCKS

if TYPE_CHECKING:
    from marrowdesk.training.judged import Judged

BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """Confidence and doubt of cells, each with a temperature and a threshold fitted without its block.

    Attributes:
        confidence: (N,) probability of the proposed class.
        unfamiliar: (N,) bool.
        temperatures: of the blocks 0, 1, 2, as factors of the bundle's own.
        thresholds: of the blocks 0, 1, 2, as factors of the bundle's own.
    """

    confidence: np.ndarray
    unfamiliar: np.ndarray
    temperatures: tuple[float, ...]
    thresholds: tuple[float, ...]


def cross_fitted(judged: Judged) -> CrossFit:
    """Fit temperature and doubt threshold on two blocks of held-out cells and apply them to the third.

    The bundle's own were fitted on the held-out cells, all three blocks of them; measured on the same cells
    they flatter. A threshold is fitted anew so that the share of unfamiliar cells on its two blocks is the
    one the bundle's threshold leaves on all three. Cells whose label the model never proposes take no part in
    fitting a temperature, for none would make them right.

    Args:
        judged: held-out cells with labels the model knows.
    """
    confidence, unfamiliar = judged.confidence.astype(float), judged.doubt > 1
    share = float(unfamiliar.mean())
    temperatures, thresholds = [], []
    for block in range(BLOCKS):
        rest, own = judged.only(judged.blocks != block), judged.blocks == block
        temperature = _temperature(rest)
        threshold = float(np.quantile(rest.doubt, 1 - share)) if len(rest.doubt) else 1.0
        confidence[own] = _rescaled(judged.probabilities[own], temperature)
        unfamiliar[own] = judged.doubt[own] > threshold
        temperatures.append(temperature)
        thresholds.append(threshold)
    return CrossFit(confidence, unfamiliar, tuple(temperatures), tuple(thresholds))


def as_shipped(judged: Judged) -> CrossFit:
    """Take confidence and doubt as they are, for cells that no temperature or threshold was fitted on."""
    one = (1.0,) * BLOCKS
    return CrossFit(judged.confidence.astype(float), judged.doubt > 1, one, one)


def _temperature(part: Judged) -> float:
    offered = part.probabilities.max(0, initial=0.0) > 0
    true = part.places
    usable = offered[true]
    if not usable.any():
        return 1.0
    places = np.cumsum(offered) - 1
    logits = _logits(part.probabilities[usable][:, offered])
    return fit_temperature(logits, places[true[usable]], np.zeros(int(offered.sum())))


def _logits(odds: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(odds, 1e-12)))


def _rescaled(odds: np.ndarray, temperature: float) -> np.ndarray:
    """Confidence (N,) of probabilities (N, K) at another temperature; classes never proposed stay at 0."""
    if not len(odds):
        return np.zeros(0)
    offered = odds.max(0) > 0
    scaled = probabilities(_logits(odds), np.zeros(odds.shape[1]), temperature, offered)
    return np.asarray(scaled.max(1))


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> list[dict[str, float | int]]:
    """Give the bars of a reliability diagram (Niculescu-Mizil and Caruana 2005), empty bins left out.

    Args:
        confidence: (N,) probability of the proposed class.
        right: (N,) whether the proposal was right.
        bins: number of equally wide bins.

    Returns:
        For each bin ``from``, ``to``, ``cells``, ``mean confidence`` and ``share right``.
    """
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "from": int(each) / bins,
            "to": (int(each) + 1) / bins,
            "cells": int((at == each).sum()),
            "mean confidence": float(confidence[at == each].mean()),
            "share right": float(right[at == each].mean()),
        }
        for each in np.unique(at)
    ]


def shared_errors(confidence: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order cells by falling confidence.

    Args:
        confidence: (N,).
        wrong: (N,) bool, or how likely each is to be wrong.

    Returns:
        The order, (N,) indices, and the error of each cell in that order: (N,) float. Cells of equal
        confidence have no order among themselves, so each carries their common error rate.
    """
    _, same = np.unique(-confidence, return_inverse=True)
    shared = np.bincount(same, wrong) / np.bincount(same)
    order = np.argsort(same, kind="stable")
    return order, shared[same[order]]


def risks(confidence: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Give the error rate of the k most confident cells, for k = 1 … N (Geifman and El-Yaniv 2017).

    The mean of the result is the area under the risk-coverage curve.

    Args:
        confidence: (N,).
        wrong: (N,) bool, or how likely each is to be wrong.

    Returns:
        (N,) float.
    """
    _, errors = shared_errors(confidence, wrong)
    return np.asarray(np.cumsum(errors) / np.arange(1, len(errors) + 1))


def risk_at(curve: np.ndarray, coverage: float) -> float:
    """Read the error rate at a coverage in (0, 1] off the curve by :func:`risks`."""
    return float(curve[max(1, round(coverage * len(curve))) - 1])


def drawn_error(weights: np.ndarray, order: np.ndarray, wrong: np.ndarray, coverage: float) -> np.ndarray:
    """Give the error rate at a coverage where each cell counts as often as it was drawn.

    Args:
        weights: (R, N) how often each cell counts.
        order: (N,) cells by falling confidence, as :func:`shared_errors` gives them.
        wrong: (N,) error of each cell in that order.
        coverage: in (0, 1].

    Returns:
        (R,) float.
    """
    kept = max(1, round(coverage * len(order)))
    covered = np.minimum(np.cumsum(weights[:, order], axis=1, dtype=float), kept)
    return np.asarray(np.diff(covered, axis=1, prepend=0) @ wrong / kept)


def drawn_coverage(
    weights: np.ndarray, order: np.ndarray, wrong: np.ndarray, share: float = 0.5
) -> np.ndarray:
    """Give the largest coverage at which the error rate is at most a share of that of all cells.

    This says how much of the work a laboratory may leave unread for how much fewer mistakes.

    Args:
        weights: (R, N) how often each cell counts.
        order: (N,) cells by falling confidence, as :func:`shared_errors` gives them.
        wrong: (N,) error of each cell in that order.
        share: of the error rate at full coverage.

    Returns:
        (R,) float in [0, 1]; 0 where even the surest cells are wrong more often than that.
    """
    counts = weights[:, order].astype(float)
    covered, errors = np.cumsum(counts, axis=1), np.cumsum(counts * wrong, axis=1)
    within = errors * covered[:, -1:] <= share * errors[:, -1:] * covered + 1e-9
    return np.asarray(np.max(covered * within, axis=1) / covered[:, -1])
