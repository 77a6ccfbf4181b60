"""A demonstration slide, so that the whole way can be tried where no real slide is at hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.imaging.drawn import draw_slide
from marrowdesk.store import paths as places

if TYPE_CHECKING:
    from pathlib import Path

CELLS = 300
SEED = 20250101


def make_demo(folder: Path | None = None, count: int = CELLS, seed: int = SEED) -> Path:
    """Draw a slide of cells by our own code, clearly marked as drawn.

    Args:
        folder: where the images go; by default the program's own folder, where a slide drawn before is kept.
        count: cells to draw.
        seed: the same seed draws the same slide.

    Returns:
        The folder of the slide.

    Raises:
        MarrowdeskError: the folder cannot be written, or holds other files.
    """
    kept = folder is None
    target = places.demonstration_path() if folder is None else folder
    complete = target / ".complete"
    mark = f"{count} {seed}"
    try:
        if complete.is_file() and complete.read_text(encoding="utf-8") == mark:
            return target
        if kept and target.exists():
            shutil.rmtree(target)
        elif target.exists() and any(target.iterdir()):
            raise MarrowdeskError(f"{target} is not empty.", "Name a new or empty folder.")
        target.mkdir(parents=True, exist_ok=True)
        draw_slide(target, count, seed)
        complete.write_text(mark, encoding="utf-8")
    except OSError as error:
        raise MarrowdeskError(
            f"The demonstration slide cannot be drawn in {target}: {error.strerror or error}.",
            "Choose another folder.",
        ) from error
    return target
