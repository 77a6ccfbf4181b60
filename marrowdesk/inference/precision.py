"""Which number format a network runs fast in on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def fast_dtype(device: str) -> torch.dtype:
    """Give float16 for CUDA, bfloat16 where the processor multiplies it natively, else float32.

    A processor without native bfloat16 multiplication emulates it: training was eight times as slow with
    it as in float32 on one with AVX2 only.

    Args:
        device: ``"cpu"`` or ``"cuda"``.
    """
    import torch

    if device.startswith("cuda"):
        return torch.float16
    native = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return torch.bfloat16 if native.get("amx_bf16") or native.get("avx512_bf16") else torch.float32
