"""Cells that show the same pixels are classified once: the others take the proposal over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.store.casefile import CaseFile


class Twins:
    """Keeps account of the cells of a classification that wait for one that shows the same.

    Args:
        case: where the proposals are kept.
        cells: the cells to classify.
        model: sha256 of the model's weights, known to the case.
    """

    def __init__(self, case: CaseFile, cells: Sequence[Cell], model: str) -> None:
        self._case, self._model = case, model
        self._cells = {cell.id: cell for cell in cells}
        self._twins = case.twins(self._cells, model)
        self._waiting = dict(self._twins)

    def known(self) -> list[Cell]:
        """Give the cells whose twin has its proposal already, with theirs, stored."""
        elsewhere = set(self._twins.values()) - set(self._cells)
        return self._take([cell for cell in self._case.cells() if cell.id in elsewhere]) if elsewhere else []

    def to_compute(self) -> Iterator[list[Cell]]:
        """Give the cells to compute: those that wait for none, then those that waited in vain.

        A cell waits in vain where the image of its twin cannot be read any more.
        """
        yield [cell for id_, cell in self._cells.items() if id_ not in self._twins]
        if self._waiting:
            yield [self._cells[id_] for id_ in self._waiting]

    def joined(self, done: list[Cell]) -> list[Cell]:
        """Give cells that were classified, with those that waited for them, stored."""
        return [*done, *self._take(done)] if self._waiting else done

    def _take(self, done: Sequence[Cell]) -> list[Cell]:
        proposals = {cell.id: cell.prediction for cell in done}
        now = {cell: twin for cell, twin in self._waiting.items() if twin in proposals}
        if not now:
            return []
        self._case.copy_predictions(self._model, now)
        for cell in now:
            del self._waiting[cell]
        return [self._cells[cell].with_prediction(proposals[twin]) for cell, twin in now.items()]
