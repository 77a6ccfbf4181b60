"""Takes files out of the system's memory, so that the next reading of them comes from the disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def evict(*folders: Path) -> bool:
    """Take all files below folders out of the page cache; gives whether the system has a way to do so.

    Pages that another program holds mapped stay, so a start that follows is at best as cold as that allows.
    """
    if not hasattr(os, "posix_fadvise"):
        return False
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)
    return True


def program_folders() -> list[Path]:
    """Give the folders that a start of the program reads: Python, its libraries, the program."""
    import marrowdesk

    return [Path(sys.base_prefix), Path(sys.prefix), Path(marrowdesk.__file__).resolve().parents[1]]
