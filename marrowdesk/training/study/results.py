"""What one run of a study came to, kept in its folder once it is finished."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.study.grid import Combination

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RESULT = "result.json"


@dataclass(frozen=True, slots=True)
class Result:
    """What one run came to.

    Attributes:
        combination: what was trained.
        seed: seed of the run.
        parameters: trained numbers of the network.
        training_speed: images/s of optimisation steps, see :mod:`marrowdesk.training.study.speed`.
        classifying_speed: images/s of the network alone on prepared cells.
        seconds: time spent on training steps, by the clock.
        scores: macro precision, recall, F1 and more of the measured cells, each with its 95 % interval, see
            :func:`marrowdesk.training.headline.headline`.
        filled: ``macro precision``, ``macro recall`` and ``macro F1`` over the classes of
            :data:`marrowdesk.training.agreement.WELL_FILLED` measured cells and more; empty without such.
        undone: macro F1 where what the loss put on the logits is taken off, as the program does.
        by_class: cells, precision, recall and F1 of each class.
        machine: what it was computed on.
        finished: when, ISO 8601.
        command: the command that computed it.
        plan: everything the training depended on besides its cells.
    """

    combination: Combination
    seed: int
    parameters: int
    training_speed: float
    classifying_speed: float
    seconds: float
    scores: Mapping[str, Mapping[str, float]]
    filled: Mapping[str, float]
    undone: float
    by_class: Mapping[str, Mapping[str, float]]
    machine: str
    finished: str
    command: str
    plan: Mapping[str, Any]


def write_result(folder: Path, result: Result) -> None:
    """Write a result into its run's folder, whole or not at all.

    Raises:
        MarrowdeskError: it cannot be written.
    """
    with writing(folder / RESULT):
        write_atomically(folder / RESULT, (json.dumps(asdict(result), indent=1) + "\n").encode())


def read_result(folder: Path) -> Result | None:
    """Read the result of a run; None where the run is not finished.

    Raises:
        MarrowdeskError: it is damaged.
    """
    path = folder / RESULT
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Result(**{**told, "combination": Combination(**told["combination"])})
    except (ValueError, KeyError, TypeError) as error:
        raise MarrowdeskError(
            f"The result {path} is not understood: {error}.", "Delete it to do that run again."
        ) from error


def read_results(folder: Path) -> list[Result]:
    """Read the results of all finished runs below a folder, in the order in which they were finished."""
    found = [read_result(path.parent) for path in folder.glob(f"*/{RESULT}")]
    return sorted((each for each in found if each is not None), key=lambda each: each.finished)
