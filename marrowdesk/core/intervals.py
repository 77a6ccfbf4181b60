"""Exact confidence intervals for counted shares and ratios."""

from __future__ import annotations

from functools import lru_cache


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
