"""A process that holds a case: ``python holding_child.py CASE [take over]``, until it reads a line."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.store.casefile import CaseFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def holders() -> Iterator[Callable[..., subprocess.Popen]]:
    """Give a maker of such processes, called with the case and the words; all are ended at the end."""
    children: list[subprocess.Popen] = []

    def start(path: Path, *words: str) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, __file__, str(path), *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        children.append(child)
        assert child.stdout.readline() == "open\n"
        return child

    try:
        yield start
    finally:
        for child in children:
            child.kill()
            child.communicate()


if __name__ == "__main__":
    case = CaseFile.open(Path(sys.argv[1]), hold=True, take_over=len(sys.argv) > 2)
    print("open", flush=True)
    sys.stdin.readline()
    case.close()
    print("closed", flush=True)
