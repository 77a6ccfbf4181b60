"""How many images a network takes in a second, while it is trained and when it is used."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from marrowdesk.training.batches import Batches
from marrowdesk.training.distributed import Group
from marrowdesk.training.optimisation import Optimisation

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.training.loop import Cells
    from marrowdesk.training.plan import Plan

_TIMES = 4


def training_speed(plan: Plan, cells: Cells, device: str) -> float:
    """Give the images/s of optimisation steps at the run's full size, without the making of the images.

    Args:
        plan: what is trained.
        cells: what it is trained on.
        device: ``"cpu"`` or ``"cuda:0"`` and so on.
    """
    group = Group(device)
    batches = Batches(plan, cells.store, cells.at, None, group)
    optimisation = Optimisation(plan, batches.counts, 0, None, group)
    batch = batches.make(0)
    return best_speed(lambda: float(optimisation.update(batch, 0)), plan.batch, device)


def best_speed(work: Callable[[], object], images: int, device: str) -> float:
    """Give the images/s of some work on a batch, of the fastest of several times.

    Where one thread computes it is timed by its own processor time: a machine that is busy with other work
    makes the same network look many times as slow by the clock.

    Args:
        work: done several times, the first one untimed; it waits for the device.
        images: how many it computes.
        device: ``"cpu"`` or ``"cuda:0"`` and so on.
    """
    import torch

    alone = device == "cpu" and torch.get_num_threads() == 1
    clock = time.thread_time if alone else time.perf_counter
    work()
    seconds = []
    for _ in range(_TIMES):
        since = clock()
        work()
        seconds.append(clock() - since)
    # A clock's tick, for work that takes less than one.
    return images / max(min(seconds), 1e-6)
