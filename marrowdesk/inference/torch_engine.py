"""The engine that runs a bundle with PyTorch, on the processor or on a CUDA device."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import BundleError, MarrowdeskError
from marrowdesk.inference.bundle import load_bundle, load_tensors
from marrowdesk.inference.calibration import probabilities
from marrowdesk.inference.doubt import METHODS as DOUBT_METHODS
from marrowdesk.inference.engine import Batch
from marrowdesk.inference.maps import placing
from marrowdesk.inference.precision import fast_dtype
from marrowdesk.inference.preprocess import METHOD, Recipe, Window, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.inference.bundle import Bundle

_NO_NUCLEUS = 2.0
"""Least doubt of an image without a nucleus of the right colour in its middle: nothing there that the network
was trained on."""

_UPDATE = "Update MarrowDesk, or choose another bundle."


class TorchEngine:
    """Runs a bundle with PyTorch.

    The network runs in bfloat16 where the processor multiplies it natively, in float16 on CUDA, else in
    float32. No global setting of torch is touched, so that the caller decides how many threads it may use.

    Args:
        bundle: a verified bundle.
        device: ``"auto"`` (CUDA where there is one), ``"cpu"`` or ``"cuda"``.
        precision: ``"auto"`` or the name of a torch dtype.

    Raises:
        BundleError: the bundle needs a method or a network that this program does not have.
    """

    def __init__(self, bundle: Bundle, device: str = "auto", precision: str = "auto") -> None:
        import torch

        from marrowdesk.inference.network import head_of

        self._bundle = bundle
        card = bundle.card
        self._recipe = _recipe(bundle)
        if card.doubt.method not in DOUBT_METHODS:
            raise BundleError(f"The bundle {bundle.path} measures doubt by {card.doubt.method!r}.", _UPDATE)
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self._device = torch.device(device)
        self._dtype = fast_dtype(device) if precision == "auto" else getattr(torch, precision)
        tensors = load_tensors(bundle)
        try:
            self._space = DOUBT_METHODS[card.doubt.method].from_tensors(tensors)
            network = _network(bundle, tensors)
        except MarrowdeskError as error:
            raise BundleError(
                f"The network of {bundle.path} cannot be made: {error.message}", _UPDATE
            ) from error
        except (KeyError, RuntimeError) as error:
            raise BundleError(
                f"The weights of {bundle.path} do not fit its card: {error}.", _UPDATE
            ) from error
        head = head_of(network)
        self._head_weight = head.weight.detach().to(self._device)
        self._head_bias = head.bias.detach().to(self._device)
        self._network = network.to(self._device, self._dtype, memory_format=torch.channels_last)
        self._offset = card.architecture.map_offset
        self._log_weights = np.asarray(card.calibration.log_weights)
        self._proposed = np.array([each.proposed for each in card.outputs])

    @property
    def bundle(self) -> Bundle:
        """The bundle it runs."""
        return self._bundle

    @property
    def codes(self) -> tuple[str, ...]:
        """The K classes, in the order of the probabilities and maps."""
        return self._bundle.codes

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"{self._device.type}, {str(self._dtype).removeprefix('torch.')}"

    @property
    def batch_size(self) -> int:
        """How many images a batch should hold for good speed."""
        return 128 if self._device.type == "cuda" else 32

    def predict(self, images: Sequence[np.ndarray]) -> Batch:
        """Classify images, each (H, W, 3) uint8 RGB of any size.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
        """
        crops, windows = self._prepared(images)
        logits, maps, embeddings = self._forward(crops)
        card = self._bundle.card
        doubt = self._space.distance(embeddings) / card.doubt.threshold
        found = np.array([window.found for window in windows], bool)
        return Batch(
            probabilities=probabilities(
                logits, self._log_weights, card.calibration.temperature, self._proposed
            ),
            doubt=np.where(found, doubt, np.maximum(doubt, _NO_NUCLEUS)).astype(np.float32),
            maps=maps,
            windows=np.array(
                [(each.left, each.top, each.side, each.side) for each in windows], np.float32
            ).reshape(-1, 4),
            embeddings=embeddings,
        )

    def logits(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give plain logits (N, K) and embeddings (N, D) of prepared crops (N, S, S, 3), to evaluate."""
        logits, _, embeddings = self._forward(crops)
        return logits, embeddings

    def _prepared(self, images: Sequence[np.ndarray]) -> tuple[np.ndarray, list[Window]]:
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
                raise ValueError(f"an image must be (H, W, 3) uint8, not {image.shape} {image.dtype}")
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="prepare") as pool:
            pairs = list(pool.map(lambda image: prepare(image, self._recipe), images))
        side = self._recipe.side
        crops = np.stack([crop for crop, _ in pairs]) if pairs else np.empty((0, side, side, 3), np.uint8)
        return crops, [window for _, window in pairs]

    def _forward(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logits (N, K), maps (N, K, 2h, 2w) and embeddings (N, D) of prepared crops, float32.

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
            embeddings = features.mean((2, 3))
            raw = maps.cpu().numpy()
        down, across = (placing(cells, crops.shape[1], self._offset) for cells in raw.shape[2:])
        return logits.cpu().numpy(), down @ raw @ across.T, embeddings.cpu().numpy()


def _recipe(bundle: Bundle) -> Recipe:
    card = bundle.card.preprocessing
    if card.method != METHOD:
        raise BundleError(f"The bundle {bundle.path} prepares images by {card.method!r}.", _UPDATE)
    try:
        return Recipe(**{**card.parameters, "side": int(card.parameters["side"])})  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise BundleError(
            f"The preprocessing in {bundle.path} is not understood: {error}.", _UPDATE
        ) from error


def _network(bundle: Bundle, tensors: dict[str, np.ndarray]) -> Any:
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
