"""Make the small square picture of a cell that the gallery shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.imaging.decode import read_image, read_place

if TYPE_CHECKING:
    from marrowdesk.core.cell import Place

_MARGIN = 128


def thumbnail(place: Place, side: int) -> np.ndarray:
    """Decode a cell, as small as the file format allows, and fit it into a square.

    Args:
        place: where the cell is seen.
        side: side of the square in pixels.

    Returns:
        RGB uint8, C-contiguous, shape (side, side, 3); the image keeps its shape, margins are mid gray.

    Raises:
        ImageUnreadable: the file cannot be read, or is not the one that was read into the case.
    """
    if place.box is not None:
        return fit_square(read_place(place), side)
    return fit_square(read_image(place.path, place.page, at_least=side, sha256=place.sha256), side)


def fit_square(image: np.ndarray, side: int) -> np.ndarray:
    """Scale an image to fill a square as far as its shape allows; the rest becomes mid gray.

    Args:
        image: RGB uint8, shape (H, W, 3).
        side: side of the square in pixels.

    Returns:
        RGB uint8, C-contiguous, shape (side, side, 3).
    """
    height, width = image.shape[:2]
    scale = side / max(height, width)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    if small != (width, height):
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, small, interpolation=way)
    if small == (side, side):
        return image
    square = np.full((side, side, 3), _MARGIN, np.uint8)
    left, top = (side - small[0]) // 2, (side - small[1]) // 2
    square[top : top + small[1], left : left + small[0]] = image
    return square
