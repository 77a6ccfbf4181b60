"""Draw what is no cell: crushed nuclei, clumps of platelets, dye that fell out."""

from __future__ import annotations

import cv2
import numpy as np

from marrowdesk.imaging.drawn.body import Sprite, draw_body
from marrowdesk.imaging.drawn.field import draw_platelet
from marrowdesk.imaging.drawn.nuclei import rounded
from marrowdesk.imaging.drawn.recipes import Chromatin, Recipe
from marrowdesk.imaging.drawn.shapes import blob, fill
from marrowdesk.imaging.drawn.stain import Dye
from marrowdesk.imaging.drawn.texture import granules, noise

_NAKED_NUCLEUS = Recipe(
    radius=(44, 62), aspect=1.4, rough=0.09, shapes=(rounded(1.5, 0.1),), nucleus=(0.8, 0.95),
    offset=(0.0, 0.5), chromatin=Chromatin((0.7, 1.0), 3.2, 0.24), pink=(0.03, 0.08), frayed=True,
)  # fmt: skip


def draw_artefact(rng: np.random.Generator) -> Sprite:
    """Draw one artefact of a kind by chance."""
    kind = rng.random()
    if kind < 0.45:
        return draw_body(_NAKED_NUCLEUS, rng)
    return _fallen_dye(rng) if kind < 0.7 else _platelet_clump(rng)


def _fallen_dye(rng: np.random.Generator) -> Sprite:
    side, radius = 210, 42.0
    mask = np.zeros((side, side), np.uint8)
    fill(mask, blob(rng, radius, rng.uniform(1.2, 1.8), 0.15), side / 2, side / 2)
    cloud = cv2.GaussianBlur(mask, (0, 0), 12).astype(np.float32) / 255
    dense = np.clip(1.6 * cloud + 0.3 * noise(rng, 6.0, side, side) - 0.35, 0, 1)
    crumbs = granules(rng, 2.2, 0.3, side, side) * dense
    amounts = np.zeros((len(Dye), side, side), np.float32)
    amounts[Dye.CHROMATIN] = 1.4 * crumbs
    amounts[Dye.AZUROPHIL] = 0.25 * cloud
    return Sprite(amounts, 0.3 * cloud, radius)


def _platelet_clump(rng: np.random.Generator) -> Sprite:
    side, radius = 150, 40.0
    amounts = np.zeros((len(Dye), side, side), np.float32)
    body = np.zeros((side, side), np.float32)
    for x, y in rng.normal(side / 2, 17, (rng.integers(8, 18), 2)):
        platelet = draw_platelet(rng)
        size = platelet.body.shape[0]
        top, left = (int(np.clip(v - size / 2, 0, side - size)) for v in (y, x))
        here = (slice(top, top + size), slice(left, left + size))
        np.maximum(amounts[:, *here], platelet.amounts, out=amounts[:, *here])
        np.maximum(body[here], platelet.body, out=body[here])
    return Sprite(amounts, body, radius)
