"""What the network is shown: the cell at one scale and one white point, whatever microscope it came from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

METHOD = "nucleus-crop-v1"
"""Name of this way of preparing an image, written into every bundle's card."""

_LOOK = 128
"""Longest side, in pixels, of the small copy in which the nucleus is sought."""

_OD_FLOOR = 0.12
"""Least optical density of the red channel that can be a nucleus; red cells stay below it."""

_BLURS = (0.5, 0.7, 0.9, 1.1, 1.35, 1.6)
"""Steps of the Gaussian blur, px at the network's scale, that brings images to one sharpness."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of the method, kept in the card: a bundle always sees what it was trained on.

    Attributes:
        side: width and height of the network's input, px.
        nuclei: side of the crop in nucleus diameters.
        least: smallest side of the crop, as a share of the image's shorter side.
        most: largest side of the crop, as a share of the image's shorter side.
        pull: how far the crop's centre goes from the image's centre (0) to the nucleus' centre (1).
        sharpness: largest share of fine detail, see :func:`detail`; sharper images are blurred down to it.
        mask: radius at which the round mask has faded to white, as a share of half the side; 0 for no mask.
    """

    side: int = 128
    nuclei: float = 2.0
    least: float = 0.35
    most: float = 1.0
    pull: float = 0.5
    sharpness: float = 0.7
    mask: float = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """The square of the source image that is shown, in its pixels; it may reach beyond the image.

    Attributes:
        left: left edge.
        top: upper edge.
        side: width and height.
        found: whether a nucleus was found; without one the window is the middle of the whole frame.
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
    green = image[..., 1]
    bright = image[green >= np.percentile(green, 92)]
    white = np.median(bright, axis=0).astype(np.float32)
    return np.asarray(np.clip(np.maximum(white, 0.7 * white.max()), 90.0, 255.0))


def whitened(image: np.ndarray, white: np.ndarray) -> np.ndarray:
    """Scale each channel so that ``white`` becomes 245; shape and dtype of ``image`` stay."""
    levels = np.arange(256, dtype=np.float32)[:, None] * (245.0 / white)[None, :]
    table = np.clip(levels + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[:, None, :]))


def _central(mask: np.ndarray) -> np.ndarray:
    """Weights that fall off from the middle of the frame; shape of ``mask``."""
    height, width = mask.shape
    across = np.arange(width, dtype=np.float32) - (width - 1) / 2
    down = np.arange(height, dtype=np.float32) - (height - 1) / 2
    spread = 0.2 * min(height, width)
    return np.asarray(np.exp(-(across[None, :] ** 2 + down[:, None] ** 2) / (2 * spread**2)))


def _pick(dark: np.ndarray) -> np.ndarray | None:
    """Keep the dark component in the middle, with the lobes that belong to it; None when there is none."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    if count < 2:
        return None
    weights = _central(dark)
    score = np.bincount(labels.ravel(), weights.ravel(), minlength=count)
    score[0] = 0.0
    main = int(np.argmax(score))
    area = int(stats[main, cv2.CC_STAT_AREA])
    if score[main] < 3.0:
        return None
    nucleus = labels == main
    reach = max(1, round(0.35 * np.sqrt(area / np.pi)))
    near = cv2.dilate(nucleus.astype(np.uint8), _disk(reach)) > 0
    height, width = dark.shape
    for other in np.unique(labels[near]):
        left, top, wide, high, size = (int(value) for value in stats[other])
        inside = left > 0 and top > 0 and left + wide < width and top + high < height
        if other not in (0, main) and inside and 0.04 * area < size < 1.2 * area:
            nucleus |= labels == other
    return np.asarray(nucleus)


def _disk(radius: int) -> np.ndarray:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))


def _parted(nucleus: np.ndarray) -> np.ndarray:
    """Cut a nucleus out of a clump that reaches the edge of the frame."""
    edge = nucleus[0].any() or nucleus[-1].any() or nucleus[:, 0].any() or nucleus[:, -1].any()
    if not edge and nucleus.mean() < 0.35:
        return nucleus
    inner = cv2.distanceTransform(nucleus.astype(np.uint8), cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(np.argmax(inner * _central(nucleus))), inner.shape)
    disk = np.zeros(nucleus.shape, np.uint8)
    # In a frame that is dark throughout there is no edge to measure the distance to.
    radius = min(float(inner[row, column]), float(max(inner.shape)))
    cv2.circle(disk, (int(column), int(row)), max(2, round(1.5 * radius)), 1, -1)
    return nucleus & (disk > 0)


def _whole(image: np.ndarray) -> Window:
    height, width = image.shape[:2]
    side = float(min(height, width))
    return Window((width - side) / 2, (height - side) / 2, side, found=False)


