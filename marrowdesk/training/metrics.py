"""Numbers that say how good proposals are: by class, by source, by lineage, calibrated, with coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.calibration import calibration_error, fit_temperature, probabilities


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Labelled cells and what a model said about them.

    Attributes:
        codes: the model's K classes.
        probabilities: (N, K) float32.
        doubt: (N,) float32, above 1.0 is unfamiliar.
        labels: (N,) class codes by the experts; may hold classes the model does not know.
        sources: (N,) names of the data sets.
    """

    codes: tuple[str, ...]
    probabilities: np.ndarray
    doubt: np.ndarray
    labels: np.ndarray
    sources: np.ndarray

    @property
    def proposals(self) -> np.ndarray:
        """The proposed class of each cell; (N,) codes."""
        return np.asarray(self.codes)[self.probabilities.argmax(1)]

    def only(self, chosen: np.ndarray) -> Judged:
        """Keep some of the cells; ``chosen`` is a mask or indices."""
        return Judged(
            self.codes,
            self.probabilities[chosen],
            self.doubt[chosen],
            self.labels[chosen],
            self.sources[chosen],
        )


def per_class(judged: Judged) -> dict[str, dict[str, float | int]]:
    """Give precision, recall, F1, cells and predicted/true count of each class the model knows."""
    said, true = judged.proposals, judged.labels
    rows: dict[str, dict[str, float | int]] = {}
    for code in judged.codes:
        hits = int(((said == code) & (true == code)).sum())
        called, cells = int((said == code).sum()), int((true == code).sum())
        if not cells:
            continue
        precision, recall = hits / called if called else 0.0, hits / cells
        rows[code] = {
            "cells": cells,
            "precision": precision,
            "recall": recall,
            "F1": 2 * hits / (called + cells),
            "predicted/true": called / cells,
        }
    return rows


def mean_recall(judged: Judged) -> float:
    """Average the recall over the labels present, each class weighing the same."""
    right, true = judged.proposals == judged.labels, judged.labels
    return float(np.mean([right[true == code].mean() for code in np.unique(true)]))


def lineage_agreement(judged: Judged) -> float:
    """Share of cells whose proposal is at least of the right lineage."""
    lineages = {each.code: each.lineage for each in MARROW.classes}
    same = [lineages[a] is lineages[b] for a, b in zip(judged.proposals, judged.labels, strict=True)]
    return float(np.mean(same))


def honest_calibration_error(judged: Judged) -> float:
    """Expected calibration error of the proposals, each half with the temperature of the other half.

    The temperature in the card was fitted on these same cells; refitting it on every other cell and measuring
    on the rest, both ways, keeps that from flattering the number.
    """
    known = np.isin(judged.labels, judged.codes)
    part = judged.only(known)
    labels = np.array([judged.codes.index(code) for code in part.labels])
    logits = np.log(np.maximum(part.probabilities, 1e-12))
    zero, errors = np.zeros(len(judged.codes)), []
    for half in range(2):
        fit = np.arange(len(labels)) % 2 == half
        temperature = fit_temperature(logits[fit], labels[fit], zero)
        odds = probabilities(logits[~fit], zero, temperature)
        errors.append(calibration_error(odds.max(1), odds.argmax(1) == labels[~fit]))
    return float(np.mean(errors))


def error_at(judged: Judged, coverage: float) -> float:
    """Share of wrong proposals among the ``coverage`` most confident cells."""
    confidence = judged.probabilities.max(1)
    kept = np.argsort(-confidence, kind="stable")[: max(1, round(coverage * len(confidence)))]
    return float((judged.proposals[kept] != judged.labels[kept]).mean())


def bootstrap(judged: Judged, rounds: int = 200, seed: int = 0) -> tuple[float, float]:
    """Give a 95 % interval of :func:`mean_recall`, drawing the cells of each class anew (percentiles)."""
    rng = np.random.default_rng(seed)
    right = judged.proposals == judged.labels
    groups = [right[judged.labels == code] for code in np.unique(judged.labels)]
    means = [np.mean([rng.choice(group, len(group)).mean() for group in groups]) for _ in range(rounds)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def summarise(judged: Judged, trained: set[tuple[str, str]]) -> dict[str, Any]:
    """Measure everything the card tells about held-out cells.

    Args:
        judged: held-out cells.
        trained: pairs of source and class that the model was trained on. Cells of other pairs enter no mean;
            those of classes that it knows from another source are told apart, as a test of its own.

    Raises:
        MarrowdeskError: there is no held-out cell of a trained pair.
    """
    pairs = zip(judged.sources.tolist(), judged.labels.tolist(), strict=True)
    own = np.array([pair in trained for pair in pairs], bool)
    if not own.any():
        raise MarrowdeskError(
            "None of the cells kept back is of a class and source that the model was trained on.",
            "Give the split the model was trained with.",
        )
    well, elsewhere = judged.only(own), judged.only(~own & np.isin(judged.labels, judged.codes))
    sources = {name: well.only(well.sources == name) for name in sorted(set(well.sources.tolist()))}
    classes = per_class(well)
    return {
        "cells": len(well.labels),
        "accuracy": float((well.proposals == well.labels).mean()),
        "macro precision": float(np.mean([row["precision"] for row in classes.values()])),
        "macro recall": float(np.mean([row["recall"] for row in classes.values()])),
        "macro F1": float(np.mean([row["F1"] for row in classes.values()])),
        "right lineage": lineage_agreement(well),
        "expected calibration error": honest_calibration_error(well),
        "error at 100 % coverage": error_at(well, 1.0),
        "error at 90 % coverage": error_at(well, 0.9),
        "unfamiliar": float((well.doubt > 1).mean()),
        "by source": {name: _source(part) for name, part in sources.items()},
        "classes seen only in another source": _elsewhere(elsewhere),
        "by class": classes,
        "recall by class and source": _recalls(sources),
    }


def _source(part: Judged) -> dict[str, Any]:
    low, high = bootstrap(part)
    return {
        "classes": len(np.unique(part.labels)),
        "cells": len(part.labels),
        "mean recall": mean_recall(part),
        "95 % from": low,
        "95 % to": high,
        "right lineage": lineage_agreement(part),
        "unfamiliar": float((part.doubt > 1).mean()),
    }


def _elsewhere(part: Judged) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for code in sorted(set(part.labels.tolist())):
        own = part.only(part.labels == code)
        said = [str(each) for each in own.proposals]
        rows[code] = {
            "cells": len(said),
            "recall": mean_recall(own),
            "proposed": ", ".join(f"{each} {said.count(each)}" for each in sorted(set(said))),
        }
    return rows


def _recalls(sources: dict[str, Judged]) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}
    for name, part in sources.items():
        for code in sorted(set(part.labels.tolist())):
            rows.setdefault(code, {})[name] = float((part.proposals[part.labels == code] == code).mean())
    return rows
