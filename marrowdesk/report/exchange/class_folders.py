"""Cells as images in folders named after their classes, with the manifest that the training side reads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from marrowdesk.core.errors import ImageUnreadable, ReportError
from marrowdesk.imaging.decode import crop, read_image
from marrowdesk.report.exchange.text import file_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np

    from marrowdesk.core.cell import Cell, Place
    from marrowdesk.report.exchange.content import Content

MANIFEST = "manifest.csv"
COLUMNS = ("file", "source", "marrow_class", "group")


def labelled(content: Content) -> list[Cell]:
    """Give the cells that are exported: those a reader gave a class or confirmed.

    A proposal is no label, and an excluded cell is no example of anything.
    """
    return [cell for cell in content.cells if cell.review is not None and cell.review.code is not None]


def image_files(
    content: Content, places: Mapping[int, Place]
) -> Iterator[tuple[Cell, str, bytes | ImageUnreadable]]:
    """Give each cell, the name of its file below the folder, and the file, or why there is none.

    An image that was replaced since it was read is not what the reader saw, and no example of the class.
    Pixels are written anew, as PNG: what a camera or scanner wrote into the file besides them stays here.
    Each image is decoded once, however many cells lie on it.

    Args:
        content: what leaves; its aliases name the files.
        places: where each cell really lies, by its number.
    """
    seen: tuple[Path, int, bytes] | None = None
    page: np.ndarray | ImageUnreadable
    for cell in sorted(labelled(content), key=lambda cell: (str(places[cell.id].path), places[cell.id].page)):
        place = places[cell.id]
        if seen != (wanted := (place.path, place.page, place.sha256)):
            seen, page = wanted, _page(place)
        yield cell, _name(cell, content), _cut_out(page, place)


def manifest_bytes(content: Content, files: Mapping[int, str]) -> bytes:
    """Write the manifest of the cells that were exported.

    The group is the smear, so that training never has cells of one smear on both sides of a split.

    Args:
        content: what leaves.
        files: name of each file below the folder, by the number of its cell.
    """
    written = io.StringIO(newline="")
    table = csv.writer(written)  # not for spreadsheets: names must come back as they are
    table.writerow(COLUMNS)
    source = plain(content.report.title)
    for cell in labelled(content):
        if cell.id in files:
            group = f"{source}: {plain(content.slide_name(cell.slide))}"
            table.writerow((files[cell.id], source, cell.code, group))
    return written.getvalue().encode()


def _name(cell: Cell, content: Content) -> str:
    folder = file_name(cell.code or "", "class")
    stem = file_name(cell.place.path.stem, "cell") if content.named else "cell"
    return f"{folder}/{stem}_{cell.id:06d}.png"


def _page(place: Place) -> np.ndarray | ImageUnreadable:
    try:
        return read_image(place.path, place.page, sha256=place.sha256)
    except ImageUnreadable as error:
        return error


def _cut_out(page: np.ndarray | ImageUnreadable, place: Place) -> bytes | ImageUnreadable:
    if isinstance(page, ImageUnreadable):
        return page
    try:
        return _png(page if place.box is None else crop(page, place.box, place.path))
    except ImageUnreadable as error:
        return error


def _png(image: np.ndarray) -> bytes:
    """Write RGB uint8 of shape (H, W, 3) as PNG."""
    import cv2

    done, written = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    if not done:
        raise ReportError("A cell cannot be written as PNG.", "Tell the makers of the program.")
    return written.tobytes()
