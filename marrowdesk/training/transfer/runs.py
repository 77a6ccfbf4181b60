"""One run of the comparison: train a variant, measure it on every cell it was not shown, keep the result."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.calibration import probabilities
from marrowdesk.inference.network import build
from marrowdesk.training.checkpoint import CHECKPOINT, offsets_of, read_checkpoint, writing
from marrowdesk.training.hardware import choose_dtype
from marrowdesk.training.judged import Judged
from marrowdesk.training.loop import Cells
from marrowdesk.training.plan import plan_of
from marrowdesk.training.samples import fingerprint
from marrowdesk.training.splits import leave_out
from marrowdesk.training.study.cells import thin_out
from marrowdesk.training.study.measuring import classify
from marrowdesk.training.study.runs import train_through

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from marrowdesk.training.dataset import Store
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.study.runs import Means
    from marrowdesk.training.transfer.variants import Variant

RESULT = "transfer.json"


@dataclass(frozen=True, slots=True)
class Material:
    """The cells of a comparison.

    Attributes:
        store: prepared crops of all cells.
        held: files that no run is trained on.
        seed: places of the cells that stay where a run is given fewer of them.
    """

    store: Store
    held: Collection[str]
    seed: int

    @property
    def mark(self) -> str:
        """Short mark of the cells and of which are kept back."""
        return fingerprint(self.store.samples, self.held)

    def of(self, variant: Variant) -> Cells:
        """Choose what a variant is trained on and measured: cells kept back, and the source left out."""
        samples = self.store.samples
        spared = set(self.held) | (leave_out(samples, [variant.without]) if variant.without else set())
        given = [each for each in samples if each.file not in spared]
        shown = {each.file for each in thin_out(given, variant.most, self.seed)}
        at = [place for place, each in enumerate(samples) if each.file in shown]
        back = [place for place, each in enumerate(samples) if each.file in spared]
        return Cells(self.store, at=at, held=back)


def codes_of(cells: Cells) -> tuple[str, ...]:
    """List the classes trained on, in the order of the scheme.

    Raises:
        MarrowdeskError: fewer than two are left to tell apart.
    """
    present = {cells.store.samples[each].code for each in cells.at}
    codes = tuple(code for code in MARROW.codes if code in present)
    if len(codes) < 2:
        raise MarrowdeskError(
            "Fewer than two classes are left to train on.", "Give more data, or leave that variant out."
        )
    return codes


def carry_out(
    variant: Variant, plan: Plan, material: Material, folder: Path, means: Means
) -> dict[str, Any] | None:
    """Train and measure a variant, from where its last checkpoint stood.

    Args:
        variant: what it leaves out or changes.
        plan: that of the whole recipe; its classes are those of the variant's own cells.
        material: the cells.
        folder: folder of the run.
        means: what it is carried out with.

    Returns:
        What it came to, as it was written into the folder; None where it was stopped on the way.

    Raises:
        MarrowdeskError: the folder holds a checkpoint of another plan, or nothing can be trained.
    """
    cells = material.of(variant)
    if not train_through(variant.name, plan, cells, folder, means):
        return None
    result = {
        "recalls": _recalls(_judged(plan, cells, folder, means), cells),
        "trained": len(cells.at),
        "plan": asdict(plan),
        "material": material.mark,
        "command": means.command,
    }
    with writing(folder / RESULT):
        write_atomically(folder / RESULT, (json.dumps(result, indent=1) + "\n").encode())
    if not means.keep_weights:
        (folder / CHECKPOINT).unlink()
    return result


def read_result(folder: Path, plan: Plan, material: Material) -> dict[str, Any] | None:
    """Read what a finished run came to; None where it is not finished.

    An option that its plan lacks, being older, has its default there.

    Raises:
        MarrowdeskError: it is damaged, or was made by another plan or with other cells.
    """
    path = folder / RESULT
    if not path.is_file():
        return None
    try:
        told = dict(json.loads(path.read_text(encoding="utf-8")))
        told["recalls"].items()
        known = told["plan"].keys() <= asdict(plan).keys()
        same = known and plan_of(told["plan"]) == plan and told["material"] == material.mark
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MarrowdeskError(
            f"The result {path} is not understood: {error}.", "Delete it to do that run again."
        ) from error
    if not same:
        raise MarrowdeskError(
            f"The run {folder} was made with other options or other cells.",
            "Give those it was begun with, or another folder to --out.",
        )
    return told


def _judged(plan: Plan, cells: Cells, folder: Path, means: Means) -> Judged:
    import torch

    kept, dtype = read_checkpoint(folder), choose_dtype(plan.precision, means.device)
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    network.load_state_dict(kept["average"])
    network.eval().to(means.device, memory_format=torch.channels_last)
    logits, _ = classify(network, plan.recipe, cells, means.device, dtype)
    samples = [cells.store.samples[each] for each in cells.held]
    labels, sources, files = (
        np.array([getattr(each, name) for each in samples], str) for name in ("code", "source", "file")
    )
    doubt = np.zeros(len(samples), np.float32)
    odds = probabilities(logits, offsets_of(kept), 1.0)
    return Judged(tuple(plan.codes), odds, doubt, labels, sources, files)


def _recalls(judged: Judged, cells: Cells) -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Give ``cells``, ``right`` and whether the pair was ``trained``, by source and class."""
    trained = {(each.source, each.code) for each in (cells.store.samples[at] for at in cells.at)}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for source in sorted(set(judged.sources.tolist())):
        for code in judged.codes:
            own = (judged.sources == source) & (judged.labels == code)
            if own.any():
                found.setdefault(source, {})[code] = {
                    "cells": int(own.sum()),
                    "right": int(judged.right[own].sum()),
                    "trained": (source, code) in trained,
                }
    return found
