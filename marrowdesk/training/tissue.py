"""Drawn sections of tissue, for the measure of doubt to be taught on: layouts, stains, magnifications.

A layout says where nuclei, cell bodies, matrix and what a special stain marks lie; a stain says which dye
each of them takes; the dyes' optical densities add up (Beer and Lambert). A bundle is measured on sections
that other code draws, see :mod:`marrowdesk.training.histology`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.training.drawing import DAB, as_bytes, light, smooth

if TYPE_CHECKING:
    from collections.abc import Callable

    Layout = Callable[["Section"], None]

_SIDE = 200

NUCLEUS, BODY, MATRIX, MARK = range(4)
"""What takes dye: nuclei, cell bodies, what lies between cells, and what a special stain is made to show."""

_HEMATOXYLIN, _EOSIN = (0.650, 0.704, 0.286), (0.072, 0.990, 0.105)
_PERIODIC, _FAST_RED, _METHYL_BLUE = (0.175, 0.972, 0.154), (0.214, 0.851, 0.478), (0.799, 0.591, 0.105)
_PONCEAU, _ORANGE, _SILVER = (0.100, 0.737, 0.668), (0.107, 0.368, 0.923), (0.55, 0.58, 0.60)

_STAINS = np.array(
    [
        (_HEMATOXYLIN, _EOSIN, _EOSIN, _EOSIN),
        (_HEMATOXYLIN, _EOSIN, _EOSIN, _HEMATOXYLIN),
        (_HEMATOXYLIN, _PERIODIC, _PERIODIC, _PERIODIC),
        (_HEMATOXYLIN, _PONCEAU, _METHYL_BLUE, _PONCEAU),
        (_HEMATOXYLIN, _HEMATOXYLIN, _HEMATOXYLIN, DAB),
        (DAB, _HEMATOXYLIN, _HEMATOXYLIN, _HEMATOXYLIN),
        (_HEMATOXYLIN, _HEMATOXYLIN, _HEMATOXYLIN, _FAST_RED),
        (_FAST_RED, _ORANGE, _EOSIN, _METHYL_BLUE),
        (_SILVER, _ORANGE, _SILVER, _SILVER),
    ]
)
"""Optical density in red, green and blue of what each of the four takes: hematoxylin and eosin twice, PAS,
Masson's trichrome, brown on cells, brown on nuclei, red, blue, silver (Ruifrok and Johnston 2001, and the
table of dyes of Landini's colour deconvolution)."""

_LEAST = np.array([0.5, 0.05, 0.05, 0.1])
_MOST = np.array([1.4, 0.45, 0.55, 1.2])


