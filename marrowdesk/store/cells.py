"""The cells of a case: added in batches, read all at once with proposal and standing decision."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from marrowdesk.core.cell import Box, Cell, Place, Prediction
from marrowdesk.core.placing import Placing
from marrowdesk.store.classes import ClassTable
from marrowdesk.store.columns import MAX_ID, hash_bytes, path_text, relative_column, review_value
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.slides import slides_by_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from marrowdesk.store.values import Moment, NewCell, Slide

# The subqueries read only the indexes of (cell, id).
STANDING = """
FROM cell JOIN image ON image.id = cell.image
LEFT JOIN prediction
  ON prediction.id = (SELECT max(id) FROM prediction WHERE cell = cell.id AND id <= :prediction)
LEFT JOIN analysis ON analysis.id = prediction.analysis
LEFT JOIN decision ON decision.id = (SELECT max(id) FROM decision WHERE cell = cell.id AND id <= :decision)
WHERE cell.id <= :cell ORDER BY cell.id
"""
"""Each cell with the proposal and the decision that stand at a moment; parameters as in ``Moment``."""

_CELLS = f"""
SELECT cell.id, image.slide, image.path, image.page, cell.x, cell.y, cell.width, cell.height, cell.reference,
       image.sha256, prediction.probabilities, prediction.doubt, analysis.model,
       decision.to_verdict, decision.to_code, decision.to_reader, decision.to_at
{STANDING}
"""

_PRESENT = {"cell": MAX_ID, "prediction": MAX_ID, "decision": MAX_ID}

PROGRESS = """
SELECT (SELECT count(*) FROM cell),
       (SELECT count(to_verdict) FROM (SELECT max(id), to_verdict FROM decision GROUP BY cell))
"""
"""Numbers of cells and of reviewed cells; reads what every version of a case has."""

_PIXELS = "SELECT cell.id, image.width * image.height FROM cell JOIN image ON image.id = cell.image"

_FIND_IMAGE = "SELECT id FROM image WHERE slide = ? AND path = ? AND page = ? AND sha256 = ?"

_ADD_IMAGE = "INSERT INTO image(slide, path, page, sha256, width, height) VALUES (?, ?, ?, ?, ?, ?)"

# as the index cell_once says it
_FIND_CELL = """
SELECT id FROM cell WHERE image = ? AND ifnull(x, -1) = ifnull(?, -1) AND ifnull(y, -1) = ifnull(?, -1)
AND ifnull(width, -1) = ifnull(?, -1) AND ifnull(height, -1) = ifnull(?, -1)
"""

_ADD_CELL = "INSERT INTO cell(image, x, y, width, height, reference) VALUES (?, ?, ?, ?, ?, ?)"


class KnownModel(NamedTuple):
    """What all predictions of a model share."""

    sha256: str
    codes: tuple[str, ...]


class CellTable(ClassTable):
    """The part of a case file that holds its cells."""

    def cells(self, moment: Moment | None = None) -> list[Cell]:
        """Give all cells in the order they were added, with the latest proposal and the standing decision.

        Proposals and labels stand under the classes of the case's scheme at that moment. Predictions of one
        model share one ``codes`` tuple; probabilities are read-only float32.

        Args:
            moment: the state to show; the present one when None.
        """
        bounds = _PRESENT if moment is None else asdict(moment)
        placing = Placing(self.scheme_at(moment))
        with self._db.reading() as connection:
            slides, models = slides_by_id(connection), models_by_id(connection)
            return [_cell(row, slides, models, placing) for row in connection.execute(_CELLS, bounds)]

    def progress(self) -> tuple[int, int]:
        """Give how many cells the case has and how many of them a reader decided on, without reading them."""
        with self._db.reading() as connection:
            cells, reviewed = connection.execute(PROGRESS).fetchone()
        return int(cells), int(reviewed)

    def pixels(self) -> dict[int, int]:
        """Give how many pixels the image page of each cell has, by its number; a box needs all of them."""
        with self._db.reading() as connection:
            return dict(connection.execute(_PIXELS).fetchall())

    def add_cells(self, slide_id: int, cells: Iterable[NewCell]) -> list[Cell]:
        """Add cells in one transaction; a place in an image of that content is not added twice.

        Args:
            slide_id: the slide they lie on.
            cells: the cells, in the order they shall have.

        Returns:
            The cells that are new.

        Raises:
            CaseRecordRefused: the case has no such slide.
            ValueError: a hash is no SHA-256.
        """
        rows = [(each, hash_bytes(each.sha256)) for each in cells]
        with self._db.writing() as connection:
            slide = slides_by_id(connection).get(slide_id)
            if slide is None:
                raise CaseRecordRefused(f"The case {self._db.path} has no slide {slide_id}.")
            return [cell for new, sha256 in rows if (cell := _insert(connection, slide, new, sha256))]


def models_by_id(connection: sqlite3.Connection) -> dict[int, KnownModel]:
    """Read what predictions share within a transaction."""
    rows = connection.execute("SELECT id, sha256, codes FROM model")
    return {id_: KnownModel(sha256.hex(), tuple(json.loads(codes))) for id_, sha256, codes in rows}


def _insert(connection: sqlite3.Connection, slide: Slide, new: NewCell, sha256: bytes) -> Cell | None:
    place = new.place
    name = relative_column(place.path, slide.folder)
    image_key = (slide.id, name, place.page, sha256)
    found = connection.execute(_FIND_IMAGE, image_key).fetchone()
    image = found[0] if found else _added(connection, _ADD_IMAGE, (*image_key, new.width, new.height))
    cell_key: tuple[int | None, ...] = (image, None, None, None, None)
    if place.box is not None:
        cell_key = (image, place.box.x, place.box.y, place.box.width, place.box.height)
    if connection.execute(_FIND_CELL, cell_key).fetchone():
        return None
    cell = _added(connection, _ADD_CELL, (*cell_key, new.reference))
    stored = Place(slide.folder / path_text(name), place.page, place.box, sha256)
    return Cell(cell, slide.id, stored, reference=new.reference)


def _added(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> int:
    return int(connection.execute(statement + " RETURNING id", row).fetchone()[0])


def _cell(
    row: tuple[Any, ...], slides: dict[int, Slide], models: dict[int, KnownModel], placing: Placing
) -> Cell:
    (id_, slide, path, page, x, y, width, height, reference, sha256,
     probabilities, doubt, model, verdict, code, reader, at) = row  # fmt: skip
    box = None if x is None else Box(x, y, width, height)
    prediction = None
    if probabilities is not None:
        known = models[model]
        values = np.frombuffer(probabilities, "<f4")
        doubt = float("nan") if doubt is None else doubt
        prediction = placing.prediction(Prediction(known.sha256, known.codes, values, doubt))
    review = None if verdict is None else review_value(verdict, code, reader, at)
    place = Place(slides[slide].folder / path_text(path), page, box, sha256)
    return Cell(id_, slide, place, prediction, review, placing.label(reference))
