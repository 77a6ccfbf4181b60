"""How a stored crop is varied while training: turns, scale, stain, sharpness, compression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from marrowdesk.inference.preprocess import masked, round_mask

_WHITE = 245.0


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly cells are varied.

    Attributes:
        scale: standard deviation of the logarithm of the scale.
        shift: standard deviation of the shift, as a share of the side.
        stain: standard deviation of the change of each stain axis in optical density.
        mixing: standard deviation of how much one channel's density leaks into another.
        blur: probability of a blur; its sigma is drawn from 0.3 to 1.4 px at 128 px.
        sharpen: probability of an unsharp mask.
        jpeg: probability of compression with quality 40 to 90.
        light: standard deviation of the white point of each channel.
    """

    scale: float = 0.12
    shift: float = 0.04
    stain: float = 0.18
    mixing: float = 0.06
    blur: float = 0.4
    sharpen: float = 0.3
    jpeg: float = 0.3
    light: float = 0.03

    def scaled(self, factor: float) -> Strength:
        """Give ``factor`` times the strength; probabilities stay at most 0.9."""
        odds = {name: min(0.9, getattr(self, name) * factor) for name in ("blur", "sharpen", "jpeg")}
        spreads = ("scale", "shift", "stain", "mixing", "light")
        return Strength(**odds, **{name: getattr(self, name) * factor for name in spreads})


def varied(
    crop: np.ndarray, side: int, span: float, strength: Strength, rng: np.random.Generator
) -> np.ndarray:
    """Make one training image of a stored crop.

    Args:
        crop: (S, S, 3) uint8 RGB as stored, wider than what the network sees.
        side: width and height of the result, px.
        span: width of what the network sees without any change, px of ``crop``.
        strength: how strongly to vary.
        rng: source of chance; the result depends on nothing else.

    Returns:
        (side, side, 3) uint8 RGB, with the round mask.
    """
    image = _turned(crop, side, span, strength, rng)
    image = _restained(image, strength, rng)
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


_DENSITY = -np.log10(np.maximum(np.arange(256, dtype=np.float32), 1.0) / _WHITE)


def _restained(image: np.ndarray, strength: Strength, rng: np.random.Generator) -> np.ndarray:
    """Vary the stain in optical-density space, where dyes add up (after Tellez et al. 2018 and SADA 2024)."""
    mix = np.diag(np.exp(rng.normal(0, strength.stain, 3) + rng.normal(0, strength.stain)))
    mix += rng.normal(0, strength.mixing, (3, 3))
    density = cv2.transform(_DENSITY[image], mix.astype(np.float32))
    white = _WHITE * (1.0 + np.clip(rng.normal(0, strength.light, 3), -0.09, 0.04))
    light = np.exp(density * np.float32(-np.log(10.0))) * white.astype(np.float32)
    return np.clip(light + 0.5, 0, 255).astype(np.uint8)


def _refocused(image: np.ndarray, unit: float, strength: Strength, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < strength.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), unit * float(rng.uniform(0.3, 1.4))))
    if rng.random() < strength.sharpen:
        amount = float(rng.uniform(0.3, 1.2))
        soft = cv2.GaussianBlur(image, (0, 0), unit * float(rng.uniform(0.7, 1.6)))
        image = np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0))
    return image
