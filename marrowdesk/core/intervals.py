"""Exact confidence intervals for counted shares and ratios."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=65536)
def clopper_pearson(successes: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give the exact binomial interval of a share (Clopper and Pearson, Biometrika 1934).

    It covers sampling error alone, not errors of classification.

    Args:
        successes: cells of the class, 0 <= successes <= total.
        total: cells counted, > 0.
        confidence: two-sided level in (0, 1).

    Returns:
        Lower and upper limit as fractions in [0, 1].

    Raises:
        ValueError: the counts are impossible.
    """
    if not (0 <= successes <= total and total > 0 and 0 < confidence < 1):
        raise ValueError(f"no interval for {successes} of {total} at {confidence}")
    from scipy.special import betaincinv  # heavy: loaded at the first count, not at start

    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, total - successes + 1, tail))
    high = 1.0 if successes == total else float(betaincinv(successes + 1, total - successes, 1 - tail))
    return low, high


_NEAR = 1e-7
"""How near the limits of a mixed interval are found: far nearer than any share is printed."""


def mixed_interval(inside: np.ndarray, outside: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Give the interval of a share whose count is not known for sure: sampling and what is open together.

    The limits of Clopper and Pearson are quantiles of beta distributions. Where the count is one of several,
    the limits are those of the mixture of these distributions, with equal weights. Counts that are all the
    same have exactly the interval of :func:`clopper_pearson`.

    Args:
        inside: (D,) cells of the class, in each of the D cases that are equally likely; D > 0.
        outside: (D,) the other cells counted.
        confidence: two-sided level in (0, 1).

    Returns:
        Lower and upper limit as fractions in [0, 1].
    """
    tail = (1 - confidence) / 2
    return _mixed_low(inside, outside, tail), 1 - _mixed_low(outside, inside, tail)


def _mixed_low(inside: np.ndarray, outside: np.ndarray, tail: float) -> float:
    """Find the share under which the mixture has ``tail``, by halving: it lies between those of its parts."""
    from scipy.special import betainc, betaincinv

    (some, others), times = np.unique(np.stack([inside, outside]), axis=1, return_counts=True)
    weights, any_inside = times / times.sum(), some > 0
    none = float(weights[~any_inside].sum())  # a count of 0 has the lower limit 0
    if none >= tail:
        return 0.0

    def limit(cells: int, rest: int) -> float:
        return 0.0 if cells == 0 else float(betaincinv(cells, rest + 1, tail))

    low, high = limit(some.min(), others.max()), limit(some.max(), others.min())
    some, others, weights = some[any_inside], others[any_inside], weights[any_inside]
    while high - low > _NEAR:
        middle = (low + high) / 2
        reached = none + float(weights @ betainc(some, others + 1, middle)) >= tail
        low, high = (low, middle) if reached else (middle, high)
    return high


def ratio_interval(above: int, below: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of a ratio of two counts that come from one sample.

    Given their sum, ``above`` is binomial; the limits p of Clopper and Pearson become p / (1 - p).

    Args:
        above: the numerator's cells, >= 0.
        below: the denominator's cells, > 0.
        confidence: two-sided level in (0, 1).
    """
    low, high = clopper_pearson(above, above + below, confidence)
    return low / (1 - low), high / (1 - high)
