"""Drawn sections of tissue that neither the teaching of the doubt nor a card has seen: for tests alone."""

from __future__ import annotations

import cv2
import numpy as np

_SIDE = 250


def unseen_sections(count: int, seed: int = 0) -> dict[str, list[np.ndarray]]:
    """Draw sections by kind, each (250, 250, 3) uint8 RGB, and one kind again out of focus."""
    kinds = {
        "fat": _fat,
        "cartilage": _cartilage,
        "reticulin in silver": _reticulin,
        "liver": _liver,
        "round cells": _round_cells,
        "striated muscle": _striated,
        "squamous epithelium": _squamous,
        "necrosis": _necrosis,
        "kidney out of focus": _kidney,
    }
    return {
        name: [draw(np.random.default_rng([seed, number, each])) for each in range(count)]
        for number, (name, draw) in enumerate(kinds.items())
    }


def _noise(rng, sigma):
    field = cv2.GaussianBlur(rng.normal(size=(_SIDE, _SIDE)).astype(np.float32), (0, 0), sigma)
    return (field - field.mean()) / field.std()


def _paper(rng, color, spread, sigma):
    return np.float32(color) + spread * _noise(rng, sigma)[..., None]


def _dot(image, place, halves, turn, color):
    middle, axes = (np.rint(each).astype(int).tolist() for each in (place, halves))
    color = np.asarray(color, float).tolist()
    cv2.ellipse(image, middle, axes, float(turn), 0, 360, color, -1, cv2.LINE_AA)


