"""Fetch the bytes of an image file; put into plain words why that is refused."""

from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

from marrowdesk.core.errors import ImageUnreadable

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 30
"""Size of a file that is read at most."""

COPY_AGAIN = "Copy it again from where it was taken."


def printable(name: str) -> str:
    """Give a name that every screen and file takes: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        ImageUnreadable: missing, a folder, a device, no permission, empty, or larger than :data:`MAX_BYTES`.
    """
    try:
        # A pipe named like an image would block its reader for ever, so look before opening.
        check_regular(path, path.stat().st_mode)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise explain(path, error) from error
    name = printable(path.name)
    if not data:
        raise ImageUnreadable(f"{name} is empty (0 bytes).", COPY_AGAIN)
    if len(data) > MAX_BYTES:
        raise ImageUnreadable(
            f"{name} is larger than {MAX_BYTES >> 30} GiB.", "Export the part you need as a smaller image."
        )
    return data


def check_regular(path: Path, mode: int) -> None:
    """Make sure that a path is an ordinary file.

    Args:
        path: named in the message.
        mode: ``st_mode`` of what the path leads to.

    Raises:
        ImageUnreadable: it is a folder, a device or a pipe.
    """
    name = printable(path.name)
    if stat.S_ISDIR(mode):
        raise ImageUnreadable(f"{name} is a folder, not an image.", "Open it as a folder.")
    if not stat.S_ISREG(mode):
        raise ImageUnreadable(f"{name} is a device or a pipe, not a file.", "Take it out of the folder.")


def explain(path: Path, error: OSError) -> ImageUnreadable:
    """Say in plain words why the system does not hand out a file or folder."""
    name = printable(path.name)
    # Windows reports a link that leads back to itself with error 1921 and no errno of its own.
    if error.errno == errno.ELOOP or getattr(error, "winerror", None) == 1921:
        return ImageUnreadable(f"{name} is a link that leads back to itself.", "Delete the link.")
    if isinstance(error, PermissionError):
        return ImageUnreadable(
            f"{name} may not be read: no permission.", "Ask its owner, or copy it to a folder of your own."
        )
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        return ImageUnreadable(f"{name} cannot be read: {error.strerror}.", "Check the drive it lies on.")
    if path.is_symlink():
        return ImageUnreadable(f"{name} is a link to something that is not there.", "Delete the link.")
    return ImageUnreadable(
        f"{name} is not there any more.", "Was it moved, or the drive taken out? Open its folder again."
    )
