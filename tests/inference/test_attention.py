"""Seven kinds of attention, each as its formula says, each where the study puts it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from small_networks import SMALL, woken

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.attention import KINDS, NAMES, make_attention
from marrowdesk.inference.network import build, run

C = 96
PLACES = {
    "regnetx_032": [f"s{at + 1}.b{block + 1}.se" for at in range(4) for block in range((1, 1, 4, 7)[at])],
    "resnext50": [f"layer{at}.0.se" for at in range(1, 5)],
}


@pytest.fixture(autouse=True)
def _same_chance():
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def made(kind):
    """A module whose weights and running statistics are all its own, in evaluation mode."""
    import torch

    layer = woken(make_attention(kind, C))
    for each in layer.modules():
        if isinstance(each, torch.nn.BatchNorm2d):
            each.running_mean.normal_(std=0.3)
            each.running_var.uniform_(0.5, 2)
    return layer.eval()


@cache
def plain_network(name):
    return build(*SMALL[name], 3)


def given(side=5):
    import torch

    return torch.randn(2, C, side, side + 1)


def weights(layer):
    return {name: value.detach().double().numpy() for name, value in layer.state_dict().items()}


def logistic(values):
    return 1 / (1 + np.exp(-values))


def one_by_one(weight, bias, values):
    """A 1×1 convolution of (N, C, …)."""
    return np.einsum("oc,nc...->no...", weight[:, :, 0, 0], values) + bias.reshape(
        -1, *[1] * (values.ndim - 2)
    )


def convolved(weight, image):
    """A 7×7 convolution of (N, 2, a, b) to (N, a, b), padded with zeros."""
    padded = np.pad(image, ((0, 0), (0, 0), (3, 3), (3, 3)))
    rows, columns = image.shape[2:]
    return sum(
        np.einsum("c,ncab->nab", weight[0, :, i, j], padded[:, :, i : i + rows, j : j + columns])
        for i in range(7)
        for j in range(7)
    )


def normed(state, name, values):
    """Batch norm of one channel in evaluation mode."""
    part = [state[f"{name}.{each}"] for each in ("running_mean", "running_var", "weight", "bias")]
    mean, variance, weight, bias = part
    shape = (1, -1, *[1] * (values.ndim - 2))
    scaled = (values - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + 1e-5)
    return scaled * weight.reshape(shape) + bias.reshape(shape)


def gate_of(state, name, image):
    """Norm and logistic of a 7×7 convolution."""
    conv, norm = name
    return logistic(normed(state, norm, convolved(state[conv], image)[:, None])[:, 0])


def by_hand(kind, state, x):
    """The formula of each kind, in numpy."""
    mean, most = x.mean((2, 3)), x.max((2, 3))
    if kind == "se":
        inner = np.maximum(one_by_one(state["fc1.weight"], state["fc1.bias"], mean), 0)
        return x * logistic(one_by_one(state["fc2.weight"], state["fc2.bias"], inner))[:, :, None, None]
    if kind == "eca":
        taps = state["conv.weight"][0, 0]
        padded = np.pad(mean, ((0, 0), (1, 1)))
        gate = sum(taps[at] * padded[:, at : at + C] for at in range(3))
        return x * logistic(gate)[:, :, None, None]
    if kind == "cbam":
        nought = np.zeros(1)
        both = sum(
            one_by_one(state["channel.fc2.weight"], nought,
                       np.maximum(one_by_one(state["channel.fc1.weight"], nought, each), 0))
            for each in (mean, most)
        )  # fmt: skip
        y = x * logistic(both)[:, :, None, None]
        image = np.stack([y.mean(1), y.max(1)], 1)
        return y * gate_of(state, ("spatial.conv.conv.weight", "spatial.conv.bn"), image)[:, None]
    if kind == "coord":
        nought = np.zeros(1)
        joined = np.concatenate([x.mean(3), x.mean(2)], 2)
        inner = normed(state, "bn1", one_by_one(state["conv1.weight"], nought, joined))
        inner = inner * np.clip(inner + 3, 0, 6) / 6
        down = logistic(one_by_one(state["conv_h.weight"], nought, inner[:, :, : x.shape[2]]))
        across = logistic(one_by_one(state["conv_w.weight"], nought, inner[:, :, x.shape[2] :]))
        return x * down[:, :, :, None] * across[:, :, None, :]
    if kind == "gc":
        score = np.einsum("c,nchw->nhw", state["conv_attn.weight"][0, :, 0, 0], x) + state["conv_attn.bias"]
        share = np.exp(score) / np.exp(score).sum((1, 2), keepdims=True)
        context = (x * share[:, None]).sum((2, 3))
        inner = one_by_one(state["mlp_add.fc1.weight"], state["mlp_add.fc1.bias"], context)
        inner = (inner - inner.mean(1, keepdims=True)) / np.sqrt(inner.var(1, keepdims=True) + 1e-6)
        inner = np.maximum(inner * state["mlp_add.norm.weight"] + state["mlp_add.norm.bias"], 0)
        added = one_by_one(state["mlp_add.fc2.weight"], state["mlp_add.fc2.bias"], inner)
        return x + added[:, :, None, None]
    if kind == "simam":
        squares = (x - mean[:, :, None, None]) ** 2
        variance = squares.sum((2, 3), keepdims=True) / (x.shape[2] * x.shape[3] - 1)
        return x * logistic(squares / (4 * (variance + 1e-4)) + 0.5)
    gates = [
        np.expand_dims(
            gate_of(state, (f"gates.{axis - 1}.0.weight", f"gates.{axis - 1}.1"),
                    np.stack([x.max(axis), x.mean(axis)], 1)),
            axis,
        )
        for axis in (1, 2, 3)
    ]  # fmt: skip
    return x * (gates[0] + gates[1] + gates[2]) / 3


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_that_each_kind_does_what_its_formula_says(kind):
    import torch

    layer, x = made(kind), given()
    with torch.inference_mode():
        got = layer(x).numpy()
    assert got == pytest.approx(by_hand(kind, weights(layer), x.double().numpy()), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_that_each_kind_gives_nearly_the_same_in_half_precision(kind, dtype):
    import torch

    half = getattr(torch, dtype)
    layer, x = made(kind), given() * 100
    with torch.inference_mode():
        exact = layer(x)
        rough = layer.to(half)(x.to(half))
    assert rough.dtype is half
    # Half a percent of rounding goes in, and gates are as steep as s' = 1/4 of 100.
    assert (rough.float() - exact).abs().mean() < 0.02 * exact.abs().mean()


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("se", 8 * C + 8 + C * 8 + C),  # 96 / 16 = 6, rounded up to 8
        ("eca", 3),  # (log2 96 + 1) / 2 = 3.8
        ("cbam", 2 * 8 * C + 2 * 49 + 2),
        ("coord", 3 * 8 * C + 2 * 8),  # 2/3 of 6 = 4, rounded up to 8; conv, its norm, and two convs back
        ("gc", (C + 1) + (8 * C + 8) + 2 * 8 + (C * 8 + C)),
        ("simam", 0),
        ("triplet", 3 * (2 * 49 + 2)),
    ],
)
def test_that_each_kind_has_as_many_parameters_as_counted_by_hand(kind, count):
    assert sum(value.numel() for value in make_attention(kind, C).parameters()) == count


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
@pytest.mark.parametrize("name", PLACES)
def test_that_attention_stands_in_every_residual_block_and_learns(kind, name):
    import torch

    plain, network = plain_network(name), build(*SMALL[name], 3, kind)
    like = type(make_attention(kind, 8))
    assert [place for place, each in network.named_modules() if isinstance(each, like)] == PLACES[name]
    woken(network).eval()
    outputs = run(network, torch.randn(4, 3, 64, 64))
    assert outputs.features.shape[1:] == (plain.get_classifier().in_features, 2, 2)
    outputs.logits[:, 1].sum().backward()
    own = dict(network.named_parameters()).keys() - dict(plain.named_parameters()).keys()
    assert len(own) == len(PLACES[name]) * len(list(make_attention(kind, 8).parameters()))
    lengths = {each: float(network.get_parameter(each).grad.norm()) for each in own}
    assert all(np.isfinite(length) for length in lengths.values())
    # A softmax does not see what is added to all places alike.
    assert all(length > 0 for each, length in lengths.items() if not each.endswith("conv_attn.bias"))


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_that_a_network_s_state_goes_into_another_of_its_kind(kind):
    import torch

    first, second = (woken(build("regnetx_002", {}, 3, kind)).eval() for _ in range(2))
    images = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        assert not torch.equal(first(images), second(images))
        second.load_state_dict(first.state_dict(), strict=True)
        assert torch.equal(first(images), second(images))


def test_that_the_built_in_attention_of_a_network_gives_way():
    from timm.layers import SqueezeExcite

    network = build("regnety_002", {}, 3, "eca")
    assert not [each for each in network.modules() if isinstance(each, SqueezeExcite)]
    mobile = build("efficientnet_b0", {}, 3, "simam")
    assert {type(each.se).__name__ for each in mobile.modules() if hasattr(each, "se")} == {"SimAM"}


def test_that_without_attention_the_option_of_timm_still_puts_squeeze_and_excitation_in():
    network = build("regnetx_002", {"se_ratio": 0.25}, 3)
    assert network.s1.b1.se.fc1.weight.shape == (8, 24, 1, 1)
    with pytest.raises(MarrowdeskError, match=r"both se_ratio=0.25 and attention eca"):
        build("regnetx_002", {"se_ratio": 0.25}, 3, "eca")


def test_that_a_gate_over_a_single_place_stays_a_number():
    import torch

    features = torch.randn(2, 8, 1, 1)
    assert make_attention("simam", 8)(features).numpy() == pytest.approx(features.numpy() * logistic(0.5))


@pytest.mark.parametrize("name", ["swinv2_tiny", "densenet121"])
def test_that_attention_is_refused_where_there_are_no_residual_blocks_of_convolutions(name):
    with pytest.raises(MarrowdeskError, match=r"cannot be put into a (Swin|Dense).*no residual blocks"):
        build(*SMALL[name], 3, "se")


def test_that_blocks_nobody_has_thought_of_are_refused():
    with pytest.raises(MarrowdeskError, match="SelectiveKernelBasic are not known"):
        build("skresnet18", {"layers": [1, 1, 1, 1]}, 3, "se")


def test_that_an_unknown_kind_is_told_with_the_known_ones():
    with pytest.raises(MarrowdeskError, match=r"no attention called 'bam'.*none, se, eca, cbam"):
        build("regnetx_002", {}, 3, "bam")
    assert len(NAMES) == 8
