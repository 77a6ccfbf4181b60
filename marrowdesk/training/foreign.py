"""Drawn images that show no cell of a smear, and cells spoiled: what a classifier must call unfamiliar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

_SIDE = 250
_WHITE = 245.0

DAB = (0.268, 0.570, 0.776)
"""Optical density of diaminobenzidine in red, green and blue (Ruifrok and Johnston 2001)."""


def foreign_images(count: int = 8, seed: int = 0) -> dict[str, list[np.ndarray]]:
    """Draw images of things that are no cells, by kind; each (250, 250, 3) uint8 RGB.

    Args:
        count: how many of each kind.
        seed: source of chance.
    """
    rng = np.random.default_rng(seed)
    kinds = {
        "blank field": _blank,
        "landscape": _landscape,
        "histology section": _histology,
        "histology, glands": _glands,
        "histology, fibres": _fibres,
        "line drawing": _drawing,
        "page of text": _text,
        "screenshot": _screenshot,
        "noise": _noise,
    }
    return {name: [draw(rng) for _ in range(count)] for name, draw in kinds.items()}


def spoiled_cells(images: Sequence[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """Spoil images of cells, by kind: out of focus, and as foreign stains or cameras would show them.

    The blur is a Gaussian with a sigma of 6 % of the shorter side, 15 px of 250: there three of four cells
    of the training's laboratories were named wrongly, sharp one of five.

    Args:
        images: images of cells, each (H, W, 3) uint8 RGB.
    """
    kinds = {
        "cells out of focus": _defocused,
        "cells in brown": _browned,
        "cells in green": _greened,
        "negatives of cells": _negative,
    }
    return {name: [spoil(image) for image in images] for name, spoil in kinds.items()}


def _defocused(image: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.06 * min(image.shape[:2])))


def _browned(image: np.ndarray) -> np.ndarray:
    return dyed(image, DAB)


def _greened(image: np.ndarray) -> np.ndarray:
    return dyed(image, (0.75, 0.20, 0.60))


def _negative(image: np.ndarray) -> np.ndarray:
    return np.asarray(255 - image)


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


def smooth(rng: np.random.Generator, sigma: float, side: int = _SIDE) -> np.ndarray:
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


def _blank(rng: np.random.Generator) -> np.ndarray:
    color = rng.integers(200, 250, 3)
    return as_bytes(color + rng.normal(0, 2, (_SIDE, _SIDE, 3)))


def _landscape(rng: np.random.Generator) -> np.ndarray:
    image = mixed((90, 150, 220), (215, 230, 245), np.linspace(0, 1, _SIDE)[:, None].repeat(_SIDE, 1))
    across = np.arange(_SIDE)
    for depth, color in enumerate(((110, 130, 150), (80, 120, 80), (50, 90, 40))):
        wave = np.zeros(_SIDE)
        for _ in range(4):
            wave += rng.uniform(4, 22) * np.sin(across * rng.uniform(0.01, 0.06) + rng.uniform(0, 6))
        below = np.arange(_SIDE)[:, None] > (110 + 40 * depth + wave)[None, :]
        shade = mixed(color, tuple(each // 2 for each in color), smooth(rng, 3))
        image[below] = shade[below]
    return as_bytes(image)


def _nuclear(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(70, 120)), float(rng.uniform(45, 90)), float(rng.uniform(110, 160))


def _histology(rng: np.random.Generator) -> np.ndarray:
    """Dense nuclei in pink tissue, hematoxylin and eosin."""
    image = mixed((235, 170, 200), (200, 110, 160), smooth(rng, 9))
    for _ in range(160):
        spot(image, rng.uniform(0, _SIDE, 2), rng.uniform(4, 9, 2), rng.uniform(0, 180), _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image, (0, 0), 1.0))


def _glands(rng: np.random.Generator) -> np.ndarray:
    """Glands as in PAS: a lumen, a ring of upright nuclei, magenta at the base."""
    image = mixed((240, 205, 225), (215, 150, 195), smooth(rng, 5))
    for _ in range(5):
        at, radius = rng.uniform(0, _SIDE, 2), rng.uniform(28, 60)
        spot(image, at, (radius + 4, radius + 4), 0, (190, 60, 140))
        spot(image, at, (radius, radius), 0, (222, 170, 208))
        spot(image, at, radius * rng.uniform(0.25, 0.5, 2), 0, (244, 240, 243))
        for turn in np.arange(0, 360, 700 / radius):
            out = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
            spot(image, at + out * radius * 0.8, (7, 4), turn + rng.normal(0, 8), _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image + 12 * smooth(rng, 1.5)[..., None], (0, 0), 1.0))


def _fibres(rng: np.random.Generator) -> np.ndarray:
    """Bundles of pink fibres with thin nuclei between them."""
    turn = rng.uniform(0, 180)
    image = mixed((245, 205, 220), (225, 120, 165), smooth(rng, 4))
    for _ in range(120):
        at, color = (
            rng.uniform(0, _SIDE, 2),
            (rng.uniform(205, 245), rng.uniform(90, 190), rng.uniform(140, 205)),
        )
        spot(image, at, (rng.uniform(40, 120), rng.uniform(2, 5)), turn + rng.normal(0, 12), color)
    for _ in range(40):
        spot(image, rng.uniform(0, _SIDE, 2), (10, 2.5), turn + rng.normal(0, 12), _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image, (0, 0), 1.0))


def _drawing(rng: np.random.Generator) -> np.ndarray:
    image = np.full((_SIDE, _SIDE, 3), 255, np.uint8)
    for _ in range(6):
        points = rng.integers(20, _SIDE - 20, (int(rng.integers(3, 7)), 1, 2)).astype(np.int32)
        cv2.polylines(image, [points], bool(rng.random() < 0.5), (20, 20, 20), 3, cv2.LINE_AA)
    cv2.circle(image, (_SIDE // 2, _SIDE // 2), int(rng.integers(30, 90)), (20, 20, 20), 3, cv2.LINE_AA)
    return image


def _lines(image: np.ndarray, rng: np.random.Generator, left: int, rows: range, ink: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz  "
    for row in rows:
        line = "".join(letters[int(at)] for at in rng.integers(0, len(letters), 22))
        cv2.putText(image, line, (left, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (ink, ink, ink), 1, cv2.LINE_AA)


def _text(rng: np.random.Generator) -> np.ndarray:
    image = np.full((_SIDE, _SIDE, 3), 250, np.uint8)
    _lines(image, rng, 6, range(20, _SIDE, 22), 30)
    return image


def _screenshot(rng: np.random.Generator) -> np.ndarray:
    """A window with a title bar, a list, buttons and a picture, light or dark."""
    paper, ink = (245, 30) if rng.random() < 0.5 else (40, 220)
    image = np.full((_SIDE, _SIDE, 3), paper, np.uint8)
    accent = tuple(int(each) for each in rng.integers(40, 220, 3))
    cv2.rectangle(image, (0, 0), (_SIDE, 24), accent, -1)
    _lines(image[:, :110], rng, 6, range(50, _SIDE, 24), ink)
    for row in range(40, 140, 32):
        cv2.rectangle(image, (140, row), (235, row + 20), accent, -1 if rng.random() < 0.5 else 1)
    picture = mixed(rng.integers(0, 256, 3), rng.integers(0, 256, 3), smooth(rng, 6, 95))
    image[150:245, 140:235] = as_bytes(picture)
    return image


def _noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (_SIDE, _SIDE, 3)).astype(np.uint8)
