"""The images of each training step, made ahead on threads of their own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from marrowdesk.training.adversary import source_chances
from marrowdesk.training.augment import varied
from marrowdesk.training.priors import source_log_priors
from marrowdesk.training.sampling import Drawing, log_shift, odds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch

    from marrowdesk.training.dataset import Store
    from marrowdesk.training.distributed import Group
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.samples import Sample


class Batch(NamedTuple):
    """What a process computes in one step.

    Attributes:
        images: (n, S, S, 3) uint8.
        labels: (n,) int64.
        priors: (n, K) float32, log prior of each cell's source, or None.
        wanted: (n, T) float32, the teacher's features, or None.
        sources: (n,) int64, index of each cell's source, or None without an adversary.
        chances: (n, S) float32, log p(source | class) of each cell, or None without an adversary.
    """

    images: torch.Tensor
    labels: torch.Tensor
    priors: torch.Tensor | None
    wanted: torch.Tensor | None
    sources: torch.Tensor | None = None
    chances: torch.Tensor | None = None

    def pinned(self) -> Batch:
        """Put it where a GPU can fetch it from."""
        return Batch(*(None if each is None else each.pin_memory() for each in self))

    def on(self, device: str) -> Batch:
        """Send it to a device, without waiting for it to arrive there."""
        if device == "cpu":
            return self
        return Batch(*(None if each is None else each.to(device, non_blocking=True) for each in self))


class Batches:
    """Makes the batches of a run.

    All chance depends on seed, step and place in the batch only: a run that goes on from its checkpoint sees
    the same images, and so do two processes that share the batch of one.

    Args:
        plan: what is trained.
        store: prepared crops of all cells.
        at: which of them to train on.
        targets: (len(store.samples), T) the teacher's features, or None.
        group: the processes that share a batch.

    Attributes:
        odds: (N,) share of each cell among those drawn.
        counts: (K,) training cells of each class.
        shift: (K,) float32, what drawing some classes more often puts on the logits.
        names: the S sources that an adversary tells apart; none without one.
    """

    def __init__(
        self, plan: Plan, store: Store, at: Sequence[int], targets: np.ndarray | None, group: Group
    ) -> None:
        samples = [store.samples[each] for each in at]
        self._plan, self._crops, self._at, self._targets = plan, store.crops, np.asarray(at), targets
        self._part, self._pinned = group.part(plan.batch), group.device != "cpu"
        self._lenders = _lenders(samples) if plan.strength.recolour or plan.strength.surround else {}
        self._sources = [each.source for each in samples]
        self._labels = np.array([plan.codes.index(sample.code) for sample in samples])
        self.odds = odds_of(samples, plan.sampling, plan.balance)
        drawn = None if plan.sampling == "plain" else self.odds
        self._drawing = Drawing(drawn, len(samples), plan.batch, plan.seed)
        self._priors = (
            None if plan.prior is None else source_log_priors(samples, plan.codes, plan.prior, self.odds)
        )
        # The prior is that of the cells drawn: with it in the loss, the drawing leaves nothing on the logits.
        self.shift = (
            log_shift(samples, plan.codes, self.odds)
            if plan.prior is None
            else np.zeros(len(plan.codes), np.float32)
        )
        self.names = sorted(set(self._sources)) if plan.adversary > 0 else []
        self._origins = np.array([self.names.index(each) for each in self._sources]) if self.names else None
        self._chances = source_chances(samples, self.names, self.odds) if self.names else None
        self.counts = np.bincount(self._labels, minlength=len(plan.codes))

    def make(self, step: int) -> Batch:
        """Make this process's part of the batch of a step."""
        import torch

        chosen = self._drawing.at(step)[self._part.start : self._part.stop]
        side, span = self._plan.side(step), float(self._plan.recipe.side)
        images = []
        for place, each in zip(self._part, chosen, strict=True):
            # From 1: a seed that ends in 0 is that of the step's choice of cells.
            rng = np.random.default_rng([self._plan.seed, step, place + 1])
            other = self._lent(int(each), rng)
            images.append(varied(self._crops[self._at[each]], side, span, self._plan.strength, rng, other))
        parts = (
            np.stack(images),
            self._labels[chosen],
            None if self._priors is None else self._priors[chosen],
            None if self._targets is None else self._targets[self._at[chosen]],
            None if self._origins is None else self._origins[chosen],
            None if self._chances is None else self._chances[chosen],
        )
        return Batch(*(None if each is None else torch.from_numpy(each) for each in parts))

    def _lent(self, each: int, rng: np.random.Generator) -> np.ndarray | None:
        """Choose a crop of another source to borrow from; None where nothing is borrowed."""
        lenders = self._lenders.get(self._sources[each])
        if lenders is None:
            return None
        return np.asarray(self._crops[self._at[lenders[rng.integers(len(lenders))]]])

    def ahead(self, first: int, last: int, workers: int) -> Iterator[Batch]:
        """Make the batches of the steps ``first`` … ``last`` − 1 in order, some of them before they are due.

        Beside a GPU they are made by processes: threads of one process take turns, and would keep it waiting.

        Args:
            first: the first step.
            last: the step after the last.
            workers: threads or processes; each makes whole batches.
        """
        if self._pinned and "fork" in multiprocessing.get_all_start_methods():
            return self.by_processes(first, last, workers)
        return self.by_threads(first, last, workers)

    def by_threads(self, first: int, last: int, workers: int) -> Iterator[Batch]:
        """Make them on threads of this process; see :meth:`ahead`."""
        cv2.setNumThreads(1)
        with ThreadPoolExecutor(workers, thread_name_prefix="batches") as pool:
            coming = [pool.submit(self.make, each) for each in range(first, min(last, first + workers + 1))]
            try:
                for step in range(first, last):
                    batch = coming.pop(0).result()
                    if step + workers + 1 < last:
                        coming.append(pool.submit(self.make, step + workers + 1))
                    yield batch.pinned() if self._pinned else batch
            finally:
                for each in coming:
                    each.cancel()

    def by_processes(self, first: int, last: int, workers: int) -> Iterator[Batch]:
        """Make them in forked processes, which share the crops with this one; see :meth:`ahead`."""
        from torch.utils.data import DataLoader

        steps = range(first, last)
        if not steps:
            return
        loader = DataLoader(
            _Steps(self, steps),
            batch_size=None,
            num_workers=min(workers, len(steps)),
            pin_memory=self._pinned,
            multiprocessing_context="fork",
            worker_init_fn=_alone,
        )
        yield from loader


class _Steps:
    """The batches of steps, as PyTorch's loader asks for them."""

    def __init__(self, batches: Batches, steps: range) -> None:
        self._batches, self._steps = batches, steps

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, at: int) -> Batch:
        return self._batches.make(self._steps[at])


def _alone(_worker: int) -> None:
    """Keep a process that makes batches to one thread: there is one such process for each processor."""
    cv2.setNumThreads(0)


def _lenders(samples: Sequence[Sample]) -> dict[str, np.ndarray]:
    """Give for each source the places of the cells of all others; of a lone source, its own."""
    sources = np.array([each.source for each in samples])
    found = {name: np.flatnonzero(sources != name) for name in set(sources.tolist())}
    return {name: others if len(others) else np.arange(len(samples)) for name, others in found.items()}
