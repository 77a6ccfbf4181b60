"""What the viewer says about a cell: its state, its place in the case, its folder's label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers
from marrowdesk.core.cell import CellState, Verdict

if TYPE_CHECKING:
    from marrowdesk.core.cell import Cell, Review
    from marrowdesk.core.taxonomy import Scheme

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the state line.

    Attributes:
        code: class on the chip; None without one.
        chip: text on the chip.
        decided: whether a reader decided: a solid chip with a check, else a dotted one.
        text: the sentence beside it.
    """

    code: str | None
    chip: str
    decided: bool
    text: str


def name_of(scheme: Scheme, code: str) -> str:
    """Give the name of a class; the bare code of one that the case's scheme does not have."""
    return scheme[code].name if code in scheme else code


def moment(at: datetime) -> str:
    """Write a time of decision in the reader's time zone: ``14:02`` today, else ``2026-03-01 14:02``."""
    local = at.astimezone()
    today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M}" if today else numbers.moment(at)


def standing(cell: Cell, scheme: Scheme) -> Standing:
    """Say where a cell stands."""
    proposed = None if cell.prediction is None else cell.prediction.code
    if cell.review is None:
        if proposed is None:
            return Standing(
                None,
                translate("ViewerPanel", "no class yet"),
                False,
                translate("ViewerPanel", "not classified yet"),
            )
        always = proposed in scheme and scheme[proposed].always_review
        text = (
            translate("ViewerPanel", "proposed, always needs a reader")
            if always
            else translate("ViewerPanel", "proposed")
        )
        return Standing(proposed, name_of(scheme, proposed), False, text)
    code = cell.review.code
    chip = translate("ViewerPanel", "excluded") if code is None else name_of(scheme, code)
    return Standing(code, chip, True, f"{_deed(cell, scheme)} · {_who(cell.review)}")


def _deed(cell: Cell, scheme: Scheme) -> str:
    before = "" if cell.prediction is None else name_of(scheme, cell.prediction.code)
    if cell.state is CellState.CONFIRMED:
        return translate("ViewerPanel", "confirmed")
    if cell.review is not None and cell.review.verdict is Verdict.EXCLUDED:
        return (
            translate("ViewerPanel", "not counted, proposed as {}").format(before)
            if before
            else translate("ViewerPanel", "not counted")
        )
    return (
        translate("ViewerPanel", "changed from {}").format(before)
        if before
        else translate("ViewerPanel", "given by hand")
    )


def _who(review: Review) -> str:
    reader = review.reader or translate("ViewerPanel", "reader without a name")
    return f"{reader}, {moment(review.at)}"


def position(place: int, total: int) -> str:
    """Write where a cell stands in the order shown: ``37 of 2,000``."""
    return translate("ViewerPanel", "{} of {}").format(numbers.count(place + 1), numbers.count(total))


def unreviewed(left: int) -> str:
    """Write how much is left to do."""
    return (
        translate("ViewerPanel", "all reviewed")
        if left == 0
        else translate("ViewerPanel", "{} unreviewed").format(numbers.count(left))
    )


def reference(cell: Cell, scheme: Scheme) -> str:
    """Compare with the label of the folder: ``Folder label: blast, same``; empty without one."""
    if cell.reference is None:
        return ""
    name = name_of(scheme, cell.reference)
    if cell.code is None:
        return translate("ViewerPanel", "Folder label: {}").format(name)
    verdict = (
        translate("ViewerPanel", "same")
        if cell.code == cell.reference
        else translate("ViewerPanel", "differs")
    )
    return translate("ViewerPanel", "Folder label: {} – {}").format(name, verdict)


def unfamiliar_reason(doubt: float) -> str:
    """Explain the mark of an unfamiliar cell."""
    return translate(
        "ViewerPanel",
        "This cell lies outside of what the model was trained on: its distance from the training cells is "
        "{:.1f} times the model's threshold. The proposal and its probabilities may not hold; look at the "
        "cell yourself.",
    ).format(doubt)
