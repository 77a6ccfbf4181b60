"""Drawn images that show no cell of a smear, and cells spoiled: what a classifier must call unfamiliar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.training.drawing import DAB, SIDE, as_bytes, dyed, mixed, smooth
from marrowdesk.training.histology import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence


def foreign_images(count: int = 8, seed: int = 0) -> dict[str, list[np.ndarray]]:
    """Draw images of things that are no cells, by kind; each (250, 250, 3) uint8 RGB.

    Args:
        count: how many of each kind.
        seed: source of chance.
    """
    kinds = {
        "blank field": _blank,
        "landscape": _landscape,
        **SECTIONS,
        "line drawing": _drawing,
        "page of text": _text,
        "screenshot": _screenshot,
        "noise": _noise,
    }
    return {
        name: [draw(np.random.default_rng([seed, number, each])) for each in range(count)]
        for number, (name, draw) in enumerate(kinds.items())
    }


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


def _blank(rng: np.random.Generator) -> np.ndarray:
    color = rng.integers(200, 250, 3)
    return as_bytes(color + rng.normal(0, 2, (SIDE, SIDE, 3)))


def _landscape(rng: np.random.Generator) -> np.ndarray:
    image = mixed((90, 150, 220), (215, 230, 245), np.linspace(0, 1, SIDE)[:, None].repeat(SIDE, 1))
    across = np.arange(SIDE)
    for depth, color in enumerate(((110, 130, 150), (80, 120, 80), (50, 90, 40))):
        wave = np.zeros(SIDE)
        for _ in range(4):
            wave += rng.uniform(4, 22) * np.sin(across * rng.uniform(0.01, 0.06) + rng.uniform(0, 6))
        below = np.arange(SIDE)[:, None] > (110 + 40 * depth + wave)[None, :]
        shade = mixed(color, tuple(each // 2 for each in color), smooth(rng, 3))
        image[below] = shade[below]
    return as_bytes(image)


def _drawing(rng: np.random.Generator) -> np.ndarray:
    image = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for _ in range(6):
        points = rng.integers(20, SIDE - 20, (int(rng.integers(3, 7)), 1, 2)).astype(np.int32)
        cv2.polylines(image, [points], bool(rng.random() < 0.5), (20, 20, 20), 3, cv2.LINE_AA)
    cv2.circle(image, (SIDE // 2, SIDE // 2), int(rng.integers(30, 90)), (20, 20, 20), 3, cv2.LINE_AA)
    return image


def _lines(image: np.ndarray, rng: np.random.Generator, left: int, rows: range, ink: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz  "
    for row in rows:
        line = "".join(letters[int(at)] for at in rng.integers(0, len(letters), 22))
        cv2.putText(image, line, (left, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (ink, ink, ink), 1, cv2.LINE_AA)


def _text(rng: np.random.Generator) -> np.ndarray:
    image = np.full((SIDE, SIDE, 3), 250, np.uint8)
    _lines(image, rng, 6, range(20, SIDE, 22), 30)
    return image


def _screenshot(rng: np.random.Generator) -> np.ndarray:
    """A window with a title bar, a list, buttons and a picture, light or dark."""
    paper, ink = (245, 30) if rng.random() < 0.5 else (40, 220)
    image = np.full((SIDE, SIDE, 3), paper, np.uint8)
    accent = tuple(int(each) for each in rng.integers(40, 220, 3))
    cv2.rectangle(image, (0, 0), (SIDE, 24), accent, -1)
    _lines(image[:, :110], rng, 6, range(50, SIDE, 24), ink)
    for row in range(40, 140, 32):
        cv2.rectangle(image, (140, row), (235, row + 20), accent, -1 if rng.random() < 0.5 else 1)
    picture = mixed(rng.integers(0, 256, 3), rng.integers(0, 256, 3), smooth(rng, 6, 95))
    image[150:245, 140:235] = as_bytes(picture)
    return image


def _noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
