"""The shapes of nuclei: round, indented, bent, in lobes."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.imaging.drawn.shapes import arc, blob, fill, thread, tube

if TYPE_CHECKING:
    from collections.abc import Callable

    Shape = Callable[[np.random.Generator, np.ndarray, float, float, float], None]
    """Draws a nucleus of a radius around x, y into a uint8 mask."""


def rounded(aspect: float, rough: float) -> Shape:
    """A round to oval nucleus; ``aspect`` is the largest length over width."""

    def draw(rng: np.random.Generator, mask: np.ndarray, x: float, y: float, radius: float) -> None:
        fill(mask, blob(rng, radius, rng.uniform(1, aspect), rough), x, y)

    return draw


def indented(depth: float, bays: int = 1) -> Shape:
    """A nucleus with bays and folds: ``depth`` is how far they go in at most, as a share of the radius."""

    def draw(rng: np.random.Generator, mask: np.ndarray, x: float, y: float, radius: float) -> None:
        angles = math.pi / 2 + rng.uniform(0.7, 1.3) * math.pi * np.arange(rng.integers(1, bays + 1))
        folds = [(angle, rng.uniform(0.35, 0.6), depth * rng.uniform(0.5, 1)) for angle in angles]
        fill(mask, blob(rng, radius * 1.05, rng.uniform(1.1, 1.35), 0.05, bays=folds), x, y)

    return draw


def kidney(rng: np.random.Generator, mask: np.ndarray, x: float, y: float, radius: float) -> None:
    """Draw a bean, as in a metamyelocyte: the bay is less than half of the width."""
    middle = rng.uniform(0, 2 * math.pi)
    half = rng.uniform(0.75, 1.15)
    bend = radius * 0.7
    x, y = x - 0.45 * bend * math.cos(middle), y - 0.45 * bend * math.sin(middle)
    path = arc(x, y, bend, middle - half, middle + half)
    along = np.linspace(-1, 1, len(path))
    width = radius * rng.uniform(0.52, 0.60) * (1 - 0.12 * np.cos(along * math.pi / 2) - 0.05 * along)
    tube(mask, path, width)


def bent(rng: np.random.Generator, mask: np.ndarray, x: float, y: float, radius: float) -> None:
    """Draw a band: a horseshoe, C or S of nearly even width."""
    start = rng.uniform(0, 2 * math.pi)
    bend = radius * rng.uniform(0.62, 0.72)
    if rng.random() < 0.25:
        path = _double_bend(rng, x, y, radius, start)
    else:
        path = arc(x, y, bend, start, start + rng.uniform(3.3, 4.7), 60)
    along = np.linspace(0, 1, len(path))
    waist = 1 - rng.uniform(0.06, 0.3) * np.exp(-(((along - rng.uniform(0.35, 0.65)) / 0.13) ** 2))
    ends = 1 + 0.12 * np.abs(2 * along - 1) ** 2
    tube(mask, path, radius * rng.uniform(0.31, 0.37) * waist * ends)


def _double_bend(rng: np.random.Generator, x: float, y: float, radius: float, turn: float) -> np.ndarray:
    along = np.linspace(-1, 1, 60)
    u = 0.72 * radius * along
    v = 0.5 * radius * np.sin(along * math.pi * rng.uniform(0.85, 1.0))
    cos, sin = math.cos(turn), math.sin(turn)
    return np.stack([x + cos * u - sin * v, y + sin * u + cos * v], axis=1)


def lobed(fewest: int, most: int) -> Shape:
    """Lobes in a chain, joined by thin bridges, as in a segmented neutrophil."""

    def draw(rng: np.random.Generator, mask: np.ndarray, x: float, y: float, radius: float) -> None:
        count = int(rng.integers(fewest, most + 1))
        size = radius * {2: 0.52, 3: 0.43, 4: 0.37, 5: 0.33}[count]
        centers = _chain(rng, x, y, radius, size, count)
        for one, other in itertools.pairwise(centers):
            thread(mask, one, other, rng.uniform(2.0, 4.5))
        for at, (lobe_x, lobe_y) in enumerate(centers):
            ahead = centers[min(at + 1, count - 1)] - centers[max(at - 1, 0)]
            turn = math.atan2(ahead[1], ahead[0]) + rng.normal(0, 0.3)
            outline = blob(rng, size * rng.uniform(0.86, 1.1), rng.uniform(1.05, 1.45), 0.06, turn)
            fill(mask, outline, lobe_x, lobe_y)

    return draw


def _chain(
    rng: np.random.Generator, x: float, y: float, radius: float, size: float, count: int
) -> np.ndarray:
    """Place lobes one after the other so that neighbours nearly touch and all stay inside, as a C, S or Z."""
    for bend in np.linspace(0.5, 2.0, 40):
        bends = bend * rng.uniform(0.7, 1.3, count - 1) * rng.choice((1, 1, 1, -1), count - 1)
        headings = rng.uniform(0, 2 * math.pi) + np.cumsum(bends)
        steps = size * rng.uniform(1.8, 2.2, count - 1)
        path = np.cumsum(np.stack([steps * np.cos(headings), steps * np.sin(headings)], axis=1), axis=0)
        places = np.concatenate([np.zeros((1, 2)), path])
        places -= places.mean(axis=0)
        apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 9 * size * np.eye(count)
        if np.linalg.norm(places, axis=1).max() < radius - 0.85 * size and apart.min() > 1.5 * size:
            break
    around: np.ndarray = places + np.array((x, y))
    return around
