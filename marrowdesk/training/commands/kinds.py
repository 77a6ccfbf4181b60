"""Kinds of numbers that options take; what is none of them is refused before any work begins."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def whole(least: int = 1) -> Callable[[str], int]:
    """Give what reads a whole number, ``least`` or more; it raises ArgumentTypeError where there is none."""

    def read(word: str) -> int:
        if not word.isdecimal() or int(word) < least:
            raise ArgumentTypeError(f"{word!r} is no whole number from {least} on")
        return int(word)

    return read


def number(least: float, most: float = math.inf, *, above: bool = False) -> Callable[[str], float]:
    """Give what reads a number from ``least`` to ``most``; it raises ArgumentTypeError where there is none.

    Args:
        least: the smallest that is taken.
        most: the largest; no end where it is infinite.
        above: refuse ``least`` itself too.
    """
    end = "" if math.isinf(most) else f", up to {most:g}"
    told = f"{'above' if above else 'from'} {least:g}{end}"

    def read(word: str) -> float:
        found = _float(word)
        if not math.isfinite(found) or not least <= found <= most or (above and found == least):
            raise ArgumentTypeError(f"{word!r} is no number {told}")
        return found

    return read


def glare(word: str) -> float:
    """Read what a pale image is held against, see :func:`~marrowdesk.inference.preprocess.stray_light`.

    Raises:
        ArgumentTypeError: it is neither 0 nor a factor from 1 on.
    """
    found = _float(word)
    if not math.isfinite(found) or (found != 0 and found < 1):
        raise ArgumentTypeError(f"{word!r} is neither 0 nor a factor from 1 on")
    return found


def lift(word: str) -> tuple[str, float]:
    """Read a class and what is added to its logit, such as ``EBO=1``.

    Raises:
        ArgumentTypeError: it is not so written.
    """
    code, _, logits = word.partition("=")
    found = _float(logits)
    if not code or not math.isfinite(found):
        raise ArgumentTypeError(f"{word!r} is no class with a number, such as EBO=1")
    return code, found


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


share = number(0, 1, above=True)
"""Reads a share above 0 and up to 1."""

part = number(0, 1)
"""Reads a share or a probability from 0 to 1."""

SHOWN = {"glare": glare, "most": number(0.1, 4), "largest": share}
"""What reads the numbers of :data:`marrowdesk.inference.preprocess.SHOWN`."""
