"""What all runs of a study have in common; kept in its folder, so that unlike runs never share a table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.architectures import chosen
from marrowdesk.training.augment import Strength
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.training.study.grid import Combination

SETTINGS = "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What all runs of a study have in common.

    Attributes:
        steps: optimisation steps of each run.
        batch: images a step.
        side: side of the networks' input, px.
        rate: largest learning rate.
        strength: how strongly cells are varied, 1 for the usual.
        precision: number format, see :func:`marrowdesk.training.hardware.choose_dtype`.
        seed: seed of the first run of each combination; the second has the next, and so on.
        cells: mark of the cells, see :func:`marrowdesk.training.samples.fingerprint`.
    """

    steps: int
    batch: int
    side: int
    rate: float
    strength: float
    precision: str
    seed: int
    cells: str

    def plan(self, combination: Combination, codes: tuple[str, ...], seed: int) -> Plan:
        """Say how a combination is trained; combinations differ in nothing that they do not name."""
        architecture, options = chosen(combination.architecture)
        return Plan(
            architecture=architecture,
            options=options,
            codes=codes,
            attention=combination.attention,
            steps=self.steps,
            batch=self.batch,
            rate=self.rate,
            loss=combination.loss,
            teacher=0.0,
            small=self.side,
            small_part=0.0,
            precision=self.precision,
            seed=seed,
            strength=Strength().scaled(self.strength),
            recipe=Recipe(side=self.side),
        )


def settle(folder: Path, settings: Settings) -> None:
    """Write the settings into a study's folder, or see that they are those it was begun with.

    Raises:
        MarrowdeskError: the study was begun with others, or the file is damaged or cannot be written.
    """
    path, told = folder / SETTINGS, asdict(settings)
    if not path.exists():
        with writing(path):
            write_atomically(path, (json.dumps(told, indent=1) + "\n").encode())
        return
    try:
        before = dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise MarrowdeskError(
            f"The settings {path} are not understood: {error}.", "Give another folder to --out."
        ) from error
    changed = [
        "other cells" if name == "cells" else f"{name} {before.get(name)} instead of {value}"
        for name, value in told.items()
        if before.get(name) != value
    ]
    if changed:
        raise MarrowdeskError(
            f"The study {folder} was begun with {', '.join(changed)}.",
            "Give the data and options it was begun with, or another folder to --out.",
        )
