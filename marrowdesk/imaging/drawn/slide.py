"""Draw a small slide: a folder of pictures in a plausible mix, marked as drawn in every way."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from marrowdesk.imaging.drawn.picture import draw_cell
from marrowdesk.imaging.drawn.stain import Stain

if TYPE_CHECKING:
    from pathlib import Path

TRUTH = "drawn.csv"
"""Name of the table that tells what each picture was drawn as."""

_COMMENT = b"DRAWN by MarrowDesk for demonstration: no patient, no microscope, no diagnostic value."

# Per cent; near the middle of the reference ranges for adult marrow, with a share of what is not counted.
_MIX = {
    "BLA": 1.5, "PMO": 4.5, "MYB": 9.0, "MMZ": 8.0, "NGB": 11.0, "NGS": 18.0, "EOS": 2.5, "BAS": 0.5,
    "MON": 2.0, "PEB": 1.0, "EBO": 21.0, "LYT": 12.0, "PLM": 1.5, "KSC": 1.0, "ART": 4.5, "NIF": 2.0,
}  # fmt: skip


def draw_slide(folder: Path, count: int = 300, seed: int = 8) -> list[Path]:
    """Draw a slide of single-cell pictures in one staining.

    The pictures are named ``drawn_0001.jpg`` and so on, in no folder of a class; the word DRAWN is in the
    picture and in its comment. What each was drawn as stands in ``drawn.csv`` beside them, for tests.

    Args:
        folder: made when it does not exist; pictures of the same names in it are replaced.
        count: how many pictures.
        seed: the same seed gives the same slide.

    Returns:
        The pictures, in the order of their numbers.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    stain = Stain.of_slide(rng)
    codes = rng.permutation(_mixed(count))
    paths = [folder / f"drawn_{number:04d}.jpg" for number in range(1, count + 1)]
    for number, (path, code) in enumerate(zip(paths, codes, strict=True)):
        image = draw_cell(str(code), np.random.default_rng([seed, number]), stain=stain)
        path.write_bytes(_as_jpeg(image))
    with (folder / TRUTH).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "code"))
        table.writerows((path.name, code) for path, code in zip(paths, codes, strict=True))
    return paths


def _mixed(count: int) -> list[str]:
    """Give a code for each cell, as near to the mix as whole numbers allow, rare classes at least once."""
    total = sum(_MIX.values())
    wanted = {code: share / total * count for code, share in _MIX.items()}
    given = {code: max(int(want), 1 if count >= 5 * len(_MIX) else 0) for code, want in wanted.items()}
    while sum(given.values()) != count:
        step = 1 if sum(given.values()) < count else -1
        code = max(wanted, key=lambda each: step * (wanted[each] - given[each]))
        given[code] += step
    return [code for code, number in given.items() for _ in range(number)]


def _as_jpeg(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=92, comment=_COMMENT)
    return buffer.getvalue()
