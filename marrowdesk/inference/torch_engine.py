"""The engine that runs a bundle with PyTorch, on the processor or on a CUDA device."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import BundleError, MarrowdeskError
from marrowdesk.inference.around import UPDATE, EngineHere, Said, threads_told
from marrowdesk.inference.bundle import load_bundle, load_tensors
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed
from marrowdesk.inference.precision import best_precision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.inference.bundle import Bundle


class TorchEngine(EngineHere):
    """Runs a bundle with PyTorch: the reference of all engines.

    No global setting of torch is touched unless threads are asked for, so that the caller decides how many it
    may use.

    Args:
        bundle: a verified bundle.
        device: ``"auto"`` (CUDA where there is one), ``"cpu"`` or ``"cuda"``.
        precision: name of a torch dtype, or ``"auto"`` for the fastest that the bundle's card allows.
        note: why it is this engine.

    Raises:
        BundleError: the bundle needs a method or a network that this program does not have.
    """

    def __init__(self, bundle: Bundle, device: str = "auto", precision: str = "auto", note: str = "") -> None:
        import torch

        from marrowdesk.inference.network import head_of

        super().__init__(bundle, tensors := load_tensors(bundle), note)
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._device = torch.device(device)
        exact = network_of(bundle, tensors)
        head = head_of(exact)
        self._head_weight = head.weight.detach().clone().to(self._device)
        self._head_bias = head.bias.detach().clone().to(self._device)
        self._exact = exact.to(self._device, memory_format=torch.channels_last)
        if precision == "auto":
            precision = best_precision(bundle.card, "torch", device)
        self.tune(Setup("torch", precision, batch=128 if self._device.type == "cuda" else 32))

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        import torch

        name, now = f"PyTorch {installed('torch')}", self._setup
        if self._device.type != "cpu":
            return f"{name} on {self._device.type}, {now.precision}, batch {now.batch}"
        threads = threads_told(now.threads or torch.get_num_threads())
        return f"{name}, {now.precision}, batch {now.batch}, {threads}"

    @property
    def setup(self) -> Setup:
        """How it runs the network."""
        return self._setup

    def tune(self, setup: Setup) -> None:
        """Run with other threads, batches and numbers from now on; to be called on the running thread."""
        import torch

        self._setup = replace(setup, engine="torch")
        self._dtype = getattr(torch, setup.precision)
        self._network = self._exact
        if self._dtype != torch.float32:
            self._network = copy.deepcopy(self._exact).to(self._dtype)
        if setup.threads is not None:
            torch.set_num_threads(setup.threads)

    def said(self, crops: np.ndarray) -> Said:
        """Run the network on crops (N, S, S, 3) uint8.

        Pooling and head run in float32. map_k = Σ_c w_kc · feature_c; since the logit is the mean of map_k
        over the frame plus the bias, maps and logits come from one product.
        """
        import torch

        from marrowdesk.inference.network import as_input, features_of

        card = self._bundle.card.preprocessing
        with torch.inference_mode():
            pixels = as_input(crops, card.mean, card.std).to(self._device, self._dtype)
            features = features_of(self._network, pixels).float()
            maps = torch.einsum("kc,nchw->nkhw", self._head_weight, features)
            logits = maps.mean((2, 3)) + self._head_bias
            answers = (logits, maps, features.mean((2, 3)))
            return Said(*(each.cpu().numpy() for each in answers))


def network_of(bundle: Bundle, tensors: Mapping[str, np.ndarray] | None = None) -> Any:
    """Build a bundle's network in float32, to evaluate, norms folded into the convolutions before them.

    Args:
        bundle: a verified bundle.
        tensors: its weight file; read when None.

    Raises:
        BundleError: the network cannot be made, or the weights do not fit it.
    """
    try:
        return _network(bundle, load_tensors(bundle) if tensors is None else tensors)
    except MarrowdeskError as error:
        raise BundleError(f"The network of {bundle.path} cannot be made: {error.message}", UPDATE) from error
    except (KeyError, RuntimeError) as error:
        raise BundleError(f"The weights of {bundle.path} do not fit its card: {error}.", UPDATE) from error


def _network(bundle: Bundle, tensors: Mapping[str, np.ndarray]) -> Any:
    """Build the network with its weights in float32, norms folded into the convolutions before them."""
    import torch

    from marrowdesk.inference.network import build

    card = bundle.card.architecture
    # All weights are in the bundle: options that fetched some for the training must fetch none here.
    options = {**card.options, "pretrained": False}
    network = build(card.name, options, len(bundle.codes), card.attention)
    state = {
        name.removeprefix("network."): torch.from_numpy(value.astype(np.float32))
        for name, value in tensors.items()
        if name.startswith("network.")
    }
    counters = {
        name: value for name, value in network.state_dict().items() if name.endswith("num_batches_tracked")
    }
    network.load_state_dict({**state, **counters}, strict=True)
    return _folded(network.eval().requires_grad_(False))


def _folded(network: Any) -> Any:
    """Fold batch norms into the convolutions before them: fewer passes over memory, same result."""
    from timm.layers import BatchNormAct2d, ConvNormAct
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for block in network.modules():
        if isinstance(block, ConvNormAct) and isinstance(block.bn, BatchNormAct2d):
            block.conv = fuse_conv_bn_eval(block.conv, block.bn)
            block.bn = block.bn.act
    return network


def load_engine(bundle: Bundle | Path, device: str = "auto") -> TorchEngine:
    """Load a bundle's network.

    Args:
        bundle: a verified bundle, or the folder of one.
        device: ``"auto"`` (CUDA where there is one), ``"cpu"`` or ``"cuda"``.

    Raises:
        BundleError: the bundle is missing, altered, or needs what this program does not have.
    """
    return TorchEngine(load_bundle(bundle) if isinstance(bundle, Path) else bundle, device)
