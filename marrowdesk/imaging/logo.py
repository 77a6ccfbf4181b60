"""A laboratory's logo: any PNG or JPEG in, a small PNG without metadata out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.decode import read_image
from marrowdesk.imaging.files import printable, read_bytes
from marrowdesk.imaging.formats import HEAD, Kind, sniff

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 600
"""Pixels of the longer side of a logo at most: 5 cm on paper at 300 dots an inch."""

_LEAST, _MOST_OBLONG = 8, 40


def logo_png(path: Path) -> bytes:
    """Read a logo and write it anew: decoded, laid over white, scaled down, without metadata.

    The same pixels give the same bytes.

    Raises:
        ImageUnreadable: the file cannot be read, is neither PNG nor JPEG, or is no shape for a letterhead.
    """
    name = printable(path.name)
    if sniff(read_bytes(path)[:HEAD]) not in (Kind.PNG, Kind.JPEG):
        raise ImageUnreadable(f"{name} is neither a PNG nor a JPEG image.", "Save the logo as PNG.")
    image = _scaled(read_image(path))
    height, width = image.shape[:2]
    if min(height, width) < _LEAST or max(height, width) > _MOST_OBLONG * min(height, width):
        raise ImageUnreadable(
            f"{name} is too small or too narrow for a logo ({width} x {height} pixels).",
            "Choose an image of at least 8 pixels that is not longer than 40 times its other side.",
        )
    written, png = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    assert written  # an image of 8-bit RGB is always encoded
    return png.tobytes()


def _scaled(image: np.ndarray) -> np.ndarray:
    """Scale uint8 RGB, shape (H, W, 3), down to :data:`LONGEST`; one that is small enough stays as it is."""
    height, width = image.shape[:2]
    scale = LONGEST / max(height, width)
    if scale >= 1:
        return image
    small = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA))
