"""Writing a trained network as a bundle: weights in half precision, the doubt space, and the card."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from marrowdesk.inference.bundle import WEIGHTS, load_bundle, write_card, write_tensors
from marrowdesk.inference.card import FORMAT, ModelCard, Weights
from marrowdesk.inference.card import Preprocessing as PreprocessingCard
from marrowdesk.inference.network import MEAN, STD
from marrowdesk.inference.preprocess import METHOD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.doubt import DoubtSpace
    from marrowdesk.inference.preprocess import Recipe


def preprocessing_card(recipe: Recipe) -> PreprocessingCard:
    """Describe how cells are prepared, as the card keeps it."""
    parameters = {name: float(value) for name, value in asdict(recipe).items()}
    return PreprocessingCard(method=METHOD, parameters=parameters, mean=MEAN, std=STD)


def write_bundle(
    folder: Path, network: torch.nn.Module, space: DoubtSpace, told: Mapping[str, Any]
) -> Bundle:
    """Write a bundle and read it back, verified.

    Args:
        folder: the bundle's folder; made where it is not there, its card and weights replaced.
        network: the trained network.
        space: the doubt measure.
        told: the card's fields without format, version and weights.
    """
    tensors = {
        f"network.{name}": value.detach().float().cpu().numpy()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    sha256 = write_tensors(folder, {**tensors, **space.tensors()})
    weights = Weights(file=WEIGHTS, sha256=sha256)
    card = ModelCard.model_validate({**told, "format": FORMAT, "version": 1, "weights": weights})
    write_card(folder, card)
    return load_bundle(folder)
