"""Files that packages of the registry bring along, such as weights to learn from."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def file_in_package(package: str, pattern: str) -> Path | None:
    """Find the first file of an installed package that a pattern fits, without importing the package.

    Args:
        package: name that it is imported by.
        pattern: of a path below the package's folder, as :meth:`pathlib.Path.glob` takes it.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if files := sorted(Path(folder).glob(pattern)):
            return files[0]
    return None
