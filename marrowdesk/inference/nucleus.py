"""Finding the nucleus of the cell in the middle of an image: where, how wide, how densely stained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from marrowdesk.inference.levels import counted, middle

_LOOK = 128
"""Longest side, in pixels, of the small copy in which the nucleus is sought."""

_STEPS = 200.0
"""Levels of gray to one unit of optical density, in that copy."""

_FLOOR = 0.10
"""Least optical density of the red channel that can be a nucleus; red cells stay below it."""

_SEEN, _MIDDLE, _HEART = 0.28, 0.18, 0.16
"""Spread, as a share of the shorter side, of the weights by which the nucleus' level is set, the nucleus is
chosen, and a clump is parted: each fall off from the middle, where the cell is."""

LARGEST = 0.35
"""Share of the frame above which what is dark is a clump of cells and not one nucleus, in images that show
some of the surroundings."""

_LOBES = 0.05
"""How much less than that a nucleus takes with all its lobes."""

_MOST_RED, _MOST_BLUE = 1.05, 0.55
"""Most that a nucleus in Giemsa's azure absorbs of red and of blue, as shares of what it absorbs of green:
well above what cells of our sources and of another laboratory show, and below brown, green and ink."""

_FEWEST = 8
"""Pixels of the small copy that a nucleus has at least."""


@dataclass(frozen=True, slots=True)
class Nucleus:
    """The nucleus of the cell in the middle.

    Attributes:
        x: its centre, px of the image.
        y: its centre, px of the image.
        diameter: that of the circle with the area of its convex hull, px of the image.
        density: (3,) float32, median optical density inside it in red, green and blue.
    """

    x: float
    y: float
    diameter: float
    density: np.ndarray

    @property
    def azure(self) -> bool:
        """Whether its colour can be that of a nucleus in a Romanowsky stain such as May-Gruenwald-Giemsa."""
        red, green, blue = (float(each) for each in self.density)
        return red <= _MOST_RED * green and blue <= _MOST_BLUE * green


def find_nucleus(image: np.ndarray, white: np.ndarray, largest: float = LARGEST) -> Nucleus | None:
    """Find the nucleus in the middle of the image.

    The nuclear stain is the one that absorbs red; an Otsu threshold (Otsu 1979) on the red optical density
    parts it from cytoplasm and red cells. The pixels in the middle weigh most in it, so that a neighbour that
    is stained more densely does not raise the level above the nucleus itself. Vacuoles are filled, lobes
    close to each other are joined, clumps are parted.

    Args:
        image: (H, W, 3) uint8 RGB.
        white: (3,) colour of the background.
        largest: share of the frame above which what is dark is a clump of cells and not one nucleus; an image
            that is cut tight around a cell needs more than :data:`LARGEST`.

    Returns:
        The nucleus, or None where nothing in the middle is dark enough.
    """
    height, width = image.shape[:2]
    shrink = min(1.0, _LOOK / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    nucleus = _cut_out(_dark(small, white), largest)
    if nucleus is None or nucleus.sum() < _FEWEST:
        return None
    hull = cv2.contourArea(cv2.convexHull(_ends(nucleus))) + 1.0
    x, y = _centre(nucleus)
    return Nucleus(
        x * width / size[0],
        y * height / size[1],
        2.0 * float(np.sqrt(hull / np.pi)) / shrink,
        _density(small, white, nucleus),
    )


def _ends(nucleus: np.ndarray) -> np.ndarray:
    """Give the first and the last pixel of each row, (N, 2) float32 x and y: all that a convex hull needs."""
    rows = np.flatnonzero(nucleus.any(axis=1))
    first = nucleus[rows].argmax(axis=1)
    last = nucleus.shape[1] - 1 - nucleus[rows, ::-1].argmax(axis=1)
    return np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1).astype(np.float32)


def _centre(nucleus: np.ndarray) -> tuple[float, float]:
    """Give the mean x and y of its pixels' centres, px of the small copy."""
    weights = [np.count_nonzero(nucleus, axis=each) for each in (0, 1)]
    means = [np.float32(each @ np.arange(len(each))) / np.float32(each.sum()) for each in weights]
    return float(means[0] + np.float32(0.5)), float(means[1] + np.float32(0.5))


@lru_cache(64)
def _central(shape: tuple[int, ...], spread: float) -> np.ndarray:
    """Weights that fall off from the middle, read-only; ``spread`` is a share of the frame's shorter side."""
    height, width = shape
    across = np.arange(width, dtype=np.float32) - (width - 1) / 2
    down = np.arange(height, dtype=np.float32) - (height - 1) / 2
    squared = across[None, :] ** 2 + down[:, None] ** 2
    weights = np.asarray(np.exp(-squared / (2 * (spread * min(height, width)) ** 2)))
    weights.flags.writeable = False
    return weights


def _otsu(levels: np.ndarray, weights: np.ndarray) -> int:
    """Give the level that parts weighted pixels best (Otsu 1979); levels are uint8."""
    found = np.bincount(levels.ravel(), weights.ravel(), minlength=256).astype(np.float64)
    share = found / found.sum()
    below, moment = np.cumsum(share), np.cumsum(share * np.arange(256))
    spread = below * (1 - below)
    between = np.divide((moment[-1] * below - moment) ** 2, spread, out=np.zeros(256), where=spread > 1e-9)
    return int(np.argmax(between))


