"""Outlines of cells and nuclei, drawn as soft masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_CORNERS = 72
_ANGLES = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
_WAVES = np.arange(2, 6)
_SHIFT = 4


def blob(
    rng: np.random.Generator,
    radius: float,
    aspect: float = 1.0,
    rough: float = 0.05,
    turn: float | None = None,
    bays: Sequence[tuple[float, float, float]] = (),
) -> np.ndarray:
    """Give a closed, roughly round outline around (0, 0).

    Args:
        rng: source of chance.
        radius: mean radius in pixels.
        aspect: length over width.
        rough: how far the outline leaves the ellipse, as a share of the radius.
        turn: direction of the long axis in radians; by chance when None.
        bays: where the outline goes in: angle from the long axis and width in radians, depth as a share of
            the radius.

    Returns:
        Corners as x, y; shape (72, 2).
    """
    waves = 1.7 * rng.normal(0, 1, len(_WAVES)) * rough / (_WAVES - 1) ** 1.4
    phases = rng.uniform(0, 2 * np.pi, len(_WAVES))
    out = 1 + (waves * np.cos(np.outer(_ANGLES, _WAVES) + phases)).sum(axis=1)
    for angle, width, depth in bays:
        away = (_ANGLES - angle + np.pi) % (2 * np.pi) - np.pi
        out -= depth * np.exp(-((away / width) ** 2))
    out *= radius
    stretch = math.sqrt(aspect)
    x, y = out * np.cos(_ANGLES) * stretch, out * np.sin(_ANGLES) / stretch
    turn = rng.uniform(0, 2 * np.pi) if turn is None else turn
    cos, sin = math.cos(turn), math.sin(turn)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1)


def fill(mask: np.ndarray, outline: np.ndarray, x: float, y: float) -> None:
    """Fill an outline, moved to x, y, into a uint8 mask with 255."""
    corners = np.round((outline + np.array((x, y))) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SHIFT)


def tube(mask: np.ndarray, path: np.ndarray, widths: Sequence[float] | np.ndarray) -> None:
    """Draw a sausage along a path into a uint8 mask.

    Args:
        mask: drawn into.
        path: points x, y; shape (N, 2), close to each other compared with the widths.
        widths: radius of the sausage at each point, in pixels.
    """
    for (x, y), width in zip(path, widths, strict=True):
        center = round(x * 16), round(y * 16)
        cv2.circle(mask, center, max(round(width * 16), 8), 255, -1, cv2.LINE_AA, _SHIFT)


def thread(mask: np.ndarray, start: np.ndarray, end: np.ndarray, width: float) -> None:
    """Draw a straight thread, as between two lobes, into a uint8 mask."""
    first, last = (tuple(int(v) for v in np.round(point * 16)) for point in (start, end))
    cv2.line(mask, first, last, 255, max(1, round(width)), cv2.LINE_AA, _SHIFT)


def arc(x: float, y: float, radius: float, start: float, end: float, count: int = 40) -> np.ndarray:
    """Give points along a part of a circle, from angle to angle in radians; shape (count, 2)."""
    angles = np.linspace(start, end, count)
    return np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)


def soften(mask: np.ndarray, roundness: float) -> np.ndarray:
    """Round off the corners and joints of a uint8 mask; give float32 in [0, 1] with an edge of two pixels."""
    soft = cv2.GaussianBlur(mask, (0, 0), roundness).astype(np.float32) / 255
    edged: np.ndarray = np.clip((soft - 0.5) * (1.2 * roundness) + 0.5, 0, 1)
    return edged


def bulge(mask: np.ndarray, radius: float) -> np.ndarray:
    """Give the thickness of a body with the outline of a mask: 0 outside, towards 1 in the middle.

    Args:
        mask: float32 in [0, 1].
        radius: how far in from the edge the body reaches its full thickness, in pixels.
    """
    small = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inner = cv2.GaussianBlur(small, (0, 0), max(radius / 2, 0.6))
    inner = cv2.resize(inner, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
    depth: np.ndarray = np.clip(2 * inner - 1, 0, 1) * mask
    return depth
