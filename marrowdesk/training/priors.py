"""How often a class comes from a source: the loss must know, lest the network learn the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.dataset import Sample


def source_log_priors(
    samples: Sequence[Sample], codes: Sequence[str], smoothing: float, odds: np.ndarray
) -> np.ndarray:
    """Give log p(class | source of the cell) for each cell, to be added to its logits inside the loss.

    Logit adjustment (Menon et al. 2021, "Long-tail learning via logit adjustment"; Ren et al. 2020, "Balanced
    meta-softmax") with a prior of each source. Where some classes come from one source only, plain
    cross-entropy rewards "this looks like laboratory A, and A never shows class k": the look of the slide
    then rules out the cell. With the prior inside the loss that inference is made by the prior, not by the
    network, whose logits stay an answer to what the cell looks like. A class that a source never shows gets
    the share of ``smoothing``: the smaller, the less the network is told that it cannot be there.

    Args:
        samples: training cells.
        codes: the K classes, in the order of the outputs.
        smoothing: pseudo-count of every class in every source, as a share of a source's mean cells per class.
        odds: (N,) probability with which each cell is drawn; the prior is that of the cells drawn.

    Returns:
        (N, K) float32, each row the logarithm of probabilities.
    """
    sources = sorted({each.source for each in samples})
    rows = np.array([sources.index(each.source) for each in samples])
    columns = np.array([codes.index(each.code) for each in samples])
    counts = np.zeros((len(sources), len(codes)))
    np.add.at(counts, (rows, columns), odds)
    counts += smoothing * counts.sum(1, keepdims=True) / len(codes)
    priors = counts / counts.sum(1, keepdims=True)
    return np.log(np.maximum(priors, 1e-12)).astype(np.float32)[rows]
