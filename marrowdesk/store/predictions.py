"""Models and what they say about the cells: probabilities, activation maps and embeddings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk import __version__
from marrowdesk.core.model_origin import ModelOrigin
from marrowdesk.core.placing import Placing
from marrowdesk.store.cells import models_by_id
from marrowdesk.store.classes import ClassTable
from marrowdesk.store.columns import hash_bytes, time_text, time_value
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.values import ModelInfo, StoredAttention, StoredPrediction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence


CHUNK = 32
"""Predictions written in one transaction: few enough that a decision made meanwhile does not wait."""

_FEATURE = """
SELECT analysis.model, feature.height, feature.width, feature.ranges, feature.maps,
       window_left, window_top, window_width, window_height, embedding_scale, embedding,
       prediction.probabilities
FROM feature JOIN prediction ON prediction.id = feature.prediction
JOIN analysis ON analysis.id = prediction.analysis
WHERE prediction.id = (SELECT max(id) FROM prediction WHERE cell = ?)
"""

_EMBEDDING = """
SELECT embedding_scale, embedding FROM feature JOIN prediction ON prediction.id = feature.prediction
JOIN analysis ON analysis.id = prediction.analysis JOIN model ON model.id = analysis.model
WHERE prediction.id = (SELECT max(id) FROM prediction WHERE cell = ?) AND model.sha256 = ?
AND embedding IS NOT NULL
"""

_MODELS = """
SELECT model.sha256, model.name, model.version, codes,
       origin.name, origin.version, origin.sha256, origin.made, origin.cases, origin.cells
