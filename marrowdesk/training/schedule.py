"""How the learning rate and the momentum go over a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_RISE = 0.12
_HALF, _LOWEST, _END = 0.45, 0.04, 0.0004
_SLOW, _FAST = 0.95, 0.85


class Schedule(NamedTuple):
    """A schedule by name; both are functions of the share of the training that is done, in [0, 1].

    Attributes:
        rate: share of the largest learning rate.
        momentum: decay of the optimiser's first moment (beta 1 of Adam).
    """

    rate: Callable[[float], float]
    momentum: Callable[[float], float]


def _cosine(way: float) -> float:
    """Up over the first 12 %, then down to 1/1000 along a cosine (Loshchilov and Hutter 2017)."""
    if way < _RISE:
        return 0.04 + 0.96 * way / _RISE
    fallen = 0.5 + 0.5 * math.cos(math.pi * min(1.0, (way - _RISE) / (1 - _RISE)))
    return 0.001 + 0.999 * fallen


def _steady(_way: float) -> float:
    return 0.9


def _one_cycle(way: float) -> float:
    """Up in a line over 45 %, down in a line over 45 %, then two orders of magnitude further down.

    Smith and Topin 2018, "Super-convergence: very fast training of neural networks using large learning
    rates": one cycle from a low rate to the largest and back, a little shorter than the training, and a rest
    in which the rate falls far below the one it began with.
    """
    if way < 2 * _HALF:
        return _LOWEST + (1 - _LOWEST) * (1 - abs(way - _HALF) / _HALF)
    return _LOWEST - (_LOWEST - _END) * min(1.0, (way - 2 * _HALF) / (1 - 2 * _HALF))


def _against(way: float) -> float:
    """Momentum against the rate: 0.95 where it is lowest, 0.85 where it is largest (Smith and Topin 2018)."""
    return _SLOW - (_SLOW - _FAST) * max(0.0, 1 - abs(way - _HALF) / _HALF)


SCHEDULES = {"cosine": Schedule(_cosine, _steady), "one_cycle": Schedule(_one_cycle, _against)}
"""The schedules by name."""
