"""Where cases, settings and logs lie on this computer."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIX = ".mdcase"
"""Ending of case files."""

_APP = "MarrowDesk"
_LONGEST_NAME = 80  # bytes of a folder's name that go into the name of its case
_NAMED = re.compile(r"(.+)-[0-9a-f]{12}(?:-\d+)?" + re.escape(SUFFIX))


def _home() -> Path | None:
    home = os.environ.get("MARROWDESK_HOME")
    return Path(home).absolute() if home else None


def cases_path() -> Path:
    """Give the folder for cases of slides that were opened without choosing a place; it may not exist yet."""
    return (_home() or platformdirs.user_data_path(_APP, appauthor=False)) / "cases"


def settings_path() -> Path:
    """Give the file of the settings; it may not exist yet."""
    return (_home() or platformdirs.user_config_path(_APP, appauthor=False)) / "settings.json"


def scheme_path() -> Path:
    """Give the file of the person's own classes; it may not exist yet."""
    return settings_path().with_name("classes.json")


def references_path() -> Path:
    """Give the file of the laboratory's own reference ranges; it may not exist yet."""
    return settings_path().with_name("reference-ranges.json")


def logo_path() -> Path:
    """Give the file of the laboratory's logo; it may not exist yet."""
    return settings_path().with_name("logo.png")


def phrases_path() -> Path:
    """Give the file of what was written in header fields before; it may not exist yet."""
    return settings_path().with_name("phrases.json")


def blocks_path() -> Path:
    """Give the file of the laboratory's text blocks; it may not exist yet."""
    return settings_path().with_name("text-blocks.json")


def engine_choices_path() -> Path:
    """Give the file of how fast this computer runs which network; it may not exist yet."""
    return settings_path().with_name("engines.json")


def adapted_models_path() -> Path:
    """Give the folder of the models that were adapted to this laboratory; it may not exist yet."""
    return cases_path().parent / "models"


def networks_path() -> Path:
    """Give the folder of networks made ready for this computer; it may not exist yet, and may be deleted."""
    home = _home()
    return (home / "cache" if home else platformdirs.user_cache_path(_APP, appauthor=False)) / "networks"


def logs_path() -> Path:
    """Give the folder for logs; it may not exist yet."""
    home = _home()
    return home / "logs" if home else platformdirs.user_log_path(_APP, appauthor=False)


def demonstration_path() -> Path:
    """Give the folder of the demonstration slide; it may not exist yet."""
    return cases_path().parent / "demonstration slide"


def case_path_for(first: Path, *others: Path) -> Path:
    """Give the case file that belongs to a slide folder: always the same one for the same folder.

    The name starts with the folder's own, so that a person recognises it, and ends with a hash of the whole
    path, so that two folders of that name do not share a case. Several folders or files that are opened
    together have one case; their order does not matter.
    """
    wholes = sorted({os.path.normcase(each.resolve()) for each in (first, *others)})
    digest = hashlib.sha256("\0".join(wholes).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    leading = min((each.resolve() for each in (first, *others)), key=os.path.normcase)
    return cases_path() / f"{_readable(leading.name)}-{digest}{SUFFIX}"


def next_name(case: Path, number: int) -> Path:
    """Give the name of another case of the same folders: ``number`` is 2 for the second, and so on."""
    return case.with_name(f"{case.stem}-{number}{SUFFIX}")


def named_for(case: Path, folder_names: Iterable[str]) -> bool:
    """Say whether a case is named as that of a slide folder, wherever that folder lies now.

    A case of single images is named after one of them, and one that a person named has no hash.

    Args:
        case: its file.
        folder_names: names of its slides: those of their folders when the case was made.
    """
    named = _NAMED.fullmatch(case.name)
    if named is None or case.parent != cases_path():
        return False
    known = {_readable(Path(each).name).casefold() for each in folder_names}
    return named[1].casefold() in known


def _readable(name: str) -> str:
    """Give the part of a case's name that a person recognises."""
    allowed = re.sub(r"[^\w.+-]+", "_", name).strip("._") or "slide"
    return allowed.encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore")


def is_case_file(path: Path) -> bool:
    """Say whether a path is named as a case file is, in letters of either case."""
    return path.suffix.lower() == SUFFIX
