"""Asks, off the GUI thread, which reviewed cells the network finds most like a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.cell import CellState
from marrowdesk.core.neighbours import nearest

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.cell import Cell
    from marrowdesk.store.casefile import CaseFile


@dataclass(frozen=True, slots=True)
class Near:
    """What was found for a cell: rows of confirmed cells and their similarity."""

    cell: int
    rows: tuple[int, ...]
    similarity: tuple[float, ...]


NOTHING_NEAR = Near(-1, (), ())
"""Stands for no answer yet."""


class Neighbours(QObject):
    """Looks on a worker for the confirmed cells that the network finds most like a cell.

    Signals:
        found: the answer to the latest question; a :class:`Near`.
    """

    found = Signal(object)

    def __init__(self, model: CaseModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._known: dict[int, np.ndarray] = {}
        self._network = ""
        self._work: Operation | None = None
        model.reset.connect(self._forget)
        model.changed.connect(self._drop_new_proposals)

    def _forget(self) -> None:
        self._known = {}
        if self._work is not None:
            self._work.drop()
            self._work = None

    def _drop_new_proposals(self, rows: list[int]) -> None:
        for row in rows:  # its proposal, and with that its embedding, may be another
            self._known.pop(self._model.cells[row].id, None)

    def ask(self, row: int, count: int) -> None:
        """Look for the nearest confirmed cells of a row."""
        case, cell = self._model.case, self._model.cells[row]
        if case is None or cell.prediction is None:
            return
        if cell.prediction.model != self._network:
            self._network, self._known = cell.prediction.model, {}
        decided = {
            each.id: at
            for at, each in enumerate(self._model.cells)
            if at != row and each.state in (CellState.CONFIRMED, CellState.CHANGED)
        }
        known, network = dict(self._known), self._network  # the worker has its own
        if self._work is not None:
            self._work.drop()
        self._work = (
            Operation(self, lambda _: _nearest(case, cell, decided, known, network, count), lane=Lane.LIGHT)
            .on_success(self._take)
            .start()
        )

    def _take(self, answer: tuple[dict[int, np.ndarray], Near]) -> None:
        fresh, near = answer
        self._known.update(fresh)
        self.found.emit(near)


def _nearest(
    case: CaseFile,
    cell: Cell,
    decided: dict[int, int],
    known: dict[int, np.ndarray],
    network: str,
    count: int,
) -> tuple[dict[int, np.ndarray], Near]:
    missing = [each for each in (cell.id, *decided) if each not in known]
    ids, vectors = case.embeddings(missing, network)
    fresh = {id_: vector.astype(np.float16) for id_, vector in zip(ids, _unit(vectors), strict=True)}
    everything = known | fresh
    query = everything.get(cell.id)
    there = [each for each in decided if each in everything]
    if query is None or not there:
        return fresh, Near(cell.id, (), ())
    best, similarity = nearest(query, np.stack([everything[each] for each in there]), count)
    rows = tuple(decided[there[at]] for at in best.tolist())
    return fresh, Near(cell.id, rows, tuple(similarity.tolist()))


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Bring vectors to length 1, so that half precision holds them."""
    if vectors.size == 0:
        return vectors
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
