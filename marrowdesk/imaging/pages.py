"""Decode the one page of a JPEG, PNG, BMP or WebP file."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from marrowdesk.imaging.formats import Kind
from marrowdesk.imaging.pixels import to_eight_bits, upright

MAX_PIXELS = 80_000_000
"""Pixels of one page that are read at most (240 MB as RGB); below the number at which Pillow warns."""

_ORIENTATION = 0x0112
_PNG_DEPTH = 24
_GRAY = 128
_FILLER = bytes((at * 73 + 19) % 255 for at in range(4096))
_END = b"\xff\xd9"


class CutOff(ValueError):
    """Part of the samples is missing."""


class TooLarge(ValueError):
    """A page holds more pixels than are read."""


class SinglePage:
    """The page of one JPEG, PNG, BMP or WebP file in memory (of an animation, the first picture)."""

    def __init__(self, kind: Kind, data: bytes) -> None:
        self._kind = kind
        self._data = data

    def __len__(self) -> int:
        return 1

    @property
    def reduces(self) -> bool:
        """Whether a small picture is decoded by itself: for less than the whole, and of other samples."""
        return self._kind is Kind.JPEG

    def read(self, page: int, at_least: int = 0) -> np.ndarray:
        """Decode the page.

        Args:
            page: 0.
            at_least: see :func:`marrowdesk.imaging.decode.read_image`.

        Returns:
            uint8, upright, shape (H, W) or (H, W, C).

        Raises:
            TooLarge: the page has too many pixels.
            CutOff: the end of the page is missing.
            OSError, SyntaxError, ValueError: and whatever else Pillow raises on damaged files.
        """
        with Image.open(io.BytesIO(self._data), formats=(self._kind.upper(),)) as image:
            check_size(*image.size)
            orientation = image.getexif().get(_ORIENTATION, 1)
            if self.reduces and at_least:
                shrink = at_least / max(image.size)
                image.draft(None, (round(image.width * shrink), round(image.height * shrink)))
            samples = pillow_samples(image)
        if self._kind is Kind.JPEG and np.all(samples[-1, -1] == _GRAY):
            self._check_last_rows(samples)
        # Pillow drops the low bits of deep PNG, but it is the one that notices missing data.
        if self._kind is Kind.PNG and self._data[_PNG_DEPTH] == 16:
            deep = cv2.imdecode(np.frombuffer(self._data, np.uint8), cv2.IMREAD_UNCHANGED)
            if deep is None:
                raise ValueError("16-bit samples")
            samples = to_eight_bits(from_opencv(deep))
        return upright(samples, orientation)

    def _check_last_rows(self, samples: np.ndarray) -> None:
        """Look whether a JPEG ends in gray because its data ended early although an end marker follows.

        The decoder fills what is missing with mid gray and tells nobody. Of a complete image it ignores what
        stands between the last sample and the end marker; of an incomplete one it would draw it.
        """
        end = self._data.rfind(_END)
        stuffed = self._data[:end] + _FILLER + _END
        with Image.open(io.BytesIO(stuffed), formats=("JPEG",)) as image:
            if image.size != samples.shape[1::-1]:
                image.draft(None, samples.shape[1::-1])
            if not np.array_equal(pillow_samples(image), samples):
                raise CutOff


def check_size(width: int, height: int) -> None:
    """Make sure that a page is not larger than is read.

    Raises:
        TooLarge: it has more than :data:`MAX_PIXELS`.
    """
    if width * height > MAX_PIXELS:
        raise TooLarge


def from_opencv(samples: np.ndarray) -> np.ndarray:
    """Give samples as OpenCV decodes them (BGR, BGRA) in the order red, green, blue, alpha."""
    return samples if samples.ndim == 2 else samples[..., [2, 1, 0, 3][: samples.shape[2]]]


def pillow_samples(image: Image.Image) -> np.ndarray:
    """Decode a Pillow image of up to 8 bits a sample to uint8 (H, W), (H, W, 2), (H, W, 3) or (H, W, 4)."""
    if image.mode in ("PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode in ("1", "I;16", "I;16B"):
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "LA", "RGBA"):
        image = image.convert("RGB")
    return np.asarray(image)
