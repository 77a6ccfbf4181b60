"""The institution's logo: decoded, laid on white, and drawn without loss."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from marrowdesk.core.errors import ReportError

if TYPE_CHECKING:
    from marrowdesk.report.pdf.paper import Paper

_FORMATS = ("PNG", "JPEG")
_PIXELS = 600
_MOST_PIXELS = 40_000_000


class Logo:
    """A logo scaled into a box.

    Args:
        content: a PNG or JPEG file.
        widest: room in points.
        highest: room in points.

    Attributes:
        width: as drawn.
        height: as drawn.

    Raises:
        ReportError: the bytes are no such picture.
    """

    def __init__(self, content: bytes, widest: float, highest: float) -> None:
        self._image = _decoded(content)
        height, width = self._image.shape[:2]
        scale = min(widest / width, highest / height)
        self.width, self.height = width * scale, height * scale

    def draw(self, paper: Paper, x: float, bottom: float) -> None:
        """Draw it with its lower left corner at (x, bottom)."""
        paper.drawing(self._image, x, bottom, self.width, self.height)


def _decoded(content: bytes) -> np.ndarray:
    """Give the pixels, (H, W, 3) uint8; what is transparent becomes white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture that Pillow warns of is not trusted
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise ValueError("it has too many pixels")
                image = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise ReportError(
            f"The logo of the report cannot be read ({error}).", "Choose a PNG or JPEG picture as logo again."
        ) from error
    image.thumbnail((_PIXELS, _PIXELS), Image.Resampling.LANCZOS)
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("RGB"))
