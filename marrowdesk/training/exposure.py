"""What the measure of doubt is taught against: chance drawings, and training cells spoiled by chance.

A bundle is measured on other images, see :mod:`marrowdesk.training.foreign`. Foreign stains, the loss of
focus and sections of tissue are taught as such, the sections in another hand than those of the measurement
(see :mod:`marrowdesk.training.tissue`); landscapes, pages, screenshots and negatives are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.inference.preprocess import masked, prepare, round_mask
from marrowdesk.training.drawing import as_bytes, density, dyed, light, mixed, smooth, spot
from marrowdesk.training.tissue import draw_tissue

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.inference.preprocess import Recipe

_SIDE = 200
_STAINS = np.array([[0.650, 0.704, 0.286], [0.072, 0.990, 0.105]])
"""Optical density of hematoxylin and eosin in red, green and blue (Ruifrok and Johnston 2001)."""

_LIKE = 0.93
"""Cosine between the stains of two images above which they are one stain: our sources lie within it."""


def foreign_crops(cells: np.ndarray, recipe: Recipe, count: int, seed: int) -> np.ndarray:
    """Make crops that show no cell as it should be, prepared as the network sees them.

    Args:
        cells: (N, S, S, 3) uint8 RGB, crops of training cells without the mask, S = recipe.side.
        recipe: how cells are prepared.
        count: how many of each kind; twice as many of grains, five times of cells out of focus and six times
            of sections of tissue, which are of all the most like cells.
        seed: source of chance.

    Returns:
        (19 · count, S, S, 3) uint8 RGB, drawings first.
    """
    rng = np.random.default_rng(seed)
    drawn = [prepare(draw(rng), recipe)[0] for draw in _DRAWINGS for _ in range(count)]
    whole = [spoil(cells, rng) for spoil in _SPOILERS for _ in range(count)]
    mask = round_mask(recipe.side, recipe.mask)
    return np.stack([*drawn, *(masked(crop, mask) if recipe.mask > 0 else crop for crop in whole)])


def _color(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(0, 255, 3)


def _leaves(rng: np.random.Generator) -> np.ndarray:
    """Overlapping shapes of all sizes: the edges of natural images (dead leaves, Lee et al. 2001)."""
    base, spread = _color(rng), rng.uniform(10, 90)
    image = np.full((_SIDE, _SIDE, 3), _color(rng), np.float32)
    for _ in range(int(rng.integers(30, 250))):
        size = min(100.0, 3.5 / (rng.random() ** 0.7 + 0.03))
        at, axes, turn = rng.uniform(0, _SIDE, 2), (size, size * rng.uniform(0.3, 1)), rng.uniform(0, 180)
        color = np.clip(base + rng.normal(0, spread, 3), 0, 255)
        if rng.random() < 0.6:
            spot(image, at, np.maximum(axes, 1), turn, color)
        else:
            corners = cv2.boxPoints((at.tolist(), (2 * axes[0], 2 * axes[1]), turn)).astype(np.int32)
            cv2.fillPoly(image, [corners], color.tolist())
    image += rng.normal(0, rng.uniform(0, 8), image.shape)
    return as_bytes(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.5)))


def _clouds(rng: np.random.Generator) -> np.ndarray:
    """Noise whose amplitude falls with frequency by a power of 0 (white) to 2 (Baradad et al. 2021)."""
    steps = np.fft.fftfreq(_SIDE)
    frequency = np.hypot(steps[:, None], steps[None, :])
    frequency[0, 0] = 1.0
    white = np.fft.fft2(rng.normal(size=(3, _SIDE, _SIDE)))
    planes = np.fft.ifft2(white / frequency ** rng.uniform(0, 2)).real.transpose(1, 2, 0)
    planes = (planes - planes.mean((0, 1))) / planes.std((0, 1))
    bound = 0.5 * rng.normal(size=(3, 3)) + rng.normal(size=(1, 3))
    field = planes @ (np.eye(3) if rng.random() < 0.3 else bound)
    return as_bytes(field / field.std() * rng.uniform(15, 80) + _color(rng))


def _shapes(rng: np.random.Generator) -> np.ndarray:
    """A few lines, polygons and circles on one colour."""
    paper = _color(rng) if rng.random() < 0.5 else np.full(3, rng.uniform(230, 255))
    image = np.full((_SIDE, _SIDE, 3), paper, np.float32)
    for _ in range(int(rng.integers(1, 14))):
        color, thick = _color(rng).tolist(), int(rng.integers(1, 8))
        points = rng.integers(0, _SIDE, (int(rng.integers(2, 7)), 1, 2)).astype(np.int32)
        kind = rng.integers(0, 3)
        if kind == 0:
            cv2.polylines(image, [points], True, color, thick, cv2.LINE_AA)
        elif kind == 1:
            cv2.fillPoly(image, [points], color, cv2.LINE_AA)
        else:
            inside = thick if rng.random() < 0.5 else -1
            cv2.circle(image, points[0, 0].tolist(), int(rng.integers(4, 75)), color, inside, cv2.LINE_AA)
    return as_bytes(image)


def _palette(rng: np.random.Generator) -> np.ndarray:
    """Give colours of two grounds and a grain, (3, 3): of hematoxylin and eosin in any strength, or any."""
    if rng.random() < 0.5:
        strengths = rng.uniform(((0.05, 0.05), (0.1, 0.1), (0.5, 0.1)), ((0.35, 0.5), (0.6, 0.7), (1.2, 0.5)))
        return light(strengths @ _STAINS).astype(float)
    base = rng.uniform(120, 240, 3)
    return np.clip([base, base - rng.uniform(0, 90, 3), base * rng.uniform(0.25, 0.7, 3)], 0, 255)


def _grains(rng: np.random.Generator) -> np.ndarray:
    """Many dark grains in one or two grounds, with gaps or none: what tissues share."""
    first, second, grain = _palette(rng)
    coarse = smooth(rng, rng.uniform(8, 30), _SIDE)
    zones = np.clip((coarse - rng.uniform(0.2, 0.8)) * rng.uniform(2, 40) + 0.5, 0, 1)
    image = (
        mixed(first, second, zones) - rng.uniform(0, 60) * smooth(rng, rng.uniform(1, 6), _SIDE)[..., None]
    )
    size = float(np.exp(rng.uniform(np.log(1.2), np.log(12))))
    crowded = zones if rng.random() < 0.5 else np.ones_like(zones)
    most = int(np.clip((_SIDE / size) ** 2 / 2, 21, 1500))
    for at in rng.integers(0, _SIDE, (int(rng.integers(20, most)), 2)):
        if crowded[at[1], at[0]] > rng.uniform(0, 0.8):
            axes = np.maximum(size * rng.uniform((0.6, 0.4), (1.6, 1.1)), 1)
            spot(image, at, axes, rng.uniform(0, 180), np.clip(grain + rng.normal(0, 12, 3), 0, 255))
    if rng.random() < 0.4:
        image[smooth(rng, rng.uniform(4, 20), _SIDE) > rng.uniform(0.6, 0.9)] = 244
    fine = 20 * smooth(rng, 1.2, _SIDE)[..., None] - 10
    return as_bytes(cv2.GaussianBlur(image + fine, (0, 0), rng.uniform(0.4, 1.5)))


def _one(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(cells[rng.integers(0, len(cells))])


def _stain(crop: np.ndarray) -> np.ndarray:
    """Direction of the mean optical density of the darker 40 % of the middle; (3,) of length 1."""
    edge = len(crop) // 6
    densities = density(crop[edge:-edge, edge:-edge]).reshape(-1, 3)
    depth = densities.mean(1)
    found = densities[depth >= np.quantile(depth, 0.6)].mean(0)
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-6))


def _restained(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cell in one dye of any colour or with its colours exchanged, never in a stain like its own."""
    crop = _one(cells, rng)
    for _ in range(20):
        if rng.random() < 0.5:
            changed = dyed(crop, rng.uniform(0, 1, 3) ** 1.5 + 0.03)
        else:
            mix = 0.7 * np.eye(3)[rng.permutation(3)] + 0.3 * rng.dirichlet(np.ones(3), 3)
            changed = light(density(crop) @ mix.T)
        if _stain(changed) @ _stain(crop) < _LIKE:
            return changed
    return np.asarray(255 - crop)


