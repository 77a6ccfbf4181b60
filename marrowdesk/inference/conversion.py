"""A bundle's network as OpenVINO runs it: converted from torch's once, proved equal, and kept."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk import __version__
from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.around import recipe_of
from marrowdesk.inference.libraries import installed, load_openvino, openvino_core

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.bundle import Bundle

_CLOSE = 1e-3
"""Largest difference from torch's float32, as a share of the largest value (of 1 where that is less): both
round in the seventh digit, and layers add that up. The shipped network comes out within a hundredth of it."""
_ENDING = ".openvino"


class NotConverted(MarrowdeskError):
    """OpenVINO cannot run this network, or gives something else than torch."""


def openvino_model(bundle: Bundle, cache: Path | None = None) -> Any:
    """Give a bundle's network as an OpenVINO model: crops (N, S, S, 3) uint8 to logits, maps and embeddings.

    Torch is loaded only where the cache does not hold the network yet.

    Args:
        bundle: a verified bundle.
        cache: folder in which converted networks are kept. One that cannot be read or written does no harm.

    Raises:
        ImportError: OpenVINO is not installed.
        NotConverted: the network cannot be converted.
        BundleError: the bundle needs what this program does not have.
    """
    openvino = load_openvino()
    file = None if cache is None else cache / _name(bundle)
    if file is not None and (parts := _kept(file)) is not None:
        try:
            return openvino_core().read_model(*parts)
        except RuntimeError:
            file.unlink(missing_ok=True)  # whole, but not understood: converted anew below
    model = _converted(openvino, bundle)
    if file is not None:
        _keep(openvino, model, file)
    return model


def _name(bundle: Bundle) -> str:
    """Name the file by all that the network in it depends on; the weights come first, to tell older ones."""
    card = bundle.card
    told = [
        bundle.sha256,
        card.architecture.model_dump(mode="json"),
        card.preprocessing.model_dump(mode="json"),
        __version__,
        *(installed(each) for each in ("openvino", "torch", "timm")),
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return f"{bundle.sha256[:16]}-{digest[:16]}{_ENDING}"


def _kept(file: Path) -> tuple[bytes, bytes] | None:
    """Read a kept network: its layers and its weights; None where there is none, or a damaged one."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, rest = content[:32], memoryview(content)[32:]
    if len(rest) < 8 or hashlib.sha256(rest).digest() != digest:
        return None
    end = 8 + int.from_bytes(rest[:8], "little")
    return bytes(rest[8:end]), bytes(rest[end:])


def _keep(openvino: Any, model: Any, file: Path) -> None:
    """Keep a network in one file that begins with a hash of the rest; the same weights' older ones go."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            layers = Path(folder) / "network.xml"
            openvino.save_model(model, layers, compress_to_fp16=False)
            text = layers.read_bytes()
            rest = b"".join((len(text).to_bytes(8, "little"), text, layers.with_suffix(".bin").read_bytes()))
        write_atomically(file, hashlib.sha256(rest).digest() + rest)
        for older in file.parent.glob(f"{file.name[:16]}-*{_ENDING}"):
            if older != file:
                older.unlink(missing_ok=True)
    except OSError:
        return  # a full disk or a folder without rights: the next start converts again


def _converted(openvino: Any, bundle: Bundle) -> Any:
    import torch

    from marrowdesk.inference.torch_engine import network_of

    network = _whole(network_of(bundle), bundle)
    side = recipe_of(bundle).side
    crops = np.random.default_rng(0).integers(0, 256, (3, side, side, 3), np.uint8)
    with torch.no_grad():
        wanted = [each.numpy() for each in network(torch.from_numpy(crops))]
        try:
            model = _traced(openvino, network, crops)
            found = _answers(model, crops)
        except Exception as error:  # whatever the two libraries raise: torch is there to go on with
            raise NotConverted(f"OpenVINO cannot run {bundle.card.architecture.name}: {error}.") from error
    # Another number of cells than the network was converted with tells whether that number was frozen in.
    if not all(_close(one, other) for one, other in zip(wanted, found, strict=True)):
        raise NotConverted(f"OpenVINO does not give for {bundle.card.architecture.name} what torch gives.")
    return model


def _close(wanted: np.ndarray, found: np.ndarray) -> bool:
    most = _CLOSE * max(1.0, float(np.abs(wanted).max()))
    return wanted.shape == found.shape and bool(np.abs(wanted - found).max() <= most)


def _traced(openvino: Any, network: torch.nn.Module, crops: np.ndarray) -> Any:
    import torch

    example = torch.from_numpy(crops[:2])
    with warnings.catch_warnings():
        # torch announces that tracing will go; exporting takes twice as long and runs a fifth slower.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(network, example, check_trace=False)
        shape = openvino.PartialShape([-1, *crops.shape[1:]])
        return openvino.convert_model(traced, example_input=example, input=[(shape, openvino.Type.u8)])


def _answers(model: Any, crops: np.ndarray) -> list[np.ndarray]:
    run = openvino_core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return [np.array(run([crops])[at]) for at in range(3)]


def _whole(network: torch.nn.Module, bundle: Bundle) -> torch.nn.Module:
    """Put scaling before a network, and maps and pooling after it, as the torch engine does."""
    import torch

    from marrowdesk.inference.network import features_of, head_of

    card, head = bundle.card.preprocessing, head_of(network)

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = network
            for name, values in (("middle", card.mean), ("spread", card.std)):
                self.register_buffer(name, torch.tensor(list(values)).view(1, 3, 1, 1))

        def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            pixels = (crops.permute(0, 3, 1, 2).float() / 255 - self.middle) / self.spread
            features = features_of(self.network, pixels)
            maps = torch.einsum("kc,nchw->nkhw", head.weight, features)
            return maps.mean((2, 3)) + head.bias, maps, features.mean((2, 3))

    return Whole().eval().requires_grad_(False)
