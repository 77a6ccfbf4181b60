"""An array that takes long to compute, kept in a file: read back where that is whole, else computed anew."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.atomic import write_atomically
from marrowdesk.training.checkpoint import AGAIN, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def kept_array(path: Path, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """Give the array that a file keeps; one that is missing or cannot be read is computed and written.

    Args:
        path: the file, .npy.
        compute: gives the array.

    Raises:
        MarrowdeskError: the file cannot be written.
    """
    try:
        with path.open("rb") as stream:
            return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))
    except (OSError, ValueError):  # not there, or cut off
        pass
    array, content = compute(), io.BytesIO()
    np.save(content, array)
    with writing(path, AGAIN):
        write_atomically(path, content.getvalue())
    return array
