"""Probabilities that mean what they say: class weights undone, a temperature, some classes left out."""

from __future__ import annotations

import numpy as np


def probabilities(
    logits: np.ndarray, log_weights: np.ndarray, temperature: float, proposed: np.ndarray | None = None
) -> np.ndarray:
    """Turn logits into calibrated probabilities.

    softmax((logits − log_weights) / temperature): a loss weighted by w_c makes a network report posteriors
    that are w_c times too large (Elkan 2001), so log w_c is taken off first; the temperature follows Guo et
    al. 2017.

    Args:
        logits: (N, K).
        log_weights: (K,) logarithm of the loss's class weights.
        temperature: above 0.
        proposed: (K,) bool; classes that are not proposed get probability 0, and the rest is scaled to sum 1.

    Returns:
        (N, K) float32, each row sums to 1.
    """
    scaled = (np.asarray(logits, np.float64) - log_weights) / temperature
    if proposed is not None:
        scaled = np.where(proposed, scaled, -np.inf)
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def fit_temperature(logits: np.ndarray, labels: np.ndarray, log_weights: np.ndarray) -> float:
    """Find the temperature with the least negative log-likelihood on held-out cells.

    Args:
        logits: (N, K).
        labels: (N,) index of the true class.
        log_weights: (K,) logarithm of the loss's class weights.

    Returns:
        A temperature in [0.05, 20].
    """
    from scipy.optimize import minimize_scalar

    plain = np.asarray(logits, np.float64) - log_weights

    def cost(log_temperature: float) -> float:
        scaled = plain / np.exp(log_temperature)
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float(np.mean(total - scaled[np.arange(len(labels)), labels]))

    found = minimize_scalar(cost, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return float(np.exp(found.x))


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Give the expected calibration error over equally wide bins of confidence (Naeini et al. 2015).

    Args:
        confidence: (N,) probability of the proposed class.
        right: (N,) whether the proposal was right.
        bins: number of bins.
    """
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = 0.0
    for each in np.unique(at):
        inside = at == each
        gaps += inside.mean() * abs(float(confidence[inside].mean()) - float(right[inside].mean()))
    return float(gaps)
