"""A training that takes a second: a few painted cells, already prepared, and a very small network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from painted import painted_cell

from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.augment import Strength
from marrowdesk.training.dataset import Sample, Store
from marrowdesk.training.loop import Cells, Rhythm, Training
from marrowdesk.training.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.training.distillation import Mentor

CODES = ("BLA", "LYT", "ART")
_NUCLEI = {"BLA": 26, "LYT": 14, "ART": 6}
_TINTS = {"one": (235, 230, 240), "two": (250, 222, 196)}
GENTLE = Strength(scale=0.02, stain=0.05, mixing=0.0, blur=0.0, sharpen=0.0, jpeg=0.0)


@cache
def painted_store() -> Store:
    """Paint 20 cells of each class and source; crops as the store of prepared crops keeps them."""
    samples, crops = [], []
    for source, tint in _TINTS.items():
        for code, nucleus in _NUCLEI.items():
            for number in range(20):
                samples.append(Sample(f"{source}/{code}/{code}_{number:05d}.png", source, code))
                crops.append(painted_cell(42, nucleus, background=tint, seed=number))
    return Store(tuple(samples), np.stack(crops), ())


def painted_cells(targets: np.ndarray | None = None) -> Cells:
    """Give the painted cells; every fifth is held out."""
    store = painted_store()
    every = range(len(store.samples))
    return Cells(store, [at for at in every if at % 5], [at for at in every if at % 5 == 0], targets)


def small_plan(**told: object) -> Plan:
    """Give a plan of 8 steps of 8 images; ``told`` replaces its fields."""
    plain = {
        "architecture": "test_resnet",
        "options": {},
        "codes": CODES,
        "steps": 8,
        "batch": 8,
        "rate": 4e-3,
        "teacher": 0.0,
        "small": 24,
        "strength": GENTLE,
        "recipe": Recipe(side=32),
        "precision": "float32",  # the same numbers on processors with and without a fast half format
    }
    return Plan(**{**plain, **told})


def train(
    plan: Plan,
    folder: Path,
    until: int | None = None,
    cells: Cells | None = None,
    mentor: Mentor | None = None,
    **rhythm,
) -> Training:
    """Train to the end of the plan, or stop after step ``until`` as Ctrl+C would."""
    training = Training(plan, cells or painted_cells(), folder, mentor=mentor)
    stop = (lambda: False) if until is None else (lambda: training.step >= until)
    training.reports = list(training.run(Rhythm(**{"report": 4, "save": 100, **rhythm}), stop))
    return training
