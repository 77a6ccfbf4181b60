"""Images that are in a case more than once, as when a smear is added again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.cell import CellState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.cell import Cell


def counted_again(cells: Iterable[Cell], alike: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Give the cells that show the very pixels of a cell before them, where a reader excluded neither.

    Args:
        cells: the cells of a case; others take no part.
        alike: numbers of the cells that show the same, each group in the order of the case.

    Returns:
        Their numbers, ascending: all of a group but the first that is not excluded.
    """
    standing = {cell.id for cell in cells if cell.state is not CellState.EXCLUDED}
    kept = ([each for each in group if each in standing] for group in alike)
    return tuple(sorted(each for group in kept for each in group[1:]))
