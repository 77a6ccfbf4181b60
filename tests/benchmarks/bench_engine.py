"""Cells per second of the engine, as a ratio to a plain loop of timm in float32 over the same prepared cells.

Run: python tests/benchmarks/bench_engine.py [BUNDLE]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from painted import painted_cell

from marrowdesk.inference.bundle import find_bundles, load_bundle, load_tensors
from marrowdesk.inference.network import as_input
from marrowdesk.inference.preprocess import Recipe, prepare
from marrowdesk.inference.torch_engine import load_engine

_BATCH = 32


def _speed(call, cells: int, seconds: float = 6.0) -> float:
    call()
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        call()
        done += cells
    return done / (time.perf_counter() - start)


def _plain(bundle, images):
    """Prepare and classify as one would without the engine: float32, batch norms as they are, no threads."""
    import timm
    import torch

    card = bundle.card
    name, options = card.architecture.name, card.architecture.options
    network = timm.create_model(name, num_classes=len(bundle.codes), **options)
    tensors = load_tensors(bundle)
    state = {name: torch.from_numpy(tensors[f"network.{name}"]).float() for name in network.state_dict()
             if not name.endswith("num_batches_tracked")}  # fmt: skip
    network.load_state_dict(state, strict=False)
    network.eval()
    parameters = card.preprocessing.parameters
    recipe = Recipe(**{**parameters, "side": int(parameters["side"])})

    def loop() -> None:
        crops = np.stack([prepare(image, recipe)[0] for image in images])
        with torch.inference_mode():
            pixels = as_input(crops, card.preprocessing.mean, card.preprocessing.std)
            network(pixels.contiguous()).softmax(1).numpy()

    return loop


def main() -> None:
    """Print both speeds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", nargs="?", type=Path)
    bundle = load_bundle(parser.parse_args().bundle or find_bundles()[-1])
    images = [painted_cell(250, 50 + seed, seed=seed) for seed in range(_BATCH)]
    engine = load_engine(bundle)
    plain = _speed(_plain(bundle, images), _BATCH)
    fast = _speed(lambda: engine.predict(images), _BATCH)
    print(f"plain timm float32: {plain:.1f} cells/s")
    print(f"engine ({engine.device}, with maps, doubt and embeddings): {fast:.1f} cells/s")
    print(f"ratio: {fast / plain:.2f}")


if __name__ == "__main__":
    main()
