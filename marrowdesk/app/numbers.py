"""How numbers are written on the screen, in one place: as on paper, whatever the system's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

NOTHING = "–"
"""Stands where a number cannot be given."""

_NBSP = "\u00a0"


def count(value: int) -> str:
    """Write a number of things: ``2,000``."""
    return f"{value:,}"


def moment(at: datetime) -> str:
    """Write a time as the computer's clock shows it: ``2026-03-09 14:07``."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def percent(value: float | None) -> str:
    """Write a share in percent with one decimal and no sign, for columns headed %: ``18.2``."""
    return NOTHING if value is None else f"{value:.1f}"


def percent_sign(value: float | None) -> str:
    """Write a share in percent with one decimal and its sign: ``18.2 %``."""
    return NOTHING if value is None else f"{value:.1f}{_NBSP}%"


def points(value: float) -> str:
    """Write a difference of two shares in percent points, with its sign: ``+3.1``, ``−0.4``, ``0.0``."""
    rounded = round(value, 1) + 0.0
    return f"{rounded:+.1f}".replace("-", "\u2212") if rounded else "0.0"


def interval(low: float | None, high: float | None, decimals: int = 1) -> str:
    """Write the limits of an interval or range: ``14.9–21.9``."""
    if low is None or high is None:
        return NOTHING
    return f"{low:.{decimals}f}–{high:.{decimals}f}"


def ratio(value: float | None) -> str:
    """Write a ratio to one with two decimals: ``3.21``."""
    return NOTHING if value is None else f"{value:.2f}"


def whole_percent(value: float) -> str:
    """Write a threshold: ``20 %``, or ``7.5 %`` where it is not whole."""
    return f"{value:g}{_NBSP}%"


def probability(value: float) -> str:
    """Write a probability in [0, 1] as percent; never rounds to certainty: ``> 99.9 %``, ``< 0.1 %``."""
    if 0 < value < 0.0005:
        return f"<{_NBSP}0.1{_NBSP}%"
    if 0.9995 <= value < 1:
        return f">{_NBSP}99.9{_NBSP}%"
    return f"{100 * value:.1f}{_NBSP}%"
