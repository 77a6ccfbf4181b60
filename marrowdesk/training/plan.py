"""What a training depends on besides its cells."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.augment import Strength
from marrowdesk.training.losses import OPTIONS
from marrowdesk.training.schedule import SCHEDULES

if TYPE_CHECKING:
    from collections.abc import Mapping

MAY_CHANGE = ("steps", "small_part")
"""What a run may be continued with another value of; the checkpoint keeps what it was before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a training depends on besides its cells; kept in the checkpoint and in the card.

    Attributes:
        architecture: timm name of the network.
        options: arguments of the network.
        codes: the classes, in the order of the network's outputs.
        attention: name of the attention put into the network; "none" leaves it as it is.
        steps: number of optimisation steps.
        batch: images a step, of all processes together.
        schedule: name of the schedule of rate and momentum, see :mod:`marrowdesk.training.schedule`.
        rate: largest learning rate, AdamW (Loshchilov and Hutter 2019).
        decay: weight decay.
        average: decay of the moving average of the weights.
        clip: largest norm of the gradient.
        loss: name of the loss.
        loss_options: arguments of the loss besides ``cost`` and ``smoothing``.
        cost: share of the expected lineage cost in the cost-sensitive loss.
        smoothing: label smoothing of the losses that take it.
        prior: smoothing of each source's class prior inside the loss, see
            :func:`marrowdesk.training.priors.source_log_priors`; None leaves the prior out.
        adversary: strength of what an adversary, which tells the source of a cell, turns round in the
            network's gradient, see :mod:`marrowdesk.training.adversary`; 0 without one.
        teacher: share of the distance to the teacher's features in the loss; 0 without a teacher.
        distil: share of the distance to what another network says in the loss, see
            :mod:`marrowdesk.training.distillation`; 0 without one.
        distil_from: sha256 of the weight file of that network's bundle, or of the averaged weights of its
            run; empty without one.
        distil_beside: likewise, of a second one that is followed beside it; empty without one.
        sampling: how a batch is drawn, see :mod:`marrowdesk.training.sampling`.
        balance: 1 draws every class equally often, 0 as often as it is there; for class sampling.
        small: input side in the first part of the training, px.
        small_part: how long that part is, as a share of all steps.
        precision: format the network computes in: auto, float32, bfloat16 or float16.
        seed: seed of every source of chance.
        start: sha256 of the weight file that the weights start from; empty for chance.
        start_file: name of that file, where it is one for timm; empty where it is a bundle's.
        strength: augmentation.
        recipe: how the cells are prepared.
    """

    architecture: str
    options: dict[str, Any]
    codes: tuple[str, ...]
    attention: str = "none"
    steps: int = 2000
    batch: int = 64
    schedule: str = "cosine"
    rate: float = 2e-3
    decay: float = 0.05
    average: float = 0.998
    clip: float = 1.0
    loss: str = "cost_sensitive"
    loss_options: dict[str, float] = field(default_factory=dict)
    cost: float = 1.0
    smoothing: float = 0.05
    prior: float | None = None
    adversary: float = 0.0
    teacher: float = 1.0
    distil: float = 0.0
    distil_from: str = ""
    distil_beside: str = ""
    sampling: str = "source"
    balance: float = 1.0
    small: int = 96
    small_part: float = 0.5
    precision: str = "auto"
    seed: int = 1
    start: str = ""
    start_file: str = ""
    strength: Strength = field(default_factory=Strength)
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def follows_start(self) -> bool:
        """Whether the network learns to agree with the very one that it started from."""
        return self.distil_from != "" and self.distil_from == self.start

    def side(self, step: int) -> int:
        """Give the input's side at a step, px."""
        return self.small if step < self.small_part * self.steps else self.recipe.side

    def rate_at(self, step: int) -> float:
        """Give the learning rate at a step."""
        return self.rate * SCHEDULES[self.schedule].rate(step / self.steps)

    def momentum_at(self, step: int) -> float:
        """Give the first-moment decay (beta 1) of the optimiser at a step."""
        return SCHEDULES[self.schedule].momentum(step / self.steps)

    def loss_arguments(self) -> dict[str, float]:
        """Give the loss its options; ``cost`` and ``smoothing`` go to those losses that have them."""
        own = {"share": self.cost, "smoothing": self.smoothing}
        allowed = OPTIONS.get(self.loss, {})
        return {**{name: value for name, value in own.items() if name in allowed}, **self.loss_options}

    def differs(self, kept: Mapping[str, Any]) -> list[str]:
        """Name what a run cannot be continued with: fields whose value is another than in a kept plan.

        Args:
            kept: a plan as a checkpoint keeps it; a field that it lacks, being older, has its default there.
        """
        names = [each.name for each in fields(self)]
        before = plan_of(kept)
        changed = [name for name in names if getattr(self, name) != getattr(before, name)]
        return [*(name for name in changed if name not in MAY_CHANGE), *(set(kept) - set(names))]


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """Make a plan of what a checkpoint or card keeps of one; what it lacks, being older, has its default."""
    known = {each.name for each in fields(Plan)}
    told = {name: value for name, value in kept.items() if name in known}
    told["codes"] = tuple(told["codes"])
    return Plan(**{**told, "strength": Strength(**told["strength"]), "recipe": Recipe.of(told["recipe"])})
