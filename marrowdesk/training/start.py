"""Starting a training from the weights of a bundle instead of from chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import load_tensors
from marrowdesk.inference.network import build, head_of

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.plan import Plan


def start_state(bundle: Bundle, plan: Plan) -> dict[str, torch.Tensor]:
    """Give the state of a network of ``plan`` with a bundle's weights; other classes start from chance.

    Raises:
        MarrowdeskError: the bundle's network has another architecture.
    """
    import torch

    card = bundle.card.architecture
    there = (card.name, dict(card.options), card.attention)
    wanted = (plan.architecture, dict(plan.options), plan.attention)
    if there != wanted:
        raise MarrowdeskError(
            f"The bundle {bundle.path} holds a {_told(*there)}, not a {_told(*wanted)}.",
            "Give the architecture, options and attention that its card names.",
        )
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    state: dict[str, torch.Tensor] = network.state_dict()
    kept = {
        name.removeprefix("network."): torch.from_numpy(value.astype(np.float32))
        for name, value in load_tensors(bundle).items()
        if name.startswith("network.")
    }
    own = {id(each) for each in head_of(network).parameters()}
    heads = {name for name, each in network.named_parameters() if id(each) in own}
    for name, value in kept.items():
        if name not in heads:
            state[name] = value
            continue
        for at, code in enumerate(bundle.codes):
            if code in plan.codes:
                state[name][plan.codes.index(code)] = value[at]
    return state


def _told(architecture: str, options: dict[str, Any], attention: str) -> str:
    return f"{architecture} {options}" + ("" if attention == "none" else f" with attention {attention}")
