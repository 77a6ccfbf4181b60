"""Finds what there is to paint on a page: pieces with white all round them, so that no letter is cut in two.

A page at 600 dots per inch takes 140 MB, so it is painted in parts, and what comes after may scale each part
to whole dots of its own. Cut anywhere, lines of text would lose rows; cut in the white between them, none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OVERLAP = 2  # rows in both pieces where what is printed is higher than a piece may be
_COLOUR = np.uint32(0xFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a page.

    Attributes:
        left: its first column on the page.
        top: its first row on the page.
        pixels: uint32, 0xxxRRGGBB, shape (rows, columns), contiguous.
    """

    left: int
    top: int
    pixels: np.ndarray


def pieces(bands: Iterable[np.ndarray], below: int, beside: int, high: int) -> Iterator[Piece]:
    """Take a page apart where white runs through it.

    Args:
        bands: the page from top to bottom; uint32, 0xxxRRGGBB, shape (rows, columns), any number of rows.
        below: rows of white that divide pieces.
        beside: columns of white that divide pieces.
        high: rows after which the next white row divides them too; four times as many are cut anywhere.
    """
    held: list[np.ndarray] = []
    top, white = 0, 0  # the first row held, and how many of the last ones are white
    for band in bands:
        for row, inked in zip(band, _inked(band, 1), strict=True):
            if not inked and not held:
                top += 1
                continue
            held.append(row)
            white = 0 if inked else white + 1
            anywhere = len(held) >= 4 * high
            if white >= below or (white and len(held) >= high) or anywhere:
                yield from _across(np.stack(held), top, beside)
                keep = len(held) if white else len(held) - _OVERLAP
                held, top, white = held[keep:], top + keep, 0
    if held:
        yield from _across(np.stack(held), top, beside)


def _inked(pixels: np.ndarray, axis: int) -> np.ndarray:
    """Say which rows (axis 1) or columns (axis 0) have anything but white."""
    return ((pixels & _COLOUR) != _COLOUR).any(axis=axis)


def _across(block: np.ndarray, top: int, beside: int) -> Iterator[Piece]:
    """Divide a block from left to right."""
    columns = np.flatnonzero(_inked(block, 0))
    rows = np.flatnonzero(_inked(block, 1))
    if not len(columns):
        return
    first, after = int(rows[0]), int(rows[-1]) + 1
    for part in np.split(columns, np.flatnonzero(np.diff(columns) > beside) + 1):
        left, right = int(part[0]), int(part[-1]) + 1
        yield Piece(left, top + first, np.ascontiguousarray(block[first:after, left:right]))
