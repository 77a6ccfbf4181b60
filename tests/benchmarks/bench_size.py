"""Megabytes that an installed program takes: itself, its model, and every library that it brings.

Run: python tests/benchmarks/bench_size.py

Libraries are those that the program's metadata asks for, and what these ask for in turn, as they lie in this
environment. The reference is PySide6 Essentials alone, without which there is no window.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("marrowdesk", "resources", "models")
GRAPHICS = ("nvidia-", "cuda-", "triton")
"""How the names of libraries begin that PyTorch's wheels for NVIDIA cards bring."""

MOST = 10


def folder_size(folder: Path) -> int:
    """Give the bytes of all files below a folder, compiled ones left out."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def library_size(name: str) -> int:
    """Give the bytes of the files that a library installed."""
    files = importlib.metadata.distribution(name).files or []
    return sum(path.stat().st_size for path in {Path(each.locate()) for each in files} if path.is_file())


def needed(name: str) -> set[str]:
    """Give the libraries that one needs, directly or not, as far as they are installed here."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for text in importlib.metadata.requires(waiting.pop()) or []:
            each = Requirement(text)
            library = canonicalize_name(each.name)
            if library in found or (each.marker and not each.marker.evaluate({"extra": ""})):
                continue
            try:
                importlib.metadata.distribution(library)
            except importlib.metadata.PackageNotFoundError:
                continue
            found.add(library)
            waiting.append(library)
    return found


def main() -> None:
    """Print a table."""
    sizes = {name: library_size(name) for name in needed("marrowdesk")}
    own = {f"{part}/": folder_size(ROOT / part) for part in PARTS}
    whole = sum(sizes.values()) + sum(own.values())
    graphics = sum(size for name, size in sizes.items() if name.startswith(GRAPHICS))
    print(
        f"installed {whole / 1e6:,.0f} MB, {whole / sizes['pyside6-essentials']:.1f} times PySide6 Essentials"
    )
    print(f"without what only a graphics card uses {(whole - graphics) / 1e6:,.0f} MB")
    print(f"the program itself {sum(own.values()) / 1e6:.0f} MB, and {len(sizes)} libraries, the largest:")
    for name, size in (*own.items(), *sorted(sizes.items(), key=lambda each: -each[1])[:MOST]):
        print(f"  {name:28}{size / 1e6:10.1f} MB")


if __name__ == "__main__":
    main()
