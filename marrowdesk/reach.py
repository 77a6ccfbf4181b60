"""Whether a file or folder can be reached: a dead drive or a lacking right is a no, not an error.

``Path.exists`` and its kin raise what the system says about a network share that is gone (ENOTCONN, EIO) or a
folder that may not be entered (EACCES); most who ask want to know only whether there is something to use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether there is a file or folder at a path, and it can be reached now."""
    return os.path.exists(path)


def is_folder(path: Path) -> bool:
    """Whether there is a folder at a path, and it can be reached now."""
    return os.path.isdir(path)


def is_file(path: Path) -> bool:
    """Whether there is an ordinary file at a path, and it can be reached now."""
    return os.path.isfile(path)


def is_missing(path: Path) -> bool:
    """Whether nothing is at a path for certain; of what cannot be reached nobody knows."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
