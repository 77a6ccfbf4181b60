"""Whether unsure proposals could be told better than by their probability, and how well at the very best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from marrowdesk.training.bootstrap import intervals
from marrowdesk.training.confidence import drawn_coverage, drawn_error, risk_at, risks, shared_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.training.judged import Judged

_COVERAGE = 0.9
_PROBABILITY = "probability"


def sureness(part: Judged) -> dict[str, np.ndarray]:
    """Give how sure each proposal is by several measures, none of them fitted to anything; (N,) each.

    ``margin`` is the lead over the second class, ``entropy`` that of all probabilities (Hendrycks and Gimpel
    2017 compare such measures), the last two join the probability with the measure of doubt.
    """
    odds = part.probabilities.astype(float)
    first = part.confidence.astype(float)
    second = np.sort(odds, axis=1)[:, -2] if odds.shape[1] > 1 else 0 * first
    logs = np.log(odds, out=np.zeros_like(odds), where=odds > 0)
    return {
        _PROBABILITY: first,
        "margin": first - second,
        "entropy": (odds * logs).sum(1),
        "probability, unfamiliar cells last": first - (part.doubt > 1),
        "mean rank of probability and doubt": rankdata(first) - rankdata(part.doubt),
    }


def compare_orderings(part: Judged) -> dict[str, dict[str, float]]:
    """Measure what is left wrong once the least sure tenth is given to a reader, by each measure.

    Returns:
        For each measure ``error at 90 % coverage``, that ``over 100 % coverage``, ``coverage at half the
        error``, and ``less than by probability`` with its 95 % interval: by how much the error is less.
    """
    wrong = ~part.right
    ordered = {name: shared_errors(sure, wrong) for name, sure in sureness(part).items()}

    def measure(weights: np.ndarray) -> dict[str, np.ndarray]:
        errors = {name: drawn_error(weights, *each, _COVERAGE) for name, each in ordered.items()}
        return {name: errors[_PROBABILITY] - each for name, each in errors.items()}

    gains, one = intervals(part.strata, measure), np.ones((1, len(wrong)))
    whole = float(wrong.mean())
    rows: dict[str, dict[str, float]] = {}
    for name, each in ordered.items():
        error = float(drawn_error(one, *each, _COVERAGE)[0])
        rows[name] = {
            "error at 90 % coverage": error,
            "over 100 % coverage": error / whole if whole else 0.0,
            "coverage at half the error": float(drawn_coverage(one, *each)[0]),
            "less than by probability": gains[name]["value"],
            "95 % from": gains[name]["95 % from"],
            "95 % to": gains[name]["95 % to"],
        }
    return rows


def bounds(part: Judged) -> Mapping[str, float]:
    """Work out what any ordering could reach at 90 % coverage.

    Of cells of which a share e is wrong, half of e is left in the kept nine tenths only where the rejected
    tenth holds 0.55 e of all cells as wrong ones, which is 5.5 e of itself: none can beyond e = 2 / 11.

    Returns:
        ``wrong in the last tenth, for half the error``: 5.5 e, impossible above 1; ``at the very best``:
        error at 90 over 100 % coverage if every cell of the last tenth were wrong, as far as there are such;
        ``if probabilities were exactly true``: the same ratio, expected from the probabilities alone.
    """
    whole, rejected = float((~part.right).mean()), 1 - _COVERAGE
    sure = part.confidence.astype(float)
    curve = risks(sure, 1 - sure)
    ends = risk_at(curve, _COVERAGE), risk_at(curve, 1.0)
    return {
        "wrong in the last tenth, for half the error": whole * (1 - _COVERAGE / 2) / rejected,
        "at the very best": max(0.0, whole - rejected) / _COVERAGE / whole if whole else 0.0,
        "if probabilities were exactly true": ends[0] / ends[1] if ends[1] else 0.0,
    }
