"""One run of a study: train a combination, measure it, keep what it came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from marrowdesk.inference.calibration import probabilities
from marrowdesk.inference.network import build
from marrowdesk.training.checkpoint import CHECKPOINT, offsets_of, read_checkpoint
from marrowdesk.training.distributed import Group
from marrowdesk.training.hardware import choose_dtype
from marrowdesk.training.headline import headline
from marrowdesk.training.loop import Rhythm, Training
from marrowdesk.training.metrics import per_class
from marrowdesk.training.study.machine import describe_machine
from marrowdesk.training.study.measuring import classify, macro_f1, seconds_of, well_filled
from marrowdesk.training.study.results import Result, write_result
from marrowdesk.training.study.speed import training_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import torch

    from marrowdesk.training.loop import Cells
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.start import Start
    from marrowdesk.training.study.cells import StudyCells
    from marrowdesk.training.study.grid import Combination


@dataclass(frozen=True, slots=True)
class Means:
    """What runs are carried out with; what they come to stands in their plans.

    Attributes:
        device: ``"cpu"`` or ``"cuda:0"`` and so on.
        save_every: steps between checkpoints.
        keep_weights: keep the checkpoint of a finished run.
        command: the command, as the results tell it.
        stop: asked after every step; once it says so, the run saves its checkpoint and ends.
        start: what the weights of every run start from, as their plans tell; None for chance.
    """

    device: str
    save_every: int
    keep_weights: bool
    command: str
    stop: Callable[[], bool]
    start: Start | None = None


def carry_out(
    combination: Combination, plan: Plan, cells: StudyCells, folder: Path, means: Means
) -> Result | None:
    """Train and measure a combination, from where its last checkpoint stood.

    Returns:
        What it came to, as it was written into the folder; None where it was stopped on the way.

    Raises:
        MarrowdeskError: the combination cannot be had, or the folder holds a checkpoint of another plan.
        RuntimeError: PyTorch cannot compute it, for want of memory for example.
    """
    if not train_through(str(combination), plan, cells.training, folder, means):
        return None
    result = _measure(combination, plan, cells, folder, means)
    write_result(folder, result)
    if not means.keep_weights:
        (folder / CHECKPOINT).unlink()
    return result


def train_through(name: str, plan: Plan, cells: Cells, folder: Path, means: Means) -> bool:
    """Train to the end or until stopped; tell which."""
    from tqdm import tqdm

    state = means.start.state(plan) if means.start else None
    training = Training(plan, cells, folder, state, Group(means.device))
    # A bar is for a person who waits; where nobody does, one line a run is enough.
    with tqdm(
        total=plan.steps, initial=training.step, desc=name, unit="step", leave=False, disable=None
    ) as bar:
        for progress in training.run(Rhythm(save=means.save_every), means.stop):
            bar.update(progress.step - bar.n)
    return training.step == plan.steps


def _measure(combination: Combination, plan: Plan, cells: StudyCells, folder: Path, means: Means) -> Result:
    kept, dtype = read_checkpoint(folder), choose_dtype(plan.precision, means.device)
    network = _averaged(kept, plan, means.device)
    logits, classifying = classify(network, plan.recipe, cells.training, means.device, dtype)
    # A network is judged by what its loss made of it; what the program would undo is told beside it.
    offsets = offsets_of(kept)
    judged, undone = (
        replace(cells.blank, probabilities=probabilities(logits, each, 1.0))
        for each in (0 * offsets, offsets)
    )
    return Result(
        combination=combination,
        seed=plan.seed,
        parameters=sum(each.numel() for each in network.parameters()),
        training_speed=training_speed(plan, cells.training, means.device),
        classifying_speed=classifying,
        seconds=seconds_of(folder, plan.batch),
        scores=headline(judged),
        filled=well_filled(judged),
        undone=macro_f1(undone),
        by_class=per_class(judged),
        machine=describe_machine(means.device, dtype),
        finished=datetime.now().astimezone().isoformat(timespec="seconds"),
        command=means.command,
        plan=asdict(plan),
    )


def _averaged(kept: Mapping[str, Any], plan: Plan, device: str) -> torch.nn.Module:
    import torch

    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    network.load_state_dict(kept["average"])
    return network.eval().to(device, memory_format=torch.channels_last)
