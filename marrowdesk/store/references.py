"""The laboratory's own reference ranges: a file beside the settings, and files to hand around."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import REFERENCE_SETS, ReferenceSet
from marrowdesk.core.reference_text import reference_set, told
from marrowdesk.store.own_file import read_own, write_own
from marrowdesk.store.paths import references_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FORMAT = "marrowdesk-reference-ranges"


def read_sets(path: Path) -> list[ReferenceSet]:
    """Read sets of ranges from a file.

    Raises:
        MarrowdeskError: it cannot be read, or is no such file; the message names it.
    """
    content = read_own(path, "reference ranges")
    try:
        values: Any = json.loads(content.decode("utf-8-sig"))
        if values["format"] != _FORMAT or values["version"] != 1:
            raise MarrowdeskError(f"{path} holds no reference ranges of version 1.", "Choose another file.")
        return [reference_set(each) for each in values["sets"]]
    except (ValueError, KeyError, TypeError) as error:
        raise MarrowdeskError(
            f"{path} is no file of reference ranges.", "Choose a file exported here."
        ) from error


def write_sets(path: Path, sets: Iterable[ReferenceSet]) -> None:
    """Write sets of ranges into a file, whole or not at all.

    Raises:
        SettingsError: it cannot be written.
    """
    content = {"format": _FORMAT, "version": 1, "sets": [told(each) for each in sets]}
    write_own(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def own_sets() -> list[ReferenceSet]:
    """Give the laboratory's own sets; none where there is no file.

    Raises:
        MarrowdeskError: the file cannot be used; the message says why.
    """
    path = references_path()
    return read_sets(path) if path.exists() else []


def keep_own_sets(sets: Iterable[ReferenceSet]) -> None:
    """Keep the laboratory's own sets; those given are all there are from now on.

    Raises:
        SettingsError: they cannot be written.
    """
    write_sets(references_path(), sets)


def known_sets(own: Iterable[ReferenceSet]) -> dict[str, ReferenceSet]:
    """Give the shipped sets and the laboratory's own by their key; a shipped key stays the shipped set."""
    return {**REFERENCE_SETS, **{each.key: each for each in own if each.key not in REFERENCE_SETS}}
