"""The study's networks by name, and their sizes as published."""

from __future__ import annotations

import argparse

import pytest

from marrowdesk.inference.attention import KINDS
from marrowdesk.training.architectures import PRESETS, chosen, size_of
from marrowdesk.training.commands import add_commands

# Millions of parameters with 1000 classes, and billions of multiply-adds at 224 px, as published.
PUBLISHED = {
    "regnetx_032": (15.3, 3.2),
    "resnext50": (25.0, 4.2),
    "densenet121": (8.0, 2.9),
    "efficientnet_b0": (5.3, 0.39),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_that_a_preset_is_as_large_as_published(name):
    size = size_of(*chosen(name), classes=1000, side=224)
    assert size.parameters / 1e6 == pytest.approx(PUBLISHED[name][0], abs=0.06)
    assert size.multiply_adds / 1e9 == pytest.approx(PUBLISHED[name][1], rel=0.03)


def test_that_swin_is_as_large_as_published():
    size = size_of(*chosen("swinv2_tiny"), classes=1000, side=128)
    assert size.parameters / 1e6 == pytest.approx(28.35, abs=0.06)
    # 5.96 at 256 px with windows of the same share: a quarter of it.
    assert size.multiply_adds / 1e9 == pytest.approx(5.96 / 4, rel=0.04)


def test_that_the_study_s_network_with_attention_has_the_parameters_counted_by_hand():
    name, options = chosen("regnetx_032")
    # Depths 2, 6, 15, 2 and widths 96, 192, 432, 1008; a 16th of them is 6, 12, 27 and 63, in eights:
    blocks = [(2, 96, 8), (6, 192, 16), (15, 432, 24), (2, 1008, 64)]
    plain = size_of(name, options, classes=21, side=64).parameters
    assert plain / 1e6 == pytest.approx(14.3, abs=0.05)
    cbam = size_of(name, options, classes=21, side=64, attention="cbam").parameters
    assert cbam - plain == sum(depth * (2 * wide * inner + 100) for depth, wide, inner in blocks)


def test_that_a_preset_s_options_hold_for_timm_s_name_too_and_give_way_to_the_person_s():
    name, options = chosen("swinv2_tiny")
    assert name == "swinv2_tiny_window8_256"
    assert chosen(name) == (name, options)
    assert chosen("swinv2_tiny", {"window_size": 8})[1] == {**options, "window_size": 8}
    assert chosen("resnet18") == ("resnet18", {})
    assert chosen("resnet18", {"layers": [1, 1, 1, 1]}) == ("resnet18", {"layers": [1, 1, 1, 1]})


def test_that_counting_leaves_chance_alone():
    import torch

    before = torch.get_rng_state()
    size_of("regnetx_002", {}, classes=3, side=64)
    assert torch.equal(torch.get_rng_state(), before)


def test_that_the_command_lists_every_network_and_kind_of_attention_with_its_size(capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["networks", "--side", "64"])
    assert arguments.handler(arguments) == 0
    told = capsys.readouterr().out
    for name in [*(preset.name for preset in PRESETS), *(kind.name for kind in KINDS)]:
        assert f"\n{name} " in told
    assert "regnetx_032       14.31     259  the study's recommendation" in told


def test_that_networks_that_cannot_take_a_side_are_told_and_the_others_are_listed(capsys):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["networks", "--side", "17"])
    assert arguments.handler(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "not at 17 px" in line] == ["swinv2_tiny", "densenet121"]
    assert any(line.startswith("efficientnet_b0    4.03 ") for line in lines)
