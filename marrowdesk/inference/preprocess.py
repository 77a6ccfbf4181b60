"""What the network is shown: the cell at one scale and in one stain, whatever laboratory it came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from marrowdesk.inference.levels import counted, level_of_share, middle
from marrowdesk.inference.nucleus import LARGEST, Nucleus, find_nucleus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

METHOD = "nucleus-crop-v2"
"""Name of this way of preparing an image, written into every bundle's card."""

NUCLEAR = np.array([0.47, 0.85, 0.15], np.float32)
"""Usual optical density of a nucleus in red, green and blue: between the medians of our sources."""

_WEAKEST, _STRONGEST = 0.45, 3.0
"""Least and largest factor by which an image's density is changed."""

_FAINTEST = 0.02
"""Least density of a nucleus in a channel by which stray light is told: some cameras show none in blue."""

_WHITE = 245.0
"""Level of the empty background in what the network is shown."""

_FRAMED = 0.78
"""Usual side of the crop, as a share of the image's shorter side: images of cells are framed around them."""

_BLURS = (0.5, 0.7, 0.9, 1.1, 1.35, 1.6)
"""Steps of the Gaussian blur, px at the network's scale, that brings images to one sharpness."""

_REACH = 8
"""How far such a blur reaches at the most, px; twice what OpenCV's kernels of these steps have on a side."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of the method, kept in the card: a bundle always sees what it was trained on.

    Attributes:
        side: width and height of the network's input, px.
        nuclei: side of the crop in nucleus diameters.
        least: smallest side of the crop, as a share of the image's shorter side.
        most: largest side of the crop, as a share of the image's shorter side. Above 1 a cell whose image is
            cut tight around it keeps its scale; what lies beyond the image is white.
        largest: share of the image above which what is dark is a clump of cells and not one nucleus, see
            :func:`~marrowdesk.inference.nucleus.find_nucleus`.
        frame: how far the side goes from what the nucleus says (0) to a fixed share of the image (1), as a
            power: a nucleus wrongly measured then does less harm.
        pull: how far the crop's centre goes from the image's centre (0) to the nucleus' centre (1).
        contrast: how far the density of the stain is brought to the usual one (1), as a power.
        hue: the same for the hue of the nucleus.
        glare: factor of density up to which a pale image is taken for one of pale stain; what it lacks beyond
            is taken for stray light, see :func:`stray_light`. 0 to take all of it for pale stain, as bundles
            do that were made before there was a choice.
        sharpness: largest share of fine detail, see :func:`detail`; sharper images are blurred down to it.
        mask: radius at which the round mask has faded to white, as a share of half the side; 0 for no mask.
    """

    side: int = 128
    nuclei: float = 2.0
    least: float = 0.45
    most: float = 1.0
    largest: float = LARGEST
    frame: float = 0.3
    pull: float = 0.5
    contrast: float = 1.0
    hue: float = 0.25
    sharpness: float = 0.7
    mask: float = 1.0
    glare: float = 0.0

    @classmethod
    def of(cls, numbers: Mapping[str, float]) -> Self:
        """Make a recipe of the numbers that a card or a checkpoint keeps.

        Raises:
            KeyError: the side is missing.
            TypeError: a number is unknown.
        """
        return cls(**{**numbers, "side": int(numbers["side"])})  # type: ignore[arg-type]

    def shown_otherwise(self, base: Recipe) -> dict[str, float]:
        """Give those of the numbers :data:`SHOWN` that are others than in ``base``."""
        return {name: getattr(self, name) for name in SHOWN if getattr(self, name) != getattr(base, name)}


SHOWN = ("glare", "most", "largest")
"""Numbers of a recipe by which bundles differ: for images that are pale, or cut tight around the cell."""


@dataclass(frozen=True, slots=True)
class Window:
    """The square of the source image that is shown, in its pixels; it may reach beyond the image.

    Attributes:
        left: left edge.
        top: upper edge.
        side: width and height.
        found: whether a nucleus in the colour of a Romanowsky stain was found. Without any nucleus the window
            is the middle of the whole frame.
    """

    left: float
    top: float
    side: float
    found: bool = True

    def grown(self, factor: float) -> Window:
        """Give the window with the same centre and a side that is ``factor`` times as long."""
        extra = self.side * (factor - 1.0) / 2.0
        return Window(self.left - extra, self.top - extra, self.side * factor, self.found)


def white_point(image: np.ndarray) -> np.ndarray:
    """Estimate the colour of the empty background.

    The brightest pixels by green are background in a smear, since every stain of May-Gruenwald-Giemsa takes
    green away. Where no background is in the frame the estimate is kept within bounds, so that a frame full
    of purple is not bleached.

    Args:
        image: (H, W, 3) uint8 RGB.

    Returns:
        (3,) float32 RGB, each in [90, 255].
    """
    level = level_of_share(counted(image, 1), 0.92)
    bright = cv2.inRange(image, (0, level, 0, 0), (255, 255, 255, 255))
    white = np.array([np.mean(middle(counted(image, channel, bright))) for channel in range(3)], np.float32)
    return np.asarray(np.clip(np.maximum(white, 0.7 * white.max()), 90.0, 255.0))


