"""Showing the measured cells to a trained network, and what its run took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.network import MEAN, STD, as_input, run
from marrowdesk.inference.preprocess import masked, round_mask
from marrowdesk.training.agreement import WELL_FILLED, confusion, scores
from marrowdesk.training.log import read_log
from marrowdesk.training.study.speed import best_speed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.judged import Judged
    from marrowdesk.training.loop import Cells

_BATCH = 64


def classify(
    network: torch.nn.Module, recipe: Recipe, cells: Cells, device: str, dtype: torch.dtype
) -> tuple[np.ndarray, float]:
    """Show the cells kept back to a network, as the program would.

    Args:
        network: in evaluation mode, on the device.
        recipe: how the cells are prepared.
        cells: their store, and which are kept back.
        device: ``"cpu"`` or ``"cuda:0"`` and so on.
        dtype: format to compute in.

    Returns:
        Logits (N, K) float32, and images/s of the network alone on a batch of up to 64.
    """
    import torch

    def forward(images: np.ndarray) -> np.ndarray:
        with torch.autocast(device.partition(":")[0], dtype, enabled=dtype is not torch.float32):
            logits = run(network, as_input(images, MEAN, STD).to(device)).logits
        return np.asarray(logits.float().cpu())

    batches = [cells.held[start : start + _BATCH] for start in range(0, len(cells.held), _BATCH)]
    with torch.inference_mode():
        logits = np.concatenate([forward(_shown(cells, batch, recipe)) for batch in batches])
        first = _shown(cells, batches[0], recipe)
        return logits, best_speed(lambda: forward(first), len(first), device)


def _shown(cells: Cells, at: Sequence[int], recipe: Recipe) -> np.ndarray:
    crops = cells.store.crops
    border = (crops.shape[1] - recipe.side) // 2
    inner, mask = slice(border, border + recipe.side), round_mask(recipe.side, recipe.mask)
    return np.stack([masked(crops[each][inner, inner], mask) for each in at])


def macro_f1(judged: Judged) -> float:
    """Average F1 over the classes that have cells, each weighing the same."""
    return float(scores(_counts(judged)).means()["macro F1"])


def _counts(judged: Judged) -> np.ndarray:
    return confusion(judged.places, judged.probabilities.argmax(1), len(judged.codes))


def well_filled(judged: Judged) -> dict[str, float]:
    """Average over the classes of :data:`WELL_FILLED` cells and more.

    Returns:
        ``classes``, how many they are, ``macro precision``, ``macro recall`` and ``macro F1``; empty where
        there are none.
    """
    each = scores(_counts(judged))
    many = int((each.cells >= WELL_FILLED).sum())
    if not many:
        return {}
    means = each.means(WELL_FILLED)
    return {"classes": many, **{name: float(means[name]) for name in means if name.startswith("macro")}}


def seconds_of(folder: Path, batch: int) -> float:
    """Add up the time of a run's training steps, whether it was trained in one go or in several.

    Args:
        folder: folder of the run.
        batch: images a step.

    Returns:
        Seconds by the clock, without those of checkpoints.
    """
    seconds, before = 0.0, 0
    for step, speed in read_log(folder)["images_per_second"]:
        seconds += (step - before) * batch / max(speed, 0.05)
        before = step
    return seconds
