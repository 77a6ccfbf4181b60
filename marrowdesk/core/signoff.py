"""What stands between a case and its signature.

The convention of the field: a reader signs a case only when no cell is left unidentified and the required
cells are verified, and skipping that is an explicit act (the sign-off checks of CellaVision's analysers).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.cell import CellState
from marrowdesk.core.taxonomy import CountRole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme


class Hindrance(enum.StrEnum):
    """A kind of thing that has to be done first.

    Attributes:
        UNCLASSIFIED: cells that have neither a proposal nor a decision.
        UNIDENTIFIED: cells that stand as not identifiable, by proposal or by decision; each is given a class
            or excluded.
        UNFAMILIAR: unreviewed cells that the model calls unfamiliar.
        ALWAYS_REVIEWED: unreviewed cells of a class whose proposals need a reader or raise an alert.
        DIFFERING: cells on which two readers differ and that nobody has settled.
        REPEATED: cells that show the very image of another cell and are counted once more; they may stand
            under another kind besides.
        REPLACED: cells whose image file was seen to be another one than was read, so that nobody can look at
            them any more; they may stand under another kind besides.
        TOO_FEW: fewer cells counted than the target; its cells are the number that is missing.
        EMPTY_FIELDS: header fields that the laboratory requires and that are empty; its count is of fields.
    """

    UNCLASSIFIED = "unclassified"
    UNIDENTIFIED = "unidentified"
    UNFAMILIAR = "unfamiliar"
    ALWAYS_REVIEWED = "always reviewed"
    DIFFERING = "differing"
    REPEATED = "repeated"
    REPLACED = "replaced"
    TOO_FEW = "too few"
    EMPTY_FIELDS = "empty fields"


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of hindrance in a case.

    Attributes:
        kind: what it is.
        count: cells concerned, or missing; header fields that are empty.
        ids: the cells concerned, in the order of the case; empty for those that are missing.
        fields: names of the header fields concerned.
    """

    kind: Hindrance
    count: int
    ids: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()


def hindrances(
    cells: Iterable[Cell],
    scheme: Scheme,
    target: int,
    differing: Collection[int] = (),
    by_eye: int = 0,
    empty: Sequence[str] = (),
    repeated: Collection[int] = (),
    replaced: Collection[int] = (),
) -> list[Found]:
    """List what has to be done before a case is signed.

    A cell stands under the first kind that holds, and a repeated or replaced one there too: reviewing it is
    one thing, whether it is in the case by mistake or can still be looked at another.

    Args:
        cells: all cells of the case.
        scheme: its classes.
        target: nucleated cells to count, 0 for no target.
        differing: numbers of the cells on which two readers differ and that nobody has settled.
        by_eye: nucleated cells of a manual count that are counted together with these.
        empty: names of the required header fields that are empty.
        repeated: numbers of the cells that show the very image of an earlier one and are counted once more.
        replaced: numbers of the cells whose image file was seen to be another one than was read.

    Returns:
        The kinds that hold, in the order of :class:`Hindrance`.
    """
    found: dict[Hindrance, list[int]] = {kind: [] for kind in Hindrance}
    counted = by_eye
    for cell in cells:
        kind = _kind(cell, scheme) or (Hindrance.DIFFERING if cell.id in differing else None)
        if kind is not None:
            found[kind].append(cell.id)
        if cell.id in repeated:
            found[Hindrance.REPEATED].append(cell.id)
        if cell.id in replaced and cell.state is not CellState.EXCLUDED:
            found[Hindrance.REPLACED].append(cell.id)
        code = cell.code
        counted += code is not None and code in scheme and scheme[code].counted
    rows = [Found(kind, len(ids), tuple(ids)) for kind, ids in found.items() if ids]
    if counted < target:
        rows.append(Found(Hindrance.TOO_FEW, target - counted))
    if empty:
        rows.append(Found(Hindrance.EMPTY_FIELDS, len(empty), fields=tuple(empty)))
    return rows


def unseen(cells: Iterable[Cell], against: Iterable[Found]) -> list[int]:
    """List the cells that stand as proposed and that no hindrance calls for, in the order of the case."""
    besides = (Hindrance.REPEATED, Hindrance.REPLACED)
    named = {each for found in against if found.kind not in besides for each in found.ids}
    return [cell.id for cell in cells if cell.state is CellState.PROPOSED and cell.id not in named]


def _kind(cell: Cell, scheme: Scheme) -> Hindrance | None:
    if cell.state is CellState.PENDING:
        return Hindrance.UNCLASSIFIED
    code = cell.code
    known = scheme[code] if code is not None and code in scheme else None
    if known is not None and known.role is CountRole.UNRESOLVED:
        return Hindrance.UNIDENTIFIED
    if cell.review is not None or cell.prediction is None:
        return None
    if cell.prediction.unfamiliar:
        return Hindrance.UNFAMILIAR
    required = known is None or known.always_review or bool(known.alert)
    return Hindrance.ALWAYS_REVIEWED if required else None
