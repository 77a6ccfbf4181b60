"""A network has features that hardly vary on the cells of one laboratory: they must not blow a layer up."""

import threading

import numpy as np

from marrowdesk.inference.adapting import Cells, Layer, fit


def test_that_a_feature_that_stands_still_gets_no_weight_beyond_half_precision():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 240)
    embeddings = rng.normal(0, 1, (240, 12)).astype(np.float32)
    embeddings[np.arange(240), labels] += 4
    embeddings[:, 11] = 0.3 + rng.normal(0, 1e-7, 240) + 2e-7 * labels
    base = Layer(rng.normal(0, 0.1, (3, 12)).astype(np.float32), np.zeros(3, np.float32))
    layer, _ = fit(base, Cells(embeddings, labels, np.zeros(240, int)), threading.Event())
    assert np.abs(layer.weights).max() < np.finfo(np.float16).max
    assert np.abs(layer.weights[:, 11]).max() < 100 * np.abs(layer.weights[:, :11]).max()
    assert (layer.probabilities(embeddings).argmax(1) == labels).mean() > 0.9
