"""Where a model comes from that was adapted to a laboratory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ModelOrigin:
    """What an adapted model was made of, and how much it learned from.

    Attributes:
        name: of the model whose network it has.
        version: of that model.
        sha256: of the weights of that model, 64 hexadecimal digits.
        made: when it was adapted, UTC.
        cases: how many cases it learned from.
        cells: how many reviewed cells.
    """

    name: str
    version: str
    sha256: str
    made: datetime
    cases: int
    cells: int

    @property
    def words(self) -> str:
        """Say it in English, for other programs."""
        cells, cases = _counted(self.cells, "reviewed cell"), _counted(self.cases, "case")
        return f"adapted from {self.name} {self.version} on {cells} of {cases}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count:,} {name}s"
