"""The person's own classes: a file beside the settings for new cases, and files to hand around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.own_classes import check
from marrowdesk.core.taxonomy import MARROW, Scheme
from marrowdesk.store.atomic import write_atomically
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import scheme_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_MOST_BYTES = 2**20


def read_scheme(path: Path, reserved: Collection[str] = ()) -> Scheme:
    """Read classes from a file.

    Args:
        path: the file.
        reserved: keys that no class may have.

    Raises:
        MarrowdeskError: it cannot be read, is no scheme, or holds a class that cannot be used.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise MarrowdeskError(f"{path} is too large for a file of classes.", "Choose another file.")
        return check(Scheme.from_json(content.decode("utf-8-sig")), reserved)
    except OSError as error:
        raise MarrowdeskError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the rights of the file."
        ) from error
    except UnicodeDecodeError as error:
        raise MarrowdeskError(f"{path} is no file of classes.", "Choose a file exported here.") from error


def write_scheme(path: Path, scheme: Scheme) -> None:
    """Write classes into a file, whole or not at all.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        write_atomically(path, (scheme.to_json() + "\n").encode())
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror or error}).",
            "Choose another folder, or check the space on the disk.",
        ) from error


def own_scheme() -> Scheme:
    """Give the classes for new cases: the person's own, or the shipped ones where there are none.

    Raises:
        MarrowdeskError: the file of the person's own classes cannot be used; the message says why.
    """
    path = scheme_path()
    return read_scheme(path) if path.exists() else MARROW


def keep_own_scheme(scheme: Scheme) -> None:
    """Use classes for new cases.

    Raises:
        SettingsError: they cannot be written.
    """
    write_scheme(scheme_path(), scheme)
