"""What is said of a cell in words: tooltips and texts for screen readers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.app.numbers import moment, probability
from marrowdesk.core.cell import Cell, CellState

if TYPE_CHECKING:
    from marrowdesk.core.taxonomy import Scheme

translate = QCoreApplication.translate


def class_name(code: str | None, scheme: Scheme) -> str:
    """Give the name of a class with a capital letter; its code where the scheme does not know it."""
    if code is None:
        return translate("gallery", "No class")
    name = scheme[code].name if code in scheme else code
    return name[:1].upper() + name[1:]


def choice_name(choice: str | Special, scheme: Scheme) -> str:
    """Give the name of a class or of a Special kind of cells."""
    match choice:
        case Special.UNREVIEWED:
            return translate("gallery", "Unreviewed")
        case Special.UNFAMILIAR:
            return translate("gallery", "Unfamiliar")
        case Special.UNIDENTIFIED:
            return translate("gallery", "Unidentified")
        case Special.EXCLUDED:
            return translate("gallery", "Excluded")
    return class_name(choice, scheme)


def state_name(state: CellState) -> str:
    """Give the name of a state as filters and texts show it."""
    match state:
        case CellState.PENDING:
            return translate("gallery", "not classified yet")
        case CellState.PROPOSED:
            return translate("gallery", "proposed")
        case CellState.CONFIRMED:
            return translate("gallery", "confirmed")
        case CellState.CHANGED:
            return translate("gallery", "changed")
        case CellState.EXCLUDED:
            return translate("gallery", "excluded")


def in_short(cell: Cell, scheme: Scheme) -> str:
    """Say what a screen reader reads for a cell: class, state, certainty, name."""
    parts = [class_name(cell.code, scheme)] if cell.code is not None else []
    parts.append(state_name(cell.state))
    if cell.review is None and cell.prediction is not None:
        parts.append(probability(cell.prediction.confidence))
        if cell.prediction.unfamiliar:
            parts.append(translate("gallery", "unfamiliar to the model"))
    parts.append(cell.name)
    return ", ".join(parts)


def describe(cell: Cell, scheme: Scheme) -> str:
    """Say all that is known of a cell, as rich text for a tooltip."""
    lines = [f"<b>{escape(class_name(cell.code, scheme))}</b> · {escape(state_name(cell.state))}"]
    if cell.prediction is not None:
        proposal = class_name(cell.prediction.code, scheme)
        certainty = probability(cell.prediction.confidence)
        text = translate("gallery", "Proposed: {}, {}")
        lines.append(text.format(escape(proposal), escape(certainty)))
        if cell.prediction.unfamiliar:
            lines.append(
                translate("gallery", "Unlike the cells that the model was trained on: look closely.")
            )
    if cell.review is not None and cell.review.reader:
        at = moment(cell.review.at)
        lines.append(translate("gallery", "Decided by {}, {}").format(escape(cell.review.reader), at))
    if cell.reference is not None:
        label = escape(class_name(cell.reference, scheme))
        lines.append(translate("gallery", "Label of the folder: {}").format(label))
    lines.append(f"<span style='color:gray'>{escape(cell.name)}</span>")
    return "<br>".join(lines)
