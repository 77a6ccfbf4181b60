"""Reversible edits: what a reader does to one or many cells, as one value that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Cell, Review, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One cell's standing decision before and after an edit."""

    cell: int
    before: Review | None
    after: Review | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of a reader on one or many cells.

    Attributes:
        text: what was done, for the undo menu, for example ``"12 cells: lymphocyte"``.
        changes: one entry a cell that really changed; empty when the act changed nothing.
    """

    text: str
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def inverse(self) -> Edit:
        """Give the edit that takes this one back."""
        back = tuple(Change(each.cell, each.after, each.before) for each in reversed(self.changes))
        return Edit(self.text, back)


def _edit(text: str, cells: Iterable[tuple[Cell, Review | None]]) -> Edit:
    changes = tuple(
        Change(cell.id, cell.review, after) for cell, after in cells if not _same(cell.review, after)
    )
    count = "1 cell" if len(changes) == 1 else f"{len(changes)} cells"
    return Edit(f"{count}: {text}", changes)


def _same(one: Review | None, other: Review | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.verdict, one.code, one.reader) == (other.verdict, other.code, other.reader)


def assign(cells: Iterable[Cell], code: str, name: str, reader: str, at: datetime) -> Edit:
    """Give cells a class; where it is the proposed class, that is a confirmation.

    Args:
        cells: the cells, as they are now.
        code: code of the class.
        name: name of the class, for the undo text.
        reader: who decides.
        at: when, UTC.
    """

    def after(cell: Cell) -> Review:
        agrees = cell.prediction is not None and cell.prediction.code == code
        return Review(Verdict.CONFIRMED if agrees else Verdict.ASSIGNED, code, reader, at)

    return _edit(name, ((cell, after(cell)) for cell in cells))


def confirm(cells: Iterable[Cell], reader: str, at: datetime) -> Edit:
    """Agree with the proposals of unreviewed cells; cells without a proposal or already reviewed stay."""
    after = [
        (cell, Review(Verdict.CONFIRMED, cell.prediction.code, reader, at))
        for cell in cells
        if cell.review is None and cell.prediction is not None
    ]
    return _edit("confirmed", after)


def uphold(cells: Iterable[Cell], reader: str, at: datetime) -> Edit:
    """Decide anew for what stands, so that it is known who had the last word; undecided cells stay."""
    changes = tuple(
        Change(cell.id, cell.review, replace(cell.review, reader=reader, at=at))
        for cell in cells
        if cell.review is not None
    )
    count = "1 cell" if len(changes) == 1 else f"{len(changes)} cells"
    return Edit(f"{count}: upheld", changes)


def exclude(cells: Iterable[Cell], reader: str, at: datetime) -> Edit:
    """Take cells out of the count."""
    return _edit("excluded", ((cell, Review(Verdict.EXCLUDED, None, reader, at)) for cell in cells))


def clear(cells: Iterable[Cell]) -> Edit:
    """Take the standing decisions back, so that the proposals stand again."""
    return _edit("review cleared", ((cell, None) for cell in cells))
