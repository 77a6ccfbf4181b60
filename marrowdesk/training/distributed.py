"""Several processes that train one network together, as ``torchrun`` starts them."""

from __future__ import annotations

import contextlib
import io
import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.hardware import choose_device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch

_PATIENCE = timedelta(hours=24)
"""How long processes wait for the first to prepare its files: 200,000 cells may take it hours."""


@dataclass(frozen=True, slots=True)
class Group:
    """This process among those that train together; by default it is alone.

    Attributes:
        device: device of this process, ``"cpu"`` or ``"cuda:0"`` and so on.
        rank: its number, from 0.
        size: how many processes there are.
    """

    device: str = "cpu"
    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and shows the bar."""
        return self.rank == 0

    def part(self, batch: int) -> range:
        """Give the places of a batch that are this process's to compute.

        Raises:
            MarrowdeskError: the batch cannot be split evenly, or leaves a process one image: batch
                normalisation needs two.
        """
        if batch % self.size:
            raise MarrowdeskError(
                f"A batch of {batch} images cannot be split evenly over {self.size} processes.",
                "Give a --batch that is a multiple of their number.",
            )
        each = batch // self.size
        if each < 2:
            raise MarrowdeskError(
                f"A batch of {batch} leaves one image to each process; nothing can be normalised over one.",
                f"Give a --batch of {2 * self.size} or more.",
            )
        return range(self.rank * each, (self.rank + 1) * each)

    def total(self, values: torch.Tensor) -> torch.Tensor:
        """Add up the values of all processes, element by element."""
        if self.size == 1:
            return values
        from torch.distributed import all_reduce

        values = values.to(self.device)
        all_reduce(values)
        return values

    def mean_of(self, value: float) -> float:
        """Average a number over the processes."""
        import torch

        return float(self.total(torch.tensor(value, dtype=torch.float64))) / self.size

    def even_out(self, tensors: Sequence[torch.Tensor]) -> None:
        """Replace tensors by their mean over the processes."""
        if self.size == 1 or not tensors:
            return
        import torch

        flat = self.total(torch.cat([each.flatten() for each in tensors])) / self.size
        for each, mean in zip(tensors, flat.split([each.numel() for each in tensors]), strict=True):
            each.copy_(mean.view_as(each))

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Run the body in the first process, then, silently, in the others, which find its files there."""
        if self.size == 1:
            yield
            return
        from torch.distributed import barrier, new_group

        waiting = new_group(backend="gloo", timeout=_PATIENCE)
        if self.first:
            yield
            barrier(waiting)
        else:
            barrier(waiting)
            with contextlib.redirect_stderr(io.StringIO()):
                yield


@contextmanager
def joined(device: str) -> Iterator[Group]:
    """Join the processes that ``torchrun`` started; without it this process is alone.

    CPUs talk through gloo, GPUs through NCCL. A process that fails leaves the group and ends; ``torchrun``
    then ends the others.

    Args:
        device: name of the device, see :func:`marrowdesk.training.hardware.choose_device`.

    Raises:
        MarrowdeskError: there is no such device for this process.
    """
    size, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    own = choose_device(device, int(os.environ.get("LOCAL_RANK", "0")))
    if size == 1:
        yield Group(own)
        return
    import torch
    from torch.distributed import destroy_process_group, init_process_group

    if own != "cpu":
        torch.cuda.set_device(own)
    init_process_group("gloo" if own == "cpu" else "nccl")
    try:
        yield Group(own, rank, size)
    finally:
        destroy_process_group()