@dataclass(frozen=True, slots=True)
class Section:
    """A section while it is drawn.

    Attributes:
        rng: source of chance.
        radius: of a usual nucleus, px: the magnification.
        amounts: (4, S, S) float32, how much of the four lies where, 0 to about 1.
    """

    rng: np.random.Generator
    radius: float
    amounts: np.ndarray = field(default_factory=lambda: np.zeros((4, _SIDE, _SIDE), np.float32))

    def nuclei(
        self, places: np.ndarray, turns: np.ndarray | None = None, length: float = 1.0, dark: float = 1.0
    ) -> None:
        """Lay nuclei down.

        Args:
            places: (N, 2) x and y, px.
            turns: (N,) of their long axes, radians; by chance where None.
            length: over width, about.
            dark: how much dye they take.
        """
        rng, plane = self.rng, np.zeros((_SIDE, _SIDE), np.float32)
        for at, place in enumerate(places):
            turn = rng.uniform(0, np.pi) if turns is None else turns[at] + rng.normal(0, 0.15)
            stretch = np.sqrt(length * rng.uniform(0.9, 1.5))
            halves = np.maximum(self.radius * rng.uniform(0.75, 1.2) * np.array([stretch, 1 / stretch]), 0.8)
            _ellipse(plane, place, halves, turn, dark * rng.uniform(0.6, 1.2))
        clumps = 1 + rng.uniform(0, 0.5) * (2 * smooth(rng, max(0.25 * self.radius, 0.6), _SIDE) - 1)
        self.amounts[NUCLEUS] = np.maximum(self.amounts[NUCLEUS], plane * clumps)

    def units(self, step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Part the section into cells of a jittered honeycomb (Voronoi).

        Args:
            step: distance of neighbours, px.

        Returns:
            Their middles (N, 2), the number of the cell at each px (S, S), the distance from its wall, px.
        """
        from scipy.spatial import cKDTree

        count = int(_SIDE / step) + 4
        across, down = np.meshgrid(np.arange(count), np.arange(int(count / 0.87) + 1))
        grid = np.stack([across + 0.5 * (down % 2), 0.87 * down], -1).reshape(-1, 2) - 1.5
        middles = (grid + self.rng.normal(0, self.rng.uniform(0.08, 0.25), grid.shape)) * step
        rows, columns = np.mgrid[:_SIDE, :_SIDE]
        far, near = cKDTree(middles).query(np.stack([columns, rows], -1).reshape(-1, 2), k=2)
        shape = (_SIDE, _SIDE)
        return middles, near[:, 0].reshape(shape), ((far[:, 1] - far[:, 0]) / 2).reshape(shape)

    def lined(self, depth: np.ndarray, level: float, apart: float) -> tuple[np.ndarray, np.ndarray]:
        """Choose places along a line of equal depth: (N, 2) px, and the line's direction there, radians."""
        rows, columns = np.nonzero(np.abs(depth - level) < 0.8)
        free = np.full((_SIDE, _SIDE), 255, np.uint8)
        kept: list[tuple[int, int]] = []
        for at in self.rng.permutation(len(rows)):
            if free[rows[at], columns[at]]:
                kept.append((int(columns[at]), int(rows[at])))
                cv2.circle(free, kept[-1], round(apart), 0, -1)
        places = np.array(kept, float).reshape(-1, 2)
        down, across = np.gradient(cv2.GaussianBlur(depth.astype(np.float32), (0, 0), 1.5))
        y, x = places[:, 1].astype(int), places[:, 0].astype(int)
        return places, np.arctan2(down[y, x], across[y, x]) + np.pi / 2

    def seen(self) -> np.ndarray:
        """Stain the section, bring it into focus or not, and take the picture: (S, S, 3) uint8."""
        rng = self.rng
        dyes = _STAINS[rng.integers(len(_STAINS))] + rng.normal(0, 0.06, (4, 3))
        dyes = np.maximum(dyes, 0.02) * rng.uniform(_LEAST, _MOST)[:, None]
        thick = rng.uniform(0.8, 1.2) * (1 + 0.3 * (smooth(rng, 40, _SIDE) - 0.5))
        image = light(np.einsum("phw,pc->hwc", self.amounts, dyes) * thick[..., None]).astype(np.float32)
        blur = rng.uniform(0.4, 1.2) if rng.random() < 0.7 else rng.uniform(1.2, 4.0)
        image = cv2.GaussianBlur(image, (0, 0), blur)
        return as_bytes(image + rng.normal(0, rng.uniform(0, 4), image.shape))


def _ellipse(plane: np.ndarray, place: np.ndarray, halves: np.ndarray, turn: float, value: float) -> None:
    middle, axes = (np.rint(16 * each).astype(int).tolist() for each in (place, halves))
    cv2.ellipse(plane, middle, axes, float(np.degrees(turn)), 0, 360, float(value), -1, cv2.LINE_8, 4)


def _soft(values: np.ndarray, width: float = 1.0) -> np.ndarray:
    """Give 0 below 0 and 1 above it, with a slope of ``width`` px between them."""
    return np.asarray(np.clip(values / width + 0.5, 0, 1), np.float32)


def _each(rng: np.random.Generator, numbers: np.ndarray, least: float, most: float) -> np.ndarray:
    """Give every unit a value of its own, at each px of its number."""
    return np.asarray(rng.uniform(least, most, int(numbers.max()) + 1)[numbers], np.float32)


def _sheet(section: Section) -> None:
    """Cells side by side: lymph node and round-cell tumour when small, liver or squamous when large."""
    rng, radius = section.rng, section.radius
    middles, numbers, depth = section.units(radius * rng.uniform(2.0, 5.0))
    gap = rng.uniform(-1.5, 1.5)
    section.amounts[BODY] = _each(rng, numbers, 0.5, 1.0) * _soft(depth - gap)
    marked = _each(rng, numbers, 0, 1) < rng.uniform(0, 1)
    walls = rng.random() < 0.5
    section.amounts[MARK] = marked * (_soft(1.5 - depth) if walls else _soft(depth - gap)) * 0.7
    section.nuclei(middles + rng.normal(0, 0.3 * radius, middles.shape), length=rng.uniform(0.9, 1.6))


def _vacuoles(section: Section) -> None:
    """Empty rooms with thin walls: fat, or lung where the walls are thick."""
    rng, radius = section.rng, section.radius
    _, _, depth = section.units(radius * rng.uniform(7, 16))
    wall = rng.uniform(0.8, 0.25 * radius + 1.5)
    section.amounts[BODY] = _soft(wall - depth)
    section.amounts[MARK] = _soft(0.5 * wall - depth) * rng.uniform(0, 0.5)
    places, turns = section.lined(depth, 0.5 * wall, radius * rng.uniform(4, 12))
    section.nuclei(places, turns, rng.uniform(1.5, 3.5))


def _glands(section: Section) -> None:
    """Rings of upright cells around a lumen, in a stroma: gut, kidney, endometrium."""
    rng, radius = section.rng, section.radius
    _, _, depth = section.units(radius * rng.uniform(9, 18))
    stroma, tall = radius * rng.uniform(0.5, 2.5), radius * rng.uniform(2.5, 5)
    ring = _soft(depth - stroma) * _soft(stroma + tall - depth)
    section.amounts[MATRIX] = _soft(stroma - depth) * (0.5 + 0.5 * smooth(rng, 3, _SIDE))
    section.amounts[BODY] = ring
    section.amounts[MARK] = ring * _soft(depth - stroma - rng.uniform(0.5, 1) * tall) * rng.uniform(0, 1)
    places, turns = section.lined(
        depth, stroma + rng.uniform(0.25, 0.5) * tall, radius * rng.uniform(1.5, 2.2)
    )
    section.nuclei(places, turns + np.pi / 2, rng.uniform(1, 2))
    between, along = section.lined(depth, 0.3 * stroma, radius * rng.uniform(3, 6))
    section.nuclei(between, along, rng.uniform(1.5, 3))


def _muscle(section: Section) -> None:
    """Fibres cut across, their nuclei at the edge: striated muscle, nerve."""
    rng, radius = section.rng, section.radius
    _, numbers, depth = section.units(radius * rng.uniform(4, 12))
    gap = rng.uniform(0.3, 2.5)
    section.amounts[BODY] = _each(rng, numbers, 0.6, 1.0) * _soft(depth - gap)
    section.amounts[MATRIX] = _soft(gap - depth) * rng.uniform(0, 0.8)
    places, turns = section.lined(depth, gap + 0.5 * radius, radius * rng.uniform(3, 9))
    section.nuclei(places, turns, rng.uniform(1.2, 2.5))


def _bundles(section: Section) -> None:
    """Wavy fibres side by side with long nuclei: collagen, smooth muscle, spindle cells."""
    rng, radius = section.rng, section.radius
    turn, wave = rng.uniform(0, np.pi), radius * rng.uniform(0, 6)
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    across = columns * -np.sin(turn) + rows * np.cos(turn) + wave * smooth(rng, rng.uniform(15, 40), _SIDE)
    strands = cv2.GaussianBlur(rng.normal(size=(1, 4096)).astype(np.float32), (0, 0), 4.0)[0]
    at = (across - across.min()) / max(radius * rng.uniform(0.3, 1.0), 0.8) * 8
    found = np.interp(at % len(strands), np.arange(len(strands)), strands / strands.std())
    kind = MATRIX if rng.random() < 0.5 else BODY
    section.amounts[kind] = np.clip(0.6 + rng.uniform(0.1, 0.35) * found, 0, 1.2)
    count = int((_SIDE / radius) ** 2 * rng.uniform(0.01, 0.1))
    slope = np.stack(np.gradient(across), -1)
    places = rng.uniform(0, _SIDE, (count, 2))
    down, right = slope[places[:, 1].astype(int), places[:, 0].astype(int)].T
    section.nuclei(places, np.arctan2(down, right) + np.pi / 2, rng.uniform(2, 6))


def _cords(section: Section) -> None:
    """Plates one to three cells thick between clefts: liver, adrenal, an endocrine tumour."""
    rng, radius = section.rng, section.radius
    turn, period = rng.uniform(0, np.pi), radius * rng.uniform(5, 11)
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    across = columns * -np.sin(turn) + rows * np.cos(turn)
    phase = 2 * np.pi * across / period + rng.uniform(4, 14) * smooth(rng, rng.uniform(12, 30), _SIDE)
    plate = _soft((np.sin(phase) + rng.uniform(-0.2, 0.8)) * period / 6)
    middles, numbers, depth = section.units(radius * rng.uniform(2.2, 3.5))
    section.amounts[BODY] = plate * _each(rng, numbers, 0.6, 1.0) * _soft(depth + 0.5)
    section.amounts[MATRIX] = (1 - plate) * rng.uniform(0, 0.5)
    section.amounts[MARK] = plate * _soft(1.2 - depth) * rng.uniform(0, 0.7)
    inside = np.clip(middles, 0, _SIDE - 1).astype(int)
    section.nuclei(middles[plate[inside[:, 1], inside[:, 0]] > 0.7])


def _ghosts(section: Section) -> None:
    """Necrosis: outlines that fade, nuclei gone, shrunken or in pieces."""
    rng, radius = section.rng, section.radius
    middles, numbers, depth = section.units(radius * rng.uniform(2.5, 5))
    section.amounts[BODY] = 0.4 + 0.6 * smooth(rng, rng.uniform(1, 5), _SIDE) * _soft(depth, 6.0)
    section.amounts[MATRIX] = _each(rng, numbers, 0, 0.6)
    section.nuclei(middles[rng.random(len(middles)) < 0.5], dark=rng.uniform(0.05, 0.4))
    count = int((_SIDE / radius) ** 2 * rng.uniform(0.02, 0.3))
    for place in rng.uniform(0, _SIDE, (count, 2)):
        size = radius * rng.uniform(0.1, 0.5, 2)
        _ellipse(
            section.amounts[NUCLEUS], place, np.maximum(size, 0.6), rng.uniform(0, np.pi), rng.uniform(0.4, 1)
        )


_LAYOUTS: tuple[Layout, ...] = (_sheet, _vacuoles, _glands, _muscle, _bundles, _cords, _ghosts)


def draw_tissue(rng: np.random.Generator) -> np.ndarray:
    """Draw a section of any layout, in any stain and magnification: (200, 200, 3) uint8 RGB."""
    section = Section(rng, float(np.exp(rng.uniform(np.log(2.5), np.log(20)))))
    _LAYOUTS[rng.integers(len(_LAYOUTS))](section)
    return section.seen()
