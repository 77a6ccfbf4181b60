"""What each process of a shared training does in a test: two short runs, whose weights it keeps.

Started by ``torchrun`` with the folder for the weights.
"""

from __future__ import annotations

import sys
from pathlib import Path

from small_run import painted_cells, small_plan

from marrowdesk.training.distributed import joined
from marrowdesk.training.loop import Rhythm, Training

PLANS = {
    "plain": small_plan(options={"norm_layer": "groupnorm1"}, schedule="one_cycle"),
    "batch-norms": small_plan(steps=3),
}


def run_ranks(folder: Path) -> None:
    """Train a network without batch statistics and one with them; write this process's weights of each."""
    import torch

    with joined("cpu") as group:
        for name, plan in PLANS.items():
            training = Training(plan, painted_cells(), folder / name, group=group)
            list(training.run(Rhythm(report=4, validate=4)))
            torch.save(training.optimisation.state()["network"], folder / f"{name}-{group.rank}.pt")


if __name__ == "__main__":
    run_ranks(Path(sys.argv[1]))
