"""Paints an activation map: from a coarse grid of numbers to colours with growing opacity."""

from __future__ import annotations

from functools import cache

import numpy as np

OVERSAMPLING = 256
"""Pixels of the painted map along its longer side; finer than the eye sees of a map of some 7 x 7 cells."""


@cache
def color_table() -> np.ndarray:
    """Give the colours of the map, uint8 RGBA, shape (256, 4), from no evidence to the most.

    The hues are viridis (Smith and van der Walt, 2015): even to the eye, legible to colour-blind readers,
    and unlike the violet of the stain. The opacity grows evenly with the strength, so that a place without
    evidence shows the cell unchanged. Data, not theme: the same on light and dark screens.
    """
    import cv2  # not before the window is up

    steps = np.arange(256, dtype=np.uint8).reshape(256, 1)
    hues = cv2.applyColorMap(steps, cv2.COLORMAP_VIRIDIS)[:, 0, ::-1]
    opacity = np.linspace(0.0, 255.0, 256).round().astype(np.uint8)
    table = np.concatenate([hues, opacity[:, None]], axis=1)
    table.flags.writeable = False
    return table


_NOISE = 1 / 255  # the case file keeps maps in 255 steps: less than one step is no evidence


def strength(evidence: np.ndarray) -> np.ndarray | None:
    """Scale a map to [0, 1]: only evidence for the class, in parts of this map's own maximum.

    Args:
        evidence: class-weighted sum of the last stage's features, any unit, shape (h, w); what speaks
            against the class is negative and is left out.

    Returns:
        float32 in [0, 1], shape (h, w); None where nothing speaks for the class.
    """
    values = np.nan_to_num(evidence.astype(np.float32), nan=0.0)
    highest = float(values.max(initial=0.0))
    if highest <= _NOISE * float(np.abs(values).max(initial=0.0)):
        return None
    return np.clip(values / highest, 0.0, 1.0)


def paint(evidence: np.ndarray, aspect: float = 1.0) -> np.ndarray | None:
    """Paint a map, smoothly enlarged so that each value keeps the middle of its own cell of the grid.

    Args:
        evidence: as for :func:`strength`.
        aspect: width of the window in the image over its height.

    Returns:
        uint8 RGBA, straight alpha, to be stretched over the window; None where nothing speaks for the class.
    """
    import cv2

    scaled = strength(evidence)
    if scaled is None:
        return None
    width = OVERSAMPLING if aspect >= 1 else max(1, round(OVERSAMPLING * aspect))
    height = OVERSAMPLING if aspect <= 1 else max(1, round(OVERSAMPLING / aspect))
    # The cubic spline overshoots beside steep steps; what leaves [0, 1] is cut.
    smooth = np.clip(cv2.resize(scaled, (width, height), interpolation=cv2.INTER_CUBIC), 0.0, 1.0)
    return color_table()[np.round(255 * smooth).astype(np.uint8)]