FROM model LEFT JOIN origin ON origin.id = model.id ORDER BY model.id
"""

_ADD_ORIGIN = """
INSERT INTO origin(id, name, version, sha256, made, cases, cells)
SELECT model.id, ?, ?, ?, ?, ?, ? FROM model
WHERE model.sha256 = ? AND NOT EXISTS (SELECT 1 FROM origin WHERE origin.id = model.id)
"""

_FEATURE_INSERT = "INSERT INTO feature VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

FEATURE_FORGET = """
DELETE FROM feature WHERE prediction IN (SELECT id FROM prediction WHERE cell = ? AND id < ?)
"""

_DOUBTS = """
SELECT count(doubt), count(CASE WHEN doubt > 1.0 THEN 1 END) FROM cell
JOIN prediction ON prediction.id = (SELECT max(id) FROM prediction WHERE cell = cell.id)
"""

FeatureColumns = tuple[object, ...]
FeatureRow = tuple[Any, ...]


class PredictionTable(ClassTable):
    """The part of a case file that holds what models say."""

    def add_model(self, model: ModelInfo) -> None:
        """Make a model known; one that is known already stays as it is."""
        row = (hash_bytes(model.sha256), model.name, model.version, json.dumps(model.codes))
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO model(sha256, name, version, codes) VALUES (?, ?, ?, ?) "
                "ON CONFLICT(sha256) DO NOTHING",
                row,
            )
            if model.origin is not None:
                connection.execute(_ADD_ORIGIN, (*_origin_columns(model.origin), row[0]))

    def doubts(self) -> tuple[int, int]:
        """Count the cells whose standing proposal has a doubt, and those among them that are unfamiliar."""
        with self._db.reading() as connection:
            measured, unfamiliar = connection.execute(_DOUBTS).fetchone()
        return int(measured), int(unfamiliar)

    def models(self) -> list[ModelInfo]:
        """Give the models that are known, in the order they were added."""
        with self._db.reading() as connection:
            return [
                ModelInfo(sha.hex(), name, version, tuple(json.loads(codes)), _origin(origin))
                for sha, name, version, codes, *origin in connection.execute(_MODELS)
            ]

    def add_predictions(self, model_sha256: str, predictions: Iterable[StoredPrediction]) -> None:
        """Keep predictions, the latest of a cell stands; maps and embedding replace those of the cell before.

        Written in transactions of :data:`CHUNK`, so that decisions come in between.

        Args:
            model_sha256: the model, made known by :meth:`add_model`.
            predictions: one a cell.

        Raises:
            CaseRecordRefused: the model or a cell is not in the case.
            ValueError: an array has the wrong shape or holds a value that is not finite.
        """
        sha256, rows = hash_bytes(model_sha256), list(predictions)
        with self._db.reading() as connection:
            model, classes = self._known(connection, sha256)
        for start in range(0, len(rows), CHUNK):
            chunk = [(each, *_columns(each, classes)) for each in rows[start : start + CHUNK]]
            with self._db.writing() as connection:
                _write(connection, model, self._db.clock.time_after_all(connection), chunk)

    def attention(self, cell_id: int) -> StoredAttention | None:
        """Give the activation maps that belong to the standing proposal of a cell, or None.

        They are those of the classes of the case's scheme.
        """
        placing = Placing(self.scheme_at(None))
        with self._db.reading() as connection:
            row = connection.execute(_FEATURE, (cell_id,)).fetchone()
            if row is None or row[4] is None:
                return None
            return _attention(models_by_id(connection)[row[0]].codes, row, placing)

    def embedding(self, cell_id: int) -> np.ndarray | None:
        """Give the embedding that belongs to the standing proposal of a cell, float32 (D,), or None."""
        with self._db.reading() as connection:
            row = connection.execute(_FEATURE, (cell_id,)).fetchone()
            if row is None or row[10] is None:
                return None
            return np.frombuffer(row[10], "<f2").astype(np.float32) * np.float32(row[9])

    def embeddings(self, cell_ids: Iterable[int], model_sha256: str) -> tuple[list[int], np.ndarray]:
        """Give the embeddings that belong to the standing proposals of many cells.

        Args:
            cell_ids: the cells.
            model_sha256: only proposals of this model: those of another lie in another space.

        Returns:
            The cells that have one, in the order asked for, and float32 (n, D), D = 0 where there is none.
        """
        model = hash_bytes(model_sha256)
        found: list[int] = []
        rows: list[np.ndarray] = []
        with self._db.reading() as connection:
            for cell_id in cell_ids:
                row = connection.execute(_EMBEDDING, (cell_id, model)).fetchone()
                if row is not None:
                    found.append(cell_id)
                    rows.append(np.frombuffer(row[1], "<f2").astype(np.float32) * np.float32(row[0]))
        return found, np.stack(rows) if rows else np.empty((0, 0), np.float32)

    def _known(self, connection: sqlite3.Connection, sha256: bytes) -> tuple[int, int]:
        for id_, known in models_by_id(connection).items():
            if known.sha256 == sha256.hex():
                return id_, len(known.codes)
        raise CaseRecordRefused(f"The model {sha256.hex()[:12]}… is not known to the case {self._db.path}.")


def _attention(codes: tuple[str, ...], row: FeatureRow, placing: Placing) -> StoredAttention:
    _, height, width, ranges, maps, left, top, across, down, _, _, odds = row
    low, high = np.frombuffer(ranges, "<f4").reshape(len(codes), 2).T[..., None, None]
    levels = np.frombuffer(maps, np.uint8).reshape(len(codes), height, width)
    values = (low + (high - low) * (levels / np.float32(255))).astype(np.float32)
    names, placed = placing.maps(codes, values, np.frombuffer(odds, "<f4"))
    return StoredAttention(names, placed, None if left is None else (left, top, across, down))


def note_analysis(connection: sqlite3.Connection, model: int, at: str) -> int:
    """Note that a model makes predictions at a time as written; give the number under which they stand."""
    row = (model, at, __version__)
    made = connection.execute("INSERT INTO analysis(model, at, program) VALUES (?, ?, ?) RETURNING id", row)
    return int(made.fetchone()[0])


def _write(
    connection: sqlite3.Connection,
    model: int,
    at: str,
    chunk: Sequence[tuple[StoredPrediction, bytes, FeatureColumns | None]],
) -> None:
    analysis = note_analysis(connection, model, at)
    for each, probabilities, feature in chunk:
        prediction = connection.execute(
            "INSERT INTO prediction(analysis, cell, probabilities, doubt) VALUES (?, ?, ?, ?)",
            (analysis, each.cell_id, probabilities, float(each.doubt)),
        ).lastrowid
        connection.execute(FEATURE_FORGET, (each.cell_id, prediction))
        if feature is not None:
            connection.execute(_FEATURE_INSERT, (prediction, *feature))


def _origin_columns(origin: ModelOrigin) -> tuple[object, ...]:
    made = time_text(origin.made)
    return origin.name, origin.version, hash_bytes(origin.sha256), made, origin.cases, origin.cells


def _origin(columns: Sequence[Any]) -> ModelOrigin | None:
    name, version, sha256, made, cases, cells = columns
    if name is None:
        return None
    return ModelOrigin(name, version, sha256.hex(), time_value(made), cases, cells)


def _columns(each: StoredPrediction, classes: int) -> tuple[bytes, FeatureColumns | None]:
    probabilities = _finite(each.probabilities, "probabilities", each.cell_id)
    if probabilities.shape != (classes,):
        raise ValueError(f"Cell {each.cell_id}: {probabilities.shape} probabilities for {classes} classes.")
    if each.maps is None and each.embedding is None:
        return probabilities.astype("<f4").tobytes(), None
    window = (None, None, None, None) if each.window is None else tuple(float(side) for side in each.window)
    feature = (*_map_columns(each, classes), *window, *_embedding_columns(each))
    return probabilities.astype("<f4").tobytes(), feature


def _map_columns(each: StoredPrediction, classes: int) -> FeatureColumns:
    if each.maps is None:
        return None, None, None, None
    maps = _finite(each.maps, "maps", each.cell_id)
    if maps.ndim != 3 or maps.shape[0] != classes:
        raise ValueError(f"Cell {each.cell_id}: maps of shape {maps.shape} for {classes} classes.")
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    span = np.where(high > low, high - low, np.float32(1))
    levels = np.rint((maps - low[:, None, None]) / span[:, None, None] * np.float32(255)).astype(np.uint8)
    ranges = np.stack([low, high], axis=1).astype("<f4")
    return maps.shape[1], maps.shape[2], ranges.tobytes(), levels.tobytes()


def _embedding_columns(each: StoredPrediction) -> FeatureColumns:
    if each.embedding is None:
        return None, None
    embedding = _finite(each.embedding, "embedding", each.cell_id)
    scale = float(np.abs(embedding).max(initial=0)) or 1.0
    return scale, (embedding / np.float32(scale)).astype("<f2").tobytes()


def _finite(values: np.ndarray, what: str, cell_id: int) -> np.ndarray:
    values = np.asarray(values, np.float32)
    if not np.isfinite(values).all():
        raise ValueError(f"Cell {cell_id}: the {what} hold values that are not finite.")
    return values
