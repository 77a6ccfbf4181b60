"""Where the labelled real cells lie that tests and benchmarks read."""

from __future__ import annotations

import csv
import os
from pathlib import Path

DATA = Path(os.environ.get("MARROWDESK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
MISSING = f"no labelled real cells at {DATA} (set MARROWDESK_DATA to their folder)"


def are_there() -> bool:
    """Tell whether they are."""
    return (DATA / "manifest.csv").is_file()


def files() -> list[str]:
    """Give the names of all their images below :data:`DATA`, in the order of the manifest."""
    with (DATA / "manifest.csv").open(encoding="utf-8") as file:
        return [row["file"] for row in csv.DictReader(file)]
