"""Whole images that were decoded to be checked, kept within a bound until the network asks for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from marrowdesk.core.cell import Place

BUDGET = 128 * 2**20
"""Bytes of images kept: 700 of 250 x 250 pixels, 40 of 1,024 x 1,024."""


class KeptImages:
    """Keeps what reading a folder decoded, so that the network need not read and decode it again.

    Reading is soon far ahead of the network. What comes while the bound is reached is not kept, so that the
    images the network asks for first are there; those after them it reads itself. Safe to use from several
    threads.

    Args:
        budget: bytes kept at most.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._images: dict[Place, np.ndarray] = {}
        self._bytes = 0
        self._wanted = True
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Bytes of the images that are kept now."""
        return self._bytes

    def want(self, whether: bool) -> None:
        """Say whether a network will ask for images; where none will, all are let go and none is kept."""
        with self._lock:
            self._wanted = whether
            if not whether:
                self._images.clear()
                self._bytes = 0

    def keep(self, place: Place, image: np.ndarray) -> None:
        """Keep the image at a place, where there is room; RGB uint8, shape (H, W, 3)."""
        with self._lock:
            if self._wanted and place not in self._images and self._bytes + image.nbytes <= self._budget:
                self._images[place] = image
                self._bytes += image.nbytes

    def take(self, place: Place) -> np.ndarray | None:
        """Give the image at a place and keep it no longer; None where it was not kept."""
        with self._lock:
            image = self._images.pop(place, None)
            if image is not None:
                self._bytes -= image.nbytes
            return image

    def forget(self, places: Iterable[Place]) -> None:
        """Let go of images that nobody will ask for."""
        for place in places:
            self.take(place)
