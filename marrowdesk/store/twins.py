"""Cells that show the very same pixels: what a model says about one holds for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.store.columns import hash_bytes
from marrowdesk.store.predictions import FEATURE_FORGET, PredictionTable, note_analysis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Images are the same where the hash of their files is. No index knows it, so all cells are looked at once.
_ALIKE = """
SELECT alike.first, alike.id, analysis.model FROM (
    SELECT cell.id, min(cell.id) OVER place AS first, count(*) OVER place AS cells
    FROM cell JOIN image ON image.id = cell.image
    WINDOW place AS (PARTITION BY image.sha256, image.page, cell.x, cell.y, cell.width, cell.height)
) AS alike
LEFT JOIN prediction ON prediction.id = (SELECT max(id) FROM prediction WHERE cell = alike.id)
LEFT JOIN analysis ON analysis.id = prediction.analysis
WHERE alike.cells > 1 ORDER BY alike.id
"""

_COPY = """
INSERT INTO prediction(analysis, cell, probabilities, doubt)
SELECT :analysis, :cell, probabilities, doubt FROM prediction
WHERE id = (SELECT max(id) FROM prediction WHERE cell = :twin)
RETURNING id
"""

_COPY_FEATURE = """
INSERT INTO feature
SELECT :prediction, height, width, ranges, maps, window_left, window_top, window_width, window_height,
       embedding_scale, embedding
FROM feature WHERE prediction = (SELECT max(id) FROM prediction WHERE cell = :twin)
"""


class TwinTable(PredictionTable):
    """The part of a case file that knows which cells show the same."""

    def twins(self, cell_ids: Iterable[int], model_sha256: str) -> dict[int, int]:
        """Find the cells that need not be classified, for another one shows the same pixels.

        Args:
            cell_ids: the cells to be classified.
            model_sha256: the model, made known by :meth:`add_model`.

        Returns:
            For each cell that can be spared, its twin: a cell that is not asked for and has a standing
            proposal of the model, else the first of those asked for.

        Raises:
            CaseRecordRefused: the model is not in the case.
        """
        wanted = set(cell_ids)
        with self._db.reading() as connection:
            model, _ = self._known(connection, hash_bytes(model_sha256))
            rows = connection.execute(_ALIKE).fetchall()
        alike: dict[int, list[tuple[int, int | None]]] = {}
        for first, cell, by in rows:
            alike.setdefault(first, []).append((cell, by))
        found: dict[int, int] = {}
        for cells in alike.values():
            found.update(_spared(cells, wanted, model))
        return found

    def alike(self) -> tuple[tuple[int, ...], ...]:
        """Give the cells that show the very same pixels, as groups of two and more, each in their order."""
        groups: dict[int, list[int]] = {}
        with self._db.reading() as connection:
            for first, cell, _ in connection.execute(_ALIKE):
                groups.setdefault(first, []).append(cell)
        return tuple(tuple(each) for each in groups.values())

    def copy_predictions(self, model_sha256: str, twins: Mapping[int, int]) -> None:
        """Give cells the standing proposals of their twins, with maps and embedding, in one transaction.

        Args:
            model_sha256: the model of these proposals.
            twins: cell to twin, as :meth:`twins` gives them.

        Raises:
            CaseRecordRefused: the model is not in the case.
        """
        with self._db.reading() as connection:
            model, _ = self._known(connection, hash_bytes(model_sha256))
        with self._db.writing() as connection:
            analysis = note_analysis(connection, model, self._db.clock.time_after_all(connection))
            for cell, twin in twins.items():
                names = {"analysis": analysis, "cell": cell, "twin": twin}
                copied = connection.execute(_COPY, names).fetchone()
                if copied is not None:
                    connection.execute(FEATURE_FORGET, (cell, copied[0]))
                    connection.execute(_COPY_FEATURE, {"prediction": copied[0], "twin": twin})


def _spared(cells: list[tuple[int, int | None]], wanted: set[int], model: int) -> dict[int, int]:
    """Choose the one of cells that look the same whose proposal serves for those that are wanted."""
    asked = [cell for cell, _ in cells if cell in wanted]
    known = [cell for cell, by in cells if by == model and cell not in wanted]
    if known:
        return dict.fromkeys(asked, known[0])
    return dict.fromkeys(asked[1:], asked[0]) if asked else {}
