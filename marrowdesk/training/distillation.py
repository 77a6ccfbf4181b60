"""Knowledge distillation: a network learns to say what another one says of the same views of the cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.around import recipe_of
from marrowdesk.inference.bundle import load_bundle
from marrowdesk.inference.network import MEAN, STD
from marrowdesk.inference.preprocess import SHOWN
from marrowdesk.inference.torch_engine import network_of
from marrowdesk.training.checkpoint import (
    CHECKPOINT,
    averaged_network,
    averaged_sha256,
    offsets_of,
    read_finished,
)
from marrowdesk.training.hardware import choose_dtype
from marrowdesk.training.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.plan import Plan

SOFTNESS = 2.0
"""Temperature at which the two are compared, so that the unlikely classes count too (Hinton et al. 2015)."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A network that another one learns from: a bundle's, or the averaged one that a run has left.

    Attributes:
        path: folder of the bundle or run.
        sha256: of the bundle's weight file, or of the run's averaged weights.
        codes: the K classes of its outputs.
        recipe: how it is shown cells.
        scaling: mean and standard deviation of its input, each (3,).
        log_weights: (K,) what loss and sampling put on its logits.
        temperature: that its logits are divided by; 1 for a run, whose probabilities nobody has calibrated.
        make: builds the network in float32, to evaluate.
    """

    path: Path
    sha256: str
    codes: tuple[str, ...]
    recipe: Recipe
    scaling: tuple[Sequence[float], Sequence[float]]
    log_weights: np.ndarray
    temperature: float
    make: Callable[[], torch.nn.Module]


def followed_in(folder: Path) -> Followed:
    """Find out what ``--distil`` names: the folder of a bundle or of a run.

    Raises:
        MarrowdeskError: there is neither, or it cannot be used.
    """
    if (folder / CHECKPOINT).is_file():
        return _of_run(folder)
    return of_bundle(load_bundle(folder))


def of_bundle(bundle: Bundle) -> Followed:
    """Follow a bundle's network, with its calibrated probabilities."""
    card = bundle.card
    return Followed(
        path=bundle.path,
        sha256=bundle.sha256,
        codes=bundle.codes,
        recipe=recipe_of(bundle),
        scaling=(card.preprocessing.mean, card.preprocessing.std),
        log_weights=np.asarray(card.calibration.log_weights, np.float32),
        temperature=card.calibration.temperature,
        make=lambda: network_of(bundle),
    )


def _of_run(folder: Path) -> Followed:
    kept = read_finished(folder)
    plan = plan_of(kept["plan"])
    return Followed(
        path=folder,
        sha256=averaged_sha256(kept),
        codes=plan.codes,
        recipe=plan.recipe,
        scaling=(MEAN, STD),
        log_weights=offsets_of(kept),
        temperature=1.0,
        make=lambda: averaged_network(kept),
    )


class Mentor:
    """A network that is shown each batch as the network in training sees it (Beyer et al. 2022).

    Args:
        followed: the network that is followed; it may be of another architecture and size.
        plan: of the training.
        device: where the training computes.
        beside: another one, whose word counts as much; None for none.

    Raises:
        MarrowdeskError: it names other classes, or is shown cells in another way.
    """

    def __init__(self, followed: Followed, plan: Plan, device: str, beside: Followed | None = None) -> None:
        self._voices = [_Voice(each, plan, device) for each in (followed, beside) if each is not None]

    def says(self, images: torch.Tensor) -> torch.Tensor:
        """Give the logarithm of its probabilities, (N, K), of images (N, S, S, 3) uint8.

        Of two networks it is that of the geometric mean of their probabilities, scaled to sum 1.
        """
        import torch

        said = [each.says(images) for each in self._voices]
        return said[0] if len(said) == 1 else torch.log_softmax(torch.stack(said).mean(0), 1)

    def distance(self, images: torch.Tensor, logits: torch.Tensor, offsets: np.ndarray) -> torch.Tensor:
        """Give how far a network is from it: T² KL(p‖q), both at temperature T (Hinton et al. 2015).

        Args:
            images: (N, S, S, 3) uint8, what both are shown.
            logits: (N, K) of the network in training.
            offsets: (K,) what loss and sampling put on them; taken off before.
        """
        import torch
        from torch.nn.functional import kl_div, log_softmax

        plain = logits - torch.from_numpy(offsets).to(logits)
        own = log_softmax(plain / SOFTNESS, 1)
        its = log_softmax(self.says(images) / SOFTNESS, 1)
        return SOFTNESS**2 * kl_div(own, its, reduction="batchmean", log_target=True)


class _Voice:
    """One network that is followed; see :class:`Mentor`."""

    def __init__(self, followed: Followed, plan: Plan, device: str) -> None:
        import torch

        _check(followed, plan)
        self._dtype = choose_dtype(plan.precision, device)
        self._network = followed.make().to(device, memory_format=torch.channels_last)
        self._side = followed.recipe.side
        self._mean, self._std = (
            torch.tensor(list(each), device=device).view(1, 3, 1, 1) for each in followed.scaling
        )
        self._order = torch.tensor([followed.codes.index(code) for code in plan.codes], device=device)
        self._weights = torch.from_numpy(followed.log_weights).to(device)[self._order]
        self._temperature = followed.temperature

    def says(self, images: torch.Tensor) -> torch.Tensor:
        """Give the logarithm of its probabilities, (N, K), of images (N, S, S, 3) uint8."""
        import torch
        from torch.nn.functional import interpolate

        with torch.no_grad():
            pixels = (images.permute(0, 3, 1, 2).float() / 255 - self._mean) / self._std
            if pixels.shape[-1] != self._side:
                pixels = interpolate(pixels, self._side, mode="bilinear", antialias=True)
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            with torch.autocast(pixels.device.type, self._dtype, enabled=self._dtype is not torch.float32):
                logits = self._network(pixels).float()
            scaled = (logits[:, self._order] - self._weights) / self._temperature
            return torch.log_softmax(scaled, 1)


def _check(followed: Followed, plan: Plan) -> None:
    """See that a network can be followed.

    Raises:
        MarrowdeskError: it cannot.
    """
    if set(followed.codes) != set(plan.codes):
        other = sorted(set(followed.codes) ^ set(plan.codes))
        raise MarrowdeskError(
            f"The network in {followed.path} does not name the classes that are trained: {', '.join(other)}.",
            "Give --distil one that was trained on the same cells.",
        )
    # How pale images are toned and tight ones are cut is a matter of what is shown, not of how: a network
    # that was trained with other numbers of these may be followed.
    told = {name: getattr(plan.recipe, name) for name in ("side", *SHOWN)}
    if replace(followed.recipe, **told) != plan.recipe:
        raise MarrowdeskError(
            f"The network in {followed.path} is shown cells in another way than in this training.",
            "Give --distil one that this version of the program has trained.",
        )
