"""What other engines and fewer bits change in the proposals, against torch in float32 on the same cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.inference.bundle import write_card
from marrowdesk.inference.card import Precision
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed
from marrowdesk.inference.openvino_engine import OpenVinoEngine
from marrowdesk.inference.precision import fast_dtype
from marrowdesk.inference.torch_engine import TorchEngine
from marrowdesk.training.evaluate import judge
from marrowdesk.training.metrics import mean_f1, measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.inference.around import EngineHere
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.evaluate import Cells
    from marrowdesk.training.judged import Judged


def compare_engines(bundle: Bundle, cells: Cells) -> dict[str, dict[str, Any]]:
    """Classify the same cells by each engine, in float32 and in the format that this processor is fast in.

    Args:
        bundle: to measure.
        cells: held-out cells.

    Returns:
        For each engine and format: ``engine``, ``precision``, ``cells``, ``macro F1``, ``F1 lost`` and
        ``changed`` (share of the cells whose proposed class is another one) against torch in float32,
        ``largest difference`` of a probability, ``unfamiliar`` and ``measured with``.

    Raises:
        MarrowdeskError: there is nothing to measure, or OpenVINO cannot run the network.
    """
    rows: dict[str, dict[str, Any]] = {}
    exact: Judged | None = None
    for engine in _engines(bundle):
        whole, _ = judge(engine, cells.tested)
        judged = whole.only(measured(whole, cells.trained))
        exact = exact or judged
        setup = engine.setup
        rows[f"{setup.engine}, {setup.precision}"] = {
            "engine": setup.engine,
            "precision": setup.precision,
            **_difference(exact, judged),
            "measured with": engine.device,
        }
    return rows


def _engines(bundle: Bundle) -> Iterator[EngineHere]:
    """Give torch in float32 first, then all others."""
    fast = str(fast_dtype("cpu")).removeprefix("torch.")
    for precision in dict.fromkeys(("float32", fast)):
        yield TorchEngine(bundle, "cpu", precision)
    if installed("openvino"):
        engine = OpenVinoEngine(bundle)
        for precision in dict.fromkeys(("float32", fast)):
            engine.tune(Setup("openvino", precision, batch=32))
            yield engine


def _difference(exact: Judged, judged: Judged) -> dict[str, Any]:
    return {
        "cells": len(judged.labels),
        "macro F1": mean_f1(judged),
        "F1 lost": mean_f1(exact) - mean_f1(judged),
        "changed": float((judged.proposals != exact.proposals).mean()),
        "largest difference": float(np.abs(judged.probabilities - exact.probabilities).max()),
        "unfamiliar": float((judged.doubt > 1).mean()),
    }


def keep_precisions(bundle: Bundle, rows: dict[str, dict[str, Any]]) -> None:
    """Write what fewer bits cost into a bundle's card, and the page made from it.

    What was measured before on a machine that computes in other formats, or has other engines, stays.
    """
    measured_now = tuple(
        Precision(
            engine=row["engine"],
            precision=row["precision"],
            cells=row["cells"],
            f1_lost=round(row["F1 lost"], 6),
            changed=round(row["changed"], 6),
            measured_with=row["measured with"],
        )
        for row in rows.values()
        if row["precision"] != "float32"
    )
    anew = {(each.engine, each.precision) for each in measured_now}
    before = tuple(each for each in bundle.card.precisions if (each.engine, each.precision) not in anew)
    write_card(bundle.path, bundle.card.model_copy(update={"precisions": (*before, *measured_now)}))
