"""Which device a training runs on, and which number format it computes in there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.precision import fast_dtype

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def choose_device(name: str, place: int = 0) -> str:
    """Give the device of a process: ``"cpu"`` or ``"cuda:0"`` and so on.

    Args:
        name: one of :data:`DEVICES`; auto takes CUDA where there is one.
        place: number of the process among those of this machine; each has a GPU of its own.

    Raises:
        MarrowdeskError: CUDA is asked for and is not there, or there are more processes than GPUs.
    """
    import torch

    if name == "cpu" or (name == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if not torch.cuda.is_available():
        raise MarrowdeskError("PyTorch finds no CUDA device here.", "Train with --device cpu.")
    if place >= torch.cuda.device_count():
        raise MarrowdeskError(
            f"Process {place + 1} of this machine has no GPU: there are {torch.cuda.device_count()}.",
            "Start as many processes as there are GPUs (torchrun --nproc-per-node).",
        )
    return f"cuda:{place}"


def choose_dtype(name: str, device: str) -> torch.dtype:
    """Give the format of the network's products and convolutions; weights and loss stay float32.

    auto is bfloat16 where the device multiplies it natively, else float16 on CUDA and float32 on the CPU.
    Both half formats work on every CPU too; where it has no instructions for them they are emulated, which is
    several times as slow as float32. float16 has a small range: its gradients are scaled (Micikevicius et al.
    2018, "Mixed precision training").

    Args:
        name: one of :data:`PRECISIONS`.
        device: as of :func:`choose_device`.

    Raises:
        MarrowdeskError: this GPU does not compute in bfloat16.
    """
    import torch

    cuda = device.startswith("cuda")
    brain = cuda and torch.cuda.get_device_capability(device) >= (8, 0)
    if name == "bfloat16" and cuda and not brain:
        raise MarrowdeskError(
            "This GPU does not compute in bfloat16 (it is older than Ampere).",
            "Train with --precision float16.",
        )
    if name == "auto":
        return torch.bfloat16 if brain else fast_dtype(device)
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def choose_workers(device: str, processes: int) -> int:
    """Give how many make batches ahead: a thread beside a CPU that trains, up to 15 beside a GPU."""
    if device == "cpu":
        return 1
    return max(1, min(15, (os.cpu_count() or 1) // processes - 1))
