"""How unfamiliar a cell is: its distance from the training cells in the network's embedding space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

METHOD = "mahalanobis-residual-v1"
"""Name of the measure, written into a bundle's card."""

_RIDGE = 0.05


@dataclass(frozen=True, slots=True)
class DoubtSpace:
    """A distance from the training cells.

    Class-wise Mahalanobis distance (Lee et al. 2018) joined with the residual outside of the principal space
    (as in ViM, Wang et al. 2022), after scaling embeddings to unit length.

    Attributes:
        middle: (D,) mean of the training embeddings.
        axes: (D, P) principal axes, each divided so that the spread within classes is 1.
        plain: (D, P) the same axes of unit length, to find what they leave over.
        centres: (C, P) mean of each class of each source, in whitened coordinates.
        scales: (2,) median distance and median residual of the training cells.
    """

    middle: np.ndarray
    axes: np.ndarray
    plain: np.ndarray
    centres: np.ndarray
    scales: np.ndarray

    def distance(self, embeddings: np.ndarray) -> np.ndarray:
        """Give how far embeddings (N, D) lie from the training cells: (N,) float32, typically near 1."""
        near, left = _parts(_unit(embeddings), self.middle, self.axes, self.plain, self.centres)
        joined = np.hypot(near / self.scales[0], left / self.scales[1]) / np.sqrt(2.0)
        return np.asarray(joined, np.float32)

    def tensors(self) -> dict[str, np.ndarray]:
        """Give the arrays under the names they have in a weight file."""
        return {f"doubt.{name}": getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_tensors(cls, tensors: dict[str, np.ndarray]) -> DoubtSpace:
        """Build from the arrays of a weight file.

        Raises:
            KeyError: an array is missing.
        """
        return cls(*(np.asarray(tensors[f"doubt.{name}"], np.float32) for name in cls.__slots__))


def _unit(embeddings: np.ndarray) -> np.ndarray:
    values = np.asarray(embeddings, np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6))


def _parts(
    unit: np.ndarray, middle: np.ndarray, axes: np.ndarray, plain: np.ndarray, centres: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest centre in the principal space, and the length of what lies outside of it."""
    centred = unit - middle
    inside = centred @ axes
    squares = (inside**2).sum(1)[:, None] - 2 * inside @ centres.T + (centres**2).sum(1)[None, :]
    near = np.sqrt(np.maximum(squares.min(1), 0.0) / axes.shape[1])
    left = np.linalg.norm(centred - (centred @ plain) @ plain.T, axis=1)
    return near, left


def fit_doubt(embeddings: np.ndarray, groups: np.ndarray, components: int = 64) -> DoubtSpace:
    """Fit the measure on training cells.

    Args:
        embeddings: (N, D) embeddings of training cells.
        groups: (N,) class and source of each, any labels.
        components: number of principal axes, at most D and N - 1.
    """
    unit = _unit(embeddings)
    middle = unit.mean(0)
    _, _, rotation = np.linalg.svd(unit - middle, full_matrices=False)
    plain = rotation[: min(components, len(rotation) - 1 or 1)].T
    inside = (unit - middle) @ plain
    names, at = np.unique(groups, return_inverse=True)
    means = np.stack([inside[at == index].mean(0) for index in range(len(names))])
    within = np.cov((inside - means[at]).T).reshape(plain.shape[1], plain.shape[1])
    within += _RIDGE * np.trace(within) / len(within) * np.eye(len(within)) + 1e-8 * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values)
    axes, centres = plain @ whiten, means @ whiten
    near, left = _parts(unit, middle, axes, plain, centres)
    scales = np.maximum([np.median(near), np.median(left)], 1e-4)
    return DoubtSpace(*(np.asarray(each, np.float32) for each in (middle, axes, plain, centres, scales)))
