"""Read the pages of a TIFF file with whichever of three libraries knows its kind of samples."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import tifffile
from PIL import Image

from marrowdesk.imaging.pages import CutOff, check_size, from_opencv, pillow_samples
from marrowdesk.imaging.pixels import to_eight_bits, upright

_ORIENTATION = 274
_WHITE_IS_ZERO = 0
_GRAY_AND_RGB = (0, 1, 2)


class TiffPages:
    """The pages of one TIFF file in memory; reduced copies (thumbnails, pyramid levels) are no pages.

    Raises:
        CutOff: a page is missing.
        ValueError: this is no TIFF file.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        # A file in memory needs no closing, and pages are read from it later.
        file = tifffile.TiffFile(io.BytesIO(data))
        # tifffile itself stops at a chain of pages that runs in a circle, or that leads out of the file.
        pages = [page.aspage() for page in file.pages]
        if not pages or _next_page(file, pages[-1]) >= len(data):
            raise CutOff("a page lies behind the end of the file")
        self._pages = [(at, page) for at, page in enumerate(pages) if at == 0 or not page.is_reduced]

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def reduces(self) -> bool:
        """Whether a small picture is decoded by itself; see :class:`marrowdesk.imaging.pages.SinglePage`."""
        return False

    def read(self, page: int, at_least: int = 0) -> np.ndarray:
        """Decode one page.

        Pillow reads pages of up to 8 bits with every compression and colour model. Of deeper ones it would
        drop the low bits: tifffile reads those, and OpenCV where tifffile lacks the compression.

        Args:
            page: counted from 0.
            at_least: a page always comes in full size.

        Returns:
            uint8, upright, shape (H, W) or (H, W, C).

        Raises:
            CutOff: samples are missing.
            TooLarge: the page has too many pixels.
            ValueError: the samples are no picture; and whatever else the libraries raise on damaged files.
        """
        at, found = self._pages[page]
        check_size(found.imagewidth, found.imagelength)
        ends = [sum(pair) for pair in zip(found.dataoffsets, found.databytecounts, strict=True)]
        if not ends or max(ends) > len(self._data):
            raise CutOff("samples lie behind the end of the file")
        if found.samplesperpixel > 4:
            raise ValueError(f"{found.samplesperpixel} channels")
        return self._deep(at, found) if found.bitspersample > 8 else self._with_pillow(at)

    def _with_pillow(self, at: int) -> np.ndarray:
        with Image.open(io.BytesIO(self._data), formats=("TIFF",)) as image:
            image.seek(at)
            return pillow_samples(image)  # Pillow applies the orientation of TIFF files by itself

    def _deep(self, at: int, page: tifffile.TiffPage) -> np.ndarray:
        if page.photometric not in _GRAY_AND_RGB:
            raise ValueError(f"{page.photometric.name} with {page.bitspersample} bits")
        samples = page.asarray() if page.compression in tifffile.TIFF.DECOMPRESSORS else self._with_opencv(at)
        if samples.ndim == 3 and page.axes.startswith("S"):
            samples = np.moveaxis(samples, 0, -1)
        samples = to_eight_bits(samples)
        if page.photometric == _WHITE_IS_ZERO:
            samples = 255 - samples
        tag = page.tags.get(_ORIENTATION)
        return upright(samples, 1 if tag is None else tag.value)

    def _with_opencv(self, at: int) -> np.ndarray:
        done, pages = cv2.imdecodemulti(
            np.frombuffer(self._data, np.uint8), cv2.IMREAD_UNCHANGED, range=(at, at + 1)
        )
        if not done or len(pages) != 1:
            raise ValueError("compression")
        return from_opencv(pages[0])


def _next_page(file: tifffile.TiffFile, page: tifffile.TiffPage) -> int:
    """Give the offset at which a page says that the next one begins; 0 after the last."""
    tiff, handle = file.tiff, file.filehandle
    handle.seek(page.offset)
    (tags,) = struct.unpack(tiff.tagnoformat, handle.read(tiff.tagnosize))
    handle.seek(page.offset + tiff.tagnosize + tags * tiff.tagsize)
    (offset,) = struct.unpack(tiff.offsetformat, handle.read(tiff.offsetsize))
    return int(offset)
