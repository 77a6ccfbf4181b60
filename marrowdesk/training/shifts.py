"""Changes of an image by measured amounts: what another microscope, stain or camera would have made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from marrowdesk.inference.preprocess import white_point

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.training.samples import Sample

PER_CLASS = 40
"""Cells of each class and source to measure shifts on: each is classified once for every shift."""

_NUCLEAR = (0.650, 0.704, 0.286)
_PLASMIC = (0.072, 0.990, 0.105)
"""Optical density of hematoxylin and eosin in red, green and blue (Ruifrok and Johnston 2001).

The azure of May-Gruenwald-Giemsa lies near the first, and its eosin is the second.
"""


@dataclass(frozen=True, slots=True)
class Shift:
    """One change.

    Attributes:
        name: what it does, with its amount.
        change: gives the changed image, (H, W, 3) uint8 RGB, of an image of that kind.
    """

    name: str
    change: Callable[[np.ndarray], np.ndarray]


def resized(image: np.ndarray, factor: float) -> np.ndarray:
    """Enlarge (factor above 1) or shrink an image, as another magnification would."""
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method))


def framed(image: np.ndarray, factor: float) -> np.ndarray:
    """Show a wider field (factor above 1) around the same cell, or a narrower one.

    What lies beyond the image is its mirror image: more cells, as in a crowded smear.

    Args:
        image: (H, W, 3) uint8 RGB.
        factor: width and height of the field in those of the image, 0 to 2.
    """
    height, width = image.shape[:2]
    down, across = (round(length * (factor - 1) / 2) for length in (height, width))
    if factor < 1:
        return np.ascontiguousarray(image[-down : height + down, -across : width + across])
    return np.asarray(cv2.copyMakeBorder(image, down, down, across, across, cv2.BORDER_REFLECT_101))


def restained(image: np.ndarray, nuclear: float = 1.0, plasmic: float = 1.0) -> np.ndarray:
    """Stain more strongly (above 1) or more weakly.

    The optical density over the background is parted into a hematoxylin-like and an eosin-like stain and a
    rest at right angles to both (Ruifrok and Johnston 2001); each amount is multiplied.

    Args:
        image: (H, W, 3) uint8 RGB.
        nuclear: factor of the hematoxylin-like stain.
        plasmic: factor of the eosin-like stain.
    """
    first, second = (np.array(each) / np.linalg.norm(each) for each in (_NUCLEAR, _PLASMIC))
    third = np.cross(first, second)
    stains = np.stack([first, second, third / np.linalg.norm(third)])
    mix = np.linalg.inv(stains) @ np.diag([nuclear, plasmic, 1.0]) @ stains
    white = white_point(image).astype(float)
    density = -np.log10(np.maximum(image, 1.0) / white) @ mix
    return _bytes(white * 10.0**-density)


def relit(image: np.ndarray, red: float, green: float, blue: float) -> np.ndarray:
    """Multiply the channels, as another lamp, exposure or white balance would; light beyond 255 is lost."""
    return _bytes(image * np.array([red, green, blue]))


def veiled(image: np.ndarray, share: float) -> np.ndarray:
    """Add stray light, as a lens or camera with little contrast does.

    Args:
        image: (H, W, 3) uint8 RGB.
        share: how much of the background's light then is stray, 0 to 1; the background keeps its colour.
    """
    return _bytes((1 - share) * image + share * white_point(image))


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """Blur an image, ``sigma`` in px of it."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma))


def compressed(image: np.ndarray, quality: int) -> np.ndarray:
    """Compress an image as JPEG, ``quality`` 1 to 100, and read it again."""
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])


def _bytes(image: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.rint(image), 0, 255).astype(np.uint8))


SHIFTS = (
    *(Shift(f"scale × {factor}", partial(resized, factor=factor)) for factor in (0.5, 0.7, 1.4, 2.0)),
    Shift("field × 1.5, mirrored at its edges", partial(framed, factor=1.5)),
    *(Shift(f"field × {factor}, its edges cut off", partial(framed, factor=factor)) for factor in (0.7, 0.5)),
    Shift("nuclear stain + 30 %", partial(restained, nuclear=1.3)),
    Shift("nuclear stain − 30 %", partial(restained, nuclear=0.7)),
    Shift("eosin + 30 %", partial(restained, plasmic=1.3)),
    Shift("eosin − 30 %", partial(restained, plasmic=0.7)),
    Shift("warmer light (red + 10 %, blue − 10 %)", partial(relit, red=1.1, green=1.0, blue=0.9)),
    Shift("colder light (red − 10 %, blue + 10 %)", partial(relit, red=0.9, green=1.0, blue=1.1)),
    Shift("darker by 20 %", partial(relit, red=0.8, green=0.8, blue=0.8)),
    Shift("brighter by 10 %", partial(relit, red=1.1, green=1.1, blue=1.1)),
    *(Shift(f"stray light, {share:.0%} of all", partial(veiled, share=share)) for share in (0.2, 0.4)),
    *(Shift(f"blur, sigma {sigma} px", partial(blurred, sigma=sigma)) for sigma in (1, 2)),
    Shift("JPEG, quality 30", partial(compressed, quality=30)),
)
"""What `marrowdesk evaluate --shifts` measures."""


def few_of_each(samples: Sequence[Sample], most: int, seed: int = 0) -> list[Sample]:
    """Draw at most ``most`` cells of each class and source, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    ordered = sorted(samples, key=lambda each: each.file)
    strata = np.array([f"{each.source} {each.code}" for each in ordered])
    chosen: list[int] = []
    for each in np.unique(strata):
        at = np.flatnonzero(strata == each)
        chosen.extend(rng.choice(at, min(most, len(at)), replace=False).tolist())
    return [ordered[at] for at in sorted(chosen)]
