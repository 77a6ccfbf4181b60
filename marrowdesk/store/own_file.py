"""Reading and writing a person's own files: bounded, whole or not at all, with errors that name the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 2**20
"""A file of settings, classes, ranges or texts is far smaller; another one is not read whole."""


def read_own(path: Path, what: str) -> bytes:
    """Read a file that a person chose, or that the program keeps beside the settings.

    Args:
        path: the file.
        what: what it holds, for the message: ``text blocks``.

    Raises:
        MarrowdeskError: it cannot be read, or is too large to be such a file.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise MarrowdeskError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the rights of the file."
        ) from error
    if len(content) > MOST_BYTES:
        raise MarrowdeskError(f"{path} is too large for a file of {what}.", "Choose another file.")
    return content


def write_own(path: Path, content: bytes, name: str = "") -> None:
    """Write such a file, whole or not at all.

    Args:
        path: the file.
        content: all of it.
        name: what the file is, before its path in the message: ``The logo``.

    Raises:
        SettingsError: it cannot be written; the one before is as it was.
    """
    try:
        write_atomically(path, content)
    except OSError as error:
        raise SettingsError(
            f"{f'{name} {path}'.strip()} cannot be written ({error.strerror or error}).",
            "Choose another folder, or check the rights of this one and the space on the disk.",
        ) from error


def delete_own(path: Path, name: str = "") -> None:
    """Delete such a file; one that is not there is no error.

    Args:
        path: the file.
        name: as for :func:`write_own`.

    Raises:
        SettingsError: it cannot be deleted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{f'{name} {path}'.strip()} cannot be deleted ({error.strerror or error}).",
            "Check the rights of the folder, or delete the file yourself.",
        ) from error
