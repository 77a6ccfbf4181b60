"""Measuring a bundle on labelled images, through the same engine and decoding that the program uses."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import ImageUnreadable, MarrowdeskError
from marrowdesk.inference.bundle import write_card
from marrowdesk.training.blocks import held_out_blocks
from marrowdesk.training.foreign import foreign_images, spoiled_cells
from marrowdesk.training.judged import Judged
from marrowdesk.training.metrics import DETAIL, mean_recall, measured, summarise
from marrowdesk.training.samples import read_cell
from marrowdesk.training.shifts import SHIFTS, few_of_each

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Engine
    from marrowdesk.training.samples import Sample
    from marrowdesk.training.shifts import Shift

_DRAWN, _SPOILED = 24, 3
"""Images drawn of each foreign kind, and cells of each class and source that are spoiled in each way."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a bundle is measured on.

    Attributes:
        tested: labelled cells, as a rule such as the training never saw.
        trained: pairs of source and class that the training saw.
        blocks: block of each tested file, see :func:`marrowdesk.training.blocks.held_out_blocks`.
        scheme: the scheme whose classes are measured; None measures the bundle's own.
    """

    tested: tuple[Sample, ...]
    trained: frozenset[tuple[str, str]]
    blocks: dict[str, int]
    scheme: Scheme | None = None

    def shown(self, judged: Judged) -> Judged:
        """Give what was said about the cells as the scheme shows it."""
        return judged if self.scheme is None else judged.under(self.scheme)


def held_out_cells(
    samples: Sequence[Sample],
    held: Collection[str],
    taught: Collection[Sample] | None = None,
    scheme: Scheme | None = None,
) -> Cells:
    """Choose the cells that a split keeps back.

    Args:
        samples: all labelled cells.
        held: the files that are measured.
        taught: the cells that the training saw, where they are not simply all others.
        scheme: the scheme whose classes are measured; the bundle's own where left out.
    """
    tested = tuple(each for each in samples if each.file in held)
    seen = [each for each in samples if each.file not in held] if taught is None else taught
    place = (lambda code: code) if scheme is None else scheme.place
    trained = frozenset((each.source, place(each.code)) for each in seen)
    return Cells(tested, trained, held_out_blocks(samples, held), scheme)


def judge(
    engine: Engine, samples: Sequence[Sample], change: Callable[[np.ndarray], np.ndarray] | None = None
) -> tuple[Judged, list[str]]:
    """Classify labelled images.

    Args:
        engine: the engine to judge.
        samples: labelled images.
        change: done to each image before it is prepared for the network.

    Returns:
        What the engine said about the readable ones, and why the others are not.

    Raises:
        MarrowdeskError: none of the images can be read.
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
                image = read_cell(sample)
            except ImageUnreadable as error:
                problems.append(str(error))
                continue
            images.append(image if change is None else change(image))
            read.append(sample)
        batch = engine.predict(images)
        odds.append(batch.probabilities)
        doubts.append(batch.doubt)
    if not read:
        raise MarrowdeskError(
            f"None of the {len(samples)} images to measure can be read. The first: {problems[0]}",
            "Check that the data lie where they are expected.",
        )
    told = [np.array([getattr(each, name) for each in read]) for name in ("code", "source", "file")]
    return Judged(engine.codes, np.concatenate(odds), np.concatenate(doubts), *told), problems


def foreign_doubt(engine: Engine, samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Tell how often drawn images that show no cell, and readable cells spoiled, are called unfamiliar."""
    rows: dict[str, dict[str, float]] = {}
    spoiled = spoiled_cells([read_cell(each) for each in few_of_each(samples, _SPOILED)])
    for name, images in {**foreign_images(_DRAWN), **spoiled}.items():
        doubt = engine.predict(images).doubt
        rows[name] = {
            "images": len(images),
            "unfamiliar": float((doubt > 1).mean()),
            "median doubt": float(np.median(doubt)),
        }
    return rows


def stress(
    engine: Engine, cells: Cells, judged: Judged, most: int, shifts: Sequence[Shift] = SHIFTS
) -> dict[str, dict[str, float]]:
    """Tell how a bundle bears changed images.

    Args:
        engine: the engine to measure.
        cells: what was measured.
        judged: what the engine said about them unchanged.
        most: how many cells of each class and source are taken.
        shifts: the changes.

    Returns:
        For ``unchanged`` and each shift: ``cells``, ``unfamiliar``, and for each source its mean recall and,
        under ``… fall``, by how much that is less than unchanged.
    """
    files = set(judged.files[measured(judged, cells.trained)].tolist())
    chosen = few_of_each([each for each in cells.tested if each.file in files], most)
    before = _borne(judged.only(np.isin(judged.files, [each.file for each in chosen])))
    rows = {"unchanged": before}
    for shift in shifts:
        after = _borne(cells.shown(judge(engine, chosen, shift.change)[0]))
        falls = {
            f"{name} fall": before[name] - after[name]
            for name in sorted(set(after) & set(judged.sources.tolist()))
        }
        rows[shift.name] = {**after, **falls}
    return rows


def _borne(judged: Judged) -> dict[str, float]:
    sources = sorted(set(judged.sources.tolist()))
    recalls = {name: mean_recall(judged.only(judged.sources == name)) for name in sources}
    return {"cells": len(judged.labels), "unfamiliar": float((judged.doubt > 1).mean()), **recalls}


def evaluate(engine: Engine, cells: Cells) -> tuple[dict[str, Any], Judged]:
    """Measure an engine on cells and on images that show no cell; see :func:`summarise`.

    Returns:
        The results, and what the engine said about each cell.

    Raises:
        MarrowdeskError: there is nothing to measure.
    """
    judged, problems = judge(engine, cells.tested)
    judged = cells.shown(
        replace(judged, blocks=np.array([cells.blocks[file] for file in judged.files.tolist()]))
    )
    results = summarise(judged, cells.trained)
    readable = [each for each in cells.tested if each.file in set(judged.files.tolist())]
    results["images that show no cell"] = foreign_doubt(engine, readable)
    results["unreadable images"] = len(problems)
    results["measured with"] = engine.device
    results[DETAIL]["unreadable images"] = problems
    return results, judged


def for_card(results: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is too bulky for a card."""
    return {name: value for name, value in results.items() if name != DETAIL}


def keep_results(bundle: Bundle, results: dict[str, Any]) -> None:
    """Write measured results into a bundle's card, and the page made from it."""
    plain = json.loads(json.dumps(for_card(results)))
    write_card(bundle.path, bundle.card.model_copy(update={"results": plain}))
