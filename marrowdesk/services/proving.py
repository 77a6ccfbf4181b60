"""Prove on a laboratory's own cells that an adapted model may run in fewer bits than float32."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from marrowdesk.core.errors import BundleError, Cancelled
from marrowdesk.inference.apart import EngineApart
from marrowdesk.inference.precision import FEWEST_CELLS, MOST_CHANGED, MOST_LOST, changed_at_most, proved_by
from marrowdesk.inference.reading import one_ahead
from marrowdesk.reach import is_file
from marrowdesk.services.adapting import Step

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Iterator, Sequence

    from marrowdesk.core.cell import Place
    from marrowdesk.inference.adapting import Layer
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.card import Precision
    from marrowdesk.inference.fewer_bits import Seen
    from marrowdesk.inference.loading import Wish
    from marrowdesk.inference.reading import PendingRead, Read
    from marrowdesk.services.adapting import Adapted

_FAST = "It is as fast as the shipped model."
_SLOW = "It is slower than the shipped model."

MOST_CELLS = 1500
"""So many are measured at the most. Where fewer bits change three cells of a thousand, so many prove it 19
times of 20; 1,000 do four times of five, 500 every other time."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of measuring fewer bits.

    Attributes:
        format: the fewer bits, as torch names them.
        cells: reviewed cells that can be measured.
        measured: what they change; None where it could not be measured.
        why: why not, as a sentence; empty where it could, or where only cells are missing.
    """

    format: str
    cells: int
    measured: Precision | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the model may run in fewer bits."""
        return self.measured is not None and proved_by(self.measured)

    @property
    def sentence(self) -> str:
        """What it means for the person."""
        by = f"With fewer digits ({self.format})"
        if self.measured is None:
            missing = (
                f"{FEWEST_CELLS} reviewed cells are needed whose images are on this computer; there are "
                f"{self.cells}."
            )
            return f"{_SLOW} {by} it would be as fast, but that could not be tried: {self.why or missing}"
        each = self.measured
        found = (
            f"{by} it names {round(each.changed * each.cells)} of {each.cells:,} cells otherwise: at most "
            f"{100 * changed_at_most(each):.1f} % with 95 % confidence, where {100 * MOST_CHANGED:.0f} % is "
            "allowed"
        )
        if each.f1_lost > MOST_LOST:
            found += (
                f"; the mean F1 is {100 * each.f1_lost:.1f} points less, where "
                f"{100 * MOST_LOST:.1f} are allowed"
            )
        return f"{_FAST if self.holds else _SLOW} {found}."


class _Ran(NamedTuple):
    """What an engine gave.

    Attributes:
        seen: of the cells that it could read.
        read: (N,) bool, which these are.
        device: what it ran on.
    """

    seen: Seen
    read: np.ndarray
    device: str


def prove(adapted: Adapted, wish: Wish, cancel: threading.Event) -> Generator[Step, None, Proof | None]:
    """Run reviewed cells through the base's network in float32 and in the fewer bits that it runs in here.

    Up to :data:`MOST_CELLS` cells are drawn of those whose images can be read: the embeddings in the cases
    were computed in whatever format the reader's computer used. It runs in a process of its own, at lower
    priority, and takes seconds to a minute or so.

    Args:
        adapted: what was fitted.
        wish: for the engine, as the base is run here.
        cancel: set to stop.

    Yields:
        How many cells are done; each is run twice.

    Returns:
        What came of it; None where this computer runs the base in float32, and nothing can be gained.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    if not adapted.base.card.precisions:
        return None
    try:
        engine = EngineApart(adapted.base.path, wish, cancel)
    except BundleError:  # told where it classifies
        return None
    fast = engine.setup
    try:
        if fast.precision == "float32":
            return None
        places, at = _drawn(adapted.places)
        if len(at) < FEWEST_CELLS:
            return Proof(fast.precision, len(at))
        yield Step("measuring", 0, 2 * len(at))
        fewer = yield from _run(engine, places, 0, cancel)
        engine.close()
        plainly = replace(wish, setup=replace(fast, precision="float32"))
        engine = EngineApart(adapted.base.path, plainly, cancel)
        exact = yield from _run(engine, places, len(places), cancel)
    except BundleError as error:  # its process was ended, or memory is short: it runs in float32 then
        return Proof(fast.precision, len(at), why=error.message)
    finally:
        engine.close()
    return _proof(adapted, fast.engine, fast.precision, at, exact, fewer)


def _drawn(places: Sequence[Place]) -> tuple[list[Place], np.ndarray]:
    """Draw cells whose images are there: where they lie, and which they are, in the order of the cases."""
    found: list[int] = []
    for at in np.random.default_rng(0).permutation(len(places)):
        if len(found) == MOST_CELLS:
            break
        if is_file(places[at].path):
            found.append(int(at))
    found.sort()
    return [places[at] for at in found], np.array(found, int)


def _run(
    engine: EngineApart, places: Sequence[Place], before: int, cancel: threading.Event
) -> Generator[Step, None, _Ran]:
    """Run all places, one batch being read while another one is in the network."""
    from marrowdesk.inference.fewer_bits import Seen

    step = engine.batch_size

    def begun() -> Iterator[tuple[int, PendingRead]]:
        for start in range(0, len(places), step):
            if cancel.is_set():
                raise Cancelled("Measuring was stopped.", "The model runs in float32.")
            yield start, engine.begin_places(places[start : start + step])

    done: list[tuple[int, Read]] = []
    for start, pending in one_ahead(begun()):
        done.append((start, pending.result()))
        yield Step("measuring", before + min(start + step, len(places)), 2 * len(places))
    read = np.ones(len(places), bool)
    for start, each in done:
        read[[start + at for at in each.unreadable]] = False
    batches = [each.batch for _, each in done if each.batch is not None]
    embeddings = np.concatenate([each.embeddings for each in batches] or [np.empty((0, 0), np.float32)])
    odds = np.concatenate([each.probabilities for each in batches] or [np.empty((0, 0), np.float32)])
    return _Ran(Seen(embeddings, odds), read, engine.device)


def _proof(adapted: Adapted, engine: str, precision: str, at: np.ndarray, exact: _Ran, fewer: _Ran) -> Proof:
    from marrowdesk.inference.card import Precision
    from marrowdesk.inference.fewer_bits import loss

    both = exact.read & fewer.read
    if both.sum() < FEWEST_CELLS:
        return Proof(precision, int(both.sum()))
    bases = {each: _shipped_layer(adapted.base, each) for each in ("float32", precision)}
    alike = exact.seen.only(both[exact.read]), fewer.seen.only(both[fewer.read])
    found = loss(bases, adapted.layer, adapted.judged, at[both], *alike)
    measured = Precision.model_validate(
        {
            "engine": engine,
            "precision": precision,
            "cells": found.cells,
            "f1_lost": round(found.f1_lost, 6),
            "changed": round(found.changed / found.cells, 6),
            "measured_with": fewer.device,
        }
    )
    return Proof(precision, found.cells, measured)


def _shipped_layer(base: Bundle, weights: str) -> Layer:
    """Give the last layer that ships; its weights are rounded as they stand in the network."""
    from marrowdesk.inference.adapting import Layer, last_layer
    from marrowdesk.inference.bundle import load_tensors
    from marrowdesk.inference.fewer_bits import rounded

    tensors = load_tensors(base)
    place, layer = last_layer(base, tensors)
    whole = rounded(tensors[f"{place}.weight"].astype(np.float32), weights)
    return Layer(whole / base.card.calibration.temperature, layer.biases)
