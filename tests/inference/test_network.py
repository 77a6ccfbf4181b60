"""Networks of many kinds are built, run and taken apart in one way."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import SMALL, woken

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import build, head_of, run

CONVNEXT = ("convnext_atto", {"depths": [1, 1, 1, 1]})


@pytest.fixture(autouse=True)
def _same_chance():
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def pixels(side=64, count=2):
    import torch

    return torch.randn(count, 3, side, side)


@pytest.mark.parametrize("name", SMALL)
def test_that_every_preset_gives_features_their_mean_and_timm_s_own_logits_at_every_side(name):
    import torch

    network = woken(build(*SMALL[name], 5)).eval()
    wide = head_of(network).in_features
    for side in (64, 96, 128):
        images = pixels(side)
        with torch.inference_mode():
            outputs = run(network, images)
            own = network(images)
        assert outputs.features.shape == (2, wide, side // 32, side // 32)
        assert outputs.pooled.numpy() == pytest.approx(outputs.features.mean((2, 3)).numpy())
        assert outputs.logits.numpy() == pytest.approx(own.numpy(), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("name", SMALL)
def test_that_head_weights_times_features_are_the_gradients_map(name):
    import torch

    network = woken(build(*SMALL[name], 3)).eval()
    images = pixels(96)
    plain = network.forward_features(images).detach().requires_grad_()
    network.forward_head(plain)[:, 1].sum().backward()
    rows = (1, 2) if name == "swinv2_tiny" else (2, 3)
    shares = (plain.grad.mean(rows, keepdim=True) * plain).sum(({1, 2, 3} - set(rows)).pop())
    with torch.inference_mode():
        features = run(network, images).features
        wanted = torch.einsum("c,nchw->nhw", head_of(network).weight[1], features)
    assert (shares.detach() * 9).numpy() == pytest.approx(wanted.numpy(), rel=1e-3, abs=1e-3)


def test_that_a_norm_between_pooling_and_head_is_told_in_the_features():
    import torch

    network = woken(build(*CONVNEXT, 4)).eval()
    with torch.no_grad():
        outputs = run(network, pixels(96))
    maps = torch.einsum("kc,nchw->nkhw", head_of(network).weight, outputs.features)
    shares = maps.mean((2, 3)) + head_of(network).bias
    assert shares.detach().numpy() == pytest.approx(outputs.logits.numpy(), rel=1e-3, abs=1e-4)
    # The mean of the features is what the norm leaves: mean 0 and variance 1 before its weights.
    normed = ((outputs.pooled - network.head.norm.bias) / network.head.norm.weight).detach().numpy()
    assert normed.mean(1) == pytest.approx(0, abs=1e-5)
    assert normed.var(1) == pytest.approx(1, rel=1e-2)


@pytest.mark.parametrize("before", [True, False])
def test_that_a_vision_transformer_that_pools_its_patches_gives_a_map_of_them(before):
    import torch

    options = {"depth": 1, "global_pool": "avg", "dynamic_img_size": True, "fc_norm": before}
    network = woken(build("vit_tiny_patch16_224", options, 4)).eval()
    images = pixels(96)
    with torch.no_grad():
        outputs, own = run(network, images), network(images)
    assert outputs.features.shape == (2, 192, 6, 6)
    assert outputs.logits.numpy() == pytest.approx(own.numpy(), rel=1e-3, abs=1e-4)
    maps = torch.einsum("kc,nchw->nkhw", head_of(network).weight, outputs.features)
    shares = maps.mean((2, 3)) + head_of(network).bias
    assert shares.detach().numpy() == pytest.approx(own.numpy(), rel=1e-3, abs=1e-4)


def test_that_a_vision_transformer_may_leave_patches_out_while_it_learns():
    import torch

    options = {"depth": 1, "global_pool": "avg", "dynamic_img_size": True, "fc_norm": False}
    network = woken(build("vit_tiny_patch16_224", {**options, "patch_drop_rate": 0.4}, 4))
    images = pixels(96)
    torch.manual_seed(1)
    outputs = run(network.train(), images)
    torch.manual_seed(1)
    own = network(images)
    assert outputs.features.shape == (2, 192, 1, 21)  # 0.6 of 36, rounded down
    assert outputs.logits.detach().numpy() == pytest.approx(own.detach().numpy(), rel=1e-3, abs=1e-4)
    assert run(network.eval(), images).features.shape == (2, 192, 6, 6)


@pytest.mark.parametrize("name", SMALL)
def test_that_all_weights_of_every_preset_learn(name):
    network = woken(build(*SMALL[name], 5)).train()
    run(network, pixels(64, 4)).logits[:, 2].sum().backward()
    still = [name for name, value in network.named_parameters() if value.grad is None]
    assert still == []
    assert all(np.isfinite(value.grad.numpy()).all() for value in network.parameters())


@pytest.mark.parametrize("name", SMALL)
def test_that_dropout_of_an_option_is_done_while_training_and_only_then(name):
    import torch

    timm, options = SMALL[name]
    still = {"drop_path_rate": 0.0} if name == "swinv2_tiny" else {}
    network = build(timm, {**options, **still, "drop_rate": 0.5}, 5)
    with torch.no_grad():
        network.train()
        images = pixels(64, 4)
        first, second = run(network, images), run(network, images)
        assert torch.equal(first.pooled, second.pooled)
        assert not torch.equal(first.logits, second.logits)
        network.eval()
        assert torch.equal(run(network, images).logits, run(network, images).logits)


def test_that_building_leaves_chance_and_mode_as_timm_does():
    import timm
    import torch

    torch.manual_seed(5)
    plain = timm.create_model("regnetx_002", num_classes=3)
    after = torch.rand(2)
    torch.manual_seed(5)
    network = build("regnetx_002", {}, 3)
    assert torch.equal(torch.rand(2), after)
    assert network.training
    assert all(torch.equal(value, network.state_dict()[name]) for name, value in plain.state_dict().items())


@pytest.mark.parametrize(
    ("architecture", "options", "told"),
    [
        ("regnetx_03", {}, "no network called 'regnetx_03'.*regnetx_032"),
        ("regnetx_002", {"wings": 2}, "with the options {'wings': 2}: .*wings"),
        ("vit_tiny_patch16_224", {"depth": 1}, "cannot take an image of 64 px.*several sizes"),
        ("vit_tiny_patch16_224", {"depth": 1, "dynamic_img_size": True}, "does not end in mean"),
        ("swinv2_tiny_window8_256", {**SMALL["swinv2_tiny"][1], "strict_img_size": True}, "several sizes"),
        ("mobilenetv3_small_050", {}, "features of 288 × 2 × 2, where its head needs a map of 1024"),
        ("regnetx_002", {"global_pool": "max"}, "does not end in mean and linear layer alone"),
        ("dla34", {}, "DLA does not end in a linear layer"),
    ],
)
def test_that_a_network_that_cannot_be_taken_apart_is_refused(architecture, options, told):
    with pytest.raises(MarrowdeskError, match=told):
        build(architecture, options, 3)
