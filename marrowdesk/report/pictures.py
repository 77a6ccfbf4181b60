"""Choosing the cells a report shows: a few of each class, reviewed ones first, spread over the slides."""

from __future__ import annotations

from itertools import chain, pairwise, zip_longest
from typing import TYPE_CHECKING

from marrowdesk.report.document import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme

PER_CLASS = 5
"""Pictures of one class: two classes share a row of the gallery."""
LIMIT = 60
"""Pictures in a report; more would not be looked at."""


def choose(
    cells: Iterable[Cell], scheme: Scheme, per_class: int = PER_CLASS, limit: int = LIMIT
) -> list[Cell]:
    """Choose representative cells: of each class the reviewed ones first, then the most confident.

    Within each of the two the cells are spread: the cells of a class, in the order of the case, are cut
    into as many stretches as pictures are wanted, and the most confident cell of each is taken. Every
    class present gets its first picture before any gets its second. Only classes that hold cells of the
    count or stand apart from it are shown; unresolved, excluded and pending cells are not.

    Args:
        cells: the cells of a case.
        scheme: its classes, in their order.
        per_class: most pictures of one class, >= 1.
        limit: most pictures in all, >= 1.

    Returns:
        The chosen cells, by class in the order of the scheme.
    """
    by_class: dict[str, list[Cell]] = {each.code: [] for each in scheme.classes if each.role != "unresolved"}
    for cell in cells:
        if cell.code is not None and cell.code in by_class:
            by_class[cell.code].append(cell)
    ranked = [_of_class(found, per_class) for found in by_class.values()]
    rounds = chain.from_iterable(zip_longest(*ranked))
    taken = [cell for cell in rounds if cell is not None][:limit]
    return sorted(taken, key=lambda cell: (scheme.order(cell.code or ""), cell.review is None, cell.id))


def picture(cell: Cell, image: np.ndarray) -> Picture:
    """Make the picture of a chosen cell; its caption is the cell's number.

    Args:
        cell: a cell that has a class.
        image: what its place shows, uint8 RGB, shape (H, W, 3).
    """
    proposed = cell.prediction is not None and cell.review is None
    sure = _confidence(cell) if proposed else None
    return Picture(cell.code or "", image, cell.review is not None, f"#{cell.id}", sure)


def _of_class(cells: Sequence[Cell], wanted: int) -> list[Cell]:
    reviewed = [cell for cell in cells if cell.review is not None]
    proposed = [cell for cell in cells if cell.review is None]
    first = _spread(reviewed, wanted)
    return first + _spread(proposed, wanted - len(first))


def _spread(cells: Sequence[Cell], wanted: int) -> list[Cell]:
    """Take the most confident cell of each of ``wanted`` stretches, the most confident of them first."""
    count = min(wanted, len(cells))
    cuts = [len(cells) * at // count for at in range(count + 1)] if count else []
    best = [max(cells[start:stop], key=_confidence) for start, stop in pairwise(cuts)]
    return sorted(best, key=_confidence, reverse=True)


def _confidence(cell: Cell) -> float:
    """Confidence in the class the cell counts under now: what the model gave that class, 0 if nothing."""
    if cell.prediction is None or cell.code not in cell.prediction.codes:
        return 0.0
    return float(cell.prediction.probabilities[cell.prediction.codes.index(cell.code)])
