"""Where the files that ship with the program lie: in a checkout, in a wheel and in a frozen app alike."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "_bundled", package.parent]
    if frozen is not None:
        candidates.insert(0, Path(frozen))
    for candidate in candidates:
        if (candidate / "resources").is_dir() and (candidate / "models").is_dir():
            return candidate
    looked = ", ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"The folders 'resources' and 'models' are missing (looked in {looked}).")


def resource_path(*parts: str) -> Path:
    """Give the path of a shipped resource, for example ``resource_path("icons", "open.svg")``.

    Raises:
        FileNotFoundError: the installation is incomplete; the message names the places that were searched.
    """
    path = _root().joinpath("resources", *parts)
    if not path.exists():
        raise FileNotFoundError(f"The shipped file {path} is missing; install MarrowDesk again.")
    return path


def models_path() -> Path:
    """Give the folder whose sub-folders are the shipped model bundles."""
    return _root() / "models"
