"""Runs all benchmarks, each in a process of its own, and writes what they print with machine and versions.

Run: python tests/benchmarks/run.py [--out benchmarks.md] [NAME ...]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = (
    "marrowdesk",
    "torch",
    "openvino",
    "timm",
    "numpy",
    "opencv-python-headless",
    "PySide6_Essentials",
)

CALLS = {"bench_gui_gap": (("--cells", "500"), ())}
"""What a benchmark is called with, one call after the other; with nothing where it does not stand here."""


def names() -> list[str]:
    """Give the benchmarks of this folder."""
    return sorted(file.stem for file in HERE.glob("*.py") if file != Path(__file__).resolve())


def machine() -> list[tuple[str, str]]:
    """Tell the machine, how busy it is and the versions of what is measured."""
    from marrowdesk.inference.choice import processor
    from marrowdesk.inference.libraries import processors

    rows = [
        ("processor", f"{processor()}, {processors()} to be used"),
        ("system", platform.platform()),
        ("Python", platform.python_version()),
    ]
    if hasattr(os, "getloadavg"):
        rows.append(("programs that wanted a processor at the start", f"{os.getloadavg()[0]:.1f}"))
    for library in LIBRARIES:
        try:
            rows.append((library, importlib.metadata.version(library)))
        except importlib.metadata.PackageNotFoundError:
            rows.append((library, "not installed"))
    return rows


def table(head: tuple[str, ...], rows) -> str:
    """Lay rows out as a table in Markdown."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def run(name: str, words: tuple[str, ...]) -> tuple[str, int, float]:
    """Run one benchmark; give what it printed, its exit code and the seconds it took."""
    print(f"{' '.join((name, *words))} ...", flush=True)
    start = time.perf_counter()
    # Not -I: a checkout on PYTHONPATH is what is measured.
    done = subprocess.run(
        [sys.executable, str(HERE / f"{name}.py"), *words], capture_output=True, text=True, check=False
    )
    return (
        done.stdout + (done.stderr if done.returncode else ""),
        done.returncode,
        time.perf_counter() - start,
    )


def main() -> int:
    """Run what is asked for; give 1 where one failed or missed its limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(names())} (default: all)")
    parser.add_argument("--out", type=Path, default=Path("benchmarks.md"), metavar="FILE")
    options = parser.parse_args()
    if strange := set(options.names) - set(names()):
        parser.error(f"{', '.join(sorted(strange))} is none of {', '.join(names())}")
    about = machine()
    done = {
        " ".join((name, *words)): run(name, words)
        for name in options.names or names()
        for words in CALLS.get(name, ((),))
    }
    rows = [(name, "done" if not code else f"exit code {code}", f"{took:.0f} s")
            for name, (_, code, took) in done.items()]  # fmt: skip
    parts = [
        f"# Benchmarks, {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
        table(("machine", ""), about),
        table(("benchmark", "result", "took"), rows),
        *(f"## {name}\n\n```\n{said.rstrip()}\n```" for name, (said, _, _) in done.items()),
    ]
    options.out.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"{table(('benchmark', 'result', 'took'), rows)}\nWritten  {options.out}")
    return int(any(code for _, code, _ in done.values()))


if __name__ == "__main__":
    sys.exit(main())
