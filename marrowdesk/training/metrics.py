"""Numbers that say how good proposals are: by class, by source, by lineage, calibrated, with coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.calibration import calibration_error
from marrowdesk.training.agreement import (
    WELL_FILLED,
    confusion,
    in_first_two,
    lineages,
    neighbours,
    scores,
)
from marrowdesk.training.confidence import BINS, as_shipped, cross_fitted, reliability, risk_at, risks
from marrowdesk.training.headline import headline
from marrowdesk.training.orderings import bounds, compare_orderings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from marrowdesk.training.confidence import CrossFit
    from marrowdesk.training.judged import Judged

DETAIL = "detail"
"""Key of the results that are too bulky for the card: matrices, curves, lists."""

NEVER_SEEN = "The training saw no cell of these sources."


def measured(judged: Judged, trained: Collection[tuple[str, str]]) -> np.ndarray:
    """Choose the cells that enter the means: those of a class and source that the model was trained on.

    Where there are none, because whole sources were kept back or the data are another laboratory's, they are
    all cells of sources that the model was not trained on. Cells of labels it has no output for never enter.

    Returns:
        (N,) bool.

    Raises:
        MarrowdeskError: there is no such cell.
    """
    pairs = zip(judged.sources.tolist(), judged.labels.tolist(), strict=True)
    own = np.array([pair in trained for pair in pairs], bool) & judged.known
    chosen = own if own.any() else _never_seen(judged, trained)
    if not chosen.any():
        raise MarrowdeskError(
            "None of the cells kept back is of a class and source that the model was trained on, and none of "
            "another source has a label it knows.",
            f"Give the split the model was trained with. It knows {', '.join(judged.codes)}.",
        )
    return chosen


def _never_seen(judged: Judged, trained: Collection[tuple[str, str]]) -> np.ndarray:
    seen = sorted({source for source, _ in trained})
    return np.asarray(~np.isin(judged.sources, seen) & judged.known)


def summarise(judged: Judged, trained: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Measure everything the card and the page tell about held-out cells.

    Calibration error and share of unfamiliar cells are cross-fitted, see
    :func:`marrowdesk.training.confidence.cross_fitted`. What is bulky stands under the key :data:`DETAIL`.

    Args:
        judged: held-out cells.
        trained: pairs of source and class that the model was trained on. Beside the cells that
            :func:`measured` chooses, those of classes that it knows from another source, those of sources it
            knows nothing of, and those of labels it has no output for are told apart, each as a test of its
            own.

    Raises:
        MarrowdeskError: there is nothing to measure.
    """
    chosen, strange = measured(judged, trained), _never_seen(judged, trained)
    well, other = judged.only(chosen), judged.only(~chosen & ~strange & judged.known)
    fits, sources, never = cross_fitted(well), _by_source(well), _by_source(judged.only(strange & ~chosen))
    told = {name: headline(part) for name, part in {**sources, **never}.items()}
    results = {
        "note": NEVER_SEEN if strange[chosen].any() else "",
        **_overall(well, fits),
        "by source": {name: _source(well, fits, name, told[name]) for name in sources},
        "sources never seen in training": {
            name: _source(part, as_shipped(part), name, told[name]) for name, part in never.items()
        },
        "classes seen only in another source": _by_label(other),
        "labels the model has no output for": _by_label(judged.only(~judged.known)),
        "by class": per_class(well),
        "recall by class and source": _recalls({**sources, **never}),
        "classes without held-out cells": ", ".join(sorted(set(well.codes) - set(well.labels.tolist()))),
        DETAIL: {**_detail(well, fits), "intervals by source": told},
    }
    return {name: value for name, value in results.items() if name in _ALWAYS or value not in ({}, "")}


_ALWAYS = ("classes seen only in another source",)


def _counts(part: Judged) -> np.ndarray:
    return confusion(part.places, part.probabilities.argmax(1), len(part.codes))


def per_class(judged: Judged) -> dict[str, dict[str, float | int]]:
    """Measure each class of the model that has cells; labels must be classes of the model."""
    counts = _counts(judged)
    strict, tolerant = scores(counts), scores(counts, neighbours(judged.codes))
    second = in_first_two(judged.probabilities, judged.places)
    return {
        code: {
            "cells": int(strict.cells[at]),
            "precision": float(strict.precision[at]),
            "recall": float(strict.recall[at]),
            "F1": float(strict.f1[at]),
            "predicted/true": float(strict.called[at] / strict.cells[at]),
            "tolerant F1": float(tolerant.f1[at]),
            "top-2 recall": float(second[judged.places == at].mean()),
        }
        for at, code in enumerate(judged.codes)
        if strict.cells[at]
    }


