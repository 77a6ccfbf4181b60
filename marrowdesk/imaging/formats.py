"""Tell what a file is from its first bytes, and whether its end is missing."""

from __future__ import annotations

import enum
import re

EXTENSIONS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".bmp", ".dib", ".webp"})
"""Endings of the image files that are read, in lower case."""

FOREIGN = frozenset({".gif", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".psd", ".dcm", ".svs", ".ndpi"})
"""Endings of images that are not read: told of, so that nobody misses their cells in the count."""

HEAD = 512
"""How many bytes of a file :func:`sniff` and :func:`describe` want to see."""


class Kind(enum.StrEnum):
    """An image format that is read; the value is the name people know it by."""

    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    BMP = "BMP"
    WEBP = "WebP"


def sniff(head: bytes) -> Kind | None:
    """Give the image format that the first bytes of a file belong to, or None; the name is not looked at."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return Kind.TIFF
    # "BM" alone also begins texts; the size of the info header that follows is one of a few numbers.
    if head.startswith(b"BM") and head[14:18] in _BMP_HEADERS:
        return Kind.BMP
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    return None


_BMP_HEADERS = {size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124)}

_OTHERS = (
    (re.compile(rb"GIF8[79]a"), "a GIF image"),
    (re.compile(rb"....ftyp(heic|heix|mif1|msf1|hevc)", re.DOTALL), "a HEIC image"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "an AVIF image"),
    (re.compile(rb"....ftyp", re.DOTALL), "a film"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "a JPEG 2000 image"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "a JPEG XL image"),
    (re.compile(rb"8BPS"), "a Photoshop file"),
    (re.compile(rb".{128}DICM", re.DOTALL), "a DICOM file"),
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"PK\x03\x04"), "a ZIP archive or an Office document"),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?<svg", re.IGNORECASE), "an SVG drawing"),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), "a web page"),
    (re.compile(rb"[\t\n\r\x20-\x7e]{16,}\Z"), "a text"),
)


def describe(head: bytes) -> str:
    """Say in words what a file that is not read seems to be; empty where nothing is recognised."""
    return next((words for pattern, words in _OTHERS if pattern.match(head)), "")


def is_cut_off(kind: Kind, data: bytes) -> bool:
    """Whether the end of a file is missing, as far as its format tells without decoding.

    TIFF does not tell here: its parts may stand in any order, so :mod:`marrowdesk.imaging.tiff` checks each.
    """
    if kind is Kind.JPEG:
        return data.rfind(b"\xff\xd9") < max(data.find(b"\xff\xda"), 2)
    if kind is Kind.PNG:
        return b"IEND" not in data[-64:]
    if kind is Kind.WEBP:
        return len(data) < int.from_bytes(data[4:8], "little") + 8
    if kind is Kind.BMP:
        return len(data) < int.from_bytes(data[2:6], "little")
    return False
