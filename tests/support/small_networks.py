"""The presets' families in small sizes, so that a test builds and runs one in a tenth of a second."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, tuple[str, dict[str, Any]]] = {
    "regnetx_032": ("regnetx_002", {}),
    "swinv2_tiny": (
        "swinv2_tiny_window8_256",
        {
            "img_size": 128,
            "window_size": 4,
            "strict_img_size": False,
            "embed_dim": 24,
            "depths": [1, 2, 1, 1],
            "num_heads": [1, 2, 2, 4],
        },
    ),
    "resnext50": ("resnext50_32x4d", {"layers": [1, 1, 1, 1], "channels": [16, 32, 64, 128]}),
    "densenet121": ("densenet121", {"block_config": [2, 2, 2, 2]}),
    "efficientnet_b0": ("efficientnet_b0", {}),
}
"""Name of the preset to timm name and options of its small relative."""


def woken(network):
    """Give weight to what timm begins with zero, as training does; returns the network."""
    import torch

    with torch.no_grad():
        for value in network.parameters():
            if not value.any():
                value.normal_(std=0.5)
    return network