def _jumbled(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cell cut into 9 to 36 squares that change places."""
    crop, parts = _one(cells, rng), int(rng.integers(3, 7))
    length = len(crop) // parts
    squares = crop[: parts * length, : parts * length].reshape(parts, length, parts, length, 3)
    order = rng.permutation(parts**2)
    shuffled = squares.transpose(0, 2, 1, 3, 4).reshape(-1, length, length, 3)[order]
    again = shuffled.reshape(parts, parts, length, length, 3).transpose(0, 2, 1, 3, 4)
    whole = again.reshape(parts * length, parts * length, 3)
    return np.asarray(cv2.resize(np.ascontiguousarray(whole), (len(crop), len(crop))))


def _crowd(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two to four small cells a side, the middle anywhere: a field instead of a cell."""
    side, across = cells.shape[1], int(rng.integers(2, 5))
    length = -(-side // across)
    small = [
        cv2.resize(_one(cells, rng), (length, length), interpolation=cv2.INTER_AREA) for _ in range(across**2)
    ]
    rows = [np.concatenate(small[at : at + across], 1) for at in range(0, across**2, across)]
    down, right = (int(each) for each in rng.integers(0, length // 2 + 1, 2))
    return np.asarray(np.roll(np.concatenate(rows), (down, right), (0, 1))[:side, :side])


def _defocused(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A cell so far out of focus that little but its size is left."""
    crop = _one(cells, rng)
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), len(crop) * rng.uniform(1 / 20, 1 / 8)))


_DRAWINGS: tuple[Callable[[np.random.Generator], np.ndarray], ...] = (
    _leaves,
    _clouds,
    _shapes,
    _grains,
    _grains,
    *(draw_tissue,) * 6,
)
_SPOILERS: tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], ...] = (
    _restained,
    _jumbled,
    _crowd,
    *(_defocused,) * 5,
)