def _finished(rng, image, blur=1.0):
    image = cv2.GaussianBlur(image, (0, 0), blur) + rng.normal(0, 2, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _blue(rng):
    return rng.uniform((75, 50, 115), (115, 85, 155))


def _fat(rng):
    """White drops with thin pink rims, a flat nucleus here and there."""
    image = _paper(rng, (228, 170, 196), 8, 3)
    size = rng.uniform(22, 48)
    for row in np.arange(0, _SIDE + size, 1.75 * size):
        for column in np.arange(0, _SIDE + size, 2 * size):
            middle = np.array([column + (row / (1.75 * size) % 2) * size, row]) + rng.normal(0, 2, 2)
            _dot(image, middle, size * rng.uniform(0.9, 1.08, 2), rng.uniform(0, 180), (244, 242, 244))
            if rng.random() < 0.5:
                turn = rng.uniform(0, 2 * np.pi)
                place = middle + size * np.array([np.cos(turn), np.sin(turn)])
                _dot(image, place, (7, 2.5), np.degrees(turn) + 90, _blue(rng))
    return _finished(rng, image)


def _cartilage(rng):
    """Cells in pairs, each in a white room in a blue-grey ground."""
    image = _paper(rng, rng.uniform((170, 160, 200), (205, 190, 222)), 6, 20)
    for _ in range(int(rng.integers(10, 35))):
        middle, turn = rng.uniform(0, _SIDE, 2), rng.uniform(0, 180)
        _dot(image, middle, (26, 20), turn, (160, 140, 195))
        for side in (-1, 1):
            along = side * 10 * np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
            _dot(image, middle + along, (9, 12), turn, (238, 232, 242))
            _dot(image, middle + along, rng.uniform(4, 6, 2), turn, _blue(rng))
    return _finished(rng, image)


def _reticulin(rng):
    """A mesh of black fibres on tan, silver."""
    image = _paper(rng, (222, 205, 178), 8, 6)
    for _ in range(int(rng.integers(40, 110))):
        start, turn = rng.uniform(0, _SIDE, 2), rng.uniform(0, 2 * np.pi)
        bends = turn + np.cumsum(rng.normal(0, 0.25, 25))
        path = start + np.cumsum(4 * np.stack([np.cos(bends), np.sin(bends)], 1), 0)
        shade = rng.uniform(20, 80)
        thick = int(rng.integers(1, 3))
        cv2.polylines(image, [path.astype(np.int32)], False, (shade, shade, shade), thick, cv2.LINE_AA)
    for _ in range(int(rng.integers(10, 60))):
        _dot(
            image,
            rng.uniform(0, _SIDE, 2),
            rng.uniform(5, 8, 2),
            0,
            rng.uniform((150, 110, 90), (185, 150, 125)),
        )
    return _finished(rng, image)


def _liver(rng):
    """Rows of large pink cells with round nuclei, pale clefts between the rows."""
    image = _paper(rng, (240, 222, 232), 5, 3)
    turn, wide = rng.uniform(0, np.pi), rng.uniform(22, 34)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    for row in np.arange(-_SIDE, _SIDE, 1.35 * wide):
        for step in np.arange(-_SIDE, _SIDE, wide):
            place = _SIDE / 2 + row * across + step * along + rng.normal(0, 2.5, 2)
            cell = cv2.boxPoints((place.tolist(), (wide - 1.5, 1.1 * wide), float(np.degrees(turn))))
            color = rng.uniform((205, 130, 165), (228, 165, 192))
            cv2.fillPoly(image, [cell.astype(np.int32)], color.tolist(), cv2.LINE_AA)
            _dot(image, place + rng.normal(0, 2, 2), rng.uniform(5.5, 8, 2), 0, _blue(rng))
    return _finished(rng, image)


def _round_cells(rng):
    """Small dark round nuclei without end, hardly any cytoplasm."""
    image = _paper(rng, (205, 165, 205), 10, 4)
    size = rng.uniform(5, 12)
    for _ in range(int(1.3 * (_SIDE / (1.7 * size)) ** 2)):
        shade = _blue(rng) - 15
        _dot(image, rng.uniform(0, _SIDE, 2), size * rng.uniform(0.8, 1.1, 2), rng.uniform(0, 180), shade)
    return _finished(rng, image)


def _striated(rng):
    """Long red fibres with cross bands, nuclei at their edges."""
    turn, wide, beat = rng.uniform(0, np.pi), rng.uniform(25, 50), rng.uniform(4, 8)
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    across = -np.sin(turn) * columns + np.cos(turn) * rows + 3 * _noise(rng, 25)
    along = np.cos(turn) * columns + np.sin(turn) * rows
    bands = 12 * np.sin(2 * np.pi * along / beat + 3 * np.floor(across / wide))
    image = np.float32((218, 118, 150)) + bands[..., None].astype(np.float32)
    image[np.abs(across % wide) < 2.5] = (245, 232, 238)
    for _ in range(int(rng.integers(8, 25))):
        place = rng.integers(0, _SIDE, 2)
        shift = across[place[1], place[0]] % wide - 5
        _dot(
            image,
            place - shift * np.array([-np.sin(turn), np.cos(turn)]),
            (10, 3),
            np.degrees(turn),
            _blue(rng),
        )
    return _finished(rng, image)


def _squamous(rng):
    """Flat pink cells in layers, nuclei smaller from layer to layer, keratin above."""
    image = _paper(rng, (226, 150, 182), 8, 5)
    for row in np.arange(20, _SIDE + 15, 15.0):
        depth = row / _SIDE
        for column in np.arange(0, _SIDE, 34 - 20 * depth):
            place = np.array([column + rng.normal(0, 3), row + rng.normal(0, 2)])
            halves = (12 - 4 * depth, 3 + 4 * depth)
            _dot(image, place, np.array(halves) + 4, 0, rng.uniform((215, 140, 175), (240, 180, 205)))
            if depth > rng.uniform(0.1, 0.4):
                _dot(image, place, np.array(halves) * 0.7, 0, _blue(rng))
    turned = np.rot90(image, int(rng.integers(4)))
    return _finished(rng, np.ascontiguousarray(turned))


def _necrosis(rng):
    """Pink grain, pale outlines of cells, dust of nuclei."""
    image = _paper(rng, (222, 165, 185), 14, 1.5) + 10 * _noise(rng, 12)[..., None]
    for _ in range(int(rng.integers(20, 70))):
        _dot(image, rng.uniform(0, _SIDE, 2), rng.uniform(6, 10, 2), rng.uniform(0, 180), (205, 150, 185))
    for _ in range(int(rng.integers(60, 300))):
        _dot(image, rng.uniform(0, _SIDE, 2), rng.uniform(0.8, 3, 2), rng.uniform(0, 180), _blue(rng))
    return _finished(rng, image)


def _kidney(rng):
    """Tubules in rings of nuclei, wholly out of focus."""
    image = _paper(rng, (234, 205, 222), 6, 4)
    for _ in range(14):
        middle, size = rng.uniform(0, _SIDE, 2), rng.uniform(20, 32)
        _dot(image, middle, (size, size), 0, (208, 110, 150))
        _dot(image, middle, (0.35 * size, 0.35 * size), 0, (240, 228, 236))
        for turn in np.arange(0, 2 * np.pi, 1.0):
            place = middle + 0.7 * size * np.array([np.cos(turn), np.sin(turn)])
            _dot(image, place, rng.uniform(4, 6, 2), 0, _blue(rng))
    return _finished(rng, image, rng.uniform(2, 5))
