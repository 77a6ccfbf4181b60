"""Checks the adjusted count against slides whose truth is known.

Run as ``python tests/benchmarks/simulate_adjusted.py [SLIDES]``; 4,000 slides take some minutes. Prints the
root mean square error of the proposed and of the adjusted share of a class, in percentage points, and how
often the adjusted interval holds the true share.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "core"))

from test_adjusted import COUNTED, proposed_percent, true_percent
from test_outlook import slide

from marrowdesk.core.adjusted import adjusted
from marrowdesk.core.taxonomy import MARROW


def simulate(slides: int, reviewed: int, apart: float) -> tuple[float, float, float]:
    """Give the error of the proposals, that of the adjusted count, and the share of intervals that hold."""
    rng = np.random.default_rng(reviewed + 1)
    errors, held = [], []
    for number in range(slides):
        evidence, truth, shares = slide(rng, 300, float(rng.uniform(0, 0.4)), reviewed, apart)
        found = adjusted(evidence, MARROW, seed=number)
        for at, code in enumerate(COUNTED):
            estimate, true = found.of([code]), true_percent(truth, code)
            errors.append((proposed_percent(evidence, code) - true, estimate.percent - true))
            in_patient = 100 * shares[at] / shares[: len(COUNTED)].sum()
            held.append(estimate.low <= in_patient <= estimate.high)
    proposed, corrected = np.sqrt(np.mean(np.square(errors), axis=0))
    return float(proposed), float(corrected), float(np.mean(held))


def main() -> None:
    """Print the table."""
    slides = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    print(f"{slides} slides of 300 cells, blasts 0 to 40 %, all counted classes")
    print(f"{'classifier':<12}{'reviewed':>9}{'proposed':>10}{'adjusted':>10}{'interval holds':>16}")
    parts = [(name, apart, done) for name, apart in (("good", 3.4), ("poor", 2.2)) for done in (0, 100)]
    for name, apart, done in parts:
        proposed, corrected, held = simulate(slides // len(parts), done, apart)
        print(f"{name:<12}{done:>9}{proposed:>10.2f}{corrected:>10.2f}{held:>16.3f}")


if __name__ == "__main__":
    main()
