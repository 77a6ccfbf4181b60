"""Colours and how they are read on each other: contrast, ink on a class colour, fainter inks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

READABLE = 4.5
"""Contrast that text needs (WCAG 2.1, 1.4.3, level AA)."""


def luminance(color: QColor) -> float:
    """Give the relative luminance of a colour, in [0, 1] (WCAG 2.1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Give the contrast ratio of two colours, from 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(color: QColor) -> QColor:
    """Give white where it is read on a colour, else black; the contrast is at least READABLE with either."""
    white = QColor(Qt.GlobalColor.white)
    return white if contrast(color, white) >= READABLE else QColor(Qt.GlobalColor.black)


def blend(one: QColor, other: QColor, share: float) -> QColor:
    """Mix two colours; ``share`` in [0, 1] is that of the second."""
    mixed = [a + (b - a) * share for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)]
    return QColor(*(round(value) for value in mixed))


def faint_ink(ink: QColor, ground: QColor, share: float) -> QColor:
    """Give a fainter ink that is still read: mixed with its ground, up to a share in [0, 1] as it bears."""
    mixed = blend(ink, ground, share)
    while share > 0 and contrast(mixed, ground) < READABLE:
        share = max(0.0, share - 0.05)
        mixed = blend(ink, ground, share)
    return mixed