def _dark(small: np.ndarray, white: np.ndarray) -> np.ndarray:
    """Mark what is as dark in red as a nucleus; (h, w) uint8 of 0 and 1."""
    density = np.log10(white[0] / np.maximum(np.arange(256, dtype=np.float32), 1.0))
    table = np.clip(density * _STEPS, 0, 255).astype(np.uint8)
    levels = cv2.GaussianBlur(cv2.LUT(cv2.extractChannel(small, 0), table), (0, 0), 1.0)
    level = _otsu(levels, _central(levels.shape, _SEEN))
    dark = (levels > max(level, _FLOOR * _STEPS)).astype(np.uint8)
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, _disk(1))
    return _filled(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, _disk(2)))


def _filled(dark: np.ndarray) -> np.ndarray:
    """Fill the holes that are as small as vacuoles."""
    outlines, nesting = cv2.findContours(dark, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for at, outline in enumerate(outlines):
        if nesting[0][at][3] >= 0 and cv2.contourArea(outline) < 0.03 * dark.size:
            cv2.drawContours(dark, outlines, at, 1, -1)
    return dark


def _disk(radius: int) -> np.ndarray:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))


def _cut_out(dark: np.ndarray, largest: float) -> np.ndarray | None:
    """Choose the dark component in the middle, with its lobes or without its neighbours; None without one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    if count < 2:
        return None
    score = np.bincount(labels.ravel(), _central(dark.shape, _MIDDLE).ravel(), minlength=count)
    score[0] = 0.0
    main = int(np.argmax(score))
    if score[main] < 3.0:
        return None
    nucleus = np.asarray(labels == main)
    if _touches(nucleus) or nucleus.mean() >= largest:
        return _parted(nucleus)
    return _with_lobes(nucleus, labels, stats, largest - _LOBES)


def _touches(nucleus: np.ndarray) -> bool:
    """Whether it reaches the edge of the frame."""
    return bool(nucleus[0].any() or nucleus[-1].any() or nucleus[:, 0].any() or nucleus[:, -1].any())


def _with_lobes(nucleus: np.ndarray, labels: np.ndarray, stats: np.ndarray, most: float) -> np.ndarray:
    """Join what lies as close to the nucleus as a lobe, and what then lies close to that."""
    height, width = labels.shape
    area = int(nucleus.sum())
    tried: set[int] = set()
    while True:
        others = _neighbours(nucleus, labels) - tried
        if not others:
            return nucleus
        tried |= others
        for other in sorted(others):
            left, top, wide, high, size = (int(value) for value in stats[other])
            inside = left > 0 and top > 0 and left + wide < width and top + high < height
            if inside and 0.04 * area < size < 1.5 * area and nucleus.sum() + size < most * labels.size:
                nucleus = nucleus | (labels == other)


def _neighbours(nucleus: np.ndarray, labels: np.ndarray) -> set[int]:
    """Give the labels of the components that reach as close to the nucleus as a lobe."""
    whole = nucleus.astype(np.uint8)
    reach = max(1, round(0.45 * float(np.sqrt(cv2.countNonZero(whole) / np.pi))))
    x, y, across, down = cv2.boundingRect(whole)
    around = np.s_[max(0, y - reach) : y + down + reach, max(0, x - reach) : x + across + reach]
    near = cv2.dilate(whole[around], _disk(reach)) > whole[around]
    return set(np.flatnonzero(np.bincount(labels[around][near])).tolist()) - {0}


def _parted(nucleus: np.ndarray) -> np.ndarray:
    """Cut a nucleus out of a clump, or out of what reaches the edge of the frame."""
    # Beyond the frame the clump goes on: its edge is not the nucleus' edge.
    wider = cv2.copyMakeBorder(nucleus.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inner = cv2.distanceTransform(wider, cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(np.argmax(inner * _central(nucleus.shape, _HEART))), inner.shape)
    # In a frame that is dark throughout there is no edge to measure the distance to.
    radius = min(float(inner[row, column]), 0.45 * min(nucleus.shape))
    disk = np.zeros(nucleus.shape, np.uint8)
    cv2.circle(disk, (int(column), int(row)), max(2, round(1.6 * radius)), 1, -1)
    return nucleus & (disk > 0)


def _density(small: np.ndarray, white: np.ndarray, nucleus: np.ndarray) -> np.ndarray:
    """Median optical density inside of the nucleus, its rim left out where that leaves enough; (3,)."""
    whole = nucleus.astype(np.uint8)
    inner = cv2.erode(whole, _disk(1))
    part = inner if cv2.countNonZero(inner) >= _FEWEST else whole
    levels = np.stack([middle(counted(small, channel, part)) for channel in range(3)], axis=1)
    density = np.log10(white[None, :] / np.maximum(levels.astype(np.float32), 1.0))
    return np.asarray(density.mean(axis=0), np.float32)
