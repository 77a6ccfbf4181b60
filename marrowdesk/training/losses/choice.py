"""A loss by its name and options, and what it leaves on the logits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.mistakes import cost_matrix
from marrowdesk.training.losses.entropy import cost_sensitive, weighted_entropy
from marrowdesk.training.losses.focal import focal
from marrowdesk.training.losses.ldam import ldam, margins
from marrowdesk.training.losses.weights import class_weights, effective_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import torch

    Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Option:
    """A number that a loss can be given.

    Attributes:
        told: what it does, in a few words.
        usual: its value where none is given.
        least: smallest value allowed.
        below: values stay below this.
    """

    told: str
    usual: float
    least: float = 0.0
    below: float = math.inf


_SMOOTHING = {"smoothing": Option("share of a label spread over all classes", 0.05, below=1.0)}
_CAP = Option("largest class weight", 3.0, least=1.0)


def _power(usual: float) -> Option:
    return Option("class weights: 0 equal, 1 inverse to the counts", usual, below=2.0)


LOSSES: Mapping[str, str] = MappingProxyType(
    {
        "cross_entropy": "every cell counts the same",
        "cost_sensitive": "rare classes count more, and mistakes by what they cost between lineages",
        "focal": "cells that the network is sure of and right about count little",
        "class_balanced": "classes count by the inverse of their effective number of images",
        "ldam": "rare classes must win by a wider margin",
    }
)
"""The losses by name, each with one line for a command's help."""

OPTIONS: Mapping[str, Mapping[str, Option]] = MappingProxyType(
    {
        "cross_entropy": MappingProxyType(_SMOOTHING),
        "cost_sensitive": MappingProxyType(
            {
                "share": Option("how much the expected cost counts against the cross-entropy", 1.0),
                **_SMOOTHING,
                "power": _power(0.5),
                "cap": _CAP,
            }
        ),
        "focal": MappingProxyType(
            {
                "gamma": Option("how little sure and right cells count; 0 for all the same", 2.0),
                "power": _power(0.0),
                "cap": _CAP,
            }
        ),
        "class_balanced": MappingProxyType(
            {
                "beta": Option("0 for equal weights, towards 1 for inverse counts", 0.999, below=1.0),
                **_SMOOTHING,
            }
        ),
        "ldam": MappingProxyType(
            {
                "margin": Option("margin of the rarest class", 0.5),
                "scale": Option("what the margins are multiplied by", 30.0),
            }
        ),
    }
)
"""The options of each loss, with what they are where none is given.

The three cross-entropies share one smoothing, so that a comparison of them is one of their weights. Focal and
LDAM take none: their sources define them for one true class.
"""


def make_loss(name: str, counts: np.ndarray, codes: Sequence[str], options: Mapping[str, float]) -> Loss:
    """Give a loss: a function of logits (N, K) and labels (N,) that gives the mean over the batch.

    The logits may hold a source's log prior already (:mod:`marrowdesk.training.priors`); each loss then acts
    on the posterior within that source. Half-precision logits are widened to float32 first.

    Args:
        name: one of :data:`LOSSES`.
        counts: (K,) training images of each class.
        codes: the K class codes, in the order of the logits.
        options: some of the loss's :data:`OPTIONS`; the usual values for the others.

    Raises:
        MarrowdeskError: there is no such loss or option, or the value is out of its range.
    """
    settled = _settled(name, options)
    chosen = _chosen(name, counts, codes, settled)

    def loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return chosen(logits.float() if logits.element_size() < 4 else logits, labels)

    return loss


def posterior_offsets(name: str, counts: np.ndarray, options: Mapping[str, float]) -> np.ndarray:
    """Tell what to subtract from a trained network's logits to undo what the loss put on them.

    ==============  ============  =============================================================
    loss            offset        what softmax(logits − offset) is at the loss's optimum
    ==============  ============  =============================================================
    cross_entropy   0             the posterior
    class_balanced  log w         the posterior
    cost_sensitive  log w         the posterior for share 0, else leaning to what costs less
    focal           log α         flatter than the posterior; a temperature below 1 helps
    ldam            0             sharper than the posterior; a temperature above 1 helps
    ==============  ============  =============================================================

    Smoothing draws the first three towards 1/K. The formulas stand with the losses. Where the logits held a
    source's log prior, "the posterior" is that of equally frequent classes. Only the loss is undone, not a
    sampling of the batches that changes how often classes are drawn.

    Args:
        name: one of :data:`LOSSES`.
        counts: (K,) training images of each class.
        options: as they were given to :func:`make_loss`.

    Returns:
        (K,) float32.

    Raises:
        MarrowdeskError: there is no such loss or option, or the value is out of its range.
    """
    return np.asarray(np.log(_weights(name, counts, _settled(name, options))), np.float32)


def _chosen(name: str, counts: np.ndarray, codes: Sequence[str], settled: Mapping[str, float]) -> Loss:
    weights = _weights(name, counts, settled)
    match name:
        case "cost_sensitive":
            return cost_sensitive(weights, cost_matrix(codes), settled["share"], settled["smoothing"])
        case "focal":
            return focal(weights, settled["gamma"])
        case "ldam":
            return ldam(margins(counts, settled["margin"]), settled["scale"])
        case _:
            return weighted_entropy(weights, settled["smoothing"])


def _weights(name: str, counts: np.ndarray, settled: Mapping[str, float]) -> np.ndarray:
    """Give the class weights of a loss (K,); ones where it has none."""
    match name:
        case "cost_sensitive" | "focal":
            return class_weights(counts, settled["power"], settled["cap"])
        case "class_balanced":
            return effective_weights(counts, settled["beta"])
        case _:
            return np.ones(len(counts), np.float32)


def _settled(name: str, options: Mapping[str, float]) -> dict[str, float]:
    """Fill up the options, or say what is allowed."""
    if name not in OPTIONS:
        raise MarrowdeskError(f"There is no loss {name!r}.", f"Choose one of {', '.join(LOSSES)}.")
    allowed = OPTIONS[name]
    for option, value in options.items():
        if option not in allowed:
            raise MarrowdeskError(
                f"The loss {name!r} has no option {option!r}.", f"It has {', '.join(allowed)}."
            )
        low, high = allowed[option].least, allowed[option].below
        if not low <= value < high:
            room = f"at least {low:g}" + (f" and below {high:g}" if high < math.inf else "")
            raise MarrowdeskError(
                f"The option {option!r} of the loss {name!r} cannot be {value:g}.",
                f"Give a number of {room}.",
            )
    return {option: options.get(option, each.usual) for option, each in allowed.items()}
