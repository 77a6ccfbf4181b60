"""One optimisation step: forward, loss, backward, and the moving average that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.inference.network import build
from marrowdesk.training.adversary import ramp
from marrowdesk.training.hardware import choose_dtype
from marrowdesk.training.learner import (
    MovingAverage,
    make_learner,
    parameter_groups,
    shared,
    statistics,
    synchronised,
)
from marrowdesk.training.losses import make_loss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch

    from marrowdesk.training.batches import Batch
    from marrowdesk.training.distributed import Group
    from marrowdesk.training.plan import Plan

_BETA2 = 0.99


class Optimisation:
    """The network, its moving average and the optimiser, on one process's device.

    Attributes:
        network: the network as it is trained.
        average: the moving average of its weights, in evaluation mode: what a run is for.
        dtype: format that the network computes in.

    Args:
        plan: what is trained.
        counts: (K,) training images of each class.
        targets: length of the teacher's features; 0 without a teacher.
        start: state of the network to start from, or None for chance.
        group: the processes that train together.
        sync_norm: take batch statistics over all processes.
        sources: how many sources an adversary tells apart; 0 for none.
        distance: gives, for images and the logits they got, how far the network is from another one that it
            follows (:meth:`marrowdesk.training.distillation.Mentor.distance`); None to follow none.

    Raises:
        MarrowdeskError: the plan names a network, loss or precision that cannot be had.
    """

    def __init__(
        self,
        plan: Plan,
        counts: np.ndarray,
        targets: int,
        start: Mapping[str, torch.Tensor] | None,
        group: Group,
        sync_norm: bool = False,
        sources: int = 0,
        distance: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
    ) -> None:
        import torch

        self._plan, self._group, self._distance = plan, group, distance
        # Batches have one size for most of a training: a GPU finds its fastest way once.
        torch.backends.cudnn.benchmark = group.device != "cpu"
        self.dtype = choose_dtype(plan.precision, group.device)
        self._loss = make_loss(plan.loss, counts, plan.codes, plan.loss_arguments())
        torch.manual_seed(plan.seed)
        network, average = (
            build(plan.architecture, plan.options, len(plan.codes), plan.attention) for _ in range(2)
        )
        if start is not None:
            network.load_state_dict(start)
        average.load_state_dict(network.state_dict())
        self.average = average.eval().requires_grad_(False)
        self.average.to(group.device, memory_format=torch.channels_last)
        alike = synchronised(network, group) if sync_norm else network
        learner = make_learner(alike, targets, self.dtype, sources)
        self._learner = learner.to(group.device, memory_format=torch.channels_last)
        self.network = self._learner.network
        groups = parameter_groups(self._learner, plan.decay)
        self._optimizer = torch.optim.AdamW(groups, lr=plan.rate, betas=(plan.momentum_at(0), _BETA2))
        kind = group.device.partition(":")[0]
        self._scaler = torch.amp.GradScaler(kind, enabled=self.dtype is torch.float16)
        self._averaging = MovingAverage(self.network, self.average, plan.average)
        self._statistics = statistics(self.network)
        self._shared = shared(self._learner, group)

    def state(self) -> dict[str, Any]:
        """Give everything that a checkpoint needs to go on."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "follow": self._learner.follow.state_dict(),
            "adversary": self._learner.adversary.state_dict() if self._learner.adversary else None,
            "optimizer": self._optimizer.state_dict(),
            "scaler": self._scaler.state_dict(),
        }

    def load(self, kept: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave; older checkpoints have no ``scaler`` and no ``adversary``."""
        self.network.load_state_dict(kept["network"])
        self.average.load_state_dict(kept["average"])
        self._learner.follow.load_state_dict(kept["follow"])
        if self._learner.adversary:
            self._learner.adversary.load_state_dict(kept["adversary"])
        self._optimizer.load_state_dict(kept["optimizer"])
        if kept.get("scaler"):
            self._scaler.load_state_dict(kept["scaler"])

    def update(self, batch: Batch, step: int) -> torch.Tensor:
        """Do one step.

        Returns:
            The loss on this process's part of the batch, left on the device: reading it would wait for it.
        """
        import torch

        self.network.train()
        # Networks that drop units or paths draw from PyTorch's own chance: let that hang on the step as well.
        chance = np.random.SeedSequence([self._plan.seed, step, self._group.rank])
        torch.manual_seed(int(chance.generate_state(1)[0]))
        loss = self._loss_of(batch.on(self._group.device), step)
        self._optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimizer)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._plan.clip)
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.rate_at(step)
            group["betas"] = (self._plan.momentum_at(step), _BETA2)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._group.even_out(self._statistics)
        self._averaging.follow(step)
        return loss.detach()

    def _loss_of(self, batch: Batch, step: int) -> torch.Tensor:
        import torch
        from torch.nn.functional import cosine_similarity, cross_entropy

        against = self._plan.adversary * ramp(step / self._plan.steps)
        logits, followed, said = self._shared(batch.images, against)
        loss = self._loss(logits if batch.priors is None else logits + batch.priors, batch.labels)
        if self._distance is not None:
            loss = torch.lerp(loss, self._distance(batch.images, logits), self._plan.distil)
        if batch.wanted is not None:
            loss = loss + self._plan.teacher * (1 - cosine_similarity(followed, batch.wanted)).mean()
        if said is not None:
            loss = loss + cross_entropy(said + batch.chances, batch.sources)
        return loss
