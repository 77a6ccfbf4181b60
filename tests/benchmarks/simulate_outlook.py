"""Checks what is said of cells not reviewed against slides whose truth is known.

Run as ``python tests/benchmarks/simulate_outlook.py [SLIDES]``; 10,000 slides take some minutes. Prints how
often the stated interval holds the true share, how often a side is called settled, and how often rightly.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "core"))

from test_outlook import CODES, TWENTY, slide, true_side

from marrowdesk.core.outlook import outlooks
from marrowdesk.core.taxonomy import MARROW


def simulate(slides: int, reviewed: int, apart: float) -> tuple[float, float, float]:
    """Give the shares of intervals that hold, of slides called settled, and of those called so rightly."""
    rng = np.random.default_rng(reviewed + 1)
    covered = said = right = 0
    for number in range(slides):
        blasts = float(rng.uniform(0, 0.4))
        evidence, truth, shares = slide(rng, 200, blasts, reviewed, apart)
        (outlook,) = outlooks(evidence, MARROW, [TWENTY], seed=number)
        percent = 100 * blasts / shares[: CODES.index("ART")].sum()
        covered += outlook.low <= percent <= outlook.high
        said += outlook.settled
        right += outlook.settled and outlook.side == true_side(truth)
    return covered / slides, said / slides, right / max(1, said)


def main() -> None:
    """Print the table."""
    slides = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{slides} slides of 200 cells, blasts 0 to 40 %, threshold 20 %")
    print(f"{'classifier':<12}{'reviewed':>9}{'interval holds':>16}{'settled':>9}{'rightly':>9}")
    parts = [(name, apart, done) for name, apart in (("good", 3.4), ("poor", 2.6)) for done in (0, 60)]
    for name, apart, done in parts:
        covered, said, right = simulate(slides // len(parts), done, apart)
        print(f"{name:<12}{done:>9}{covered:>16.3f}{said:>9.3f}{right:>9.3f}")


if __name__ == "__main__":
    main()
