"""Small gray pictures of the printed pages, and where they are stored.

``python tests/support/page_pictures.py`` writes all of them anew, after a change of the look that is wanted:
look at each of them before it is committed. All cells in them are drawn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from marrowdesk.report.options import PrintOptions

STORED = Path(__file__).resolve().parents[1] / "report" / "looks"
_SCALE = 0.5
_GRAYS = 16


def page_pictures(content: bytes) -> list[np.ndarray]:
    """Draw each page at half a dot a point; uint8 gray, shape (H, W)."""
    with pdfium.PdfDocument(content) as document:
        return [
            np.asarray(page.render(scale=2 * _SCALE, grayscale=True).to_pil().convert("L").reduce(2))
            for page in document
        ]


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Tell how far two pictures differ: the greatest difference of the means of squares of 6 dots, in grays.

    Letters that another version of the drawing library sets a little otherwise differ by less than 20; a line
    of text that is missing, moved or cut off differs by more than 30.
    """
    if one.shape != other.shape:
        return 255.0
    height, width = (each // 6 * 6 for each in one.shape)
    means = [
        each[:height, :width].astype(float).reshape(height // 6, 6, width // 6, 6).mean((1, 3))
        for each in (one, other)
    ]
    return float(np.abs(means[0] - means[1]).max())


def stored(name: str) -> np.ndarray:
    """Read a stored picture."""
    with Image.open(STORED / f"{name}.png") as image:
        return np.asarray(image.convert("L"))


def kinds() -> dict[str, PrintOptions]:
    """Give the documents that have pictures: each template in each language, papers in turn."""
    from report_samples import ALL_COLUMNS

    return {
        f"{template}-{language}-{page}": PrintOptions(template, page, language, ALL_COLUMNS)
        for template in ("marrow", "summary", "blood")
        for language, page in (("en", "A4"), ("de", "Letter"), ("zh", "A4"))
    }


def pictured(options: PrintOptions) -> list[np.ndarray]:
    """Print a report that has everything, and draw its pages."""
    from report_samples import whole

    from marrowdesk.report.pdf import pdf_bytes

    return page_pictures(pdf_bytes(whole(), options))


def _small(picture: np.ndarray) -> Image.Image:
    """Give a picture in sixteen evenly spaced grays."""
    step = 255 // (_GRAYS - 1)
    image = Image.fromarray(((picture.astype(int) + step // 2) // step).astype(np.uint8), "P")
    image.putpalette([gray * step for gray in range(_GRAYS) for _ in range(3)])
    return image


def main() -> None:
    """Write all pictures."""
    STORED.mkdir(exist_ok=True)
    for old in STORED.glob("*.png"):
        old.unlink()
    for name, options in kinds().items():
        for number, picture in enumerate(pictured(options), 1):
            _small(picture).save(STORED / f"{name}-{number}.png", optimize=True, bits=4)
    total = sum(each.stat().st_size for each in STORED.glob("*.png"))
    print(f"{len(list(STORED.glob('*.png')))} pictures, {total / 1024:.0f} KiB in {STORED}")


if __name__ == "__main__":
    sys.path.insert(0, str(STORED.parent))
    main()
