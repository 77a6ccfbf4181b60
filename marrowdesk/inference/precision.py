"""Which number format a network runs in: the fastest here of those its card has proved harmless."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from marrowdesk.core.intervals import clopper_pearson

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.card import ModelCard, Precision

MOST_LOST, MOST_CHANGED = 0.003, 0.01
"""Most that fewer bits may cost: mean F1 over the classes (0.3 points), and the share of cells whose proposal
they change. The F1 is held against its limit as measured, the share by :func:`changed_at_most`."""

FEWEST_CELLS = math.ceil(math.log(0.05) / math.log(1 - MOST_CHANGED))
"""Cells that can prove it, at the least: so many of which none changes (299)."""


def changed_at_most(measured: Precision) -> float:
    """Give the share of cells that fewer bits change at most, 0 to 1, with 95 % confidence.

    One-sided and exact (Clopper and Pearson 1934): that none of a few dozen changed proves little.
    """
    changed = round(measured.changed * measured.cells)
    return clopper_pearson(changed, measured.cells, confidence=0.9)[1]


def proved(card: ModelCard, engine: str, precision: str) -> bool:
    """Tell whether an engine may run a bundle in a number format: float32 always, others as the card proves.

    Args:
        card: of the bundle; ``marrowdesk evaluate --engines --keep`` measures and writes what it proves, and
            :func:`marrowdesk.services.proving.prove` for an adapted one.
        engine: ``"torch"`` or ``"openvino"``; they round at different places, so each is measured.
        precision: name of the format, as torch has it.
    """
    return precision == "float32" or any(
        (each.engine, each.precision) == (engine, precision) and proved_by(each) for each in card.precisions
    )


def proved_by(measured: Precision) -> bool:
    """Tell whether a measurement allows what it measured."""
    return measured.f1_lost <= MOST_LOST and changed_at_most(measured) <= MOST_CHANGED


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
