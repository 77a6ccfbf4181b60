"""How much a cell of each class weighs in a loss, by the number of training images of the class."""

from __future__ import annotations

import numpy as np


def class_weights(counts: np.ndarray, power: float = 0.5, cap: float = 3.0) -> np.ndarray:
    """Weigh classes by the inverse root of their counts, capped.

    w_c = min(cap, n_c^-power / mean_k n_k^-power). The root and the cap keep a class of a few cells from
    ruling the loss: raw inverse frequencies span 1 : 3,700 on the published bone-marrow set.

    Args:
        counts: (K,) training images of each class; a class without any weighs as one with a single image.
        power: 0 for equal weights, 1 for inverse frequencies.
        cap: largest weight.

    Returns:
        (K,) float32.
    """
    raw = np.power(np.maximum(counts, 1).astype(np.float64), -power)
    return np.asarray(np.minimum(raw / raw.mean(), cap), np.float32)


def effective_weights(counts: np.ndarray, beta: float) -> np.ndarray:
    """Weigh classes by the inverse of their effective number of images.

    w_c = 1 / E_c, scaled to the mean 1, with E_c = (1 − beta^n_c) / (1 − beta) (Cui et al. 2019,
    "Class-balanced loss based on effective number of samples"). The more images a class has, the less
    another one adds, and E_c never passes 1 / (1 − beta): 1,000 for 0.999, 10,000 for 0.9999.

    Args:
        counts: (K,) training images of each class; a class without any weighs as one with a single image.
        beta: in [0, 1); 0 for equal weights, towards 1 for inverse frequencies.

    Returns:
        (K,) float32, mean 1.
    """
    effective = (1 - np.power(float(beta), np.maximum(counts, 1).astype(np.float64))) / (1 - beta)
    return np.asarray(1 / effective / np.mean(1 / effective), np.float32)
