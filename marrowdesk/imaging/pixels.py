"""Turn decoded samples of any depth and channel count into RGB uint8."""

from __future__ import annotations

import numpy as np

_DEPTHS = (8, 10, 12, 14, 16)
_WHITE = 255


def to_eight_bits(samples: np.ndarray) -> np.ndarray:
    """Scale samples to uint8 in [0, 255].

    Cameras of 10, 12 and 14 bits write 16-bit files without saying so. The full scale is therefore taken as
    the smallest of 8, 10, 12, 14 and 16 bits that holds the brightest sample; a bright field image nearly
    fills its range, so all images of one camera are scaled alike. Floating-point samples are taken as
    [0, 1] when none is larger, else like integers.

    Args:
        samples: unsigned integers or floating-point numbers, shape (H, W) or (H, W, C); with 2 or 4 channels
            the last one is alpha, which has a full scale of its own.

    Raises:
        ValueError: samples are negative, not finite, or need more than 16 bits: measured values, no picture.
    """
    if samples.dtype == np.uint8:
        return samples
    if samples.dtype == bool:
        return samples.astype(np.uint8) * np.uint8(_WHITE)
    if samples.ndim == 3 and samples.shape[2] in (2, 4):
        parts = to_eight_bits(samples[..., :-1]), to_eight_bits(samples[..., -1:])
        return np.concatenate(parts, axis=2)
    low, high = float(samples.min()), float(samples.max())
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0 or high >= 2 ** _DEPTHS[-1]:
        raise ValueError(f"samples from {low:g} to {high:g}")
    if samples.dtype.kind == "f" and high <= 1:
        full = 1
    else:
        full = next(2**bits - 1 for bits in _DEPTHS if high < 2**bits)
    return np.rint(samples * np.float32(_WHITE / full)).astype(np.uint8)


def to_rgb(samples: np.ndarray) -> np.ndarray:
    """Give writable, C-contiguous RGB from gray or RGB, each with or without alpha, which is laid over white.

    Args:
        samples: uint8, shape (H, W) or (H, W, C) with C in 1 to 4.

    Raises:
        ValueError: another number of channels.
    """
    if samples.ndim == 2:
        samples = samples[..., None]
    channels = samples.shape[2] if samples.ndim == 3 else 0
    if channels not in (1, 2, 3, 4):
        raise ValueError(f"{channels} channels")
    color = samples[..., : channels - 1] if channels in (2, 4) else samples
    if channels in (2, 4):
        opacity = samples[..., -1:].astype(np.float32) / _WHITE
        color = np.rint(color * opacity + _WHITE * (1 - opacity)).astype(np.uint8)
    if color.shape[2] == 1:
        color = np.repeat(color, 3, axis=2)
    # Pillow hands out read-only samples, at which torch would complain.
    return np.require(color, requirements=["C", "W"])


def upright(image: np.ndarray, orientation: int) -> np.ndarray:
    """Turn an image as its EXIF orientation says (1 to 8, EXIF 2.3 table 6); other numbers leave it."""
    if orientation in (5, 6, 7, 8):
        image = image.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return image