def mean_recall(judged: Judged) -> float:
    """Average the recall over the labels present, each class weighing the same."""
    return float(scores(_counts(judged)).means()["macro recall"])


def mean_f1(judged: Judged) -> float:
    """Average F1 over the labels present, each class weighing the same."""
    return float(scores(_counts(judged)).means()["macro F1"])


def _readings(part: Judged) -> dict[str, dict[str, float | int]]:
    """Average over classes in each reading: strict, without small classes, tolerant, by lineage."""
    counts, join = _counts(part), lineages(part.codes)[1]
    strict, tolerant = scores(counts), scores(counts, neighbours(part.codes))
    readings = {
        "strict": (strict, 1),
        f"strict, classes of {WELL_FILLED} cells and more": (strict, WELL_FILLED),
        "tolerant": (tolerant, 1),
        "by lineage": (scores(join.T @ counts @ join), 1),
    }
    return {
        name: {
            "classes": int((each.cells >= fewest).sum()),
            **{measure: float(value) for measure, value in each.means(fewest).items()},
        }
        for name, (each, fewest) in readings.items()
        if (each.cells >= fewest).any()
    }


def _overall(well: Judged, fits: CrossFit) -> dict[str, Any]:
    told = headline(well)
    curve = risks(well.confidence, ~well.right)
    whole, most = risk_at(curve, 1.0), risk_at(curve, 0.9)
    return {
        "cells": len(well.labels),
        **{name: told[name]["value"] for name in ("accuracy", "macro precision", "macro recall", "macro F1")},
        "macro top-2 recall": float(np.mean([row["top-2 recall"] for row in per_class(well).values()])),
        "right lineage": told["right lineage"]["value"],
        "expected calibration error": calibration_error(fits.confidence, well.right, BINS),
        "error at 100 % coverage": whole,
        "error at 90 % coverage": most,
        "error at 90 % over 100 % coverage": most / whole if whole else 0.0,
        "coverage at half the error": told["coverage at half the error"]["value"],
        "area under risk-coverage curve": float(curve.mean()),
        "unfamiliar": float(fits.unfamiliar.mean()),
        "agreement": _readings(well),
        "intervals": told,
    }


def _by_source(part: Judged) -> dict[str, Judged]:
    return {name: part.only(part.sources == name) for name in sorted(set(part.sources.tolist()))}


def _source(
    judged: Judged, fits: CrossFit, name: str, told: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    at = judged.sources == name
    part = judged.only(at)
    return {
        "classes": len(np.unique(part.labels)),
        "cells": len(part.labels),
        "mean recall": told["macro recall"]["value"],
        "95 % from": told["macro recall"]["95 % from"],
        "95 % to": told["macro recall"]["95 % to"],
        "macro F1": told["macro F1"]["value"],
        "right lineage": told["right lineage"]["value"],
        "expected calibration error": calibration_error(fits.confidence[at], part.right, BINS),
        "unfamiliar": float(fits.unfamiliar[at].mean()),
    }


def _by_label(part: Judged) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for code in sorted(set(part.labels.tolist())):
        own = part.only(part.labels == code)
        said = own.proposals.tolist()
        rows[code] = {
            "cells": len(said),
            **({"recall": float(own.right.mean())} if code in part.codes else {}),
            "unfamiliar": float((own.doubt > 1).mean()),
            "proposed": ", ".join(f"{each} {said.count(each)}" for each in sorted(set(said))),
        }
    return rows


def _recalls(sources: dict[str, Judged]) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}
    for name, part in sources.items():
        for code in part.codes:
            if (own := part.labels == code).any():
                rows.setdefault(code, {})[name] = float(part.right[own].mean())
    order = [code for part in sources.values() for code in part.codes]
    return {code: rows[code] for code in dict.fromkeys(order) if code in rows}


def _detail(well: Judged, fits: CrossFit) -> dict[str, Any]:
    """Everything that the page draws and the card leaves out."""
    counts, (names, join) = _counts(well), lineages(well.codes)
    curve, coverage = risks(well.confidence, ~well.right), np.arange(1, 101) / 100
    return {
        "confusion": {"codes": list(well.codes), "counts": counts.tolist()},
        "confusion by lineage": {"codes": names, "counts": (join.T @ counts @ join).tolist()},
        "reliability": reliability(fits.confidence, well.right),
        "risk and coverage": {
            "coverage": coverage.tolist(),
            "error": [risk_at(curve, each) for each in coverage],
        },
        "orderings": compare_orderings(well),
        "orderings at best": dict(bounds(well)),
        "cross-fit": {
            "temperatures": list(fits.temperatures),
            "doubt thresholds": list(fits.thresholds),
            "expected calibration error as shipped": calibration_error(well.confidence, well.right, BINS),
            "unfamiliar as shipped": float((well.doubt > 1).mean()),
        },
    }
