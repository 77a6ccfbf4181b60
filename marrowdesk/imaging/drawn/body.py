"""Draw one cell after its recipe, as amounts of dye."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.imaging.drawn.shapes import blob, bulge, fill, soften
from marrowdesk.imaging.drawn.stain import Dye
from marrowdesk.imaging.drawn.texture import granules, noise

if TYPE_CHECKING:
    from marrowdesk.imaging.drawn.recipes import Chromatin, Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """Something to be laid on the field.

    Attributes:
        amounts: of each dye, float32, shape (7, S, S).
        body: where it lies and displaces what was there, float32 in [0, 1], shape (S, S).
        radius: mean radius in pixels.
    """

    amounts: np.ndarray
    body: np.ndarray
    radius: float


@dataclass(frozen=True, slots=True, eq=False)
class _Nucleus:
    mask: np.ndarray
    x: float
    y: float
    radius: float


def draw_body(recipe: Recipe, rng: np.random.Generator) -> Sprite:
    """Draw a cell, turned and shaped by chance within its recipe."""
    radius = rng.uniform(*recipe.radius)
    side = 2 * int(radius * math.sqrt(recipe.aspect) * (1.1 + recipe.rough)) + 16
    aspect = rng.uniform(1, recipe.aspect)
    mask = np.zeros((side, side), np.uint8)
    fill(mask, blob(rng, radius, aspect, recipe.rough), side / 2, side / 2)
    body = soften(mask, 1.3)
    nucleus = _nucleus(recipe, rng, body, radius, 0.97 * radius / math.sqrt(aspect))
    if recipe.frayed:
        body = nucleus.mask
    amounts = np.zeros((len(Dye), side, side), np.float32)
    _lay_cytoplasm(amounts, recipe, rng, body, nucleus)
    _lay_granules(amounts, recipe, rng, body, nucleus)
    _open_vacuoles(amounts, recipe, rng, side, radius)
    _lay_chromatin(amounts, recipe.chromatin, rng, nucleus)
    _place_nucleoli(amounts, recipe, rng, nucleus)
    if not recipe.frayed:
        around = cv2.GaussianBlur(mask, (0, 0), 2.5).astype(np.float32) / 255
        amounts[Dye.GLEAM] = 0.10 * np.clip(around - body, 0, 1)
    return Sprite(amounts, body, radius)


def _frayed(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tear the border of a nucleus to shreds."""
    wide = cv2.GaussianBlur(mask, (0, 0), 6).astype(np.float32) / 255
    ragged = 0.22 * noise(rng, 2.5, *mask.shape) + 0.18 * noise(rng, 6.0, *mask.shape)
    torn = wide + ragged * 4 * wide * (1 - wide)
    return np.asarray(np.clip((torn - 0.5) * 4 + 0.5, 0, 1))


def _nucleus(
    recipe: Recipe, rng: np.random.Generator, body: np.ndarray, radius: float, narrowest: float
) -> _Nucleus:
    size = min(radius * rng.uniform(*recipe.nucleus), 0.95 * narrowest)
    room = (narrowest - size) * rng.uniform(*recipe.offset)
    turn = rng.uniform(0, 2 * math.pi)
    x = body.shape[1] / 2 + room * math.cos(turn)
    y = body.shape[0] / 2 + room * math.sin(turn)
    mask = np.zeros(body.shape, np.uint8)
    recipe.shapes[rng.integers(len(recipe.shapes))](rng, mask, x, y, size)
    soft = _frayed(mask, rng) if recipe.frayed else soften(mask, 1.6) * body
    return _Nucleus(soft, x, y, size)


def _lay_cytoplasm(
    amounts: np.ndarray, recipe: Recipe, rng: np.random.Generator, body: np.ndarray, nucleus: _Nucleus
) -> None:
    depth = bulge(body, 0.5 * nucleus.radius)
    mottled = 1 + 0.11 * noise(rng, 2.0, *body.shape) + 0.09 * noise(rng, 6.0, *body.shape)
    layer = body * (0.7 + 0.3 * depth) * mottled * (1 - 0.7 * nucleus.mask)
    if recipe.hof:
        layer = layer * (1 - recipe.hof * _beside(nucleus, body))
    blue, pink = rng.uniform(*recipe.azure), rng.uniform(*recipe.pink)
    amounts[Dye.AZURE] += blue * layer * (1 + recipe.rim * (1 - depth))
    amounts[Dye.PINK] += pink * layer
    amounts[Dye.HEMOGLOBIN] += rng.uniform(*recipe.hemoglobin) * layer


