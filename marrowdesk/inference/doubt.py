"""How unfamiliar a cell is: its place in the network's embedding space against that of the training cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

METHOD = "joined-v2"
"""Name of the measure of new bundles, written into a bundle's card."""

_STEEP = 3.0


class Doubting(Protocol):
    """A measure of doubt, as a bundle keeps it."""

    def distance(self, embeddings: np.ndarray) -> np.ndarray:
        """Give how far embeddings (N, D) lie from the training cells: (N,) float32, typically near 1."""

    def tensors(self) -> dict[str, np.ndarray]:
        """Give the arrays under the names they have in a weight file."""

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, np.ndarray]) -> Self:
        """Build from the arrays of a weight file.

        Raises:
            KeyError: an array is missing.
        """


@dataclass(frozen=True, slots=True)
class JoinedSpace:
    """Two measures joined: the distance from the training cells, and the likeness to what is no cell.

    The first is the Mahalanobis distance to the nearest class of a source (Lee et al. 2018) with a covariance
    of few axes and an even rest (probabilistic principal components, Tipping and Bishop 1999). The second is
    a linear score taught on cells against drawings and spoiled cells (outlier exposure, Hendrycks et al.
    2019). The first knows of no foreign image and so is fair to all of them, the second is far better on
    what is stained and grained like cells: tissue, crowds, cells out of focus. Both see embeddings scaled to
    unit length.

    Attributes:
        middle: (D,) mean of the training embeddings.
        centres: (C, D) mean of each class of each source, less ``middle``.
        axes: (D, P) axes of the greatest spread within classes; each of length sqrt(1 / rest - 1 / variance).
        rest: () variance within classes along every other axis.
        weights: (D,) of the linear score.
        bias: () of the linear score.
        marks: (2, 2) of the distance and of the score: the median of held-out cells, and what 4 % exceed.
    """

    middle: np.ndarray
    centres: np.ndarray
    axes: np.ndarray
    rest: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    marks: np.ndarray

    def distance(self, embeddings: np.ndarray) -> np.ndarray:
        """Give how far embeddings (N, D) lie from the training cells: (N,) float32.

        Above 0; near 1 where one of the two measures is what 4 % of held-out cells exceed.
        """
        tails = _tail(self.measures(embeddings), self.marks)
        return np.asarray(np.hypot(*tails), np.float32)

    def measures(self, embeddings: np.ndarray) -> np.ndarray:
        """Give distance and score of embeddings (N, D) apart: (2, N)."""
        unit = unit_length(embeddings)
        score = unit @ self.weights + self.bias
        return np.stack([self._mahalanobis(unit - self.middle), score])

    def _mahalanobis(self, centred: np.ndarray) -> np.ndarray:
        every = _squares(centred, self.centres) / self.rest
        along = _squares(centred @ self.axes, self.centres @ self.axes)
        return np.asarray(np.sqrt(np.maximum((every - along).min(1), 0.0) / centred.shape[1]))

    def tensors(self) -> dict[str, np.ndarray]:
        """Give the arrays under the names they have in a weight file."""
        return {f"doubt.{name}": getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, np.ndarray]) -> JoinedSpace:
        """Build from the arrays of a weight file.

        Raises:
            KeyError: an array is missing.
        """
        return cls(*(np.asarray(tensors[f"doubt.{name}"], np.float32) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class ResidualSpace:
    """A distance from the training cells: the measure of the first bundles.

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
        centred = unit_length(embeddings) - self.middle
        squares = _squares(centred @ self.axes, self.centres).min(1)
        near = np.sqrt(np.maximum(squares, 0.0) / self.axes.shape[1])
        left = np.linalg.norm(centred - (centred @ self.plain) @ self.plain.T, axis=1)
        joined = np.hypot(near / self.scales[0], left / self.scales[1]) / np.sqrt(2.0)
        return np.asarray(joined, np.float32)

    def tensors(self) -> dict[str, np.ndarray]:
        """Give the arrays under the names they have in a weight file."""
        return {f"doubt.{name}": getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, np.ndarray]) -> ResidualSpace:
        """Build from the arrays of a weight file.

        Raises:
            KeyError: an array is missing.
        """
        return cls(*(np.asarray(tensors[f"doubt.{name}"], np.float32) for name in cls.__slots__))


METHODS: dict[str, type[Doubting]] = {METHOD: JoinedSpace, "mahalanobis-residual-v1": ResidualSpace}
"""The measures that a bundle may name."""


def unit_length(embeddings: np.ndarray) -> np.ndarray:
    """Scale embeddings (N, D) to length 1, float32."""
    values = np.asarray(embeddings, np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6))


def _squares(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances of points (N, D) from centres (C, D): (N, C)."""
    lengths = (points**2).sum(1)[:, None] + (centres**2).sum(1)[None, :]
    return np.asarray(lengths - 2 * points @ centres.T)


def _tail(measures: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Bring measures (2, N) to one scale: 1 at the upper mark, small but above 0 below the lower one."""
    lower, upper = marks[:, :1], marks[:, 1:]
    beyond = (measures - lower) / np.maximum(upper - lower, 1e-6)
    return np.asarray(np.logaddexp(0.0, _STEEP * beyond) / np.logaddexp(0.0, _STEEP))