def find_nucleus(image: np.ndarray, white: np.ndarray) -> tuple[float, float, float] | None:
    """Find the nucleus in the middle of the image.

    The nuclear stain is the one that absorbs red; an Otsu threshold (Otsu 1979) on the red optical density
    parts it from cytoplasm and red cells. Lobes close to the central one are joined, clumps are parted.

    Args:
        image: (H, W, 3) uint8 RGB.
        white: background colour by :func:`white_point`.

    Returns:
        Centre x, centre y and diameter in px of ``image``; the diameter is that of the circle with the area
        of the nucleus' convex hull. None where nothing in the middle is dark enough.
    """
    height, width = image.shape[:2]
    shrink = min(1.0, _LOOK / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    red = cv2.resize(np.ascontiguousarray(image[..., 0]), size, interpolation=cv2.INTER_AREA)
    density = np.log10(white[0] / np.maximum(red.astype(np.float32), 1.0))
    scaled = np.clip(density * 200.0, 0, 255).astype(np.uint8)
    scaled = cv2.GaussianBlur(scaled, (0, 0), 1.0)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = (scaled > max(level, _OD_FLOOR * 200.0)).astype(np.uint8)
    nucleus = _pick(cv2.morphologyEx(dark, cv2.MORPH_OPEN, _disk(1)))
    if nucleus is None:
        return None
    rows, columns = np.nonzero(_parted(nucleus))
    points = np.stack([columns, rows], axis=1).astype(np.float32)
    hull = cv2.contourArea(cv2.convexHull(points)) + 1.0
    middle = points.mean(axis=0) + 0.5
    return (
        float(middle[0]) * width / size[0],
        float(middle[1]) * height / size[1],
        2.0 * float(np.sqrt(hull / np.pi)) / shrink,
    )


def find_window(image: np.ndarray, white: np.ndarray, recipe: Recipe) -> Window:
    """Choose the square that shows the cell at the method's scale; the whole frame without a nucleus."""
    found = find_nucleus(image, white)
    if found is None:
        return _whole(image)
    height, width = image.shape[:2]
    x, y, diameter = found
    short = min(height, width)
    side = float(np.clip(recipe.nuclei * diameter, recipe.least * short, recipe.most * short))
    x, y = width / 2 + recipe.pull * (x - width / 2), height / 2 + recipe.pull * (y - height / 2)
    return Window(x - side / 2, y - side / 2, side)


def cut(image: np.ndarray, window: Window, side: int) -> np.ndarray:
    """Cut a window out and bring it to (side, side, 3); what lies beyond the image is white.

    Args:
        image: (H, W, 3) uint8 RGB, already :func:`whitened`.
        window: what to show.
        side: width and height of the result, px.
    """
    height, width = image.shape[:2]
    left, top = round(window.left), round(window.top)
    length = max(2, round(window.side))
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + length), min(height, top + length)
    part = image[y0:y1, x0:x1]
    beyond = (y0 - top, top + length - y1, x0 - left, left + length - x1)
    if any(beyond):
        part = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=(245, 245, 245))
    method = cv2.INTER_AREA if length >= side else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (side, side), interpolation=method))


def detail(crop: np.ndarray) -> float:
    """Measure how much of the middle's structure is fine: r.m.s. Laplacian over r.m.s. gradient of green.

    In our sources the medians at 128 px are 0.7 (plain scanners and cameras) and 1.3 (a scanner that
    sharpens).

    Args:
        crop: (S, S, 3) uint8 RGB.
    """
    side = crop.shape[0]
    middle = crop[side // 4 : side - side // 4, side // 4 : side - side // 4, 1].astype(np.float32)
    fine = cv2.Laplacian(middle, cv2.CV_32F, ksize=1)[1:-1, 1:-1]
    across = (middle[1:-1, 2:] - middle[1:-1, :-2]) / 2
    down = (middle[2:, 1:-1] - middle[:-2, 1:-1]) / 2
    coarse = float(np.mean(across**2) + np.mean(down**2))
    return float(np.sqrt(np.mean(fine**2) / (coarse + 1.0)))


def at_one_sharpness(crop: np.ndarray, most: float) -> np.ndarray:
    """Blur a crop by the least step after which its :func:`detail` is at most ``most``."""
    if detail(crop) <= most:
        return crop
    blurred = crop
    for sigma in _BLURS:
        blurred = cv2.GaussianBlur(crop, (0, 0), sigma)
        if detail(blurred) <= most:
            break
    return np.asarray(blurred)


def round_mask(side: int, radius: float) -> np.ndarray:
    """Give the soft round mask, (side, side, 1) float32: 1 in the middle, 0 from ``radius`` on."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    distance = np.hypot(at[None, :], at[:, None])
    return np.asarray(np.clip((radius - distance) / 0.12, 0, 1)[..., None], np.float32)


def masked(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fade everything outside of the mask to white; (S, S, 3) uint8."""
    faded = image.astype(np.float32) * mask + 245.0 * (1.0 - mask)
    return np.asarray(faded + 0.5).astype(np.uint8)


def standardise(image: np.ndarray, recipe: Recipe, margin: float = 1.0) -> tuple[np.ndarray, Window]:
    """Cut the cell out at one scale, one white point and one sharpness, without the mask.

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
    window = find_window(image, white, recipe)
    side = round(recipe.side * margin)
    crop = cut(whitened(image, white), window.grown(margin), side)
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
