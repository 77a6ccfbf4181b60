"""A folder whose network share is gone: whatever is asked of it, the system answers ENOTCONN."""

from __future__ import annotations

import errno
import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def dead(folder: Path, code: int = errno.ENOTCONN) -> Iterator[None]:
    """Let the system refuse everything below a folder, and the folder itself, with an error of that number.

    Files that are open already, and SQLite, which asks the system itself, are not reached.
    """
    inside = os.path.abspath(folder)

    def refusing(real):
        def call(path, *arguments, **options):
            name = None if isinstance(path, int) else os.path.abspath(os.fspath(path))
            if name is not None and (name == inside or name.startswith(inside + os.sep)):
                raise OSError(code, os.strerror(code), name)
            return real(path, *arguments, **options)

        return call

    with (
        mock.patch.object(os, "stat", refusing(os.stat)),
        mock.patch.object(os, "lstat", refusing(os.lstat)),
        mock.patch.object(os, "scandir", refusing(os.scandir)),
        mock.patch.object(io, "open", refusing(io.open)),
        mock.patch("builtins.open", refusing(open)),
    ):
        yield
