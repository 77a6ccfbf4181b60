"""Everything a form may write, of one moment of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.report.document import Report


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What leaves the program; frozen, and with or without names of patients in all of its parts.

    Attributes:
        report: what the report says.
        cells: all cells; without names, their places are aliases at which no file lies.
        scheme: the classes the case is counted with.
        decisions: every decision ever made, in the columns of ``DECISION_COLUMNS``.
        identity: tells the case from all others.
        named: whether patients, files and slides keep their names.
    """

    report: Report
    cells: tuple[Cell, ...]
    scheme: Scheme
    decisions: tuple[tuple[Any, ...], ...]
    identity: uuid.UUID
    named: bool = True

    def images(self) -> dict[tuple[Path, int], list[Cell]]:
        """Give the cells by the image page they lie on, in the order of the case."""
        found: dict[tuple[Path, int], list[Cell]] = {}
        for cell in self.cells:
            found.setdefault((cell.place.path, cell.place.page), []).append(cell)
        return found

    def slide_name(self, number: int) -> str:
        """Give what a smear is called; empty where the report does not know it."""
        return next((each.name for each in self.report.slides if each.number == number), "")


def by_file(cells: Sequence[Cell]) -> dict[Path, int]:
    """Number the image files from 1 in the order of the case."""
    numbers: dict[Path, int] = {}
    for cell in cells:
        numbers.setdefault(cell.place.path, len(numbers) + 1)
    return numbers
