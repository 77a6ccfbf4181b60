"""Maps lie over what the network looked at."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.inference.maps import map_offset, placing


def made_of(*layers):
    """A network of these layers alone."""
    import torch

    network = torch.nn.Sequential(*layers)
    network.forward_features = network.forward
    return network


def test_that_maps_fade_where_no_cell_looks():
    weights = placing(4, 128, 15.5)
    assert weights.shape == (8, 4)
    assert weights[:6].sum(1) == pytest.approx(np.ones(6))
    # The last cell looks at pixel 96.5; samples lie at 104 and 120.
    assert weights[6:, 3] == pytest.approx([1 - 7.5 / 32, 1 - 23.5 / 32])
    assert weights[6:, :3].sum() == 0


def test_that_a_cell_that_looks_at_its_middle_keeps_its_place():
    line = placing(4, 128, 0.0) @ np.array([0, 0, 1, 0], np.float32)
    middles = (np.arange(8) + 0.5) * 16
    assert (line * middles).sum() / line.sum() == pytest.approx(80)


def test_that_a_cell_of_padded_convolutions_moves_half_a_cell_up_and_left():
    line = placing(4, 128, 15.5) @ np.array([0, 0, 1, 0], np.float32)
    middles = (np.arange(8) + 0.5) * 16
    assert (line * middles).sum() / line.sum() == pytest.approx(64.5, abs=1)


def test_that_the_offset_of_padded_convolutions_is_found():
    import timm
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = timm.create_model("regnetx_002", num_classes=2).eval()
    assert map_offset(network, 128) == 15.5


def test_that_patches_have_no_offset():
    import torch

    assert map_offset(made_of(torch.nn.Conv2d(3, 4, 16, stride=16)), 64) == 0.0


def test_that_the_offset_is_where_the_middle_cell_looks():
    import torch

    network = made_of(
        torch.nn.Conv2d(3, 4, 7, stride=2, padding=3),
        torch.nn.AvgPool2d(2),
        torch.nn.Conv2d(4, 2, 3, stride=2, padding=1),
    )
    for value in network.parameters():
        torch.nn.init.ones_(value)
    pixels = torch.zeros(1, 3, 64, 64, requires_grad=True)
    network.forward_features(pixels)[0, :, 4, 4].sum().backward()
    rows = pixels.grad.sum((0, 1, 3))
    looks = float((rows * (torch.arange(64) + 0.5)).sum() / rows.sum())
    assert looks == pytest.approx(4.5 * 8 - map_offset(network, 64), abs=0.01)
