"""Getting torch's shared libraries into memory without stopping the other threads of the program."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path


def preload() -> None:
    """Map torch's libraries into the process, so that importing torch afterwards takes no long step.

    ``import torch`` holds the interpreter's lock while the system maps and binds some hundred megabytes: 0.2
    s on a fast disk, seconds on a slow one, in which no window answers. A foreign call lets the lock go. What
    cannot be mapped here is left to the import, which then tells what is wrong.
    """
    folder = _folder()
    if folder is None or sys.platform == "win32" or "torch" in sys.modules:
        return
    ending = "dylib" if sys.platform == "darwin" else "so"
    open_library = ctypes.CDLL(None).dlopen
    open_library.restype, open_library.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name, scope in (("libtorch_global_deps", os.RTLD_GLOBAL), ("libtorch_python", os.RTLD_LOCAL)):
        library = folder / f"{name}.{ending}"
        if library.is_file():
            open_library(os.fsencode(library), os.RTLD_NOW | scope)


def load_before_qt() -> None:
    """On Windows, load torch's ``c10.dll``: after Qt it would find other versions of its own libraries."""
    folder = _folder()
    if sys.platform == "win32" and folder is not None and (folder / "c10.dll").is_file():
        with os.add_dll_directory(str(folder)):
            ctypes.CDLL(str(folder / "c10.dll"))


def _folder() -> Path | None:
    found = importlib.util.find_spec("torch")
    return None if found is None or found.origin is None else Path(found.origin).parent / "lib"
