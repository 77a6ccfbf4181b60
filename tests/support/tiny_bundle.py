"""A real bundle with a very small network of random weights, written by the real export in about a second."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
from small_networks import woken

from marrowdesk.inference.card import Architecture, Calibration, ClassEntry, Doubt, TrainingRecord
from marrowdesk.inference.doubt import METHOD
from marrowdesk.inference.maps import map_offset
from marrowdesk.inference.network import MEAN, STD, as_input, build, head_of, run
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.export import preprocessing_card, write_bundle
from marrowdesk.training.familiarity import Evidence, fit_doubt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.doubt import JoinedSpace

CODES = ("BLA", "PMO", "MYB", "NGS", "EOS", "EBO", "LYT", "ART", "NIF")


def _blobs(count: int, rng: np.random.Generator) -> np.ndarray:
    """Purple disks of many sizes and shades on white, as prepared crops (N, 64, 64, 3)."""
    at = np.arange(64) - 31.5
    distance = np.hypot(at[:, None], at[None, :])
    images = np.full((count, 64, 64, 3), 245, np.uint8)
    for image in images:
        image[distance < rng.uniform(16, 31)] = rng.integers((150, 120, 180), (230, 200, 240))
        image[distance < rng.uniform(8, 20)] = rng.integers((50, 20, 100), (140, 90, 190))
        image[rng.integers(0, 64, 60), rng.integers(0, 64, 60)] = rng.integers(60, 200, 3)
    return images


def _spread_head(network, images: np.ndarray) -> np.ndarray:
    """Give the head weights that tell the images apart; returns the images' embeddings."""
    import torch

    with torch.no_grad():
        embeddings = run(network, as_input(images, MEAN, STD)).pooled
        head = head_of(network)
        torch.nn.init.normal_(head.weight, std=2.0 / embeddings.shape[1] ** 0.5)
        head.weight /= embeddings.std(0) + embeddings.std(0).mean()
        head.bias.copy_(-head.weight @ embeddings.mean(0))
    return embeddings.numpy()


def _space(network, embeddings: np.ndarray) -> JoinedSpace:
    """Fit the measure of doubt on blobs against their negatives."""
    import torch

    groups = np.arange(len(embeddings)) % 4
    negatives = 255 - _blobs(16, np.random.default_rng(9))
    with torch.no_grad():
        foreign = run(network, as_input(negatives, MEAN, STD)).pooled.numpy()
    return fit_doubt(Evidence(embeddings, groups, embeddings, groups, foreign, embeddings), axes=8)


def make_tiny_bundle(
    folder: Path,
    codes: Sequence[str] = CODES,
    seed: int = 0,
    architecture: Architecture | None = None,
) -> Bundle:
    """Write a bundle of a small network at 64 px whose proposals are spread over the classes, and load it.

    Args:
        folder: the bundle's folder; made where it is not there.
        codes: the classes of the outputs; HAC is added as "reader only".
        seed: other seeds give other weights, so another sha256.
        architecture: the network, a bare regnetx_002 when None. Of another one, the residual branches that
            begin with zero are given weight, and ``map_offset`` is filled in.
    """
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        card = architecture or Architecture(name="regnetx_002")
        network = build(card.name, card.options, len(codes), card.attention).eval()
        if architecture:
            woken(network)
        embeddings = _spread_head(network, _blobs(48, np.random.default_rng(seed)))
    classes = [ClassEntry(code=code, output=at, images=100) for at, code in enumerate(codes)]
    classes.append(ClassEntry(code="HAC", proposed=False, reason="only 5 images", images=5))
    return write_bundle(
        folder,
        network,
        _space(network, embeddings),
        {
            "name": "tiny-random",
            "revision": str(seed),
            "summary": "Random weights, for tests only.",
            "architecture": card.model_copy(update={"map_offset": map_offset(network, 64)}),
            "classes": classes,
            "preprocessing": preprocessing_card(Recipe(side=64)),
            "calibration": Calibration(log_weights=(0.0,) * len(codes), temperature=1.0),
            "doubt": Doubt(method=METHOD, threshold=4.0, held_out_share=0.05),
            "training": TrainingRecord(command="not trained"),
        },
    )


def make_doubting(folder: Path, tiny: Path, threshold: float) -> Path:
    """Copy a bundle to one with another threshold of doubt; give its folder.

    Args:
        folder: where the copy goes.
        tiny: folder of the bundle.
        threshold: 1e-6 makes every cell unfamiliar, 1e6 none.
    """
    shutil.copytree(tiny, folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["doubt"]["threshold"] = threshold
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder
