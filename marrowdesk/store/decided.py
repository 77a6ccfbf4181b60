"""What a case holds to learn from: the cells that a reader decided on, with what the network saw in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.cell import Box, Place
from marrowdesk.store.cells import models_by_id
from marrowdesk.store.columns import path_text
from marrowdesk.store.predictions import PredictionTable
from marrowdesk.store.slides import slides_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.store.cells import KnownModel
    from marrowdesk.store.values import Slide

_DECIDED = """
SELECT cell.id, hex(image.sha256), image.page, cell.x, cell.y, cell.width, cell.height, decision.to_code,
       image.slide, image.path, analysis.model, feature.embedding_scale, feature.embedding
FROM cell JOIN image ON image.id = cell.image
JOIN decision ON decision.id = (SELECT max(id) FROM decision WHERE cell = cell.id)
LEFT JOIN prediction ON prediction.id = (SELECT max(id) FROM prediction WHERE cell = cell.id)
LEFT JOIN analysis ON analysis.id = prediction.analysis
LEFT JOIN feature ON feature.prediction = prediction.id
WHERE decision.to_code IS NOT NULL AND cell.id > ? ORDER BY cell.id LIMIT ?
"""

_BLOCK = 512
"""Cells that are read at once: some megabytes with their embeddings."""


@dataclass(frozen=True, slots=True, eq=False)
class DecidedCell:
    """A cell that a reader gave a class or confirmed.

    Attributes:
        pixels: what it shows: hash of the image file, page, and box; the same in any case that shows it.
        place: where it lies; the image may be gone.
        code: the class, of the case's scheme.
        model: sha256 of the model whose proposal stands; None for none.
        embedding: float32 (D,) that belongs to that proposal; None for none.
    """

    pixels: tuple[str | int | None, ...]
    place: Place
    code: str
    model: str | None
    embedding: np.ndarray | None


class DecidedTable(PredictionTable):
    """The part of a case file from which a classifier may learn."""

    def decided(self) -> Iterator[DecidedCell]:
        """Give the cells that a reader gave a class or confirmed, in the order of the case.

        They are read block by block, and the case is free between two cells: what is decided meanwhile shows
        in the blocks that come after it.
        """
        last = 0
        while block := self._decided_after(last):
            yield from block.values()
            last = max(block)

    def _decided_after(self, last: int) -> dict[int, DecidedCell]:
        """Read the next decided cells behind one, by number."""
        with self._db.reading() as connection:
            models, slides = models_by_id(connection), slides_by_id(connection)
            rows = connection.execute(_DECIDED, (last, _BLOCK))
            return {number: _decided(row, slides, models) for number, *row in rows}


def _decided(row: list[Any], slides: dict[int, Slide], models: dict[int, KnownModel]) -> DecidedCell:
    *pixels, code, slide, path, model, scale, embedding = row
    sha256, page, *corners = pixels
    box = None if corners[0] is None else Box(*corners)
    return DecidedCell(
        tuple(pixels),
        Place(slides[slide].folder / path_text(path), page, box, bytes.fromhex(sha256)),
        code,
        None if model is None else models[model].sha256,
        None if embedding is None else np.frombuffer(embedding, "<f2").astype(np.float32) * np.float32(scale),
    )
