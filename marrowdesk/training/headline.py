"""The few numbers a model is told by, and their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.training.agreement import lineages, neighbours, scores
from marrowdesk.training.bootstrap import intervals
from marrowdesk.training.confidence import drawn_coverage, drawn_error, shared_errors

if TYPE_CHECKING:
    from marrowdesk.training.judged import Judged


def headline(part: Judged) -> dict[str, dict[str, float]]:
    """Give the headline numbers of cells with labels the model knows, each with its 95 % interval.

    Returns:
        For each measure ``value``, ``95 % from`` and ``95 % to``.
    """
    size = len(part.codes)
    at = part.places * size + part.probabilities.argmax(1)
    pairs = np.zeros((len(at), size * size), np.float32)
    pairs[np.arange(len(at)), at] = 1
    accepted, join = neighbours(part.codes), lineages(part.codes)[1]
    order, wrong = shared_errors(part.confidence, ~part.right)

    def measure(weights: np.ndarray) -> dict[str, np.ndarray]:
        counts = (weights @ pairs).reshape(-1, size, size)
        strict = scores(counts).means()
        return {
            "accuracy": strict["weighted recall"],
            **{f"macro {name}": strict[f"macro {name}"] for name in ("precision", "recall", "F1")},
            "weighted F1": strict["weighted F1"],
            "tolerant macro F1": scores(counts, accepted).means()["macro F1"],
            "right lineage": scores(join.T @ counts @ join).means()["weighted recall"],
            "error at 90 % coverage": drawn_error(weights, order, wrong, 0.9),
            "coverage at half the error": drawn_coverage(weights, order, wrong),
        }

    return intervals(part.strata, measure)
