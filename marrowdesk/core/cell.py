"""A cell: a place in an image, what the classifier proposes, and what a reader decided."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in an image after EXIF orientation, in pixels; the origin is the upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is seen: the whole of an image page, or a box in it.

    Attributes:
        path: the image file.
        page: page of a multi-page file, counted from 0.
        box: the part of the page that shows the cell; None for the whole page.
        sha256: hash of the whole file as it was read into the case, 32 bytes: another file of that name shows
            something else and is refused. Empty where none was read. It makes no other place.
    """

    path: Path
    page: int = 0
    box: Box | None = None
    sha256: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model proposes for one cell.

    Attributes:
        model: sha256 of the model's weights, 64 hexadecimal digits.
        codes: the class codes the model knows, shared by all predictions of that model; shape (K,).
        probabilities: calibrated, float32 in [0, 1], sum 1; shape (K,).
        doubt: distance from what the model was trained on; 1.0 is the model's threshold for "unfamiliar".
            NaN where the model measures none.
    """

    model: str
    codes: tuple[str, ...]
    probabilities: np.ndarray
    doubt: float = float("nan")

    @property
    def code(self) -> str:
        """The proposed class: the one with the highest probability."""
        return self.codes[int(np.argmax(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The probability of the proposed class, in [0, 1]."""
        return float(np.max(self.probabilities))

    @property
    def unfamiliar(self) -> bool:
        """Whether the cell lies outside of what the model was trained on."""
        return self.doubt > 1.0

    def top(self, count: int = 5) -> list[tuple[str, float]]:
        """Give the most probable classes as (code, probability), the best first."""
        best = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.codes[int(at)], float(self.probabilities[at])) for at in best]


class Verdict(enum.StrEnum):
    """What a reader's decision did to a cell.

    Attributes:
        CONFIRMED: the reader agrees with the proposal.
        ASSIGNED: the reader gave the class: another than the proposed one, or there was no proposal.
        EXCLUDED: the reader took the cell out of the count (a double, a cut cell, not a cell).
    """

    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Review:
    """A reader's standing decision on one cell.

    Attributes:
        verdict: what the decision did.
        code: the class given; None when excluded.
        reader: name or initials of the reader.
        at: time of the decision, UTC.
    """

    verdict: Verdict
    code: str | None
    reader: str
    at: datetime


class CellState(enum.StrEnum):
    """The state of a cell as the gallery shows and filters it."""

    PENDING = "pending"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a case.

    Attributes:
        id: number of the cell in its case file, from 1, never reused.
        slide: number of the slide (smear) it lies on.
        place: where it is seen.
        prediction: the proposal; None until classified.
        review: the reader's standing decision; None until reviewed.
        reference: label of the folder the image came from, kept for comparison; never a proposal.
    """

    id: int
    slide: int
    place: Place
    prediction: Prediction | None = None
    review: Review | None = None
    reference: str | None = None

    @property
    def state(self) -> CellState:
        """The state shown in the gallery."""
        if self.review is None:
            return CellState.PENDING if self.prediction is None else CellState.PROPOSED
        if self.review.verdict is Verdict.CONFIRMED:
            return CellState.CONFIRMED
        return CellState.EXCLUDED if self.review.verdict is Verdict.EXCLUDED else CellState.CHANGED

    @property
    def changed(self) -> bool:
        """Whether a reader changed or excluded what was proposed; never where nothing was proposed."""
        decided = self.state in (CellState.CHANGED, CellState.EXCLUDED)
        return decided and self.prediction is not None and self.code != self.prediction.code

    @property
    def code(self) -> str | None:
        """The class the cell counts under now: the reader's if there is one, else the proposal."""
        if self.review is not None:
            return self.review.code
        return None if self.prediction is None else self.prediction.code

    @property
    def name(self) -> str:
        """A short name for lists: the file name, with page and box where they matter."""
        page = f" p{self.place.page + 1}" if self.place.page else ""
        box = f" @{self.place.box.x},{self.place.box.y}" if self.place.box else ""
        return f"{self.place.path.name}{page}{box}"

    def with_prediction(self, prediction: Prediction | None) -> Cell:
        """Give a copy with another proposal."""
        return replace(self, prediction=prediction)

    def with_review(self, review: Review | None) -> Cell:
        """Give a copy with another standing decision."""
        return replace(self, review=review)
