"""Noise and grains, made once and then cut out at random places, because that is quick."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

_SIDE = 640


def _patch(field: np.ndarray, rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    top, left = rng.integers(0, _SIDE - height), rng.integers(0, _SIDE - width)
    part = field[top : top + height, left : left + width]
    return part[:, ::-1] if rng.random() < 0.5 else part


@cache
def _noise_field(scale: float) -> np.ndarray:
    noise = np.random.default_rng(1000 + round(scale * 10)).standard_normal((_SIDE, _SIDE)).astype(np.float32)
    field = cv2.GaussianBlur(noise, (0, 0), scale, borderType=cv2.BORDER_REFLECT)
    even: np.ndarray = (field - field.mean()) / field.std()
    return even


def noise(rng: np.random.Generator, scale: float, height: int, width: int) -> np.ndarray:
    """Give smooth noise of mean 0 and standard deviation 1.

    Args:
        rng: source of chance.
        scale: size of its spots in pixels.
        height: in pixels, less than 640.
        width: in pixels, less than 640.
    """
    return _patch(_noise_field(scale), rng, height, width)


@cache
def _grain_field() -> np.ndarray:
    noise = np.random.default_rng(77).standard_normal((_SIDE, _SIDE, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.7)
    bright = noise.mean(axis=2, keepdims=True)
    field: np.ndarray = 0.5 * noise + bright
    field /= field.std()
    return field


def grain(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Give the noise of a colour camera, standard deviation 1, shape (height, width, 3)."""
    return _patch(_grain_field(), rng, height, width)


@cache
def _granule_field(radius: float, cover: float, packed: bool) -> np.ndarray:
    """Draw round granules all over a field; packed ones keep their distance from each other."""
    rng = np.random.default_rng([round(radius * 10), round(cover * 1000), packed])
    field = np.zeros((_SIDE, _SIDE), np.uint8)
    places = _packed_places(rng, radius) if packed else None
    if places is None:
        count = int(cover * _SIDE**2 / (np.pi * radius**2))
        places = rng.uniform(0, _SIDE, (count, 2))
    sizes = radius * (rng.uniform(0.75, 1.0, len(places)) if packed else rng.uniform(0.5, 1.4, len(places)))
    strengths = rng.integers(150 if packed else 80, 256, len(places))
    for (x, y), size, strength in zip(places, sizes, strengths, strict=True):
        center = round(x * 16), round(y * 16)
        cv2.circle(field, center, round(size * 16), int(strength), -1, cv2.LINE_AA, shift=4)
    soft: np.ndarray = cv2.GaussianBlur(field, (0, 0), 0.12 * radius + 0.3).astype(np.float32)
    return soft / np.float32(255)


def _packed_places(rng: np.random.Generator, radius: float) -> np.ndarray:
    step = 2.05 * radius
    count = int(_SIDE / step)
    across, down = np.meshgrid(np.arange(count), np.arange(int(count / 0.87)))
    places = np.stack([across + 0.5 * (down % 2), 0.87 * down], axis=-1).reshape(-1, 2)
    return (places + rng.normal(0, 0.16, places.shape)) * step


def granules(
    rng: np.random.Generator, radius: float, cover: float, height: int, width: int, *, packed: bool = False
) -> np.ndarray:
    """Give round granules in [0, 1].

    Args:
        rng: source of chance.
        radius: of a granule in pixels.
        cover: the share of the area that they cover; not looked at when packed.
        height: in pixels, less than 640.
        width: in pixels, less than 640.
        packed: side by side, as in an eosinophil, instead of anywhere.
    """
    return _patch(_granule_field(radius, cover, packed), rng, height, width)
