"""Cases for the tests of the store: made new, and built from the stored SQL of earlier versions."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from marrowdesk.core import edits
from marrowdesk.core.cell import Box, Cell, Place, Review, Verdict
from marrowdesk.core.model_origin import ModelOrigin
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, Problem, StoredPrediction

STORED = Path(__file__).parent / "cases"
MODEL = ModelInfo("ab" * 32, "sample model", "1.0", ("BLA", "LYT", "NGS"))
ADAPTED = replace(
    MODEL,
    sha256="cd" * 32,
    name="Färbung 染色",
    version="2",
    origin=ModelOrigin("sample model", "1.0", "ab" * 32, datetime(2025, 2, 1, 9, 30, tzinfo=UTC), 3, 450),
)
NOON = datetime(2025, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """Give a time that many minutes after noon of the samples."""
    return NOON + timedelta(minutes=minutes)


def write_images(folder: Path, names: list[str]) -> None:
    """Put a small file with a content of its own under each name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"image {name}".encode("utf-8", "surrogateescape"))


def new_cell(path: Path, *, page: int = 0, box: Box | None = None, reference: str | None = None) -> NewCell:
    """Give the cell of an image, which need not exist."""
    content = path.read_bytes() if path.is_file() else str(path).encode("utf-8", "surrogateescape")
    return NewCell(Place(path, page, box), hashlib.sha256(content).hexdigest(), 250, 250, reference)


def case_of(path: Path, count: int) -> CaseFile:
    """Make a case with one slide of that many cells, without proposals, and the sample model."""
    case = CaseFile.create(path, MARROW, "sample")
    folder = path.parent / "slide"
    slide = case.add_slide("slide", folder)
    case.add_cells(slide.id, [new_cell(folder / f"{number}.png") for number in range(1, count + 1)])
    case.add_model(MODEL)
    return case


def proposal(cell_id: int, code: str = "LYT", *, features: bool = False) -> StoredPrediction:
    """Give a prediction of a class of the sample model, 0.8 against 0.1 and 0.1."""
    shares = np.full(3, 0.1, np.float32)
    shares[MODEL.codes.index(code)] = 0.8
    if not features:
        return StoredPrediction(cell_id, shares, 0.25)
    maps = np.linspace(-3, 5, 3 * 4 * 4, dtype=np.float32).reshape(3, 4, 4) * cell_id
    embedding = np.linspace(-1, 1, 8, dtype=np.float32) * 1e6
    return StoredPrediction(cell_id, shares, 0.25, maps, (1.0, 2.0, 246.5, 246.0), embedding)


def decide(case: CaseFile, cells: list[Cell], code: str, reader: str = "Ann", minutes: float = 0) -> int:
    """Give cells a class and keep it; returns the number of the act."""
    return case.record(edits.assign(cells, code, MARROW[code].name, reader, at(minutes)))


def reviews(case: CaseFile) -> dict[int, Review | None]:
    """Give the standing decisions by cell."""
    return {cell.id: cell.review for cell in case.cells()}


def fill_sample(case: CaseFile) -> None:
    """Put something into every table; what the stored files of earlier versions hold."""
    folder = Path("/slides/Müller 骨髄")
    slide = case.add_slide("Müller 骨髄", folder)
    other = case.add_slide("second smear", Path("/slides/second"))
    new = [new_cell(folder / "BLA" / f"BLA_{number}.jpg", reference="BLA") for number in range(3)]
    case.add_cells(slide.id, [*new, new_cell(folder / "field.tif", page=2, box=Box(10, 20, 80, 90))])
    case.add_cells(other.id, [new_cell(Path("/slides/second/a.png"))])
    case.add_problems(slide.id, [Problem(folder / "cut.jpg", "The file is cut off.", "Copy it again.")])
    case.add_model(MODEL)
    case.add_predictions(MODEL.sha256, [proposal(number, features=number < 3) for number in range(1, 5)])
    case.set_field("patient", "Müller")
    case.set_field("patient", "Müller, 佐藤")
    first, second, third, *_ = case.cells()
    case.record(edits.confirm([first, second], "Ann", at(0)))
    blast = edits.assign([third], "BLA", "blast", "Ann", at(1))
    number = case.record(blast)
    case.record(blast.inverse(), undoes=number, reader="Ben")
    case.record(edits.exclude([third], "Ben", at(2)))


def fill_origin(case: CaseFile) -> None:
    """Put something into the table that came with version 3."""
    case.add_model(ADAPTED)


def fill_beside(case: CaseFile) -> None:
    """Put something into every table that came with version 2."""
    case.sign("Ann", "{}", "hematologist", [("too few", 495)], "Only a sample.")
    case.reopen("Ben", "To go on.")
    sitting = case.add_sitting("Dee")
    cells = [cell.with_review(None) for cell in case.cells()[:2]]
    case.record_in(sitting.id, edits.assign(cells, "BLA", "blast", "Dee", at(5)))
    for smear, code in ((1, "BLA"), (2, "LYT"), (2, "LYT")):
        last = case.press(smear, code, "Ann")
    case.take_back(last, "Ann")
    assert [left for _, left in case.pack(threading.Event())][-1]  # its images are not there


SAMPLE_REVIEWS = {
    1: Review(Verdict.CONFIRMED, "LYT", "Ann", at(0)),
    2: Review(Verdict.CONFIRMED, "LYT", "Ann", at(0)),
    3: Review(Verdict.EXCLUDED, None, "Ben", at(2)),
    4: None,
    5: None,
}


def dump(path: Path) -> str:
    """Write a closed case as SQL text, stored as ``cases/case_v<version>.sql`` when a version is new."""
    connection = sqlite3.connect(path)
    try:
        pragmas = [f"PRAGMA {name} = {connection.execute(f'PRAGMA {name}').fetchone()[0]};"
                   for name in ("application_id", "user_version")]  # fmt: skip
        return "\n".join(["PRAGMA journal_mode = WAL;", *pragmas, *connection.iterdump(), ""])
    finally:
        connection.close()


def build(version: int, path: Path) -> Path:
    """Make the case file of an earlier version from its stored SQL."""
    text = (STORED / f"case_v{version}.sql").read_text("utf-8")
    connection = sqlite3.connect(path)
    try:
        connection.executescript(text)
    finally:
        connection.close()
    return path
