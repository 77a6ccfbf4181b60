"""The training loop: steps, reports, checkpoints that resume."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.batches import Batches
from marrowdesk.training.checkpoint import CHECKPOINT, read_checkpoint, write_checkpoint
from marrowdesk.training.curves import draw_curves
from marrowdesk.training.distributed import Group
from marrowdesk.training.hardware import choose_workers
from marrowdesk.training.log import add_row, cut_log
from marrowdesk.training.losses import posterior_offsets
from marrowdesk.training.optimisation import Optimisation
from marrowdesk.training.plan import MAY_CHANGE
from marrowdesk.training.samples import fingerprint
from marrowdesk.training.validation import Validation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import torch

    from marrowdesk.training.dataset import Store
    from marrowdesk.training.distillation import Mentor
    from marrowdesk.training.plan import Plan


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a run.

    Attributes:
        store: prepared crops of all cells.
        at: which of them to train on.
        held: which were kept back, for measuring on the way.
        targets: (len(store.samples), T) unit-length features of a teacher, or None.
    """

    store: Store
    at: Sequence[int]
    held: Sequence[int] = ()
    targets: np.ndarray | None = None

    @property
    def mark(self) -> str:
        """Short mark of all cells, of their labels, and of which are trained on."""
        shown = set(self.at)
        spared = {each.file for place, each in enumerate(self.store.samples) if place not in shown}
        return fingerprint(self.store.samples, spared)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the training stands.

    Attributes:
        step: steps done.
        steps: steps in all.
        loss: mean loss since the last report, over all processes.
        images_per_second: speed since the last report, of all processes together.
        measured: ``macro_f1`` and ``mean_recall`` on held-out cells, where they were measured.
    """

    step: int
    steps: int
    loss: float
    images_per_second: float
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many steps lie between what is done besides training; all of it is done after the last step too.

    Attributes:
        report: a row of the log.
        save: a checkpoint, and the curves up to there.
        validate: a measurement on held-out cells; 0 for none at all.
    """

    report: int = 20
    save: int = 100
    validate: int = 0


