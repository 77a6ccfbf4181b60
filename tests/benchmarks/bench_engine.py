"""Cells per second from files on disk to stored proposals with maps, as a ratio to plain loops of timm.

Run: python tests/benchmarks/bench_engine.py [BUNDLE] [--cells 256] [--rounds 3] [--engine torch]

A plain loop is what one writes in an hour: read, prepare, timm in torch's float32, softmax; no maps, no
doubt, nothing stored. There are two. One shows the network the whole picture at timm's own size and by
timm's own transform: what is to be had without the program. The other shows it the program's crops at the
bundle's size: it tells what the engine and the pipeline gain, without what the smaller picture gains. All
run in turns over the same files, for other programs want the processors too. Then it tells where the time of
one cell goes, each step alone. Processor time is told beside that on the clock, since other programs hardly
change it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import real_cells
from painted import painted_cell

from marrowdesk.imaging.decode import read_image
from marrowdesk.inference.around import recipe_of
from marrowdesk.inference.bundle import find_bundles, load_bundle, load_tensors
from marrowdesk.inference.network import as_input, build
from marrowdesk.inference.preprocess import prepare
from marrowdesk.services.analysis import _rows, analyse
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.store.casefile import CaseFile

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch


_BATCH = 32


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors together."""

    wall: float
    work: float


def slide_of(folder: Path, count: int) -> list[Path]:
    """Link real cells into a folder where they lie beside the project, else paint some."""
    folder.mkdir()
    if real_cells.are_there():
        names = sorted(set(real_cells.files()))
        for number, name in enumerate(random.Random(1).sample(names, min(count, len(names)))):
            (folder / f"{number:05d}{Path(name).suffix}").symlink_to(real_cells.DATA / name)
    else:
        for number in range(count):
            pixels = painted_cell(250, 50 + number % 40, seed=number)
            cv2.imwrite(str(folder / f"{number:05d}.png"), pixels[..., ::-1])
    return sorted(folder.iterdir())


def plain_loops(bundle) -> dict[str, Callable[[list[Path]], None]]:
    """Give functions that classify files as one would without the program, by what they show the network."""
    import timm
    import torch
    from PIL import Image

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
    usual = timm.data.resolve_model_data_config(timm.create_model(card.architecture.name))
    transform = timm.data.create_transform(**usual)

    def pictures(files) -> torch.Tensor:
        return torch.stack([transform(Image.open(file).convert("RGB")) for file in files])

    def crops(files) -> torch.Tensor:
        shown = np.stack([prepare(read_image(file), recipe)[0] for file in files])
        return as_input(shown, card.preprocessing.mean, card.preprocessing.std).contiguous()

    def loop(show, files) -> None:
        for start in range(0, len(files), _BATCH):
            with torch.inference_mode():
                network(show(files[start : start + _BATCH])).softmax(1).numpy()

    return {
        f"pictures at timm's {usual['input_size'][-1]} px": partial(loop, pictures),
        f"the program's crops at {recipe.side} px": partial(loop, crops),
    }


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


def _speed(spent: Spent, cells: int) -> str:
    return f"{cells / spent.wall:5.1f} cells/s, {1000 * spent.work / cells:.1f} ms of processor time a cell"


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
        references = plain_loops(bundle)
        for loop in references.values():
            loop(files[:_BATCH])
        ratios = {name: [] for name in references}
        for number in range(options.rounds):
            slow = {name: _timed(partial(loop, files))[1] for name, loop in references.items()}
            reading, fast = classify(home / "slide", engine, home, number)
            print(
                f"round {number + 1}: files to stored proposals {_speed(fast, len(files))} "
                f"(finding and checking the files before: {1000 * reading / len(files):.1f} ms a cell)"
            )
            for name, spent in slow.items():
                ratios[name].append(Spent(spent.wall / fast.wall, spent.work / fast.work))
                print(f"  plain timm float32, {name}: {_speed(spent, len(files))}")
        for name, each in ratios.items():
            wall, work = (statistics.median(part) for part in zip(*each, strict=True))
            print(
                f"times as fast as plain timm float32, {name}, median of {len(each)} rounds: {wall:.2f} "
                f"on the clock, {work:.2f} in processor time"
            )
        for name, each in steps(engine, files, home / "0.mdcase").items():
            print(f"  {name:28}{each:7.2f} ms of processor time a cell")


if __name__ == "__main__":
    main()
