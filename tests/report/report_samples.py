"""Reports to test with: made of cells, as the program makes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.adjusted import adjusted
from marrowdesk.core.amendment import Changed
from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.differential import differential
from marrowdesk.core.outlook import evidence_of
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report import pictures
from marrowdesk.report.document import (
    Amends,
    DoubtFound,
    Method,
    ModelUsed,
    Picture,
    Report,
    ReportFields,
    Signed,
    SlideUsed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marrowdesk.core.counting import CountingRules

MODEL = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT = datetime(2026, 3, 9, 13, 5, 8, tzinfo=UTC)
MADE_AT = datetime(2026, 3, 9, 14, 7, tzinfo=timezone(timedelta(hours=1)))
FOLDER = Path("slides") / "M-2026-0412"
NETWORK_CODES = tuple(each.code for each in MARROW.classes if each.code not in {
    "PRM", "EBB", "EBP", "EBX", "MST", "MIT", "MGK", "MAC"})  # fmt: skip

NORMAL = {
    "BLA": 7, "PMO": 21, "MYB": 46, "MMZ": 31, "NGB": 62, "NGS": 118, "EOS": 14, "BAS": 1, "MON": 9,
    "PEB": 5, "EBO": 121, "LYT": 57, "PLM": 8, "KSC": 6, "ART": 11, "NIF": 3,
}  # fmt: skip
"""Cells of an unremarkable marrow: 500 in the count, 20 apart from it."""


def prediction(code: str, confidence: float = 0.9, doubt: float = 0.3) -> Prediction:
    """Propose a class with a confidence."""
    probabilities = np.full(len(NETWORK_CODES), (1 - confidence) / (len(NETWORK_CODES) - 1), np.float32)
    probabilities[NETWORK_CODES.index(code)] = confidence
    return Prediction(MODEL, NETWORK_CODES, probabilities, doubt)


def review(code: str | None, verdict: Verdict = Verdict.CONFIRMED, reader: str = "A. Reader") -> Review:
    """Decide on a cell."""
    return Review(verdict, code, reader, AT)


def cells(counts: Mapping[str, int], reviewed: float = 1.0, slides: int = 2, changed: int = 0) -> list[Cell]:
    """Make cells of the given classes.

    Args:
        counts: cells of each class as they are counted.
        reviewed: share that a reader decided on; classes no network proposes always are.
        slides: smears they are dealt out to.
        changed: how many of the reviewed ones were proposed as blasts and given their class by the reader.
    """
    made: list[Cell] = []
    total = sum(counts.values())
    rng = np.random.default_rng(5)
    for at, code in enumerate((code for code, number in counts.items() for _ in range(number)), 1):
        known = code in NETWORK_CODES
        seen = not known or at * 7919 % total < reviewed * total  # 7919 is a prime: spread over all classes
        proposal = prediction(code, float(rng.uniform(0.5, 0.99))) if known else None
        verdict = Verdict.CONFIRMED if known else Verdict.ASSIGNED
        if changed and seen and known and code not in ("BLA", "NIF"):
            proposal, verdict, changed = prediction("BLA", 0.6), Verdict.ASSIGNED, changed - 1
        slide = at % slides + 1
        place = Place(FOLDER / f"smear {slide}" / f"cell_{at:04d}.jpg")
        made.append(Cell(at, slide, place, proposal, review(code, verdict) if seen else None))
    return made


def drawn(code: str, side: int = 120) -> np.ndarray:
    """Draw something round; uint8 RGB, shape (side, side, 3)."""
    rng = np.random.default_rng(sum(code.encode()))
    y, x = np.mgrid[:side, :side] - side / 2
    image = np.full((side, side, 3), (226, 214, 224), np.uint8)
    image[np.hypot(x, y) < side * 0.4] = rng.integers(150, 220, 3)
    image[np.hypot(x - side * 0.05, y) < side * 0.27] = rng.integers(60, 130, 3)
    return image


def report_of(
    counted: Sequence[Cell],
    *,
    header: ReportFields | None = None,
    rules: CountingRules | None = None,
    shown: Iterable[Picture] | None = None,
    title: str = "M-2026-0412",
    reader: str = "",
) -> Report:
    """Freeze cells into a report with pictures of each class."""
    slides = sorted({cell.slide for cell in counted})
    chosen = pictures.choose(counted, MARROW)
    return Report(
        title=title,
        header=header or ReportFields(),
        differential=differential(Tally.of(counted), MARROW, rules),
        method=Method((ModelUsed("Marrow RegNetX-3.2GF SE", "1.0", MODEL),), "0.1.0"),
        slides=tuple(
            SlideUsed(at, f"smear {at}", FOLDER / f"smear {at}", sum(c.slide == at for c in counted))
            for at in slides
        ),
        made_at=MADE_AT,
        reader=reader,
        pictures=tuple(shown)
        if shown is not None
        else tuple(pictures.picture(cell, drawn(cell.code or "")) for cell in chosen),
    )


def normal(reviewed: float = 1.0, **changes: object) -> Report:
    """Give the report of an unremarkable marrow, with fields of the report replaced."""
    return replace(report_of(cells(NORMAL, reviewed, changed=12 if reviewed else 0)), **changes)


EVERY_CLASS = {each.code: at % 7 + 2 for at, each in enumerate(MARROW.classes)}
"""A few cells of each class there is."""
ALL_COLUMNS = frozenset({"predicted", "reviewed", "adjusted"})
# As a laboratory fills it in; no text in it is one of the program's own.
WRITTEN = ReportFields(
    institution="Klinik Am Rhein", accession="KM-26-1", patient_name="Doe, Jane", patient_id="4711",
    birth_date="1961-08-12", sex="f", requester="Dr. Q. Smith", collected="2026-03-09", site="SIPS",
    aspirate="TXA", indication="TXB", blood_film="TXC", cellularity="TXD", erythropoiesis="TXE",
    myelopoiesis="TXF", megakaryocytes="TXG", lymphocytes="TXH", plasma_cells="TXI", other_cells="TXJ",
    iron="TXK", other_studies="TXL", conclusion="TXM", comment="TXN",
)  # fmt: skip
SIGNED = Signed(
    "Dr. J. Roth", "OA", MADE_AT, "0123456789abcdef" * 4,
    (("unidentified", 3), ("unfamiliar", 2), ("too few", 12)), "QX17.",
)  # fmt: skip
AMENDS = Amends(
    1, "Dr. K. Lang", MADE_AT, "Dr. J. Roth", MADE_AT, "QX18.",
    Changed(
        2, (("blast", 7, 9), ("lymphocyte", 57, 55)), ("comment", "manual_count"),
        ((1, "blast", 3, 5),), ("references",),
    ),
)  # fmt: skip


def whole(counts: Mapping[str, int] = NORMAL, reviewed: float = 0.5, **changes: object) -> Report:
    """Give a report that has everything a report can have, with fields of it replaced."""
    made = cells(counts, reviewed, changed=5)
    report = report_of(made, header=WRITTEN)
    apart = tuple(
        replace(
            each, name=f"S{each.number}",
            differential=differential(Tally.of(c for c in made if c.slide == each.number), MARROW),
        )
        for each in report.slides
    )  # fmt: skip
    full = replace(
        report, slides=apart, adjusted=adjusted(evidence_of(made), MARROW), doubt=DoubtFound(1.0, 500, 17),
        signed=SIGNED, amends=AMENDS, problems=3,
    )  # fmt: skip
    return replace(full, **changes)
