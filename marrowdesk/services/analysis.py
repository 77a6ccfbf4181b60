"""Let a classifier propose a class for the cells of a case: decode ahead, store each batch, then tell it."""

from __future__ import annotations

import itertools
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Cell, Prediction
from marrowdesk.core.errors import Cancelled, ImageUnreadable
from marrowdesk.core.model_origin import ModelOrigin
from marrowdesk.core.placing import Placing
from marrowdesk.imaging.kept import KeptImages
from marrowdesk.inference.reading import ReadingEngine, begin_read, one_ahead, read_or_why
from marrowdesk.services.twins import Twins
from marrowdesk.store.values import ModelInfo, Problem, StoredPrediction

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np

    from marrowdesk.core.cell import Place
    from marrowdesk.inference.card import Adaptation
    from marrowdesk.inference.engine import Batch, Engine
    from marrowdesk.inference.reading import PendingRead
    from marrowdesk.store.casefile import CaseFile

_DECODERS = 2
_AHEAD = 3
"""Batches that are decoded or wait for the network at one time: bounds the memory."""
_BATCH_PIXELS = 128 * 2**20 // 3
"""Pixels decoded for one batch, unless one image has more: 128 MiB as RGB, 42 images of 1,024 x 1,024."""
_FIRST_BATCH = 8
"""The first batch is small, so that the first proposals come at once."""
_SPEED_WINDOW_S = 10.0


@dataclass(frozen=True, slots=True)
class Analysed:
    """Progress of a classification.

    Attributes:
        cells: the cells of this step with their proposals, already stored.
        failed: cells whose image cannot be read any more.
        done: cells dealt with so far.
        total: cells asked for.
        cells_per_second: speed over the last ten seconds; 0 while it is not known.
        seconds_left: estimate of the time left; None while it is not known.
    """

    cells: list[Cell]
    failed: list[Problem]
    done: int
    total: int
    cells_per_second: float
    seconds_left: float | None


def unclassified(case: CaseFile, model: str) -> list[Cell]:
    """Give the cells that a model has yet to classify, in the order of the case.

    They have no proposal, or one by another model that nobody ever decided on: a decision keeps the proposal
    it was made on, see :meth:`~marrowdesk.store.sittings.SittingTable.proposed_by_another`.

    Args:
        case: the case.
        model: sha256 of the model's weights.
    """
    again = case.proposed_by_another(model)
    return [cell for cell in case.cells() if cell.prediction is None or cell.id in again]


def analyse(
    case: CaseFile,
    engine: Engine,
    cells: Sequence[Cell],
    cancel: threading.Event,
    kept: KeptImages | None = None,
) -> Iterator[Analysed]:
    """Classify cells and store the proposals, batch by batch.

    A cell that shows the very pixels of another one of the case takes over its proposal.

    Args:
        case: where the proposals are kept.
        engine: the network.
        cells: the cells to classify; those already classified are classified again.
        cancel: set to stop after the batch in work; what is stored so far stays.
        kept: images that were decoded when the cells were found: not read again, and kept no longer.

    Raises:
        Cancelled: ``cancel`` was set.
        CaseFileError: the case file cannot be written.
    """
    card, sha256 = engine.bundle.card, engine.bundle.sha256
    case.add_model(ModelInfo(sha256, card.name, card.revision, engine.codes, _origin(card.adapted)))
    twins, pixels = Twins(case, cells, sha256), case.pixels()
    speed, placing = _Speed(len(cells)), Placing(case.scheme)
    if known := twins.known():
        yield speed.step(known, [])
    kept = KeptImages() if kept is None else kept
    try:
        for part in twins.to_compute():
            batches = _batches(part, engine.batch_size, pixels)
            with ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode") as pool:
                for begun in one_ahead(_begun(batches, engine, pool, kept)):
                    if cancel.is_set():
                        pool.shutdown(wait=False, cancel_futures=True)
                        raise Cancelled(
                            "Classifying was stopped.", "Classify again to go on where it stopped."
                        )
                    done, failed = _finish(case, engine, begun, placing)
                    yield speed.step(twins.joined(done), failed)
    finally:
        kept.forget(cell.place for cell in cells)  # those of cells that took over a proposal are still there


def _origin(adapted: Adaptation | None) -> ModelOrigin | None:
    if adapted is None:
        return None
    return ModelOrigin(
        adapted.base,
        adapted.base_revision,
        adapted.base_sha256,
        adapted.made,
        adapted.cases,
        adapted.cells,
    )


