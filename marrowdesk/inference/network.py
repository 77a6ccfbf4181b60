"""Building a network by its timm name, and what goes in and comes out of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.attention import put_attention

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import torch

MEAN, STD = (0.70, 0.62, 0.78), (0.22, 0.27, 0.17)
"""What new networks scale their input by: rounded channel statistics of prepared crops in [0, 1]."""

_TRIAL_SIDE = 64
_OTHER = (
    "Choose a network that ends in global average pooling and one linear layer, such as the presets; a "
    "vision transformer does with --option 'global_pool=\"avg\"'."
)


class Outputs(NamedTuple):
    """What one forward pass gives.

    Attributes:
        logits: (N, K), the head's weights times ``pooled``, plus its bias.
        pooled: (N, D) mean of ``features`` over the frame: the embedding.
        features: (N, D, h, w) what is pooled, see :func:`features_of`.
    """

    logits: torch.Tensor
    pooled: torch.Tensor
    features: torch.Tensor


def build(
    architecture: str, options: Mapping[str, Any], classes: int, attention: str = "none"
) -> torch.nn.Module:
    """Build a timm network with a linear head of ``classes`` outputs.

    Args:
        architecture: timm name.
        options: arguments for timm's ``create_model``.
        classes: number of outputs.
        attention: kind put into every residual block, see :mod:`marrowdesk.inference.attention`; ``"none"``
            leaves the network as timm makes it, with the attention it may have of its own.

    Raises:
        MarrowdeskError: timm has no such network or option, attention cannot be put into it, it takes images
            of one size only, or :func:`run` cannot take it apart.
    """
    if attention != "none" and options.get("se_ratio"):
        raise MarrowdeskError(
            f"The network is to have both se_ratio={options['se_ratio']} and attention {attention}.",
            "Leave one of the two out: they have the same place in the network.",
        )
    network = _created(architecture, options, classes)
    if attention != "none":
        put_attention(network, attention)
    _try(network, architecture)
    return network


def _created(architecture: str, options: Mapping[str, Any], classes: int) -> torch.nn.Module:
    import difflib

    import timm

    if not timm.is_model(architecture):
        near = difflib.get_close_matches(architecture, timm.list_models(), 3)
        raise MarrowdeskError(
            f"timm {timm.__version__} has no network called {architecture!r}.",
            f"Names like it: {', '.join(near)}." if near else "timm.list_models() gives the names.",
        )
    try:
        network: torch.nn.Module = timm.create_model(architecture, num_classes=classes, **options)
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        raise MarrowdeskError(
            f"timm cannot make {architecture} with the options {dict(options)}: {error}.",
            "Correct the options; they are arguments of timm's create_model.",
        ) from error
    return network


def _try(network: torch.nn.Module, architecture: str) -> None:
    """Run one small image to see that :func:`run` gives the logits that the network itself gives."""
    import torch

    pixels = torch.rand((1, 3, _TRIAL_SIDE, _TRIAL_SIDE), generator=torch.Generator().manual_seed(0))
    training = network.training
    try:
        with torch.no_grad():
            plain = network.eval().forward_features(pixels)
            whole, taken = network.forward_head(plain), _end(network, _averaged(network, plain)).logits
    except (AssertionError, AttributeError, RuntimeError, TypeError, ValueError) as error:
        raise MarrowdeskError(
            f"The network {architecture} cannot take an image of {_TRIAL_SIDE} px: {str(error).rstrip('.')}.",
            "It must take images of several sizes; some need an option for that, such as "
            "strict_img_size=false for Swin.",
        ) from error
    finally:
        network.train(training)
    if whole.shape != taken.shape or not torch.allclose(whole, taken, rtol=1e-3, atol=1e-4):
        raise MarrowdeskError(
            f"The network {architecture} does not end in mean and linear layer alone.", _OTHER
        )


def head_of(network: torch.nn.Module) -> torch.nn.Linear:
    """Give the linear layer that makes logits from the pooled features.

    Raises:
        MarrowdeskError: the network has none.
    """
    import torch

    head = network.get_classifier()
    if not isinstance(head, torch.nn.Linear):
        raise MarrowdeskError(f"A {type(network).__name__} does not end in a linear layer.", _OTHER)
    return head


def features_of(network: torch.nn.Module, pixels: torch.Tensor) -> torch.Tensor:
    """Give the features (N, D, h, w) whose mean over the frame the head sees.

    They are the output of the last stage. Where a layer norm stands between pooling and head (ConvNeXt), each
    place of the frame goes through it with the mean and variance of the pooled features. Their mean is then
    what the norm gives, so that head weights times features are still the class's share of each place. That
    is Grad-CAM with the norm's mean and variance held still.

    Raises:
        MarrowdeskError: the network does not end in a map of features as wide as the head.
    """
    return _averaged(network, network.forward_features(pixels))


def _averaged(network: torch.nn.Module, plain: torch.Tensor) -> torch.Tensor:
    import torch
    from timm.layers import NormMlpClassifierHead

    width = head_of(network).in_features
    if plain.ndim == 3:
        plain = _framed(network, plain)
    if plain.ndim != 4 or width not in (plain.shape[1], plain.shape[3]):
        shape = " × ".join(str(each) for each in plain.shape[1:])
        raise MarrowdeskError(
            f"A {type(network).__name__} ends in features of {shape}, where its head needs a map of {width}.",
            _OTHER,
        )
    features = plain if plain.shape[1] == width else plain.permute(0, 3, 1, 2)
    end = getattr(network, "head", None)
    if isinstance(end, NormMlpClassifierHead) and isinstance(end.norm, torch.nn.LayerNorm):
        return _normed(end.norm, features)
    between = getattr(network, "fc_norm", None)
    return _normed(between, features) if isinstance(between, torch.nn.LayerNorm) else features


def _framed(network: Any, tokens: torch.Tensor) -> torch.Tensor:
    """Lay the tokens of a vision transformer's patches (N, P, D) out as the square they come from.

    Patches that are left are laid in a row where the network's options leave some out while training
    (``patch_drop_rate``; Liu et al. 2023, "PatchDropout"): their mean is what counts there.
    """
    patches = tokens[:, int(getattr(network, "num_prefix_tokens", 0)) :]
    count = patches.shape[1]
    if network.training and getattr(getattr(network, "patch_drop", None), "prob", 0.0):
        return patches.unflatten(1, (1, count))
    side = math.isqrt(count)
    return patches.unflatten(1, (side, side)) if side**2 == count else tokens


def _normed(norm: torch.nn.LayerNorm, features: torch.Tensor) -> torch.Tensor:
    pooled = features.mean((2, 3), keepdim=True)
    spread = (pooled.var(1, keepdim=True, correction=0) + norm.eps).sqrt()
    weight, bias = norm.weight.view(1, -1, 1, 1), norm.bias.view(1, -1, 1, 1)
    return (features - pooled.mean(1, keepdim=True)) / spread * weight + bias


def run(network: torch.nn.Module, pixels: torch.Tensor) -> Outputs:
    """Run a network that ends in global average pooling and a linear layer.

    Dropout that the network's options ask for before its head is done while training, on what the head sees.
    """
    return _end(network, features_of(network, pixels))


def _end(network: torch.nn.Module, features: torch.Tensor) -> Outputs:
    import torch

    pooled = features.mean((2, 3))
    rate = _drop_rate(network) if network.training else 0.0
    seen = torch.nn.functional.dropout(pooled, rate) if rate else pooled
    return Outputs(head_of(network)(seen), pooled, features)


def _drop_rate(network: Any) -> float:
    """Find timm's dropout before the head: a layer of the head, of the network, or a number."""
    layer = getattr(getattr(network, "head", network), "drop", getattr(network, "head_drop", None))
    return float(getattr(network, "drop_rate", 0.0) if layer is None else layer.p)


def as_input(images: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """Turn (N, S, S, 3) uint8 RGB into the (N, 3, S, S) float input of a network, in channels-last layout."""
    import torch

    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    middle, spread = (torch.tensor(list(each)).view(1, 3, 1, 1) for each in (mean, std))
    return ((pixels - middle) / spread).contiguous(memory_format=torch.channels_last)
