"""Labelled cells and what a model said about them: what every measure is taken from."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.placing import Placing
from marrowdesk.training.blocks import thirds

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.core.taxonomy import Scheme


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Labelled cells and what a model said about them.

    Attributes:
        codes: the model's K classes.
        probabilities: (N, K) float32; 0 for classes that are never proposed.
        doubt: (N,) float32, above 1.0 is unfamiliar.
        labels: (N,) class codes by the experts; may hold classes the model does not know.
        sources: (N,) names of the data sets.
        files: (N,) files relative to the data folder; left out where no list of cells is written.
        blocks: (N,) 0, 1 or 2, see :mod:`marrowdesk.training.blocks`; left out, the thirds of each class and
            source in the order given.
    """

    codes: tuple[str, ...]
    probabilities: np.ndarray
    doubt: np.ndarray
    labels: np.ndarray
    sources: np.ndarray
    files: np.ndarray = None  # type: ignore[assignment]
    blocks: np.ndarray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.files is None:
            object.__setattr__(self, "files", np.full(len(self.labels), ""))
        if self.blocks is None:
            object.__setattr__(self, "blocks", thirds(self.strata))

    @property
    def proposals(self) -> np.ndarray:
        """The proposed class of each cell; (N,) codes."""
        return np.asarray(self.codes)[self.probabilities.argmax(1)]

    @property
    def confidence(self) -> np.ndarray:
        """Probability of the proposed class; (N,) float32."""
        return np.asarray(self.probabilities.max(1))

    @property
    def strata(self) -> np.ndarray:
        """Number of the class and source of each cell; (N,) int."""
        names = [f"{code} {source}" for code, source in zip(self.labels, self.sources, strict=True)]
        return np.asarray(np.unique(names, return_inverse=True)[1])

    @property
    def known(self) -> np.ndarray:
        """Whether the model has an output for the cell's label; (N,) bool."""
        return np.isin(self.labels, self.codes)

    @property
    def places(self) -> np.ndarray:
        """Place of each cell's label among the codes; (N,) int, -1 for labels the model does not know."""
        at = {code: place for place, code in enumerate(self.codes)}
        return np.array([at.get(code, -1) for code in self.labels.tolist()], int)

    @property
    def right(self) -> np.ndarray:
        """Whether the proposal is the label; (N,) bool."""
        return np.asarray(self.proposals == self.labels)

    def under(self, scheme: Scheme) -> Judged:
        """Give labels and proposals as the program shows them in a case that is counted with a scheme."""
        codes, odds = Placing(scheme).probabilities(self.codes, self.probabilities)
        labels = np.array([scheme.place(code) for code in self.labels.tolist()])
        return replace(self, codes=codes, probabilities=odds, labels=labels)

    def only(self, chosen: np.ndarray) -> Judged:
        """Keep some of the cells; ``chosen`` is a mask or indices."""
        return Judged(
            self.codes,
            self.probabilities[chosen],
            self.doubt[chosen],
            self.labels[chosen],
            self.sources[chosen],
            self.files[chosen],
            self.blocks[chosen],
        )


def write_cells(path: Path, judged: Judged) -> None:
    """Write one row a cell: file, source, label, proposal, its probability (0 to 1) and doubt."""
    columns = (judged.files, judged.sources, judged.labels, judged.proposals)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "source", "label", "proposal", "probability", "doubt"])
        for *told, sure, doubt in zip(*columns, judged.confidence, judged.doubt, strict=True):
            writer.writerow([*told, f"{sure:.4f}", f"{doubt:.4f}"])
