"""Makes batches by threads and by processes, and says whether they are the same: tests start it as a program.

PyTorch's loader forks and leaves a handler for ended children behind, which is better kept out of theirs.
"""

from __future__ import annotations

from small_run import painted_cells, small_plan
from torch import equal

from marrowdesk.training.augment import Strength
from marrowdesk.training.batches import Batches
from marrowdesk.training.distributed import Group


def main() -> None:
    """Make them and compare them.

    Raises:
        AssertionError: they differ, or all steps have the same images.
    """
    cells = painted_cells()
    batches = Batches(small_plan(strength=Strength()), cells.store, cells.at, None, Group())
    threads, processes = list(batches.by_threads(1, 6, 2)), list(batches.by_processes(1, 6, 2))
    assert len(threads) == len(processes) == 5
    for one, other in zip(threads, processes, strict=True):
        assert equal(one.images, other.images)
        assert equal(one.labels, other.labels)
    assert not equal(threads[0].images, threads[1].images)


if __name__ == "__main__":
    main()
    print("the same batches")
