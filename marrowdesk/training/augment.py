"""How a stored crop is varied while training: turns, scale, stain, surroundings, sharpness, compression."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from marrowdesk.inference.preprocess import NUCLEAR, Recipe, masked, round_mask, toning
from marrowdesk.training.borrowing import borrowed, drawn_loan

_WHITE = 245.0
_RECIPE = Recipe()
_EOSIN = np.array([0.072, 0.990, 0.105])
"""Optical density of eosin in red, green and blue (Ruifrok and Johnston 2001)."""

_DIRECTION = NUCLEAR.astype(float) / np.linalg.norm(NUCLEAR)
_AXES = np.stack([_DIRECTION, _EOSIN, np.cross(_DIRECTION, _EOSIN)], axis=1)
"""The dye of the nucleus, eosin, and what is neither, as columns."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly cells are varied.

    Attributes:
        scale: standard deviation of the logarithm of the scale.
        shift: standard deviation of the shift, as a share of the side.
        stain: standard deviation of the logarithm of each channel's change in optical density.
        blue: standard deviation of the logarithm of a further change of density in blue, in which cameras
            differ most: there are some that see hardly any of a nucleus' density in it.
        eosin: standard deviation of the logarithm of the strength of eosin beside the nuclear dye.
        tone: standard deviation of the logarithm of the density that the program's toning leaves.
        mixing: standard deviation of how much one channel's density leaks into another.
        blur: probability of a blur; its sigma is drawn from 0.3 to 1.8 px at 128 px.
        sharpen: probability of an unsharp mask.
        jpeg: probability of compression with quality 40 to 90.
        light: standard deviation of the white point of each channel.
        veil: standard deviation of the stray light that the program's toning leaves (below 0) or takes for
            more than there is, as a share of the background's.
        recolour: probability of taking the colours of an image from another source.
        surround: probability of taking the surroundings of an image from another source.
        tight: probability of ending the picture close around the cell, as an image that is cut tight does:
            beyond lies nothing but white.
    """

    scale: float = 0.12
    shift: float = 0.04
    stain: float = 0.2
    blue: float = 0.0
    eosin: float = 0.5
    tone: float = 0.15
    mixing: float = 0.1
    blur: float = 0.4
    sharpen: float = 0.3
    jpeg: float = 0.3
    light: float = 0.03
    veil: float = 0.0
    recolour: float = 0.2
    surround: float = 0.2
    tight: float = 0.0

    def scaled(self, factor: float) -> Strength:
        """Give ``factor`` times the strength; probabilities stay at most 0.9, what is borrowed as it is."""
        odds = {name: min(0.9, getattr(self, name) * factor) for name in ("blur", "sharpen", "jpeg", "tight")}
        spreads = ("scale", "shift", "stain", "blue", "eosin", "tone", "mixing", "light", "veil")
        return replace(self, **odds, **{name: getattr(self, name) * factor for name in spreads})


def varied(
    crop: np.ndarray,
    side: int,
    span: float,
    strength: Strength,
    rng: np.random.Generator,
    other: np.ndarray | None = None,
) -> np.ndarray:
    """Make one training image of a stored crop.

    Args:
        crop: (S, S, 3) uint8 RGB as stored, wider than what the network sees.
        side: width and height of the result, px.
        span: width of what the network sees without any change, px of ``crop``.
        strength: how strongly to vary.
        rng: source of chance; the result depends on nothing else.
        other: crop of another source, to borrow colours and surroundings from; None to borrow nothing.

    Returns:
        (side, side, 3) uint8 RGB, with the round mask.
    """
    density = cv2.LUT(_turned(crop, side, span, strength, rng), _DENSITY)
    if other is not None:
        loan = drawn_loan(strength.recolour, strength.surround, rng)
        if loan.any:
            lent = cv2.LUT(_turned(other, side, span, strength, rng), _DENSITY)
            density = borrowed(density, lent, loan)
    if strength.tight and rng.random() < strength.tight:
        density *= _frame(side, rng)
    image = _restained(density, strength, rng)
    image = _refocused(image, side / 128.0, strength, rng)
    if rng.random() < strength.jpeg:
        quality = int(rng.integers(40, 91))
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED))
    return masked(image, round_mask(side, float(rng.uniform(0.88, 1.06))))


def _turned(
    crop: np.ndarray, side: int, span: float, strength: Strength, rng: np.random.Generator
) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    scale = span / side * float(np.exp(np.clip(rng.normal(0, strength.scale), -0.3, 0.3)))
    mirror = 1.0 if rng.random() < 0.5 else -1.0
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn[:, 0] *= mirror
    middle = (crop.shape[0] - 1) / 2 + np.clip(rng.normal(0, strength.shift, 2), -0.12, 0.12) * span
    offset = middle - turn @ np.full(2, (side - 1) / 2)
    matrix = np.concatenate([turn, offset[:, None]], axis=1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    border = (int(_WHITE), int(_WHITE), int(_WHITE))
    return np.asarray(cv2.warpAffine(crop, matrix, (side, side), flags=flags, borderValue=border))


_TIGHT = (0.6, 0.95)
"""Least and largest side of a picture that is cut tight, as a share of what the network sees, which is about
two diameters of the nucleus wide."""


def _frame(side: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a turned frame around the cell; (side, side, 1) float32, 1 inside of it and 0 beyond."""
    middle = (side - 1) / 2 + np.clip(rng.normal(0, 0.03, 2), -0.06, 0.06) * side
    size = rng.uniform(*_TIGHT, 2) * side
    corners = cv2.boxPoints((middle.tolist(), size.tolist(), float(rng.uniform(0, 90))))
    inside = np.zeros((side, side, 1), np.float32)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1.0)
    return inside


