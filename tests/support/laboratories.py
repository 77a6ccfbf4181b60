"""Cases of laboratories made of numbers: reviewed cells whose embeddings lie where they are told to."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from tiny_bundle import make_tiny_bundle

from marrowdesk.core import edits
from marrowdesk.core.cell import Place, Review, Verdict
from marrowdesk.core.edits import Change, Edit
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.adapting import last_layer
from marrowdesk.inference.bundle import load_bundle, load_tensors, write_card
from marrowdesk.inference.card import Precision
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.inference.bundle import Bundle

WHEN = datetime(2031, 4, 1, 12, tzinfo=UTC)

OTHER = {
    "BLA": "PMO",
    "PMO": "MYB",
    "MYB": "NGS",
    "NGS": "EOS",
    "EOS": "EBO",
    "EBO": "LYT",
    "LYT": "BLA",
    "ART": "NIF",
    "NIF": "ART",
}
"""What the readers of a laboratory call what the tiny network proposes."""


def draw(folder: Path, count: int, seed: int) -> None:
    """Draw purple disks of many sizes and shades on white."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    distance = np.hypot(*np.meshgrid(np.arange(64) - 31.5, np.arange(64) - 31.5))
    for number in range(count):
        image = np.full((64, 64, 3), 245, np.uint8)
        image[distance < rng.uniform(16, 31)] = rng.integers((150, 120, 180), (230, 200, 240))
        image[distance < rng.uniform(8, 20)] = rng.integers((50, 20, 100), (140, 90, 190))
        Image.fromarray(image).save(folder / f"{number:03}.png")


def decide(case: CaseFile, *, otherwise: bool) -> None:
    """Review all cells of a case, as proposed or by other names."""
    at = datetime.now(UTC)
    if not otherwise:
        case.record(edits.confirm(case.cells(), "ab", at))
        return
    for code, called in OTHER.items():
        cells = [
            cell for cell in case.cells() if cell.prediction is not None and cell.prediction.code == code
        ]
        if cells:
            case.record(edits.assign(cells, called, called, "ab", at))


def make_proved_bundle(folder: Path) -> Bundle:
    """Write a tiny bundle whose card proves that torch may run it in bfloat16."""
    bundle = make_tiny_bundle(folder)
    proof = Precision(engine="torch", precision="bfloat16", cells=2000, f1_lost=0.0, changed=0.001)
    write_card(folder, bundle.card.model_copy(update={"precisions": (proof,)}))
    return load_bundle(folder)


def make_laboratory(
    bundle: Bundle, count: int, shift: float, seed: int = 0, strangeness: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw cells that the bundle names rightly nine times of ten, then move them all as another stain would.

    Args:
        bundle: its last layer says where the classes lie.
        count: cells.
        shift: how far all are moved, in widths of a class.
        seed: of the cells.
        strangeness: of the direction in which they are moved.

    Returns:
        Embeddings (N, D) float32 and labels (N,).
    """
    rng = np.random.default_rng(seed)
    _, layer = last_layer(bundle, load_tensors(bundle))
    width, classes = layer.weights.shape[1], layer.weights.shape[0]
    # Where each class is the only one that is likely: the least-squares answer of the layer.
    wanted = 6.0 * (np.eye(classes) - 1 / classes) - layer.biases
    middles = wanted @ np.linalg.pinv(layer.weights).T
    labels = rng.integers(0, classes, count)
    noise = rng.normal(0, 1, (count, classes)) @ np.linalg.pinv(layer.weights).T
    away = np.random.default_rng(strangeness).normal(0, 1, classes) @ np.linalg.pinv(layer.weights).T
    rest = rng.normal(0, 0.05, (count, width))
    rest -= rest @ np.linalg.pinv(layer.weights) @ layer.weights  # which the layer does not look at
    drawn = middles[labels] + 1.8 * noise + shift * 1.8 * away + rest
    return drawn.astype(np.float32), labels


def make_case(
    path: Path,
    bundle: Bundle,
    embeddings: np.ndarray,
    codes: Sequence[str],
    *,
    scheme: Scheme = MARROW,
    pixels: str = "",
    model: ModelInfo | None = None,
) -> Path:
    """Write a case in which a reader gave every cell a class.

    Args:
        path: the case file.
        bundle: the model that proposed.
        embeddings: (N, D) of the cells.
        codes: N classes that the reader gave.
        scheme: that it is counted with.
        pixels: cells of two cases show the same where these are the same; the name of the case when empty.
        model: another model than the bundle's.
    """
    model = model or ModelInfo(bundle.sha256, bundle.card.name, bundle.card.revision, bundle.codes)
    odds = np.full(len(model.codes), 1 / len(model.codes), np.float32)
    with CaseFile.create(path, scheme, path.stem) as case:
        slide = case.add_slide("slide", path.parent / f"{path.stem} slide")
        cells = case.add_cells(
            slide.id,
            [
                NewCell(
                    Place(slide.folder / f"{at}.png"),
                    hashlib.sha256(f"{pixels or path.stem} {at}".encode()).hexdigest(),
                    64,
                    64,
                )
                for at in range(len(codes))
            ],
        )
        case.add_model(model)
        case.add_predictions(
            model.sha256,
            [
                StoredPrediction(cell.id, odds, 0.1, None, None, each)
                for cell, each in zip(cells, embeddings, strict=True)
            ],
        )
        changes = tuple(
            Change(cell.id, None, Review(Verdict.ASSIGNED, code, "A. Reader", WHEN))
            for cell, code in zip(cells, codes, strict=True)
        )
        case.record(Edit("cells", changes))
    return path


def worked(steps):
    """Work to the end: give what came out, and the steps on the way."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen
