"""Drawn sections that a bundle is measured on; what the measure of doubt is taught draws in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.training.drawing import DAB, SIDE, as_bytes, light, mixed, smooth, spot

if TYPE_CHECKING:
    from collections.abc import Callable

    Recipe = Callable[[np.random.Generator], np.ndarray]


def _nuclear(rng: np.random.Generator) -> tuple[float, ...]:
    return float(rng.uniform(70, 120)), float(rng.uniform(45, 90)), float(rng.uniform(110, 160))


def _dense(rng: np.random.Generator) -> np.ndarray:
    """Dense nuclei in pink tissue, hematoxylin and eosin."""
    image = mixed((235, 170, 200), (200, 110, 160), smooth(rng, 9))
    for _ in range(160):
        spot(image, rng.uniform(0, SIDE, 2), rng.uniform(4, 9, 2), rng.uniform(0, 180), _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image, (0, 0), 1.0))


def _glands(rng: np.random.Generator) -> np.ndarray:
    """Glands as in PAS: a lumen, a ring of upright nuclei, magenta at the base."""
    image = mixed((240, 205, 225), (215, 150, 195), smooth(rng, 5))
    for _ in range(5):
        at, radius = rng.uniform(0, SIDE, 2), rng.uniform(28, 60)
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
            rng.uniform(0, SIDE, 2),
            (rng.uniform(205, 245), rng.uniform(90, 190), rng.uniform(140, 205)),
        )
        spot(image, at, (rng.uniform(40, 120), rng.uniform(2, 5)), turn + rng.normal(0, 12), color)
    for _ in range(40):
        spot(image, rng.uniform(0, SIDE, 2), (10, 2.5), turn + rng.normal(0, 12), _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image, (0, 0), 1.0))


def _follicles(rng: np.random.Generator) -> np.ndarray:
    """Round lakes of pink colloid, each in a ring of round nuclei: thyroid."""
    image = mixed((236, 196, 214), (206, 140, 180), smooth(rng, 3))
    colloid = rng.uniform((215, 90, 130), (240, 170, 195))
    for _ in range(int(rng.integers(6, 16))):
        at, radius = rng.uniform(0, SIDE, 2), rng.uniform(20, 55)
        spot(image, at, (radius + 9, radius + 9), 0, (214, 158, 200))
        spot(image, at, (radius, radius), 0, colloid + rng.normal(0, 6, 3))
        for turn in np.arange(0, 2 * np.pi, rng.uniform(9, 13) / radius):
            place = at + (radius + 4.5) * np.array([np.cos(turn), np.sin(turn)])
            spot(image, place + rng.normal(0, 0.8, 2), rng.uniform(3, 4.5, 2), 0, _nuclear(rng))
    return as_bytes(cv2.GaussianBlur(image + 8 * smooth(rng, 1.0)[..., None], (0, 0), 1.0))


def _trichrome(rng: np.random.Generator) -> np.ndarray:
    """Nodules of red cells between blue bands: a scarred liver, Masson."""
    bands = smooth(rng, rng.uniform(14, 30))
    scar = np.clip((bands - rng.uniform(0.45, 0.6)) * 25 + 0.5, 0, 1)
    image = mixed((196, 92, 104), (112, 148, 206), scar) + 25 * (smooth(rng, 2) - 0.5)[..., None]
    for _ in range(int(rng.integers(70, 200))):
        place = rng.uniform(0, SIDE - 1, 2)
        inside = scar[int(place[1]), int(place[0])] > 0.5
        halves = (7, 2) if inside else rng.uniform(4, 7, 2)
        spot(image, place, halves, rng.uniform(0, 180), rng.uniform((50, 20, 40), (95, 50, 80)))
    return as_bytes(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 1.4)))


def _immune(rng: np.random.Generator) -> np.ndarray:
    """Blue nuclei, some cells with a brown rim: an antibody shown by diaminobenzidine."""
    image = mixed((232, 228, 236), (206, 206, 226), smooth(rng, 6))
    part = rng.uniform(0.2, 0.9)
    for _ in range(int(rng.integers(50, 140))):
        at, radius = rng.uniform(0, SIDE, 2), rng.uniform(7, 12)
        if rng.random() < part:
            brown = light(np.float32(DAB) * rng.uniform(0.5, 1.3))
            spot(image, at, (radius, radius), 0, brown)
            spot(image, at, (0.75 * radius, 0.75 * radius), 0, (196, 190, 208))
        color = rng.uniform((100, 105, 150), (140, 145, 190))
        spot(image, at, radius * rng.uniform(0.5, 0.7, 2), rng.uniform(0, 180), color)
    return as_bytes(cv2.GaussianBlur(image, (0, 0), 1.0))


SECTIONS: dict[str, Recipe] = {
    "histology section": _dense,
    "histology, glands": _glands,
    "histology, fibres": _fibres,
    "histology, follicles": _follicles,
    "histology, trichrome": _trichrome,
    "histology, antibody": _immune,
}
"""The recipes by their names in a card."""
