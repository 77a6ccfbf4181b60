"""Cells per second from files on disk to stored proposals with maps, as a ratio to a plain loop of timm.

Run: python tests/benchmarks/bench_engine.py [BUNDLE] [--cells 256] [--rounds 3] [--engine torch]

The plain loop is what one writes in an hour: read, prepare, timm in torch's float32, softmax; no maps, no
doubt, nothing stored. Both run in turns over the same files, for other programs want the processors too. Then
it tells where the time of one cell goes, each step alone. Processor time is told beside that on the clock,
since other programs hardly change it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from painted import painted_cell

from marrowdesk.imaging.decode import read_image
from marrowdesk.inference.around import recipe_of
from marrowdesk.inference.bundle import find_bundles, load_bundle, load_tensors
from marrowdesk.inference.network import as_input, build
from marrowdesk.inference.preprocess import prepare
from marrowdesk.services.analysis import _rows, analyse
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.store.casefile import CaseFile

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("MARROWDESK_DATA", ROOT.parent / "shared" / "data"))

_BATCH = 32


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors together."""

    wall: float
    work: float


def slide_of(folder: Path, count: int) -> list[Path]:
    """Link real cells into a folder where they lie beside the project, else paint some."""
    folder.mkdir()
    if (DATA / "manifest.csv").is_file():
        with (DATA / "manifest.csv").open(encoding="utf-8") as file:
            names = sorted({row["file"] for row in csv.DictReader(file)})
        for number, name in enumerate(random.Random(1).sample(names, min(count, len(names)))):
            (folder / f"{number:05d}{Path(name).suffix}").symlink_to(DATA / name)
    else:
        for number in range(count):
            pixels = painted_cell(250, 50 + number % 40, seed=number)
            cv2.imwrite(str(folder / f"{number:05d}.png"), pixels[..., ::-1])
    return sorted(folder.iterdir())


def plain_loop(bundle):
    """Give a function that classifies files as one would without the program."""
    import torch

    card = bundle.card
    network = build(card.architecture.name, card.architecture.options, len(bundle.codes),
                    card.architecture.attention)  # fmt: skip
    tensors = load_tensors(bundle)
    network.load_state_dict(
        {name: torch.from_numpy(np.asarray(tensors[f"network.{name}"])).float()
         for name in network.state_dict() if not name.endswith("num_batches_tracked")},
        strict=False,
    )  # fmt: skip
    network.eval()
    recipe = recipe_of(bundle)

    def loop(files) -> None:
        for start in range(0, len(files), _BATCH):
            crops = [prepare(read_image(file), recipe)[0] for file in files[start : start + _BATCH]]
            pixels = as_input(np.stack(crops), card.preprocessing.mean, card.preprocessing.std)
            with torch.inference_mode():
                network(pixels.contiguous()).softmax(1).numpy()

    return loop


def classify(folder: Path, engine, home: Path, number: int) -> tuple[float, Spent]:
    """Open a folder in a new case and classify it; give the seconds of the one and the time of the other."""
    with case_for([folder], file=home / f"{number}.mdcase") as case:
        start = time.perf_counter()
        for _ in open_slides(case, [folder], threading.Event()):
            pass
        opened = time.perf_counter() - start
        _, spent = _timed(lambda: list(analyse(case, engine, case.cells(), threading.Event())))
        return opened, spent


def steps(engine, files, case_file: Path) -> dict[str, float]:
    """Give milliseconds of processor time of one cell in each step; ``case_file`` holds the files' cells."""
    files = files[:64]
    images, decode = _timed(lambda: [read_image(file) for file in files])
    recipe = recipe_of(engine.bundle)
    _, preparing = _timed(lambda: [prepare(image, recipe) for image in images])
    crops = engine.noise(engine.batch_size)
    engine.said(crops)
    said, network = _timed(lambda: engine.said(crops))
    windows = [prepare(images[0], recipe)[1]] * len(crops)
    batch, making = _timed(lambda: engine._around.batch(said, windows))
    with CaseFile.open(case_file) as case:
        rows = list(_rows(case.cells()[: len(crops)], batch))
        _, storing = _timed(lambda: case.add_predictions(engine.bundle.sha256, rows))
    return {
        "decode": 1000 * decode.work / len(files),
        "prepare": 1000 * preparing.work / len(files),
        "network": 1000 * network.work / len(crops),
        "probabilities, doubt, maps": 1000 * making.work / len(crops),
        "store": 1000 * storing.work / len(rows),
    }


def _timed(work):
    start, spent = time.perf_counter(), time.process_time()
    result = work()
    return result, Spent(time.perf_counter() - start, time.process_time() - spent)


def main() -> None:
    """Print speeds, their ratio and where the time goes."""
    from marrowdesk.inference.loading import ENGINES, Wish, load_fastest

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", nargs="?", type=Path)
    parser.add_argument("--cells", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", choices=ENGINES, default="auto")
    options = parser.parse_args()
    bundle = load_bundle(options.bundle or find_bundles()[-1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        files = slide_of(home / "slide", options.cells)
        engine, first = _timed(
            lambda: load_fastest(bundle, Wish(options.engine, None, home, home / "c.json"))
        )
        engine, again = _timed(
            lambda: load_fastest(bundle, Wish(options.engine, None, home, home / "c.json"))
        )
        print(
            f"{engine.device} {engine.note}\n"
            f"loaded in {first.wall:.1f} s at the first start, then {again.wall:.1f} s"
        )
        plain, ratios, works = plain_loop(bundle), [], []
        plain(files[:_BATCH])
        for number in range(options.rounds):
            _, slow = _timed(lambda: plain(files))
            reading, fast = classify(home / "slide", engine, home, number)
            ratios.append(slow.wall / fast.wall)
            works.append(slow.work / fast.work)
            print(
                f"round {number + 1}: plain timm float32 {len(files) / slow.wall:5.1f} cells/s, "
                f"files to stored proposals {len(files) / fast.wall:5.1f} cells/s, ratio {ratios[-1]:.2f}; "
                f"processor time {1000 * slow.work / len(files):.1f} and "
                f"{1000 * fast.work / len(files):.1f} ms "
                f"a cell, ratio {works[-1]:.2f} "
                f"(finding and checking the files before: {1000 * reading / len(files):.1f} ms a cell)"
            )
        print(
            f"ratio, median of {len(ratios)} rounds: {statistics.median(ratios):.2f} on the clock, "
            f"{statistics.median(works):.2f} in processor time"
        )
        for name, each in steps(engine, files, home / "0.mdcase").items():
            print(f"  {name:28}{each:7.2f} ms of processor time a cell")


if __name__ == "__main__":
    main()
