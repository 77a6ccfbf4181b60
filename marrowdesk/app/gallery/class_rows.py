"""The rows of the class list: kinds of cells on top, then the classes of the scheme by lineage."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.app.gallery.describe import choice_name, class_name
from marrowdesk.core.cell import CellState
from marrowdesk.core.taxonomy import Lineage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.core.tally import Tally
    from marrowdesk.core.taxonomy import CellClass, Scheme

translate = QCoreApplication.translate


class Kind(enum.Enum):
    """What a row is.

    Attributes:
        CHOICE: all cells, or a Special kind of them.
        CLASS: a class of the scheme.
        HEADING: name of a lineage with several classes; cannot be chosen.
        GAP: a little space before a class that is a lineage of its own; cannot be chosen.
    """

    CHOICE = enum.auto()
    CLASS = enum.auto()
    HEADING = enum.auto()
    GAP = enum.auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the class list.

    Attributes:
        kind: what it is.
        name: as shown.
        choice: what is shown when it is chosen: a class code, a Special, or None for all.
        cell_class: the class, where it is one.
        codes: the classes that are summed in its count.
    """

    kind: Kind
    name: str
    choice: str | Special | None = None
    cell_class: CellClass | None = None
    codes: tuple[str, ...] = ()

    @property
    def choosable(self) -> bool:
        """Whether it can be chosen."""
        return self.kind in (Kind.CHOICE, Kind.CLASS)

    @property
    def key(self) -> str:
        """The key that assigns the class; empty for none."""
        return "" if self.cell_class is None else self.cell_class.key

    def target(self, scheme: Scheme) -> str:
        """Give where cells go that are dropped on it: a class code, EXCLUDED, or empty where they cannot."""
        if self.kind is Kind.CLASS or self.choice is Special.EXCLUDED:
            return str(self.choice)
        return scheme.unidentified if self.choice is Special.UNIDENTIFIED else ""

    def count(self, tally: Tally) -> int:
        """Give how many cells it shows."""
        match self.choice:
            case Special.UNREVIEWED:
                return tally.states[CellState.PENDING] + tally.states[CellState.PROPOSED]
            case Special.UNFAMILIAR:
                return tally.unfamiliar
            case Special.EXCLUDED:
                return tally.states[CellState.EXCLUDED]
            case None if self.kind is Kind.CHOICE:
                return tally.total
        return sum(tally.current[code] for code in self.codes)

    def reviewed(self, tally: Tally) -> int:
        """Give how many cells of its classes a reader decided on."""
        return sum(tally.reviewed[code] for code in self.codes)


def class_rows(scheme: Scheme) -> list[Row]:
    """Give the rows of the list for a scheme."""
    rows = [Row(Kind.CHOICE, translate("gallery", "All cells"))]
    for special in Special:
        codes = (scheme.unidentified,) if special is Special.UNIDENTIFIED else ()
        rows.append(Row(Kind.CHOICE, choice_name(special, scheme), special, codes=codes))
    for lineage in scheme.lineages():
        members = [each for each in scheme.classes if each.counted and each.lineage is lineage]
        rows.extend(_group(lineage_name(lineage), members, scheme))
    apart = [each for each in scheme.classes if not each.counted]
    rows.extend(_group(translate("gallery", "Apart from the count"), apart, scheme))
    return rows


def _group(name: str, members: list[CellClass], scheme: Scheme) -> Iterator[Row]:
    if len(members) > 1:
        yield Row(Kind.HEADING, name, codes=tuple(each.code for each in members))
    elif members:
        yield Row(Kind.GAP, "")
    for each in members:
        yield Row(Kind.CLASS, class_name(each.code, scheme), each.code, each, (each.code,))


def lineage_name(lineage: Lineage) -> str:
    """Give the name of a lineage as headings show it."""
    match lineage:
        case Lineage.BLAST:
            return translate("gallery", "Blasts")
        case Lineage.NEUTROPHILIC:
            return translate("gallery", "Neutrophilic")
        case Lineage.EOSINOPHILIC:
            return translate("gallery", "Eosinophilic")
        case Lineage.BASOPHILIC:
            return translate("gallery", "Basophilic")
        case Lineage.MONOCYTIC:
            return translate("gallery", "Monocytic")
        case Lineage.ERYTHROID:
            return translate("gallery", "Erythroid")
        case Lineage.LYMPHOID:
            return translate("gallery", "Lymphoid")
        case Lineage.PLASMA_CELL:
            return translate("gallery", "Plasma cells")
        case Lineage.OTHER:
            return translate("gallery", "Other")
        case Lineage.NONE:
            return translate("gallery", "No lineage")
