"""A cell shown as another laboratory would have: in the colours of another image, and among its cells.

Where a class comes from one laboratory only, everything that tells the laboratory tells the class. So a cell
is now and then given what belongs to the slide and not to the cell by an image of another source: the range
of its colours (Reinhard et al. 2001, here in optical density and by any share of the way), and what lies
around the cell.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

_STAINED = 0.08
"""Mean optical density from which a pixel is taken for stained; the background keeps its colour."""

_MOST = 2.0
"""Largest factor, or its reciprocal, by which the spread of a channel's density is changed."""

_NEAR, _FAR, _EDGE = 0.62, 0.95, 0.14
"""Where the other image's surroundings may begin, and the width of the change-over, in half sides."""


def recoloured(own: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Move the colours of an image towards those of another.

    Args:
        own: (S, S, 3) float32 optical densities.
        other: (S, S, 3) float32 optical densities of an image from elsewhere.
        share: how far to go, 0 not at all, 1 to the mean and spread of the other's stained pixels.
    """
    ours, theirs = _spread(own), _spread(other)
    if ours is None or theirs is None:
        return own
    factor = np.clip(theirs[1] / ours[1], 1 / _MOST, _MOST) ** share
    moved = (own - ours[0]) * factor + ours[0] + (theirs[0] - ours[0]) * share
    return own + _stained(own) * (moved - own)


def surrounded(own: np.ndarray, other: np.ndarray, radius: float) -> np.ndarray:
    """Put the outer part of another image around the middle of one.

    Args:
        own: (S, S, 3) float32, the image with the cell.
        other: (S, S, 3) float32, the image whose surroundings are taken.
        radius: where they begin, in half sides.
    """
    side = own.shape[0]
    at = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    distance = np.hypot(at[None, :], at[:, None])
    outside = np.clip((distance - radius) / _EDGE + 0.5, 0, 1)[..., None].astype(np.float32)
    return np.asarray(own + outside * (other - own))


class Loan(NamedTuple):
    """What a cell is given by an image of another source.

    Attributes:
        colours: how far to go towards its colours, 0 to 1; None to leave them.
        radius: where its surroundings begin, half sides; None to leave them.
    """

    colours: float | None
    radius: float | None

    @property
    def any(self) -> bool:
        """Whether anything is borrowed at all."""
        return self.colours is not None or self.radius is not None


def drawn_loan(recolour: float, surround: float, rng: np.random.Generator) -> Loan:
    """Draw what is borrowed.

    Args:
        recolour: probability of taking the colours, by a share between 0 and 1.
        surround: probability of taking the surroundings.
        rng: source of chance.
    """
    colours = float(rng.random()) if rng.random() < recolour else None
    return Loan(colours, float(rng.uniform(_NEAR, _FAR)) if rng.random() < surround else None)


def borrowed(own: np.ndarray, other: np.ndarray, loan: Loan) -> np.ndarray:
    """Give an image the colours and the surroundings of another.

    Args:
        own: (S, S, 3) float32 optical densities.
        other: the same of an image from elsewhere.
        loan: what it is given.
    """
    shown = own if loan.colours is None else recoloured(own, other, loan.colours)
    return shown if loan.radius is None else surrounded(shown, other, loan.radius)


def _stained(density: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(density.mean(2, keepdims=True) / _STAINED, 0, 1))


def _spread(density: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Mean and standard deviation, each (3,), of stained pixels in the middle; None where there are few."""
    side = density.shape[0]
    middle = density[side // 8 : side - side // 8 : 2, side // 8 : side - side // 8 : 2]
    pixels = middle[middle.mean(2) > _STAINED]
    if len(pixels) < 40:
        return None
    mean, spread = cv2.meanStdDev(pixels.reshape(-1, 1, 3))
    return mean[:, 0].astype(np.float32), np.maximum(spread[:, 0], 0.02).astype(np.float32)
