"""The look of the printed report: colours that survive a black-and-white printer, sizes, distances.

Lengths are points (1/72 inch); colours are red, green and blue in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Color = tuple[float, float, float]


def hex_color(text: str) -> Color:
    """Read a colour written as ``#rrggbb``."""
    return int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255


def lighter(color: Color) -> Color:
    """Mix a colour with white, so that thin black lines stand out on it."""
    red, green, blue = (0.62 * part + 0.38 for part in color)
    return red, green, blue


INK = hex_color("#1a1d29")
SOFT = hex_color("#555b6e")
BRAND = hex_color("#2f3b96")
RULE = hex_color("#c4c9d6")
HAIR = hex_color("#e1e4ec")
TINT = hex_color("#f3f4f9")
BAND = hex_color("#d9dde9")
BAR = hex_color("#a3a9bb")
BAND_EDGE = hex_color("#8d94aa")
WHITE: Color = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set.

    Attributes:
        size: of the font, in points.
        bold: whether in the bold face.
        color: of the text.
        spread: distance of the baselines, in font sizes.
    """

    size: float
    bold: bool = False
    color: Color = INK
    spread: float = 1.32

    @property
    def leading(self) -> float:
        """Distance of the baselines in points."""
        return self.size * self.spread

    def sized(self, size: float) -> Style:
        """Give the same in another size."""
        return replace(self, size=size)

    def strong(self) -> Style:
        """Give the same in bold."""
        return replace(self, bold=True)

    def soft(self) -> Style:
        """Give the same in gray."""
        return replace(self, color=SOFT)


TITLE = Style(17, bold=True, color=INK, spread=1.2)
INSTITUTION = Style(10.5, bold=True, color=BRAND)
SECTION = Style(9.5, bold=True, color=BRAND)
BODY = Style(8.4)
VALUE = Style(9.2)
FIGURE = Style(12.5, bold=True)
LABEL = Style(6.6, color=SOFT)
NOTE = Style(7, color=SOFT)
CAPTION = Style(5.8, color=SOFT)

MARGIN_SIDE = 48.0
MARGIN_TOP = 34.0
MARGIN_BOTTOM = 54.0
GAP = 12.0
"""Between sections."""
