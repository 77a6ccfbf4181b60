"""Adapt the classifier to a laboratory: learn from what its readers decided, and say if it is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import Cancelled
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.services.adapted_models import Gain
from marrowdesk.services.learnable import Learnable

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from marrowdesk.core.cell import Place
    from marrowdesk.inference.adapting import Judged, Layer
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.services.proving import Proof

FEWEST_OF_CASE = 30
FEWEST_CASES = 3
"""From so many cases of :data:`FEWEST_OF_CASE` cells on, whole cases are kept back."""
SHOWN_FROM = 5
"""Cells from which a class counts in the mean recall."""
MOST_WORSE = 0.02
"""By how much the calibration error may be greater."""

_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of :func:`adapt` and of what follows it.

    Attributes:
        stage: ``"reading"`` cases or ``"fitting"``; then ``"measuring"`` fewer bits, see
            :mod:`marrowdesk.services.proving`.
        done: steps of the stage that are done.
        total: all steps of it.
    """

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ClassGain:
    """One class, on cells kept back.

    Attributes:
        code: of the class.
        name: as printed.
        cells: that readers gave it.
        shipped: share of them that the shipped model names so, 0 to 1.
        adapted: likewise of the adapted one.
    """

    code: str
    name: str
    cells: int
    shipped: float
    adapted: float


@dataclass(frozen=True, slots=True, eq=False)
class Adapted:
    """What came of fitting, and whether it is better.

    Attributes:
        better: whether it may be kept: its gain is above 0 with 95 % confidence, its mean recall is not
            less, and its calibration error is not greater by more than :data:`MOST_WORSE`.
        gain: in cells that are named as the readers name them, percent points.
        recall_gain: in the mean over the classes of such cells, percent points.
        shipped: share of cells that the shipped model names as the readers do, 0 to 1.
        adapted: likewise of the adapted one.
        recalls: mean over the classes of :data:`SHOWN_FROM` cells and more of such shares, of both.
        calibration: expected calibration error of both.
        cells: how many were learned from.
        cases: how many cases they come from.
        by_case: whether each cell was judged by a layer that saw no cell of its case.
        classes: the classes that occur, in the order of the classifier.
        left_out: what could not be learned from, as sentences.
        base: the model it was made of.
        layer: the last layer, fitted to all cells.
        penalty: how strongly it was held to the base's, see :data:`marrowdesk.inference.adapting.PENALTIES`.
        judged: what the judgement rests on.
        places: (N,) where the cells lie; their images may be gone.
        proof: what fewer bits than float32 would change; None where that was not measured.
    """

    better: bool
    gain: Gain
    recall_gain: Gain
    shipped: float
    adapted: float
    recalls: tuple[float, float]
    calibration: tuple[float, float]
    cells: int
    cases: int
    by_case: bool
    classes: tuple[ClassGain, ...]
    left_out: tuple[str, ...]
    base: Bundle
    layer: Layer
    penalty: float
    judged: Judged
    places: tuple[Place, ...]
    proof: Proof | None = None

    @property
    def folds(self) -> int:
        """How many layers were fitted to judge it."""
        return len(self.judged.layers)

    @property
    def results(self) -> dict[str, Any]:
        """What is written into the card of the model."""

        def row(shipped: float, adapted: float, gain: Gain | None = None) -> dict[str, float]:
            both = {"shipped": round(shipped, 4), "adapted": round(adapted, 4)}
            if gain is None:
                return both
            return both | {
                "difference": gain.value / 100, "95 % from": gain.low / 100, "95 % to": gain.high / 100,
            }  # fmt: skip

        return {
            "judged": f"{self.folds} times, each time on {'cases' if self.by_case else 'cells'} kept back",
            "penalty": self.penalty,
            "comparison": {
                "named as the readers do": row(self.shipped, self.adapted, self.gain),
                "mean recall": row(*self.recalls, self.recall_gain),
                "expected calibration error": row(*self.calibration),
            },
            "recall by class": {
                each.code: {"cells": each.cells, **row(each.shipped, each.adapted)} for each in self.classes
            },
        }