def _begun(
    batches: Iterator[list[Cell]], engine: Engine, pool: ThreadPoolExecutor, kept: KeptImages
) -> Iterator[_Begun]:
    """Begin batch after batch, in an engine that reads the images itself or with images read here."""
    if isinstance(engine, ReadingEngine):
        for batch in batches:
            places = [cell.place for cell in batch]
            known = {at: image for at, place in enumerate(places) if (image := kept.take(place)) is not None}
            yield _Begun(batch, engine.begin_places(places, known))
    else:
        for batch, images in _decoded_ahead(batches, pool, kept):
            yield _Begun(batch, begin_read(engine, images))


def _batches(cells: Sequence[Cell], size: int, pixels: Mapping[int, int]) -> Iterator[list[Cell]]:
    """Cut cells into batches of ``size``, the first one small, and fewer where their images are large."""
    batch: list[Cell] = []
    most, filled = min(_FIRST_BATCH, size), 0
    for cell in cells:
        needed = pixels.get(cell.id, 0)
        if batch and (len(batch) == most or filled + needed > _BATCH_PIXELS):
            yield batch
            batch, most, filled = [], size, 0
        batch.append(cell)
        filled += needed
    if batch:
        yield batch


def _decoded_ahead(
    batches: Iterator[list[Cell]], pool: ThreadPoolExecutor, kept: KeptImages
) -> Iterator[tuple[list[Cell], list[np.ndarray | ImageUnreadable]]]:
    waiting: deque[tuple[list[Cell], list[Future[np.ndarray | ImageUnreadable]]]] = deque()
    while True:
        for batch in itertools.islice(batches, _AHEAD - len(waiting)):
            waiting.append((batch, [pool.submit(_image, cell.place, kept) for cell in batch]))
        if not waiting:
            return
        batch, futures = waiting.popleft()
        yield batch, [future.result() for future in futures]


def _image(place: Place, kept: KeptImages) -> np.ndarray | ImageUnreadable:
    image = kept.take(place)
    return read_or_why(place) if image is None else image


@dataclass(frozen=True, slots=True)
class _Begun:
    """A batch that was given to the engine.

    Attributes:
        cells: its cells.
        pending: what will come of them.
    """

    cells: list[Cell]
    pending: PendingRead


def _finish(
    case: CaseFile, engine: Engine, begun: _Begun, placing: Placing
) -> tuple[list[Cell], list[Problem]]:
    read = begun.pending.result()
    failed = [(begun.cells[at], error) for at, error in sorted(read.unreadable.items())]
    for slide, lost in itertools.groupby(failed, key=lambda each: each[0].slide):
        case.add_problems(slide, [_problem(*each) for each in lost])
    done = []
    if read.batch is not None:
        readable = [cell for at, cell in enumerate(begun.cells) if at not in read.unreadable]
        case.add_predictions(engine.bundle.sha256, _rows(readable, read.batch))
        sha256, codes = engine.bundle.sha256, engine.codes
        proposals = (
            Prediction(sha256, codes, odds, float(doubt))
            for odds, doubt in zip(read.batch.probabilities, read.batch.doubt, strict=True)
        )
        done = [
            cell.with_prediction(placing.prediction(proposal))
            for cell, proposal in zip(readable, proposals, strict=True)
        ]
    return done, [_problem(*each) for each in failed]


def _problem(cell: Cell, error: ImageUnreadable) -> Problem:
    return Problem(cell.place.path, error.message, error.hint)


def _rows(readable: list[Cell], result: Batch) -> Iterator[StoredPrediction]:
    for at, cell in enumerate(readable):
        left, top, width, height = (float(value) for value in result.windows[at])
        yield StoredPrediction(
            cell.id,
            result.probabilities[at],
            float(result.doubt[at]),
            result.maps[at],
            (left, top, width, height),
            result.embeddings[at],
        )


class _Speed:
    """Counts what is done and tells speed and time left from the last seconds."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._steps: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def step(self, cells: list[Cell], failed: list[Problem]) -> Analysed:
        self._done += len(cells) + len(failed)
        now = time.monotonic()
        self._steps.append((now, self._done))
        while len(self._steps) > 2 and now - self._steps[1][0] > _SPEED_WINDOW_S:
            self._steps.popleft()
        since, before = self._steps[0]
        speed = (self._done - before) / (now - since) if now > since else 0.0
        left = (self._total - self._done) / speed if speed > 0 else None
        return Analysed(cells, failed, self._done, self._total, speed, left)
