"""Decode an image file, or the part of it that shows a cell, to RGB; say plainly when that is impossible."""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from marrowdesk.core.errors import ImageReplaced, ImageUnreadable
from marrowdesk.imaging.files import COPY_AGAIN, printable, read_bytes
from marrowdesk.imaging.formats import HEAD, Kind, describe, is_cut_off, sniff
from marrowdesk.imaging.pages import MAX_PIXELS, CutOff, SinglePage, TooLarge
from marrowdesk.imaging.pixels import to_rgb
from marrowdesk.imaging.quiet import hush
from marrowdesk.imaging.tiff import TiffPages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from marrowdesk.core.cell import Box, Place

# What Pillow, tifffile, OpenCV, zlib and struct raise on bytes that are not what they pretend to be.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError,
    MemoryError, RuntimeError, struct.error, zlib.error, cv2.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a file holds, after every page of it was decoded once.

    Attributes:
        sha256: of the whole file, 64 hexadecimal digits.
        sizes: width and height of each page in pixels, after EXIF orientation.
    """

    sha256: str
    sizes: tuple[tuple[int, int], ...]

    @property
    def pages(self) -> int:
        """The number of pages; 1 except for multi-page TIFF."""
        return len(self.sizes)

    @property
    def width(self) -> int:
        """Width of the first page in pixels."""
        return self.sizes[0][0]

    @property
    def height(self) -> int:
        """Height of the first page in pixels."""
        return self.sizes[0][1]


def read_image(path: Path, page: int = 0, *, at_least: int = 0, sha256: bytes = b"") -> np.ndarray:
    """Decode one page of an image file.

    Gray becomes RGB, alpha is laid over white, more than 8 bits are scaled as
    :func:`marrowdesk.imaging.pixels.to_eight_bits` says, EXIF orientation is applied. Colour profiles are
    not: the classifier learned from samples as they stand in the file. Safe to call from several threads.

    Args:
        path: the file; its format is told by its content, not by its name.
        page: page of a multi-page TIFF, counted from 0.
        at_least: for thumbnails: the image may come out smaller, when that saves time, as long as its longer
            side keeps this many pixels; 0 for the full size.
        sha256: hash that the file must have, 32 bytes; empty for any file.

    Returns:
        RGB uint8, C-contiguous, writable, shape (H, W, 3).

    Raises:
        ImageReplaced: it is another file than the one with that hash.
        ImageUnreadable: the file cannot be read; the message names it and says why.
    """
    data = read_bytes(path)
    with _plainly(path, data) as pages:
        if 0 <= page < len(pages):
            image = to_rgb(pages.read(page, at_least))
            _require_same(path, data, sha256)  # a damaged file is told as that
            return image
    raise ImageUnreadable(
        f"{printable(path.name)} has no page {page + 1}.", "Was it replaced by a file with fewer pages?"
    )


def read_place(place: Place) -> np.ndarray:
    """Decode the part of an image that shows a cell; a box is cut at the border of the image.

    Returns:
        RGB uint8, C-contiguous, shape (H, W, 3).

    Raises:
        ImageReplaced: the file is not the one that was read into the case.
        ImageUnreadable: the file cannot be read, or the box lies outside of the image.
    """
    image = read_image(place.path, place.page, sha256=place.sha256)
    return image if place.box is None else crop(image, place.box, place.path)


def probe(path: Path, look: Callable[[int, np.ndarray, bool], None] | None = None) -> ImageInfo:
    """Read a file once, decode every page of it and give its hash.

    Args:
        path: the file.
        look: called before the next page is decoded, with the number of a page, its RGB uint8 (H, W, 3), and
            whether :func:`read_image` with ``at_least`` gives the same picture: not of a JPEG, of which that
            decodes less.

    Raises:
        ImageUnreadable: the file, or one page of it, cannot be read.
    """
    data, sizes = read_bytes(path), []
    with _plainly(path, data) as pages:
        for page in range(len(pages)):
            image = to_rgb(pages.read(page, 0))
            sizes.append((image.shape[1], image.shape[0]))
            if look is not None:
                look(page, image, not pages.reduces)
    return ImageInfo(hashlib.sha256(data).hexdigest(), tuple(sizes))


def crop(image: np.ndarray, box: Box, path: Path) -> np.ndarray:
    """Cut a box out of a decoded page; it is cut at the border of the image.

    Args:
        image: uint8 RGB, shape (H, W, 3).
        box: the part of it.
        path: the image's file, for the message.

    Raises:
        ImageUnreadable: the box lies outside of the image.
    """
    left, top = max(box.x, 0), max(box.y, 0)
    part = image[top : max(box.y + box.height, 0), left : max(box.x + box.width, 0)]
    if part.size == 0:
        raise ImageUnreadable(
            f"{printable(path.name)} has nothing where the cell should be "
            f"({box.width} x {box.height} at {box.x}, {box.y}).",
            "Was the image replaced by a smaller one?",
        )
    return np.ascontiguousarray(part)


@contextlib.contextmanager
def _plainly(path: Path, data: bytes) -> Iterator[TiffPages | SinglePage]:
    """Open the pages of a file; whatever the libraries say about its bytes becomes one plain sentence."""
    name = printable(path.name)
    kind = sniff(data)
    if kind is None:
        raise _no_image(name, data[:HEAD])
    hush()
    try:
        yield TiffPages(data) if kind is Kind.TIFF else SinglePage(kind, data)
    except (TooLarge, Image.DecompressionBombError) as error:
        raise ImageUnreadable(
            f"{name} has more than {MAX_PIXELS // 1_000_000} million pixels.",
            "Export the region you need as a smaller image.",
        ) from error
    except _DECODER_ERRORS as error:
        if isinstance(error, CutOff) or is_cut_off(kind, data):
            message = f"{name} is cut off: part of the {kind} image is missing."
            raise ImageUnreadable(message, COPY_AGAIN) from error
        raise ImageUnreadable(
            f"{name} is damaged, or a kind of {kind} that is not read ({error}).",
            "Copy it again, or save it as a plain 8-bit JPEG, PNG or TIFF.",
        ) from error


def _require_same(path: Path, data: bytes, sha256: bytes) -> None:
    if sha256 and hashlib.sha256(data).digest() != sha256:
        raise ImageReplaced(
            f"{printable(path.name)} is not the image that was read: the file was replaced or changed since.",
            "Put the image back that was read: what was decided belongs to that one.",
        )


def _no_image(name: str, head: bytes) -> ImageUnreadable:
    what = describe(head)
    if not head.strip(b"\0"):
        return ImageUnreadable(f"{name} holds nothing but zeros.", COPY_AGAIN)
    message = f"{name} is no image that is read{f': it is {what}' if what else ''}."
    return ImageUnreadable(message, "JPEG, PNG, TIFF, BMP and WebP are read.")