def adapt(
    paths: Sequence[Path], cancel: threading.Event, base: Bundle | None = None
) -> Generator[Step, None, Adapted]:
    """Fit a last layer to what readers decided in cases, and compare it with the shipped one.

    No case is changed. Cells of the same pixels count once; those on which readers contradict each other,
    those of classes that the network does not tell apart, and those it has not seen are left out and told.

    Args:
        paths: case files.
        cancel: set to stop.
        base: the model to start from; the shipped one when None.

    Returns:
        What came out, kept by :func:`keep`.

    Raises:
        Cancelled: ``cancel`` was set.
        MarrowdeskError: there is too little to learn from; the message says what is missing.
        BundleError: the model cannot be read.
    """
    from marrowdesk.inference.adapting import Cells, Judged, fit, judge, last_layer
    from marrowdesk.inference.bundle import load_tensors, shipped_bundle

    base = shipped_bundle() if base is None else base
    found = Learnable(base)
    for done, path in enumerate(paths):
        if cancel.is_set():
            raise Cancelled("Reading was stopped.", "No model was kept.")
        yield Step("reading", done, len(paths))
        found.read(path)
    embeddings, labels, groups = found.arrays()
    found.check(labels)
    cells, (_, layer) = Cells(embeddings, labels, groups), last_layer(base, load_tensors(base))
    large = np.unique(groups, return_counts=True)[1] >= FEWEST_OF_CASE
    by_case = bool(large.sum() >= FEWEST_CASES)
    judged: Judged | None = None
    for step in judge(layer, cells, by_case, cancel):
        if isinstance(step, Judged):
            judged = step
        else:
            yield Step("fitting", *step)
    assert judged is not None
    fitted, penalty = fit(layer, cells, cancel)
    return _compared(base, judged, fitted, penalty, found)


def _compared(base: Bundle, judged: Judged, layer: Layer, penalty: float, found: Learnable) -> Adapted:
    right = np.stack([judged.base_right, judged.adapted_right]).astype(np.float32)
    drawn = _drawn(judged)
    gain = _gain(right @ drawn.T / drawn.sum(1), right.mean(1))
    classes, per_class, drawn_per_class = [], [], []
    for at, code in enumerate(base.codes):
        of_class = judged.labels == at
        count = int(of_class.sum())
        if not count:
            continue
        recall = right[:, of_class].mean(1)
        name = MARROW[code].name if code in MARROW else code
        classes.append(ClassGain(code, name, count, float(recall[0]), float(recall[1])))
        if count >= SHOWN_FROM:
            per_class.append(recall)
            times = drawn[:, of_class]
            with np.errstate(invalid="ignore"):  # a class may be in none of the cases drawn
                drawn_per_class.append(right[:, of_class] @ times.T / times.sum(1))
    recalls = np.mean(per_class, axis=0)
    recall_gain = _gain(np.nanmean(drawn_per_class, axis=0), recalls)
    calibration = judged.calibration_errors()
    better = gain.low > 0 and recall_gain.value >= 0 and calibration[1] - calibration[0] <= MOST_WORSE
    return Adapted(
        better, gain, recall_gain, float(right[0].mean()), float(right[1].mean()),
        (float(recalls[0]), float(recalls[1])), calibration,
        len(judged.labels), len(np.unique(judged.groups)), judged.by_case, tuple(classes),
        tuple(found.told()), base, layer, penalty, judged, found.places(),
    )  # fmt: skip


def _drawn(judged: Judged) -> np.ndarray:
    """Draw cells anew, or whole cases where these were kept back: how often each was drawn (R, N)."""
    rng = np.random.default_rng(0)
    if not judged.by_case:
        count = len(judged.labels)
        return rng.multinomial(count, np.full(count, 1 / count), _DRAWS).astype(np.float32)
    names, at = np.unique(judged.groups, return_inverse=True)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), _DRAWS)
    return times[:, at].astype(np.float32)


def _gain(drawn: np.ndarray, value: np.ndarray) -> Gain:
    """Give a difference of two shares with its 95 % interval (percentile bootstrap, Efron 1979)."""
    low, high = np.percentile(drawn[1] - drawn[0], [2.5, 97.5])
    return Gain(100 * float(value[1] - value[0]), 100 * float(low), 100 * float(high))
