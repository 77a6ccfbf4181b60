"""What a study was computed on, for people: speeds mean nothing without it."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def describe_machine(device: str, dtype: torch.dtype) -> str:
    """Name the device, how much of it is used, and the format computed in.

    Args:
        device: ``"cpu"`` or ``"cuda:0"`` and so on.
        dtype: the format.
    """
    import torch

    form = str(dtype).removeprefix("torch.")
    if device != "cpu":
        return f"{torch.cuda.get_device_name(device)}, {form}"
    threads = torch.get_num_threads()
    return f"{_processor()}, {threads} thread{'s' if threads > 1 else ''}, {form}"


def _processor() -> str:
    """Give the processor's name; Linux tells it only in a file."""
    table = Path("/proc/cpuinfo")
    if table.is_file():
        for line in table.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return " ".join(value.split())
    return platform.processor() or platform.machine()
