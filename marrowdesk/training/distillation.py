"""Knowledge distillation: a network learns to say what another one says of the same views of the cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.around import recipe_of
from marrowdesk.inference.torch_engine import network_of

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.plan import Plan

SOFTNESS = 2.0
"""Temperature at which the two are compared, so that the unlikely classes count too (Hinton et al. 2015)."""


class Mentor:
    """A bundle's network that is shown each batch as the network in training sees it (Beyer et al. 2022).

    Args:
        bundle: the network that is followed; it may be of another architecture and size.
        plan: of the training.
        device: where the training computes.

    Raises:
        MarrowdeskError: the bundle names other classes, or shows cells in another way.
    """

    def __init__(self, bundle: Bundle, plan: Plan, device: str) -> None:
        import torch

        _check(bundle, plan)
        card = bundle.card
        order = [bundle.codes.index(code) for code in plan.codes]
        self._network = network_of(bundle).to(device, memory_format=torch.channels_last)
        self._side = recipe_of(bundle).side
        self._mean, self._std = (
            torch.tensor(list(each), device=device).view(1, 3, 1, 1)
            for each in (card.preprocessing.mean, card.preprocessing.std)
        )
        self._order = torch.tensor(order, device=device)
        self._weights = torch.tensor(card.calibration.log_weights, device=device)[self._order]
        self._temperature = card.calibration.temperature

    def says(self, images: torch.Tensor) -> torch.Tensor:
        """Give the logarithm of its calibrated probabilities, (N, K), of images (N, S, S, 3) uint8."""
        import torch
        from torch.nn.functional import interpolate

        with torch.no_grad():
            pixels = (images.permute(0, 3, 1, 2).float() / 255 - self._mean) / self._std
            if pixels.shape[-1] != self._side:
                pixels = interpolate(pixels, self._side, mode="bilinear", antialias=True)
            logits = self._network(pixels.contiguous(memory_format=torch.channels_last)).float()
            scaled = (logits[:, self._order] - self._weights) / self._temperature
            return torch.log_softmax(scaled, 1)

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


def _check(bundle: Bundle, plan: Plan) -> None:
    """See that a bundle can be followed.

    Raises:
        MarrowdeskError: it cannot.
    """
    if set(bundle.codes) != set(plan.codes):
        other = sorted(set(bundle.codes) ^ set(plan.codes))
        raise MarrowdeskError(
            f"The bundle {bundle.path} does not name the classes that are trained ({', '.join(other)}).",
            "Give --distil a bundle that was trained on the same cells.",
        )
    recipe = recipe_of(bundle)
    if replace(recipe, side=plan.recipe.side) != plan.recipe:
        raise MarrowdeskError(
            f"The bundle {bundle.path} shows cells in another way than this training.",
            "Give --distil a bundle that this version of the program has made.",
        )
