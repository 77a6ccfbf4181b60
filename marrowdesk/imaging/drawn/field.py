"""Draw what lies around a cell: red cells, platelets, dust, and the traces of the smear."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.imaging.drawn.body import Sprite
from marrowdesk.imaging.drawn.shapes import blob, bulge, fill, soften
from marrowdesk.imaging.drawn.stain import Dye
from marrowdesk.imaging.drawn.texture import granules, noise

if TYPE_CHECKING:
    from collections.abc import Sequence

RED_CELL = 31.0
"""Mean radius of a red cell in pixels."""


class Field:
    """A field of view while it is drawn.

    Attributes:
        amounts: of each dye, float32, shape (7, side, side).
    """

    def __init__(self, side: int) -> None:
        self.side = side
        self.amounts = np.zeros((len(Dye), side, side), np.float32)

    def lay(self, sprite: Sprite, x: float, y: float) -> None:
        """Lay something on the field with its middle at x, y; it pushes aside what was there before."""
        size = sprite.body.shape[0]
        left, top = round(x - size / 2), round(y - size / 2)
        rows = slice(max(top, 0), max(min(top + size, self.side), 0))
        columns = slice(max(left, 0), max(min(left + size, self.side), 0))
        part = self.amounts[:, rows, columns]
        if part.size:
            rows = slice(rows.start - top, rows.stop - top)
            columns = slice(columns.start - left, columns.stop - left)
            part *= 1 - 0.94 * sprite.body[rows, columns]
            part += sprite.amounts[:, rows, columns]

    def shine(self, x: float, y: float, radius: float, amount: float) -> None:
        """Put a round, glassy spot on the field, as fat droplets leave."""
        spot = np.zeros((self.side, self.side), np.uint8)
        cv2.circle(spot, (round(x * 16), round(y * 16)), round(radius * 16), 255, -1, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(spot, (0, 0), 1.0).astype(np.float32) / 255
        self.amounts *= 1 - soft
        self.amounts[Dye.GLEAM] += amount * soft


@cache
def _red_cells() -> tuple[Sprite, ...]:
    """Draw some red cells in advance: they stand in every picture."""
    rng = np.random.default_rng(62)
    return tuple(_draw_red_cell(rng) for _ in range(48))


def red_cell(rng: np.random.Generator) -> Sprite:
    """Give a red cell: a disc, paler in the middle, now and then bluish or out of shape."""
    cells = _red_cells()
    cell = cells[rng.integers(len(cells))]
    turns = int(rng.integers(4))
    return Sprite(np.rot90(cell.amounts, turns, (1, 2)), np.rot90(cell.body, turns), cell.radius)


def _draw_red_cell(rng: np.random.Generator) -> Sprite:
    radius = RED_CELL * rng.uniform(0.88, 1.12)
    side = 2 * int(radius * 1.35) + 8
    mask = np.zeros((side, side), np.uint8)
    outline = blob(rng, radius, rng.uniform(1, 1.3), 0.04)
    fill(mask, outline, side / 2, side / 2)
    body = soften(mask, 1.2)
    dip = np.zeros_like(mask)
    fill(dip, outline * rng.uniform(0.25, 0.45), side / 2 + rng.normal(0, 2), side / 2 + rng.normal(0, 2))
    pale = cv2.GaussianBlur(dip, (0, 0), rng.uniform(2.5, 6)).astype(np.float32) / 255
    amounts = np.zeros((len(Dye), side, side), np.float32)
    layer = rng.uniform(0.75, 1.05) * body * (1 - max(0, rng.uniform(-0.3, 0.75)) * pale)
    amounts[Dye.HEMOGLOBIN] = layer * (0.9 + 0.1 * bulge(body, 5))
    if rng.random() < 0.06:
        amounts[Dye.AZURE] = 0.15 * body
    return Sprite(amounts, 0.55 * body, radius)


def scatter(
    rng: np.random.Generator,
    side: int,
    radius: float,
    count: int,
    taken: Sequence[tuple[float, float, float]],
    overlap: float,
) -> list[tuple[float, float]]:
    """Find places for round things that overlap little with each other and with what is there.

    Args:
        rng: source of chance.
        side: of the field; places reach over its border.
        radius: of each thing.
        count: how many to try for.
        taken: x, y and radius of what is there.
        overlap: how much of the radii may overlap, in [0, 1].

    Returns:
        Middles as x, y; fewer than ``count`` where there is no room.
    """
    found: list[tuple[float, float, float]] = list(taken)
    for x, y in rng.uniform(-radius, side + radius, (6 * count, 2)):
        if all(math.hypot(x - a, y - b) > (1 - overlap) * (radius + c) for a, b, c in found):
            found.append((x, y, radius))
            if len(found) == count + len(taken):
                break
    return [(x, y) for x, y, _ in found[len(taken) :]]


def lay_ground(field: Field, rng: np.random.Generator, thick: float) -> None:
    """Lay what the smear leaves between the cells: a stained film, fine dust, platelets.

    Args:
        field: drawn on.
        rng: source of chance.
        thick: 0 for a clean thin smear, 1 for dense marrow.
    """
    side = field.side
    clouds = np.clip(0.5 + 0.35 * noise(rng, 30.0, side, side) + 0.12 * noise(rng, 6.0, side, side), 0, 2)
    field.amounts[Dye.PINK] += 0.10 * thick * clouds
    field.amounts[Dye.AZURE] += 0.05 * thick * clouds
    field.amounts[Dye.HEMOGLOBIN] += 0.012 * noise(rng, 2.5, side, side)
    where = np.clip(noise(rng, 14.0, side, side) - 0.7, 0, 1)
    field.amounts[Dye.AZUROPHIL] += 0.7 * thick * where * granules(rng, 1.0, 0.03, side, side)
    for x, y in rng.uniform(0, side, (rng.poisson(0.8), 2)):
        field.lay(draw_platelet(rng), x, y)


def draw_platelet(rng: np.random.Generator) -> Sprite:
    """Draw a platelet: a small lilac disc with a grainy middle."""
    radius = rng.uniform(7, 12)
    side = 2 * int(radius * 1.6) + 8
    mask = np.zeros((side, side), np.uint8)
    fill(mask, blob(rng, radius, rng.uniform(1, 1.5), 0.12), side / 2, side / 2)
    body = soften(mask, 1.4)
    amounts = np.zeros((len(Dye), side, side), np.float32)
    amounts[Dye.AZURE] = 0.12 * body
    inner = cv2.GaussianBlur(mask, (0, 0), radius / 3).astype(np.float32) / 255
    amounts[Dye.AZUROPHIL] = body * (0.12 + 0.9 * inner**2 * granules(rng, 1.3, 0.35, side, side))
    return Sprite(amounts, body, radius)
