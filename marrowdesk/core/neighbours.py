"""Cells that look alike to a network: the nearest by its own embedding."""

from __future__ import annotations

import numpy as np


def nearest(query: np.ndarray, table: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows that are nearest to a vector by cosine similarity.

    Args:
        query: (D,) the embedding of the cell in question.
        table: (N, D) those of the cells to choose from; of the same network.
        count: how many to give at most.

    Returns:
        Row numbers and similarities in [-1, 1], the nearest first; (n,) each, n = min(count, N). A vector of
        length 0 is similar to nothing (0).
    """
    if len(table) == 0 or count <= 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    vectors = table.astype(np.float32, copy=False)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    products = vectors @ query.astype(np.float32, copy=False)
    similarity = np.divide(products, lengths, out=np.zeros(len(vectors), np.float32), where=lengths > 0)
    best = np.argsort(-similarity, kind="stable")[:count]
    return best, similarity[best]