def _beside(nucleus: _Nucleus, body: np.ndarray) -> np.ndarray:
    """Give a soft spot in [0, 1] where the Golgi zone is: at the nucleus, towards the middle of the cell."""
    height, width = body.shape
    to_x, to_y = width / 2 - nucleus.x, height / 2 - nucleus.y
    far = math.hypot(to_x, to_y) or 1.0
    x = nucleus.x + to_x / far * nucleus.radius * 1.05
    y = nucleus.y + to_y / far * nucleus.radius * 1.05
    spread = 2 * (0.36 * nucleus.radius) ** 2
    across = np.exp(-((np.arange(width, dtype=np.float32) - np.float32(x)) ** 2) / np.float32(spread))
    down = np.exp(-((np.arange(height, dtype=np.float32) - np.float32(y)) ** 2) / np.float32(spread))
    return np.outer(down, across)


def _lay_granules(
    amounts: np.ndarray, recipe: Recipe, rng: np.random.Generator, body: np.ndarray, nucleus: _Nucleus
) -> None:
    for kind in recipe.granules:
        grains = granules(rng, kind.radius, kind.cover, *body.shape, packed=kind.packed)
        patchy = np.clip(1 + 0.4 * noise(rng, 14.0, *body.shape), 0, 1.6)
        seen = body * (1 - (1 - kind.over_nucleus) * nucleus.mask)
        amounts[kind.dye] += rng.uniform(*kind.amount) * grains * patchy * seen


def _open_vacuoles(
    amounts: np.ndarray, recipe: Recipe, rng: np.random.Generator, side: int, radius: float
) -> None:
    if not recipe.vacuoles[1]:
        return
    middle = side / 2
    holes = np.zeros((side, side), np.uint8)
    for _ in range(rng.integers(recipe.vacuoles[0], recipe.vacuoles[1] + 1)):
        turn, far = rng.uniform(0, 2 * math.pi), radius * rng.uniform(0.5, 0.85)
        outline = blob(rng, rng.uniform(2.0, 5.0), 1.1, 0.02)
        fill(holes, outline, middle + far * math.cos(turn), middle + far * math.sin(turn))
    amounts *= 1 - cv2.GaussianBlur(holes, (0, 0), 0.8).astype(np.float32) * np.float32(0.85 / 255)


def _lay_chromatin(
    amounts: np.ndarray, chromatin: Chromatin, rng: np.random.Generator, nucleus: _Nucleus
) -> None:
    mask = nucleus.mask
    coarse = noise(rng, chromatin.clumps, *mask.shape)
    if chromatin.hard:
        coarse = np.tanh(1.5 * coarse)
    strands = 1.2 * (0.8 - np.abs(noise(rng, 2.2, *mask.shape)))
    structure = 0.75 * coarse + 0.35 * strands + 0.25 * noise(rng, 1.2, *mask.shape)
    thick = bulge(mask, 0.35 * nucleus.radius)
    membrane = mask * (1 - bulge(mask, 4))
    layer = mask * (0.78 + 0.22 * thick) + 0.14 * membrane
    amount = rng.uniform(*chromatin.amount)
    amounts[Dye.CHROMATIN] += amount * layer * (1 + chromatin.contrast * structure)


def _place_nucleoli(amounts: np.ndarray, recipe: Recipe, rng: np.random.Generator, nucleus: _Nucleus) -> None:
    if not recipe.nucleoli[1]:
        return
    spots = np.zeros(nucleus.mask.shape, np.uint8)
    for _ in range(rng.integers(recipe.nucleoli[0], recipe.nucleoli[1] + 1)):
        turn, far = rng.uniform(0, 2 * math.pi), nucleus.radius * rng.uniform(0, 0.6)
        outline = blob(rng, nucleus.radius * rng.uniform(0.12, 0.2), 1.2, 0.08)
        fill(spots, outline, nucleus.x + far * math.cos(turn), nucleus.y + far * math.sin(turn))
    pale = cv2.GaussianBlur(spots, (0, 0), 1.6).astype(np.float32) / 255 * nucleus.mask
    ring = np.clip(cv2.GaussianBlur(pale, (0, 0), 2.5) - 0.6 * pale, 0, 1)
    amounts[Dye.CHROMATIN] *= 1 - 0.5 * pale + 0.3 * ring
    amounts[Dye.AZURE] += 0.4 * pale
