"""What drawings are made of: optical densities and dyes, smooth noise, blended colours, spots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SIDE = 250
"""Width and height of a drawing unless asked otherwise, px."""

_WHITE = 245.0

DAB = (0.268, 0.570, 0.776)
"""Optical density of diaminobenzidine in red, green and blue (Ruifrok and Johnston 2001)."""


def density(image: np.ndarray) -> np.ndarray:
    """Give the optical density of uint8 RGB (..., 3) over a background of 245, float32 (Beer and Lambert)."""
    return np.asarray(-np.log10(np.maximum(image.astype(np.float32), 1.0) / _WHITE))


def light(densities: np.ndarray) -> np.ndarray:
    """Give the uint8 RGB (..., 3) whose :func:`density` is given."""
    return as_bytes(_WHITE * 10.0**-densities + 0.5)


def dyed(image: np.ndarray, dye: ArrayLike) -> np.ndarray:
    """Show the mean optical density of an image in the colour of one dye.

    Args:
        image: (H, W, 3) uint8 RGB.
        dye: optical density in red, green and blue, of any length.
    """
    direction = np.asarray(dye, np.float32) / np.linalg.norm(np.asarray(dye)) * np.sqrt(3.0)
    return light(density(image).mean(2, keepdims=True) * direction)


def smooth(rng: np.random.Generator, sigma: float, side: int = SIDE) -> np.ndarray:
    """Smooth noise in [0, 1]; (side, side) float32."""
    field = cv2.GaussianBlur(rng.normal(size=(side, side)).astype(np.float32), (0, 0), sigma)
    return np.asarray(cv2.normalize(field, np.empty_like(field), 0, 1, cv2.NORM_MINMAX))


def mixed(first: ArrayLike, second: ArrayLike, share: np.ndarray) -> np.ndarray:
    """Blend two colours by a share (H, W) of the second in [0, 1]; (H, W, 3) float32."""
    part = share[..., None].astype(np.float32)
    return np.asarray(np.asarray(first, np.float32) * (1 - part) + np.asarray(second, np.float32) * part)


def as_bytes(image: np.ndarray) -> np.ndarray:
    """Clip to 0 … 255 and give uint8."""
    return np.asarray(np.clip(image, 0, 255).astype(np.uint8))


def spot(image: np.ndarray, at: ArrayLike, axes: ArrayLike, turn: float, color: ArrayLike) -> None:
    """Fill an ellipse in (H, W, 3) float32, its half axes in px and its turn in degrees."""
    middle, halves = (np.rint(each).astype(int).tolist() for each in (at, axes))
    shade = np.asarray(color, float).tolist()
    cv2.ellipse(image, middle, halves, turn, 0, 360, shade, -1, cv2.LINE_AA)
