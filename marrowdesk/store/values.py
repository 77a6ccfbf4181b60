"""The values that go into a case file and come out of it, besides cells and edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import numpy as np

    from marrowdesk.core.cell import Place, Review
    from marrowdesk.core.model_origin import ModelOrigin


@dataclass(frozen=True, slots=True)
class Slide:
    """One smear of a case.

    Attributes:
        id: number in the case, from 1.
        name: what the person calls it.
        folder: where its images lie, absolute.
    """

    id: int
    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell that was found in an image and is not in the case yet.

    Attributes:
        place: where it is seen.
        sha256: of the whole image file, 64 hexadecimal digits.
        width: of the image page, pixels.
        height: of the image page, pixels.
        reference: label of the folder, or None.
    """

    place: Place
    sha256: str
    width: int
    height: int
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An image that is not counted, and why.

    Attributes:
        path: the file.
        reason: one sentence that says what is wrong.
        hint: what to do; empty where nothing can be done.
    """

    path: Path
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that made predictions in the case.

    Attributes:
        sha256: of its weights, 64 hexadecimal digits.
        name: of the model.
        version: of the model.
        codes: the class codes it knows, in the order of its probabilities; shape (K,).
        origin: what it was adapted from; None for a model that was not adapted, and in cases that were
            classified before adapted models were known.
    """

    sha256: str
    name: str
    version: str
    codes: tuple[str, ...]
    origin: ModelOrigin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StoredPrediction:
    """What a model says about one cell.

    Attributes:
        cell_id: the cell.
        probabilities: calibrated, in [0, 1], sum 1; shape (K,).
        doubt: 1.0 is the threshold of "unfamiliar"; NaN for none.
        maps: activation map of each class, any finite range; shape (K, h, w); None for none.
        window: left, top, width, height of what the network saw, in pixels of the cell's own crop.
        embedding: last features of the network, finite; shape (D,); None for none.
    """

    cell_id: int
    probabilities: np.ndarray
    doubt: float = float("nan")
    maps: np.ndarray | None = None
    window: tuple[float, float, float, float] | None = None
    embedding: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StoredAttention:
    """The activation maps of one cell.

    Attributes:
        codes: the class of each map; shape (K,).
        maps: float32; shape (K, h, w); each map is exact to 1/510 of its own range.
        window: left, top, width, height of what the maps cover, in pixels of the cell's own crop; or None.
    """

    codes: tuple[str, ...]
    maps: np.ndarray
    window: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """What one act of a reader did to one cell.

    Attributes:
        batch: number of the act, from 1; an act on several cells has several rows.
        at: when it was written, UTC.
        reader: who acted.
        program: version of the program.
        text: what was done, as in the undo menu.
        cell_id: the cell.
        before: the standing decision before.
        after: the standing decision after.
        model: sha256 of the model whose proposal stood at that moment; None without a proposal.
        undoes: number of the act that this one takes back; None for a new act.
    """

    batch: int
    at: datetime
    reader: str
    program: str
    text: str
    cell_id: int
    before: Review | None
    after: Review | None
    model: str | None
    undoes: int | None

    @property
    def from_verdict(self) -> str | None:
        """The verdict before; None where the cell was not reviewed."""
        return None if self.before is None else self.before.verdict.value

    @property
    def from_code(self) -> str | None:
        """The class before; None where the cell was not reviewed or was excluded."""
        return None if self.before is None else self.before.code

    @property
    def to_verdict(self) -> str | None:
        """The verdict after; None where the decision was taken back."""
        return None if self.after is None else self.after.verdict.value

    @property
    def to_code(self) -> str | None:
        """The class after; None where the decision was taken back or the cell was excluded."""
        return None if self.after is None else self.after.code


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a reader, as the journal lists it.

    Attributes:
        number: in the journal, from 1.
        at: when, UTC.
        reader: who.
        text: what was done, as in the undo menu.
        cells: how many cells it changed.
        undoes: number of the act that it takes back; None for a new act.
        decision: number of the last row it wrote, as in :class:`Moment`; 0 for an act that changed no cell.
    """

    number: int
    at: datetime
    reader: str
    text: str
    cells: int
    undoes: int | None
    decision: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """A second reading of the case.

    Attributes:
        id: number, from 1.
        at: when it was begun, UTC.
        reader: who reads.
        decided: cells that the reader has decided on.
    """

    id: int
    at: datetime
    reader: str
    decided: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of a case that is past: rows are only appended, so it is all of them up to these.

    Attributes:
        cell: number of the last row of that table; 0 for none.
        prediction: likewise.
        decision: likewise.
        field: likewise.
        scheme: likewise.
        press: likewise.
    """

    cell: int
    prediction: int
    decision: int
    field: int
    scheme: int
    press: int


@dataclass(frozen=True, slots=True)
class Reopening:
    """What ended a signature.

    Attributes:
        at: when, UTC.
        reader: who.
        reason: why.
    """

    at: datetime
    reader: str
    reason: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A version of the case that a reader signed.

    Attributes:
        version: 1, 2, …
        at: when, UTC.
        reader: who signed.
        role: of the reader, as typed; may be empty.
        program: version of the program.
        rules: what it was counted by, as JSON; see :class:`marrowdesk.core.counting.CountingRules`.
        hindrances: what stood against it, as (kind, cells); see :mod:`marrowdesk.core.signoff`.
        reason: why it was signed all the same; empty where nothing stood against it.
        state: SHA-256 of what was signed, 64 hexadecimal digits.
        moment: what was signed.
        reopened: what ended it; None while it stands.
    """

    version: int
    at: datetime
    reader: str
    role: str
    program: str
    rules: str
    hindrances: tuple[tuple[str, int], ...]
    reason: str
    state: str
    moment: Moment
    reopened: Reopening | None = None

    @property
    def amended(self) -> bool:
        """Whether it followed a version that was signed before."""
        return self.version > 1


@dataclass(frozen=True, slots=True)
class Relocation:
    """What was found when a slide was given another folder.

    Attributes:
        found: number of image files that are there with the same content.
        missing: files that are not there.
        altered: files that are there with another content.
    """

    found: int
    missing: tuple[Path, ...]
    altered: tuple[Path, ...]
