"""Measuring a bundle on labelled images, through the same engine and decoding that the program uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.decode import read_image
from marrowdesk.inference.bundle import write_card
from marrowdesk.training.foreign import foreign_images
from marrowdesk.training.metrics import Judged, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Engine
    from marrowdesk.training.dataset import Sample


def judge(engine: Engine, data: Path, samples: Sequence[Sample]) -> tuple[Judged, list[str]]:
    """Classify labelled images.

    Args:
        engine: the engine to judge.
        data: folder that the samples' files are relative to.
        samples: labelled images.

    Returns:
        What the engine said about the readable ones, and why the others are not.
    """
    from tqdm import tqdm

    odds: list[np.ndarray] = []
    doubts: list[np.ndarray] = []
    read: list[Sample] = []
    problems: list[str] = []
    for start in tqdm(range(0, len(samples), engine.batch_size), desc="classifying", unit="batch"):
        images = []
        for sample in samples[start : start + engine.batch_size]:
            try:
                images.append(read_image(data / sample.file))
            except ImageUnreadable as error:
                problems.append(str(error))
                continue
            read.append(sample)
        batch = engine.predict(images)
        odds.append(batch.probabilities)
        doubts.append(batch.doubt)
    labels, sources = np.array([each.code for each in read]), np.array([each.source for each in read])
    return Judged(engine.codes, np.concatenate(odds), np.concatenate(doubts), labels, sources), problems


def foreign_doubt(engine: Engine) -> dict[str, dict[str, float]]:
    """Tell how often drawn images that show no cell are called unfamiliar."""
    rows: dict[str, dict[str, float]] = {}
    for name, images in foreign_images().items():
        doubt = engine.predict(images).doubt
        rows[name] = {
            "images": len(images),
            "unfamiliar": float((doubt > 1).mean()),
            "median doubt": float(np.median(doubt)),
        }
    return rows


def evaluate(engine: Engine, data: Path, samples: Sequence[Sample], held: set[str]) -> dict[str, Any]:
    """Measure an engine on the cells kept back and on images that show no cell; see :func:`summarise`.

    Args:
        engine: the engine to measure.
        data: folder that the samples' files are relative to.
        samples: all labelled images.
        held: the files that the training never saw.
    """
    trained = {(each.source, each.code) for each in samples if each.file not in held}
    judged, problems = judge(engine, data, [each for each in samples if each.file in held])
    results = summarise(judged, trained)
    results["images that show no cell"] = foreign_doubt(engine)
    results["unreadable images"] = len(problems)
    results["measured with"] = engine.device
    return results


def keep_results(bundle: Bundle, results: dict[str, Any]) -> None:
    """Write measured results into a bundle's card, and the page made from it."""
    plain = json.loads(json.dumps(results))
    write_card(bundle.path, bundle.card.model_copy(update={"results": plain}))
