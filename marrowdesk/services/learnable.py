"""What cases hold that the classifier can learn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.placing import shipped_class
from marrowdesk.store.casefile import CaseFile

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marrowdesk.core.cell import Place
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.store.decided import DecidedCell

FEWEST_CELLS = 100
FEWEST_CLASSES = 3
FEWEST_OF_CLASS = 10
"""Fewest cells of a class for it to be among :data:`FEWEST_CLASSES`."""

_NAMED = 3
"""Cases that are named at the most where the same is the matter with many."""
_WHY = "What was decided rests on that proposal and stays; learn from cases classified since."


@dataclass(frozen=True, slots=True)
class CaseCells:
    """One case that may be chosen.

    Attributes:
        path: the case file.
        title: of the case.
        cells: how many cells its readers gave a class or confirmed.
        error: why it cannot be read; empty where it can.
    """

    path: Path
    title: str
    cells: int
    error: str = ""


def decided_cells(paths: Sequence[Path], cancel: threading.Event) -> Iterator[CaseCells]:
    """Count what may be learned from in cases, one after the other; one that cannot be read says why.

    Args:
        paths: case files.
        cancel: set to stop.
    """
    for path in paths:
        if cancel.is_set():
            return
        try:
            with CaseFile.open_copy(path) as case:
                yield CaseCells(path, case.title, sum(1 for _ in case.decided()))
        except MarrowdeskError as error:
            yield CaseCells(path, path.stem, 0, error.message)


@dataclass
class Learnable:
    """Gathers the cells of several cases that a model can learn from, and tells what is left out.

    Attributes:
        base: the model.
        cells: label, number of the case, place and embedding of each, by what it shows.
        contradicted: what readers gave different classes.
        unseen: how many cells of a case the network has not seen.
        strange: how many cells of a class that the network does not tell apart.
        broken: why cases cannot be read.
        cases: how many were read; the next one's number.
    """

    base: Bundle
    cells: dict[tuple[Any, ...], tuple[int, int, Place, np.ndarray]] = field(default_factory=dict)
    contradicted: set[tuple[Any, ...]] = field(default_factory=set)
    unseen: Counter[Path] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    cases: int = 0

    def __post_init__(self) -> None:
        self._outputs = {code: at for at, code in enumerate(self.base.codes) if code in self.base.proposed}

    def read(self, path: Path) -> None:
        """Add the cells of a case; of one that cannot be read to its end no cell is added, and it is told."""
        try:
            with CaseFile.open_copy(path) as case:
                scheme, networks, decided = case.scheme, self._of_same_network(case), list(case.decided())
        except MarrowdeskError as error:
            self.broken.append(error.message)
            return
        for each in decided:
            code = shipped_class(each.code, scheme)
            if code not in self._outputs:
                self.strange[scheme[each.code].name if each.code in scheme else each.code] += 1
            elif each.embedding is None or each.model not in networks:
                self.unseen[path] += 1
            else:
                self._add(each, self._outputs[code], each.embedding)
        self.cases += 1

    def _of_same_network(self, case: CaseFile) -> set[str]:
        """Give the models of a case that have the base's network: it and those adapted from it, anywhere."""
        base = self.base.sha256
        return {
            each.sha256 for each in case.models() if base in (each.sha256, each.origin and each.origin.sha256)
        }

    def _add(self, cell: DecidedCell, label: int, embedding: np.ndarray) -> None:
        before = self.cells.setdefault(cell.pixels, (label, self.cases, cell.place, embedding))
        if before[0] != label:
            self.contradicted.add(cell.pixels)

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give embeddings (N, D), labels (N,) and numbers of the cases (N,)."""
        kept = self._kept()
        if not kept:
            return np.empty((0, 0), np.float32), np.empty(0, int), np.empty(0, int)
        labels, groups, _, embeddings = zip(*kept, strict=True)
        return np.stack(embeddings), np.array(labels), np.array(groups)

    def places(self) -> tuple[Place, ...]:
        """Give where the cells of :meth:`arrays` lie."""
        return tuple(place for _, _, place, _ in self._kept())

    def _kept(self) -> list[tuple[int, int, Place, np.ndarray]]:
        return [each for pixels, each in self.cells.items() if pixels not in self.contradicted]

    def check(self, labels: np.ndarray) -> None:
        """Refuse what is too little to learn from."""
        counts = np.bincount(labels, minlength=1)
        classes = int((counts >= FEWEST_OF_CLASS).sum())
        if len(labels) >= FEWEST_CELLS and classes >= FEWEST_CLASSES:
            return
        why = " ".join(self.told())
        raise MarrowdeskError(
            f"There is too little to learn from: {len(labels)} reviewed cells that can be used, {classes} "
            f"{'class' if classes == 1 else 'classes'} with {FEWEST_OF_CLASS} or more. {why}".rstrip(),
            f"Choose more cases: {FEWEST_CELLS} cells are needed, and {FEWEST_CLASSES} such classes.",
        )

    def told(self) -> Iterator[str]:
        """Say what is left out, and what can be done about it."""
        yield from self.broken[:_NAMED]
        if (more := len(self.broken) - _NAMED) > 0:
            yield f"{_more(more)} cannot be read."
        if self.unseen:
            named = [f"{path.name} {count:,}" for path, count in self.unseen.most_common(_NAMED)]
            if (more := len(self.unseen) - _NAMED) > 0:
                named.append(_more(more))
            yield (
                f"{_cells(self.unseen.total())} left out, for another model proposed for them or none did: "
                f"{', '.join(named)}. {_WHY}"
            )
        if self.strange:
            names = ", ".join(f"{name} {count}" for name, count in self.strange.most_common())
            yield f"Classes that the model does not tell apart are left out: {names}."
        if self.contradicted:
            yield (
                f"{_cells(len(self.contradicted))} left out, for the same picture was given different "
                "classes. Look for pictures that lie in several cases."
            )


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"


def _more(count: int) -> str:
    return "1 more case" if count == 1 else f"{count} more cases"