_VEILS = (-0.13, 0.4)
"""Least and largest veil that is drawn. Below, a nucleus could not be held as dark as it is: it lets through
14 % of green, and a veil that is left only adds to that."""

_DENSITY = -np.log10(np.maximum(np.arange(256, dtype=np.float32), 1.0) / _WHITE)


def _restained(density: np.ndarray, strength: Strength, rng: np.random.Generator) -> np.ndarray:
    """Vary the stain in optical-density space, where dyes add up (after Tellez et al. 2018 and SADA 2024)."""
    density = cv2.transform(density, _dyes(strength, rng).astype(np.float32))
    veil = float(np.clip(rng.normal(0, strength.veil), *_VEILS)) if strength.veil else 0.0
    density *= np.float32(_held(veil))
    white = _WHITE * (1.0 + np.clip(rng.normal(0, strength.light, 3), -0.09, 0.04))
    # What is brighter than white many times over is white; its exponent could be too large a number.
    light = cv2.exp(np.minimum(density * np.float32(-np.log(10.0)), np.float32(3.0)))
    light = (light - np.float32(veil)) / np.float32(1.0 - veil)
    light *= white.astype(np.float32)
    light += 0.5
    return np.clip(light, 0, 255, out=light).astype(np.uint8)


def _held(veil: float) -> float:
    """Give the factor of density that keeps a nucleus as dark as it is in green when a veil is taken away."""
    light = 10.0 ** -float(NUCLEAR[1])
    return float(np.log(light * (1.0 - veil) + veil) / np.log(light))


def _dyes(strength: Strength, rng: np.random.Generator) -> np.ndarray:
    """Draw how another laboratory's stain maps optical densities, (3, 3), as the program would then show it.

    What a foreign stain does to the nucleus, the program takes back (:func:`preprocess.toning`); what it does
    to the cytoplasm beside the nucleus remains, and that is what the network must bear.
    """
    eosin = np.diag([1.0, np.exp(rng.normal(0, strength.eosin)), 1.0])
    mix = np.diag(np.exp(rng.normal(0, strength.stain, 3))) + rng.normal(0, strength.mixing, (3, 3))
    mix = np.diag([1.0, 1.0, np.exp(rng.normal(0, strength.blue))]) @ mix
    mix = mix @ _AXES @ eosin @ np.linalg.inv(_AXES)
    factors = toning(mix @ NUCLEAR, _RECIPE) * np.exp(rng.normal(0, strength.tone))
    return np.asarray(factors[:, None] * mix)


def _refocused(image: np.ndarray, unit: float, strength: Strength, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < strength.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), unit * float(rng.uniform(0.3, 1.8))))
    if rng.random() < strength.sharpen:
        amount = float(rng.uniform(0.3, 1.2))
        soft = cv2.GaussianBlur(image, (0, 0), unit * float(rng.uniform(0.7, 1.6)))
        image = np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0))
    return image
