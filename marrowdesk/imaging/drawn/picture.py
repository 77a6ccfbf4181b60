"""Compose the picture of one cell: the cell, its neighbours, red cells, stain, light and the word DRAWN."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.imaging.drawn.artefacts import draw_artefact
from marrowdesk.imaging.drawn.body import draw_body
from marrowdesk.imaging.drawn.field import RED_CELL, Field, lay_ground, red_cell, scatter
from marrowdesk.imaging.drawn.recipes import RECIPES
from marrowdesk.imaging.drawn.stain import Stain

if TYPE_CHECKING:
    from marrowdesk.imaging.drawn.body import Sprite

DRAWN_CODES = (*RECIPES, "ART")
"""Codes of the classes that can be drawn."""

_OUT_OF_FOCUS = "NIF"
_NEIGHBOURS = ("EBO", "EBO", "NGS", "NGB", "MYB", "LYT", "MMZ", "PMO", "BLA")


def draw_cell(code: str, rng: np.random.Generator, side: int = 250, stain: Stain | None = None) -> np.ndarray:
    """Draw a picture with one cell of a class in its middle, marked with the word DRAWN.

    Args:
        code: one of :data:`DRAWN_CODES`.
        rng: source of chance; the same state gives the same picture.
        side: of the picture in pixels, 64 to 500; the scale stays 0.115 um a pixel.
        stain: staining of the slide; by chance when None.

    Returns:
        RGB uint8, shape (side, side, 3).

    Raises:
        MarrowdeskError: there is no drawing for the class.
    """
    if code not in DRAWN_CODES:
        drawn = ", ".join(DRAWN_CODES)
        raise MarrowdeskError(f"There is no drawing for the class {code!r}.", f"Drawn are {drawn}.")
    stain = (stain or Stain.of_slide(rng)).of_field(rng)
    if code == _OUT_OF_FOCUS:
        stain = replace(stain, focus=stain.focus * rng.uniform(1.5, 4.0))
    field = Field(side)
    thick = rng.uniform(0, 1) ** 1.5
    lay_ground(field, rng, thick)
    cell = draw_artefact(rng) if code == "ART" else draw_body(RECIPES[code], rng)
    x, y = side / 2 + rng.normal(0, 3, 2)
    neighbours = _neighbours(rng, side, cell, x, y, thick)
    taken = [(x, y, cell.radius), *((a, b, sprite.radius) for sprite, a, b in neighbours)]
    crowd = rng.integers(2, 20)
    for at in scatter(rng, side, RED_CELL, int(crowd), taken, 0.04 + 0.012 * crowd):
        field.lay(red_cell(rng), *at)
    if rng.random() < 0.12:
        field.shine(rng.uniform(0, side), rng.uniform(0, side), rng.uniform(3, 8), 0.1)
    for sprite, a, b in (*neighbours, (cell, x, y)):
        field.lay(sprite, a, b)
    return _marked(stain.expose(field.amounts, rng))


def _neighbours(
    rng: np.random.Generator, side: int, cell: Sprite, x: float, y: float, thick: float
) -> list[tuple[Sprite, float, float]]:
    """Choose cells that touch the one in the middle or reach in from the border."""
    placed: list[tuple[Sprite, float, float]] = []
    for _ in range(rng.poisson(0.5 + 2.2 * thick)):
        sprite = draw_body(RECIPES[_NEIGHBOURS[rng.integers(len(_NEIGHBOURS))]], rng)
        turn = rng.uniform(0, 2 * math.pi)
        far = (cell.radius + sprite.radius) * rng.uniform(0.98, 1.35)
        a, b = x + far * math.cos(turn), y + far * math.sin(turn)
        others = ((other, math.hypot(a - c, b - d)) for other, c, d in placed)
        if all(apart > 0.9 * (sprite.radius + other.radius) for other, apart in others):
            placed.append((sprite, a, b))
    return placed


def _marked(image: np.ndarray) -> np.ndarray:
    """Write DRAWN into the lower left corner, readable on any ground."""
    place, font = (4, image.shape[0] - 5), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(image, "DRAWN", place, font, 0.36, (255, 255, 255), 3, cv2.LINE_AA)
    cv2.putText(image, "DRAWN", place, font, 0.36, (70, 70, 70), 1, cv2.LINE_AA)
    return image