def toned(
    image: np.ndarray, white: np.ndarray, factors: np.ndarray, stray: np.ndarray | None = None
) -> np.ndarray:
    """Make ``white`` 245 in each channel, change optical densities by factors and take stray light away.

    Args:
        image: (H, W, 3) uint8 RGB.
        white: (3,) colour of the background.
        factors: (3,) of optical density.
        stray: (3,) what is taken from all light after that, as a share of the background's; None for nothing.

    Returns:
        The image, shape and dtype unchanged.
    """
    light = np.minimum(np.arange(256, dtype=np.float32)[:, None] / white[None, :], 255 / _WHITE)
    light = light ** factors[None, :]
    if stray is not None:
        light = (light - stray[None, :]) / (1.0 - stray[None, :])
    table = np.clip(_WHITE * light + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[:, None, :]))


def window_of(nucleus: Nucleus | None, shape: tuple[int, ...], recipe: Recipe) -> Window:
    """Choose the square that shows the cell at the method's scale; the whole frame without a nucleus.

    Args:
        nucleus: that of the cell in the middle.
        shape: height and width of the image, px.
        recipe: numbers of the method.
    """
    height, width = shape[:2]
    short = min(height, width)
    if nucleus is None:
        return Window((width - short) / 2, (height - short) / 2, float(short), found=False)
    measured, usual = recipe.nuclei * nucleus.diameter, _FRAMED * short
    side = measured ** (1.0 - recipe.frame) * usual**recipe.frame
    side = float(np.clip(side, recipe.least * short, recipe.most * short))
    x = width / 2 + recipe.pull * (nucleus.x - width / 2)
    y = height / 2 + recipe.pull * (nucleus.y - height / 2)
    return Window(x - side / 2, y - side / 2, side, found=nucleus.azure)


def toning(density: np.ndarray | None, recipe: Recipe) -> np.ndarray:
    """Give the factors that bring the density of an image's red, green and blue to the usual ones.

    A pale stain and a dense one, a thin smear and a dark exposure differ by factors of optical density
    (Beer and Lambert); the nucleus, which every cell has, tells them. Of what is left, its hue, only a share
    is taken, since it also tells one cell from another.

    Args:
        density: (3,) optical density of the nucleus in red, green and blue; nothing is changed without one.
        recipe: numbers of the method.

    Returns:
        (3,) float32 factors of optical density.
    """
    if density is None:
        return np.ones(3, np.float32)
    wanted = np.log(NUCLEAR / np.maximum(density, 0.03))
    # In blue a nucleus is hardly darker than the background, and with some cameras not at all.
    common = float(wanted[:2].mean())
    hue = np.clip(wanted - common, -np.log(2.0), np.log(2.0))
    strength = np.clip(common, np.log(_WEAKEST), np.log(_STRONGEST))
    return np.asarray(np.exp(recipe.contrast * strength + recipe.hue * hue), np.float32)


