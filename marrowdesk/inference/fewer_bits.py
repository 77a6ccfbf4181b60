"""What fewer bits change in the proposals of a last layer that was fitted to a laboratory.

The network is the base's, and its last layer is linear: what an engine gives of real cells in float32 and in
fewer bits, put through the layers that were fitted, tells what it would propose with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.adapting import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.inference.adapting import Judged


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What an engine gives of N cells.

    Attributes:
        embeddings: (N, D) float32.
        probabilities: (N, K) float32 of the base.
    """

    embeddings: np.ndarray
    probabilities: np.ndarray

    @property
    def proposals(self) -> np.ndarray:
        """(N,) index of the class that the base proposes."""
        return np.asarray(self.probabilities.argmax(1))

    def only(self, chosen: np.ndarray) -> Seen:
        """Give some of the cells; ``chosen`` is (N,) bool."""
        return Seen(self.embeddings[chosen], self.probabilities[chosen])


@dataclass(frozen=True, slots=True)
class Loss:
    """What fewer bits cost.

    Attributes:
        cells: how many were measured.
        changed: how many of them are named otherwise.
        f1_lost: by how much the mean F1 over the classes is less; below 0 where it is more.
    """

    cells: int
    changed: int
    f1_lost: float


def loss(
    bases: Mapping[str, Layer], fitted: Layer, judged: Judged, at: np.ndarray, exact: Seen, fewer: Seen
) -> Loss:
    """Measure what fewer bits change, on cells that readers decided on.

    A layer's borders lie further from the cells that it was fitted to than from those to come. So each cell
    is put through the layer that may be kept and through the one that was fitted without it, and the greater
    number of changes and the greater loss hold.

    What an engine rounds behind the features is its own affair: torch multiplies by the last layer in
    float32, another may round its weights, too. What it says with the base's last layer shows which, and
    cells of which it says something else all the same count as changed.

    Args:
        bases: the shipped layer by the format that its weights are rounded to, see :func:`rounded`.
        fitted: the layer that may be kept.
        judged: the layers that were fitted without some cells, and what readers decided.
        at: (N,) which of its cells were measured.
        exact: what the engine gives of them in float32.
        fewer: what it gives of them in fewer bits.
    """
    weights = min(bases, key=lambda each: _apart(bases[each], fewer))
    before = fitted.proposals(exact.embeddings)
    after = _in_format(fitted, weights).proposals(fewer.embeddings)
    unlearned = np.empty_like(before), np.empty_like(after)
    for number, layer in enumerate(judged.layers):
        of_it = judged.folds[at] == number
        unlearned[0][of_it] = layer.proposals(exact.embeddings[of_it])
        unlearned[1][of_it] = _in_format(layer, weights).proposals(fewer.embeddings[of_it])
    astray = bases[weights].proposals(fewer.embeddings) != fewer.proposals
    pairs, labels = ((before, after), unlearned), judged.labels[at]
    return Loss(
        len(at),
        max(int(((exactly != roughly) | astray).sum()) for exactly, roughly in pairs),
        max(mean_f1(labels, exactly) - mean_f1(labels, roughly) for exactly, roughly in pairs),
    )


def _apart(base: Layer, seen: Seen) -> float:
    """Say how far an engine's probabilities are from those of a layer on the same embeddings, on average."""
    return float(np.abs(base.probabilities(seen.embeddings) - seen.probabilities).mean())


def mean_f1(labels: np.ndarray, proposals: np.ndarray) -> float:
    """Average F1 over the labels that occur, each class weighing the same.

    Args:
        labels: (N,) what readers decided.
        proposals: (N,).
    """
    classes = np.unique(labels)
    true, called = labels == classes[:, None], proposals == classes[:, None]
    return float(np.mean(2 * (true & called).sum(1) / (true.sum(1) + called.sum(1))))


def _in_format(layer: Layer, precision: str) -> Layer:
    """Round a layer's weights as an engine does that multiplies by them in fewer bits."""
    return Layer(rounded(layer.weights, precision), layer.biases)


def rounded(values: np.ndarray, precision: str) -> np.ndarray:
    """Round float32 numbers to the nearest that fewer bits can hold, of two as near to the even one.

    Args:
        values: of any shape, finite.
        precision: ``"bfloat16"`` or ``"float16"``; ``"float32"`` leaves them as they are.
    """
    if precision == "float32":
        return values
    if precision == "float16":
        return values.astype(np.float16).astype(np.float32)
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)  # bfloat16 is the upper half of a float32
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
