"""The person's own classes: a file beside the settings for new cases, and files to hand around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.own_classes import check
from marrowdesk.core.taxonomy import MARROW, Scheme
from marrowdesk.store.own_file import read_own, write_own
from marrowdesk.store.paths import scheme_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def read_scheme(path: Path, reserved: Collection[str] = ()) -> Scheme:
    """Read classes from a file.

    Args:
        path: the file.
        reserved: keys that no class may have.

    Raises:
        MarrowdeskError: it cannot be read, is no scheme, or holds a class that cannot be used.
    """
    content = read_own(path, "classes")
    try:
        return check(Scheme.from_json(content.decode("utf-8-sig")), reserved)
    except UnicodeDecodeError as error:
        raise MarrowdeskError(f"{path} is no file of classes.", "Choose a file exported here.") from error


def write_scheme(path: Path, scheme: Scheme) -> None:
    """Write classes into a file, whole or not at all.

    Raises:
        SettingsError: it cannot be written.
    """
    write_own(path, (scheme.to_json() + "\n").encode())


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