def stray_light(density: np.ndarray, factors: np.ndarray, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Part what a pale image lacks into pale stain and stray light.

    Pale stain lessens all densities alike. Stray light in microscope and camera (veiling glare) adds the same
    light everywhere, so that what is dense suffers more than what is not: bringing the nucleus back by a
    factor of density alone would make the cytoplasm too dense, and neutrophils look like eosinophils.

    Args:
        density: (3,) optical density of the nucleus in red, green and blue.
        factors: (3,) what would bring it to the usual one, see :func:`toning`.
        recipe: numbers of the method.

    Returns:
        The factors that remain, (3,) float32, and the stray light, (3,) float32 in [0, 1): its share of the
        light of the background after them. Together they do to the nucleus what ``factors`` does.
    """
    kept = np.minimum(factors, recipe.glare) if recipe.glare > 0 else factors
    light = 10.0 ** -(np.maximum(density, _FAINTEST) * kept)
    wanted = light ** (factors / kept)
    return kept.astype(np.float32), ((light - wanted) / (1.0 - wanted)).astype(np.float32)


def cut(
    image: np.ndarray, window: Window, side: int, tone: Callable[[np.ndarray], np.ndarray] | None = None
) -> np.ndarray:
    """Cut a window out and bring it to (side, side, 3); what lies beyond the image is white.

    Args:
        image: (H, W, 3) uint8 RGB.
        window: what to show.
        side: width and height of the result, px.
        tone: changes the colours of what lies in the window, see :func:`toned`; they stay without it.
    """
    height, width = image.shape[:2]
    left, top = round(window.left), round(window.top)
    length = max(2, round(window.side))
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + length), min(height, top + length)
    part = image[y0:y1, x0:x1]
    if tone is not None:
        part = tone(part)
    beyond = (y0 - top, top + length - y1, x0 - left, left + length - x1)
    if any(beyond):
        part = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=(_WHITE, _WHITE, _WHITE))
    method = cv2.INTER_AREA if length >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (side, side), interpolation=method))


def detail(crop: np.ndarray) -> float:
    """Measure how much of the middle's structure is fine: r.m.s. Laplacian over r.m.s. gradient of green.

    In our sources the medians at 128 px are 0.7 (plain scanners and cameras) and 1.3 (a scanner that
    sharpens).

    Args:
        crop: (S, S, 3) uint8 RGB.
    """
    return _fineness(_heart(crop, 0))


def _heart(crop: np.ndarray, border: int) -> np.ndarray:
    """Give green of the middle half of a crop and of a border around it."""
    first, last = crop.shape[0] // 4 - border, crop.shape[0] - crop.shape[0] // 4 + border
    return np.asarray(crop[first:last, first:last, 1])


def _fineness(green: np.ndarray) -> float:
    middle = green.astype(np.float32)
    fine = cv2.Laplacian(middle, cv2.CV_32F, ksize=1)[1:-1, 1:-1]
    across = (middle[1:-1, 2:] - middle[1:-1, :-2]) / 2
    down = (middle[2:, 1:-1] - middle[:-2, 1:-1]) / 2
    coarse = float(_mean_square(across) + _mean_square(down))
    return float(np.sqrt(_mean_square(fine) / (coarse + 1.0)))


def _mean_square(values: np.ndarray) -> np.float32:
    """Give what ``np.mean(values**2)`` gives, at a third of its overhead; ``values`` are float32."""
    return np.float32(np.add.reduce(values * values, axis=None) / np.float32(values.size))


def at_one_sharpness(crop: np.ndarray, most: float) -> np.ndarray:
    """Blur a crop by the least step after which its :func:`detail` is at most ``most``."""
    if detail(crop) <= most:
        return crop
    # What is measured is blurred with as much around it as the blur reaches; the whole only at the end.
    border = min(_REACH, crop.shape[0] // 4)
    heart = np.ascontiguousarray(_heart(crop, border))
    measured = slice(border, len(heart) - border)
    for sigma in _BLURS:
        if _fineness(cv2.GaussianBlur(heart, (0, 0), sigma)[measured, measured]) <= most:
            break
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma))


@lru_cache(maxsize=32)  # the program asks for one radius, a training draws another for each image
def round_mask(side: int, radius: float) -> np.ndarray:
    """Give the soft round mask, (side, side, 1) float32, read-only: 1 in the middle, 0 from ``radius`` on."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    distance = np.hypot(at[None, :], at[:, None])
    mask = np.asarray(np.clip((radius - distance) / 0.12, 0, 1)[..., None], np.float32)
    mask.flags.writeable = False
    return mask


def masked(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fade everything outside of the mask to white; (S, S, 3) uint8."""
    faded = image * mask
    faded += _WHITE * (1.0 - mask)
    faded += 0.5
    return np.asarray(faded.astype(np.uint8))


def standardise(image: np.ndarray, recipe: Recipe, margin: float = 1.0) -> tuple[np.ndarray, Window]:
    """Cut the cell out at one scale, white point, density of stain and sharpness, without the mask.

    Args:
        image: (H, W, 3) uint8 RGB.
        recipe: numbers of the method.
        margin: how much wider than the network's window to cut; the training side keeps a border to turn and
            shift within. The result's side grows in proportion.

    Returns:
        The crop, (S, S, 3) uint8 with S = round(side · margin), and the network's window (without the
        margin).
    """
    white = white_point(image)
    nucleus = find_nucleus(image, white, recipe.largest)
    window = window_of(nucleus, image.shape, recipe)
    side = round(recipe.side * margin)
    factors, stray = toning(nucleus.density if nucleus else None, recipe), None
    if nucleus is not None:
        factors, stray = stray_light(nucleus.density, factors, recipe)
    crop = cut(image, window.grown(margin), side, lambda part: toned(part, white, factors, stray))
    return at_one_sharpness(crop, recipe.sharpness), window


def prepare(image: np.ndarray, recipe: Recipe) -> tuple[np.ndarray, Window]:
    """Make the network's input from an image of a cell.

    Args:
        image: (H, W, 3) uint8 RGB.
        recipe: numbers of the method.

    Returns:
        (side, side, 3) uint8 RGB, and the window of ``image`` that it shows.
    """
    crop, window = standardise(image, recipe)
    if recipe.mask > 0:
        crop = masked(crop, round_mask(recipe.side, recipe.mask))
    return crop, window