class Training:
    """One training run in a folder: ``last.pt`` to resume from, ``log.csv``, ``curves.png``.

    Attributes:
        step: steps done.
        optimisation: the network, its moving average and the optimiser.
        offsets: (K,) float32, what loss and sampling put on the logits; an export takes it off.

    Args:
        plan: what to train.
        cells: what to train it on.
        folder: where checkpoints and the log are written; all processes read it.
        start: state of the network to start from, or None for chance.
        group: the processes that train together; alone on the CPU when None.
        sync_norm: take batch statistics over all processes; on CUDA only.
        mentor: the network that is followed; None for none.

    Raises:
        MarrowdeskError: the folder holds a checkpoint of another plan, of other cells or of more steps, or
            the plan cannot be carried out.
    """

    def __init__(
        self,
        plan: Plan,
        cells: Cells,
        folder: Path,
        start: Mapping[str, torch.Tensor] | None = None,
        group: Group | None = None,
        sync_norm: bool = False,
        mentor: Mentor | None = None,
    ) -> None:
        self.plan, self.folder, self._group = plan, folder, group or Group()
        self._batches = Batches(plan, cells.store, cells.at, cells.targets, self._group)
        self._validation = Validation(plan, cells.store, cells.at, cells.held, self._group)
        counts = self._batches.counts
        self.offsets = posterior_offsets(plan.loss, counts, plan.loss_arguments()) + self._batches.shift
        targets = 0 if cells.targets is None else cells.targets.shape[1]
        sources = len(self._batches.names)
        distance = partial(mentor.distance, offsets=self.offsets) if mentor else None
        self.optimisation = Optimisation(
            plan, counts, targets, start, self._group, sync_norm, sources, distance
        )
        self.step, self._mark = 0, cells.mark
        self._changes: list[list[float]] = []
        if (folder / CHECKPOINT).exists():
            self._resume(read_checkpoint(folder))

    def _resume(self, kept: Mapping[str, Any]) -> None:
        other = self.plan.differs(kept["plan"])
        if other:
            raise MarrowdeskError(
                f"The run {self.folder} was begun with another plan ({', '.join(other)}).",
                "Give the options it was begun with, or another folder.",
            )
        if kept.get("cells", self._mark) != self._mark:
            raise MarrowdeskError(
                f"The run {self.folder} was begun with other cells, other labels or others kept back.",
                "Give the data it was begun with, or another folder.",
            )
        if kept["step"] > self.plan.steps:
            raise MarrowdeskError(
                f"The run {self.folder} has done {kept['step']} steps, and {self.plan.steps} are asked for.",
                f"Ask for {kept['step']} or more, or give another folder.",
            )
        self.optimisation.load(kept)
        self.step, self._changes = kept["step"], list(kept["changes"])
        before = [kept["plan"][name] for name in MAY_CHANGE]
        if before != [getattr(self.plan, name) for name in MAY_CHANGE]:
            self._changes.append([self.step, *before])
        if self._group.first:
            cut_log(self.folder, self.step)

    def run(
        self,
        rhythm: Rhythm | None = None,
        stop: Callable[[], bool] = lambda: False,
        workers: int | None = None,
    ) -> Iterator[Progress]:
        """Train to the end, or until stopped, from where the last checkpoint stood.

        Args:
            rhythm: when to report, save and measure.
            stop: asked after every step; once it says so, the run saves its checkpoint and ends.
            workers: threads or processes that make batches; as suits the device when None.

        Raises:
            MarrowdeskError: the loss is no longer a number, or a file cannot be written.
        """
        rhythm = rhythm or Rhythm()
        if rhythm.validate and not len(self._validation):
            raise MarrowdeskError(
                "There is no held-out cell of a class that is trained on.", "Train without --validate-every."
            )
        workers = workers or choose_workers(self._group.device, self._group.size)
        if self.step == self.plan.steps and self._changes and self._changes[-1][0] == self.step:
            self._save()  # ended here, sooner than it was begun: nothing is left to do but to say so
        losses: list[torch.Tensor] = []
        since = time.monotonic()
        for batch in self._batches.ahead(self.step, self.plan.steps, workers):
            losses.append(self.optimisation.update(batch, self.step))
            self.step += 1
            report, save, validate = (self._due(each) for each in _steps(rhythm))
            stopped = self._agreed(stop, report)
            if not (report or save or validate or stopped):
                continue
            speed = len(losses) * self.plan.batch / (time.monotonic() - since)
            progress = self._reported(losses, speed, validate)
            if save or stopped:
                self._save()
            yield progress
            if stopped:
                return
            losses, since = [], time.monotonic()

    def _due(self, every: int) -> bool:
        return every > 0 and (self.step % every == 0 or self.step == self.plan.steps)

    def _agreed(self, stop: Callable[[], bool], report: bool) -> bool:
        """Whether any process was asked to stop; GPUs ask at reports only, where they wait anyway."""
        if self._group.size == 1:
            return stop()
        if self._group.device != "cpu" and not report:
            return False
        return self._group.mean_of(float(stop())) > 0

    def _reported(self, losses: Sequence[torch.Tensor], speed: float, validate: bool) -> Progress:
        """Write a row of the log, and measure on the held-out cells if that is due."""
        import torch

        loss = self._group.mean_of(float(torch.stack(list(losses)).mean()))
        if not np.isfinite(loss):
            raise MarrowdeskError(
                f"The loss is no longer a number at step {self.step}.",
                "Begin another run with a smaller --rate or --precision float32.",
            )
        measured: dict[str, float] = {}
        if validate:
            work = self.optimisation
            measured = self._validation.measure(work.average, self.offsets, work.dtype)
        if self._group.first:
            rate = self.plan.rate_at(self.step)
            row = {"step": self.step, "loss": loss, "rate": rate, "images_per_second": speed}
            add_row(self.folder, {**row, **measured})
        return Progress(self.step, self.plan.steps, loss, speed, measured)

    def _save(self) -> None:
        """Write checkpoint and curves, in the first process."""
        if not self._group.first:
            return
        told = {
            "step": self.step,
            "plan": asdict(self.plan),
            "offsets": self.offsets.tolist(),
            "changes": self._changes,
            "cells": self._mark,
        }
        write_checkpoint(self.folder, {**self.optimisation.state(), **told})
        draw_curves(self.folder)


def _steps(rhythm: Rhythm) -> tuple[int, int, int]:
    return rhythm.report, rhythm.save, rhythm.validate
