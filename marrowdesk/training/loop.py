"""The training loop: batches made ahead, a moving average of the weights, checkpoints that resume."""

from __future__ import annotations

import csv
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import MEAN, STD, as_input, build, run
from marrowdesk.inference.precision import fast_dtype
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.augment import Strength, varied
from marrowdesk.training.losses import class_weights, cost_matrix, cost_sensitive
from marrowdesk.training.priors import source_log_priors
from marrowdesk.training.sampling import source_balanced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import torch

    from marrowdesk.training.dataset import Store

_RISE = 0.12
_MAY_CHANGE = ("steps", "small_part")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a training depends on besides its cells; kept in the checkpoint and in the card.

    Attributes:
        architecture: timm name of the network.
        options: arguments of the network.
        codes: the classes, in the order of the network's outputs.
        steps: number of optimisation steps.
        batch: images a step.
        rate: largest learning rate of the one-cycle schedule (Smith and Topin 2018), AdamW.
        decay: weight decay.
        average: decay of the moving average of the weights.
        clip: largest norm of the gradient.
        cost: share of the expected lineage cost in the loss.
        prior: smoothing of each source's class prior inside the loss, see
            :func:`marrowdesk.training.priors.source_log_priors`; None leaves the prior out.
        teacher: share of the distance to the teacher's features in the loss; 0 without a teacher.
        small: input side in the first part of the training, px.
        small_part: how long that part is, as a share of all steps.
        seed: seed of every source of chance.
        start: sha256 of the weight file of the bundle that the weights start from; empty for chance.
        strength: augmentation.
        recipe: how the cells are prepared.
    """

    architecture: str
    options: dict[str, Any]
    codes: tuple[str, ...]
    steps: int = 2000
    batch: int = 64
    rate: float = 2e-3
    decay: float = 0.05
    average: float = 0.998
    clip: float = 1.0
    cost: float = 1.0
    prior: float | None = None
    teacher: float = 1.0
    small: int = 96
    small_part: float = 0.5
    seed: int = 1
    start: str = ""
    strength: Strength = field(default_factory=Strength)
    recipe: Recipe = field(default_factory=Recipe)

    def side(self, step: int) -> int:
        """Give the input's side at a step, px."""
        return self.small if step < self.small_part * self.steps else self.recipe.side

    def rate_at(self, step: int) -> float:
        """Give the learning rate at a step: up over the first 12 %, then down to 1/1000 along a cosine."""
        way = step / self.steps
        if way < _RISE:
            return self.rate * (0.04 + 0.96 * way / _RISE)
        fallen = 0.5 + 0.5 * math.cos(math.pi * min(1.0, (way - _RISE) / (1 - _RISE)))
        return self.rate * (0.001 + 0.999 * fallen)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the training stands.

    Attributes:
        step: steps done.
        steps: steps in all.
        loss: mean loss since the last report.
        images_per_second: speed since the last report.
    """

    step: int
    steps: int
    loss: float
    images_per_second: float


class Training:
    """One training run in a folder: ``last.pt`` to resume from, ``log.csv``.

    Args:
        plan: what to train.
        store: prepared crops of all cells.
        at: which of them to train on.
        targets: (len(store.samples), T) unit-length features of a teacher, or None.
        folder: where checkpoints and the log are written.
        start: state of the network to start from, or None for chance.

    Raises:
        MarrowdeskError: the folder holds a checkpoint of another plan.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        at: Sequence[int],
        targets: np.ndarray | None,
        folder: Path,
        start: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        import torch

        torch.manual_seed(plan.seed)
        self.plan, self.folder = plan, folder
        self._crops, self._at, self._targets = store.crops, np.asarray(at), targets
        samples = [store.samples[each] for each in at]
        self._labels = np.array([plan.codes.index(sample.code) for sample in samples])
        self._odds = source_balanced(samples)
        self._priors = (
            None if plan.prior is None else source_log_priors(samples, plan.codes, plan.prior, self._odds)
        )
        self._dtype = fast_dtype("cpu")
        counts = np.bincount(self._labels, minlength=len(plan.codes))
        self.weights = class_weights(counts)
        self._loss = cost_sensitive(self.weights, cost_matrix(plan.codes), plan.cost)
        self.network = build(plan.architecture, plan.options, len(plan.codes))
        if start is not None:
            self.network.load_state_dict(start)
        self.network = self.network.to(memory_format=torch.channels_last)
        width = int(self.network.num_features)
        self._follow = torch.nn.Linear(width, 1 if targets is None else targets.shape[1], bias=False)
        self.average = build(plan.architecture, plan.options, len(plan.codes)).eval().requires_grad_(False)
        self.average.load_state_dict(self.network.state_dict())
        self._optimizer = torch.optim.AdamW(self._groups(), lr=plan.rate, betas=(0.9, 0.99))
        self.step = 0
        self._changes: list[list[float]] = []
        if (folder / "last.pt").exists():
            self._resume()

    def _groups(self) -> list[dict[str, Any]]:
        """Weight decay goes to matrices and kernels only, not to biases and norms."""
        named = [*self.network.named_parameters(), *self._follow.named_parameters()]
        flat = [value for _, value in named if value.ndim <= 1]
        deep = [value for _, value in named if value.ndim > 1]
        return [
            {"params": deep, "weight_decay": self.plan.decay},
            {"params": flat, "weight_decay": 0.0},
        ]

    def _resume(self) -> None:
        import torch

        kept = torch.load(self.folder / "last.pt", weights_only=True)
        self._compare(kept["plan"])
        self.network.load_state_dict(kept["network"])
        self.average.load_state_dict(kept["average"])
        self._follow.load_state_dict(kept["follow"])
        self._optimizer.load_state_dict(kept["optimizer"])
        self.step = kept["step"]
        self._changes = list(kept["changes"])
        before = [kept["plan"][name] for name in _MAY_CHANGE]
        if before != [getattr(self.plan, name) for name in _MAY_CHANGE]:
            self._changes.append([self.step, *before])

    def _compare(self, kept: dict[str, Any]) -> None:
        """Refuse to go on with another plan; only the length may change, and the checkpoint keeps that."""
        wanted = asdict(self.plan)
        other = [name for name in wanted if name not in _MAY_CHANGE and wanted[name] != kept.get(name)]
        if other:
            raise MarrowdeskError(
                f"The run {self.folder} was begun with another plan ({', '.join(other)}).",
                "Give the options it was begun with, or another folder.",
            )

    def save(self) -> None:
        """Write the checkpoint; a crash while writing leaves the one before."""
        import torch

        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / "last.pt.part"
        kept = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "follow": self._follow.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "plan": asdict(self.plan),
            "weights": self.weights.tolist(),
            "changes": self._changes,
        }
        torch.save(kept, part)
        os.replace(part, self.folder / "last.pt")

    def _batch(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Make the images of a step; chance depends on seed and step only, so that resuming is exact."""
        rng = np.random.default_rng([self.plan.seed, step])
        chosen = rng.choice(len(self._labels), self.plan.batch, p=self._odds)
        side, span = self.plan.side(step), float(self.plan.recipe.side)
        images = [varied(self._crops[self._at[each]], side, span, self.plan.strength, rng) for each in chosen]
        return np.stack(images), chosen

    def _update(self, images: np.ndarray, chosen: np.ndarray) -> float:
        import torch

        self.network.train()
        labels = torch.from_numpy(self._labels[chosen])
        with torch.autocast("cpu", self._dtype, enabled=self._dtype is not torch.float32):
            outputs = run(self.network, as_input(images, MEAN, STD))
        logits = outputs.logits.float()
        if self._priors is not None:
            logits = logits + torch.from_numpy(self._priors[chosen])
        loss = self._loss(logits, labels)
        if self._targets is not None:
            wanted = torch.from_numpy(self._targets[self._at[chosen]])
            followed = torch.nn.functional.cosine_similarity(self._follow(outputs.pooled.float()), wanted)
            loss = loss + self.plan.teacher * (1 - followed).mean()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        for group in self._optimizer.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self._optimizer.step()
        self._follow_average()
        return float(loss.detach())

    def _follow_average(self) -> None:
        import torch

        decay = min(self.plan.average, (1 + self.step) / (10 + self.step))
        current = self.network.state_dict()
        with torch.no_grad():
            for name, value in self.average.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(current[name], 1 - decay)
                else:
                    value.copy_(current[name])

    def run(self, report_every: int = 20, save_every: int = 100) -> Iterator[Progress]:
        """Train to the end, from where the last checkpoint stood."""
        with ThreadPoolExecutor(1, thread_name_prefix="batches") as ahead:
            coming = [ahead.submit(self._batch, self.step + early) for early in range(2)]
            losses: list[float] = []
            since = time.monotonic()
            while self.step < self.plan.steps:
                images, chosen = coming.pop(0).result()
                coming.append(ahead.submit(self._batch, self.step + 2))
                losses.append(self._update(images, chosen))
                self.step += 1
                if self.step % report_every == 0 or self.step == self.plan.steps:
                    speed = len(losses) * self.plan.batch / (time.monotonic() - since)
                    yield self._told(float(np.mean(losses)), speed)
                    losses, since = [], time.monotonic()
                if self.step % save_every == 0 or self.step == self.plan.steps:
                    self.save()

    def _told(self, loss: float, speed: float) -> Progress:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "log.csv"
        new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            if new:
                writer.writerow(["step", "loss", "rate", "images_per_second"])
            rate = self.plan.rate_at(self.step)
            writer.writerow([self.step, f"{loss:.4f}", f"{rate:.2e}", f"{speed:.1f}"])
        return Progress(self.step, self.plan.steps, loss, speed)
