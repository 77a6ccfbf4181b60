"""Simple painted cells with a known nucleus, for tests of scale, white point and sharpness."""

from __future__ import annotations

import cv2
import numpy as np


def painted_cell(
    side: int = 250,
    nucleus: float = 70,
    centre: tuple[float, float] | None = None,
    background: tuple[int, int, int] = (230, 225, 235),
    seed: int = 0,
) -> np.ndarray:
    """Paint a purple nucleus in a pale blue cell on a plain background; (side, side, 3) uint8 RGB.

    Args:
        side: width and height, px.
        nucleus: diameter of the nucleus, px.
        centre: its centre, px; by default the middle.
        background: colour of the background.
        seed: source of chance for the nucleus' texture.
    """
    x, y = centre or (side / 2, side / 2)
    light = np.ones((side, side, 3), np.float32)
    texture = np.random.default_rng(seed).normal(0, 0.05, (24, 24, 1)).astype(np.float32)
    grain = cv2.resize(texture, (side, side), interpolation=cv2.INTER_CUBIC)[..., None]
    across = np.arange(side) + 0.5
    distance = np.hypot(across[None, :] - x, across[:, None] - y)[..., None]
    light = np.where(distance < nucleus * 0.75, np.float32([0.75, 0.75, 0.95]), light)
    light = np.where(distance < nucleus * 0.5, np.float32([0.35, 0.2, 0.6]) + grain, light)
    image = cv2.GaussianBlur((light * np.float32(background)).astype(np.float32), (0, 0), side / 250)
    return np.clip(image, 0, 255).astype(np.uint8)
