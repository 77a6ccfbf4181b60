"""Which number format a network runs in: the fastest here of those its card has proved harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.card import ModelCard

MOST_LOST, MOST_CHANGED = 0.003, 0.01
"""Most that fewer bits may cost: mean F1 over the classes (0.3 points), and the share of held-out cells whose
proposal they change."""


def proved(card: ModelCard, engine: str, precision: str) -> bool:
    """Tell whether an engine may run a bundle in a number format: float32 always, others as the card proves.

    Args:
        card: of the bundle; ``marrowdesk evaluate --engines --keep`` measures and writes what it proves.
        engine: ``"torch"`` or ``"openvino"``; they round at different places, so each is measured.
        precision: name of the format, as torch has it.
    """
    return precision == "float32" or any(
        (each.engine, each.precision) == (engine, precision)
        and each.f1_lost <= MOST_LOST
        and each.changed <= MOST_CHANGED
        for each in card.precisions
    )


def best_precision(card: ModelCard, engine: str, device: str) -> str:
    """Give the fast format of this machine where the card has proved it, else float32."""
    fast = str(fast_dtype(device)).removeprefix("torch.")
    return fast if proved(card, engine, fast) else "float32"


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
