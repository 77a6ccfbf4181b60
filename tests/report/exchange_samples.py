"""Contents to exchange: the reports of the samples with their cells and decisions, signed or not."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from report_samples import AT, FOLDER, NORMAL, cells, prediction, report_of, review

from marrowdesk.core.amendment import Changed
from marrowdesk.core.cell import Box, Cell, Place, Verdict
from marrowdesk.core.differential import differential
from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.document import Amends, ReportFields, Signed
from marrowdesk.report.exchange.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence

IDENTITY = uuid.UUID("12345678-9abc-5def-8123-456789abcdef")
SIGNED = Signed("A. Reader", "hematologist", AT, "ab" * 32, (("too few", 3),), "Little material.")
AMENDS = Amends(
    1,
    "A. Reader",
    AT,
    "B. Reader",
    AT,
    "A blast was missed.",
    Changed(1, (("blast", 6, 7),), (), ((1, "blast", 2, 3),), ("target",)),
)
BLOOD = differential(Tally(current=Counter({"NEU": 60, "LYT": 38, "BLA": 2, "NRB": 4})), BLOOD_FIVE)
PDF = b"%PDF-1.7\n not a real one \xff\x00\n%%EOF\n"


def everywhere(text: str) -> ReportFields:
    """Put a text into every field of the header."""
    return ReportFields(**{each.name: text for each in fields(ReportFields)})


def boxed(number: int = 6) -> list[Cell]:
    """Give cells that are boxes in two images of a smear, one of them with a second page."""
    made = []
    for at in range(1, number + 1):
        path = FOLDER / "smear 1" / f"field {at % 2}.tif"
        place = Place(path, 1 if at == number else 0, Box(10 * at, 20 * at, 60, 50))
        decided = review("BLA", Verdict.ASSIGNED) if at == 1 else None
        made.append(Cell(at, 1, place, prediction("LYT", 0.75), decided))
    return made


def decisions(cells_: Sequence[Cell], reader: str = "A. Reader") -> tuple[tuple[Any, ...], ...]:
    """Give a decision a cell, in the columns of the decisions."""
    return tuple(
        (at, "2026-03-09T13:05:08.000+00:00", reader, "1 cell: blast", None, cell.id, cell.name, None, None,
         "assigned", "BLA", None, "0.1.0")
        for at, cell in enumerate(cells_, 1)
    )  # fmt: skip


def content_of(counted: Sequence[Cell] | None = None, **changes: Any) -> Content:
    """Give the content of an unremarkable marrow, with fields of its report replaced."""
    made = list(cells(NORMAL, 0.6, changed=9) if counted is None else counted)
    report = replace(report_of(made, shown=()), **changes)
    return Content(report, tuple(made), MARROW, decisions(made[:3], report.reader or "A. Reader"), IDENTITY)
