"""What a laboratory gains by adapting the classifier, by how many of its cells were reviewed.

Some cells of one source are taken for what its readers decided, the others show what came of it.

Run: python tests/benchmarks/simulate_adapting.py [DATA] [--source NAME] [--bundle FOLDER] [--all]
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import numpy as np
import real_cells

from marrowdesk.inference.adapting import Cells, Layer, fit, last_layer
from marrowdesk.inference.bundle import Bundle, load_bundle, load_tensors, shipped_bundle
from marrowdesk.inference.loading import load_fastest
from marrowdesk.services.engines import wished
from marrowdesk.training.reading import read_labelled
from marrowdesk.training.split_file import read_split

SIZES = (100, 200, 400, 800)
DRAWS = 5


def measured(layer: Layer, embeddings: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Give the share of cells named rightly, and the mean over the classes."""
    right = layer.probabilities(embeddings).argmax(1) == labels
    return float(right.mean()), float(np.mean([right[labels == each].mean() for each in np.unique(labels)]))


def embedded(bundle: Bundle, samples) -> np.ndarray:
    """Run the network over cells; give the embeddings (N, D)."""
    from marrowdesk.imaging.decode import read_place

    engine = load_fastest(bundle, wished())
    step = engine.batch_size
    parts = [
        engine.predict([read_place(each.place) for each in samples[start : start + step]]).embeddings
        for start in range(0, len(samples), step)
    ]
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="labelled cells (default: the real ones of the tests)")
    parser.add_argument("--source", default="matek", help="which laboratory (default: matek)")
    parser.add_argument("--bundle", type=Path, help="another bundle than the shipped one")
    parser.add_argument(
        "--all", action="store_true", help="the bundle was trained on no cell of it: take all"
    )
    options = parser.parse_args()
    if options.data is None and not real_cells.are_there():
        print(real_cells.MISSING)
        return
    bundle = shipped_bundle() if options.bundle is None else load_bundle(options.bundle)
    samples = [
        each
        for each in read_labelled([options.data or str(real_cells.DATA)]).samples
        if each.source == options.source and each.code in bundle.proposed
    ]
    if not options.all:
        held = read_split(bundle.path / "held_out.csv")
        samples = [each for each in samples if each.file in held]
    rng = np.random.default_rng(0)
    samples = [samples[at] for at in sorted(rng.permutation(len(samples))[:2000])]
    labels = np.array([bundle.codes.index(each.code) for each in samples])
    embeddings = embedded(bundle, samples)
    _, base = last_layer(bundle, load_tensors(bundle))
    print(f"{bundle.card.name} {bundle.card.revision}, {options.source}, {len(samples)} cells, {DRAWS} draws")
    print("reviewed   named rightly: shipped  adapted   mean over classes: shipped  adapted")
    for size in SIZES:
        if size > len(samples) // 2:
            break
        rows = []
        for _ in range(DRAWS):
            order = rng.permutation(len(samples))
            learned, rest = order[:size], order[size:]
            cells = Cells(embeddings[learned], labels[learned], np.zeros(size, int))
            layer, _ = fit(base, cells, threading.Event())
            rows.append([measured(each, embeddings[rest], labels[rest]) for each in (base, layer)])
        (shipped, shipped_mean), (adapted, adapted_mean) = np.mean(rows, axis=0)
        print(f"{size:8}{shipped:24.3f}{adapted:9.3f}{shipped_mean:28.3f}{adapted_mean:9.3f}")


if __name__ == "__main__":
    main()
