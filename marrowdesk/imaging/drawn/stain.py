"""How dyes take up light: from amounts of dye to the picture a camera takes."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import cv2
import numpy as np

from marrowdesk.imaging.drawn.texture import grain


class Dye(enum.IntEnum):
    """What is laid down where; each has its own plane of amounts."""

    CHROMATIN = 0
    AZURE = 1
    PINK = 2
    EOSIN = 3
    AZUROPHIL = 4
    HEMOGLOBIN = 5
    GLEAM = 6


# Optical density (natural logarithm) for red, green and blue light at amount 1, chosen to resemble the
# colours of May-Gruenwald-Giemsa on marrow smears. GLEAM is no dye: it is light bent towards the lens.
_DENSITY = np.array(
    [
        (1.20, 2.25, 0.42),
        (1.00, 0.92, 0.27),
        (0.42, 0.80, 0.36),
        (0.28, 0.90, 0.80),
        (0.60, 1.45, 0.42),
        (0.20, 0.29, 0.30),
        (-1.0, -1.0, -1.0),
    ],
    np.float32,
)

# Colours of the empty field under the lamps and cameras of different days.
_LIGHTS = ((244, 241, 250), (232, 233, 224), (229, 219, 241), (205, 202, 206), (160, 160, 166))
_LIGHT_SHARES = (0.4, 0.2, 0.15, 0.15, 0.1)


@dataclass(frozen=True, slots=True)
class Stain:
    """The staining and the light of one slide.

    Attributes:
        light: colour of the empty field, shape (3,), in [0, 255].
        density: optical density of each dye, shape (7, 3).
        focus: blur of the lens in pixels (standard deviation).
        noise: noise of the camera in gray levels (standard deviation).
        shade: how much darker a corner of the field is than its middle, in [0, 1].
    """

    light: np.ndarray
    density: np.ndarray
    focus: float
    noise: float
    shade: float

    @classmethod
    def of_slide(cls, rng: np.random.Generator) -> Stain:
        """Choose the staining of a slide: some are strong, some pale, some blue, some pink."""
        light = np.array(_LIGHTS[rng.choice(len(_LIGHTS), p=_LIGHT_SHARES)]) + rng.normal(0, 3, 3)
        strength = rng.uniform(0.85, 1.12)
        each_dye = rng.normal(1, 0.06, (len(Dye), 1))
        each_color = rng.normal(1, 0.05, (1, 3))
        density = _DENSITY * strength * each_dye * each_color
        density[Dye.HEMOGLOBIN] *= rng.uniform((0.8, 0.8, 0.7), (1.15, 1.2, 1.1))
        density[Dye.GLEAM] = _DENSITY[Dye.GLEAM]
        return cls(light, density.astype(np.float32), rng.uniform(0.6, 0.95), 1.8, rng.uniform(0.01, 0.06))

    def of_field(self, rng: np.random.Generator) -> Stain:
        """Vary a little, as from one field of a slide to the next."""
        light = self.light * rng.normal(1, 0.012) + rng.normal(0, 1, 3)
        density = self.density * np.float32(rng.normal(1, 0.03))
        return replace(self, light=light, density=density, focus=self.focus * rng.uniform(0.85, 1.35))

    def expose(self, amounts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Take the picture (Beer-Lambert: densities add up, light falls off exponentially).

        Args:
            amounts: amount of each dye, float32, shape (7, H, W).
            rng: source of chance.

        Returns:
            RGB uint8, shape (H, W, 3).
        """
        _, height, width = amounts.shape
        density = (-self.density.T @ amounts.reshape(len(Dye), -1)).reshape(3, height, width)
        lit = np.minimum(self.light, 252).astype(np.float32)
        image = cv2.merge(list(cv2.exp(density))) * (lit * self._shading(height, width, rng))
        image = cv2.GaussianBlur(image, (0, 0), self.focus)
        image += grain(rng, height, width) * np.float32(self.noise)
        taken: np.ndarray = np.clip(image, 0, 255).astype(np.uint8)
        return taken

    def _shading(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        middle_x, middle_y = rng.uniform(0.3, 0.7, 2)
        across = (np.linspace(0, 1, width, dtype=np.float32) - np.float32(middle_x)) ** 2
        down = (np.linspace(0, 1, height, dtype=np.float32) - np.float32(middle_y)) ** 2
        return (1 - np.float32(2 * self.shade) * (across[None] + down[:, None]))[..., None]
