"""The network's libraries: how many processors they find, which versions lie here, how they are loaded."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
from functools import cache
from typing import Any


def processors() -> int:
    """Give the number of processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def installed(library: str) -> str:
    """Give the version of an installed library without loading it; empty where there is none."""
    if importlib.util.find_spec(library) is None:
        return ""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def load_openvino() -> Any:
    """Import OpenVINO without its telemetry, and give the module.

    OpenVINO tells its maker each time it is imported, unless the person forbade it, and writes a number that
    stands for the person into their home folder. This program speaks to nobody: the package that does so is
    made unimportable in this process first, and OpenVINO takes its own silent stand-in.

    Raises:
        ImportError: OpenVINO is not installed, or cannot be loaded here.
    """
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino


@cache
def openvino_core() -> Any:
    """Give OpenVINO's core: one for as long as the process lives.

    Its plugin for processors gives the thread that first asks for it a stack to take signals on, and takes it
    away again with itself, on whatever thread that is: the next signal, such as that of Ctrl+C, would end the
    process. So it never goes.

    Raises:
        ImportError: OpenVINO is not installed, or cannot be loaded here.
    """
    return load_openvino().Core()
