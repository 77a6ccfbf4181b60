"""Drawn images that show no cell of a smear: what a classifier must call unfamiliar."""

from __future__ import annotations

import cv2
import numpy as np

_SIDE = 250


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
        "line drawing": _drawing,
        "page of text": _text,
        "noise": _noise,
    }
    return {name: [draw(rng) for _ in range(count)] for name, draw in kinds.items()}


def _smooth(rng: np.random.Generator, sigma: float) -> np.ndarray:
    """Smooth noise in [0, 1]; (side, side) float32."""
    field = cv2.GaussianBlur(rng.normal(size=(_SIDE, _SIDE)).astype(np.float32), (0, 0), sigma)
    return np.asarray(cv2.normalize(field, np.empty_like(field), 0, 1, cv2.NORM_MINMAX))


def _mixed(first: tuple[int, ...], second: tuple[int, ...], share: np.ndarray) -> np.ndarray:
    part = share[..., None]
    return np.asarray(first, np.float32) * (1 - part) + np.asarray(second, np.float32) * part


def _byte(image: np.ndarray) -> np.ndarray:
    return np.clip(image, 0, 255).astype(np.uint8)


def _blank(rng: np.random.Generator) -> np.ndarray:
    color = rng.integers(200, 250, 3)
    return _byte(color + rng.normal(0, 2, (_SIDE, _SIDE, 3)))


def _landscape(rng: np.random.Generator) -> np.ndarray:
    image = _mixed((90, 150, 220), (215, 230, 245), np.linspace(0, 1, _SIDE)[:, None].repeat(_SIDE, 1))
    across = np.arange(_SIDE)
    for depth, color in enumerate(((110, 130, 150), (80, 120, 80), (50, 90, 40))):
        wave = np.zeros(_SIDE)
        for _ in range(4):
            wave += rng.uniform(4, 22) * np.sin(across * rng.uniform(0.01, 0.06) + rng.uniform(0, 6))
        below = np.arange(_SIDE)[:, None] > (110 + 40 * depth + wave)[None, :]
        shade = _mixed(color, tuple(each // 2 for each in color), _smooth(rng, 3))
        image[below] = shade[below]
    return _byte(image)


def _histology(rng: np.random.Generator) -> np.ndarray:
    image = _mixed((235, 170, 200), (200, 110, 160), _smooth(rng, 9))
    for _ in range(160):
        at = tuple(int(each) for each in rng.integers(0, _SIDE, 2))
        axes = tuple(int(each) for each in rng.integers(4, 9, 2))
        color = (int(rng.integers(80, 120)), int(rng.integers(50, 90)), int(rng.integers(120, 160)))
        cv2.ellipse(image, at, axes, float(rng.uniform(0, 180)), 0, 360, color, -1)
    return _byte(cv2.GaussianBlur(image, (0, 0), 1.0))


def _drawing(rng: np.random.Generator) -> np.ndarray:
    image = np.full((_SIDE, _SIDE, 3), 255, np.uint8)
    for _ in range(6):
        points = rng.integers(20, _SIDE - 20, (int(rng.integers(3, 7)), 1, 2)).astype(np.int32)
        cv2.polylines(image, [points], bool(rng.random() < 0.5), (20, 20, 20), 3, cv2.LINE_AA)
    cv2.circle(image, (_SIDE // 2, _SIDE // 2), int(rng.integers(30, 90)), (20, 20, 20), 3, cv2.LINE_AA)
    return image


def _text(rng: np.random.Generator) -> np.ndarray:
    image = np.full((_SIDE, _SIDE, 3), 250, np.uint8)
    letters = "abcdefghijklmnopqrstuvwxyz  "
    for row in range(20, _SIDE, 22):
        line = "".join(letters[int(at)] for at in rng.integers(0, len(letters), 22))
        cv2.putText(image, line, (6, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30, 30, 30), 1, cv2.LINE_AA)
    return image


def _noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (_SIDE, _SIDE, 3)).astype(np.uint8)
