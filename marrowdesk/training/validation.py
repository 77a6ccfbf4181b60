"""Measuring the averaged network on held-out cells while it is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.network import MEAN, STD, as_input, run
from marrowdesk.inference.preprocess import masked, round_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from marrowdesk.training.dataset import Store
    from marrowdesk.training.distributed import Group
    from marrowdesk.training.plan import Plan

_BATCH = 64


def class_means(labels: np.ndarray, said: np.ndarray, classes: int) -> dict[str, float]:
    """Give ``macro_f1`` and ``mean_recall`` over the classes present, each class weighing the same.

    Args:
        labels: (N,) true class of each cell, at least one.
        said: (N,) proposed class.
        classes: K.
    """
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (labels, said), 1)
    hits, cells, called = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
    there = cells > 0
    return {
        "macro_f1": float((2 * hits[there] / (cells + called)[there]).mean()),
        "mean_recall": float((hits[there] / cells[there]).mean()),
    }


class Validation:
    """The held-out cells of a run, and what a network makes of them.

    These cells tell how the training goes; they choose nothing. A run ends with its last step: to keep the
    step that is best on held-out cells would flatter the network on them.

    Args:
        plan: what is trained.
        store: prepared crops of all cells.
        at: cells trained on.
        held: cells kept back. Those of a class that was not trained on in their source are left out, as
            they are when a bundle is measured.
        group: the processes that share the work.
    """

    def __init__(
        self, plan: Plan, store: Store, at: Sequence[int], held: Sequence[int], group: Group
    ) -> None:
        trained = {(store.samples[each].source, store.samples[each].code) for each in at}
        own = [each for each in held if (store.samples[each].source, store.samples[each].code) in trained]
        self._plan, self._crops, self._group = plan, store.crops, group
        self._at = np.array(own, np.int64)
        self._labels = np.array([plan.codes.index(store.samples[each].code) for each in own], np.int64)

    def __len__(self) -> int:
        return len(self._at)

    def measure(self, network: torch.nn.Module, offsets: np.ndarray, dtype: torch.dtype) -> dict[str, float]:
        """Give what :func:`class_means` makes of the network's proposals.

        Args:
            network: the network, in evaluation mode, on the group's device.
            offsets: (K,) what loss and sampling put on its logits.
            dtype: format to compute in.
        """
        from torch import zeros

        logits = zeros(len(self._at), len(self._plan.codes), device=self._group.device)
        for start in range(self._group.rank * _BATCH, len(self._at), self._group.size * _BATCH):
            here = slice(start, start + _BATCH)
            logits[here] = self._logits(network, self._at[here], dtype)
        said = (self._group.total(logits).cpu().numpy() - offsets).argmax(1)
        return class_means(self._labels, said, len(self._plan.codes))

    def _logits(self, network: torch.nn.Module, at: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
        """Show some cells to the network as the program would."""
        import torch

        recipe, device = self._plan.recipe, self._group.device
        border = (self._crops.shape[1] - recipe.side) // 2
        inner, mask = slice(border, border + recipe.side), round_mask(recipe.side, recipe.mask)
        images = np.stack([masked(self._crops[each][inner, inner], mask) for each in at])
        with (
            torch.inference_mode(),
            torch.autocast(device.partition(":")[0], dtype, enabled=dtype is not torch.float32),
        ):
            return run(network, as_input(images, MEAN, STD).to(device)).logits.float()
