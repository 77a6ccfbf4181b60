"""The three blocks of the held-out cells: what is fitted on two of them is measured on the third."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from marrowdesk.training.samples import Sample

BLOCKS = 3
"""How many blocks there are, as many as runs of each class and source in a split by image numbers."""


def thirds(strata: np.ndarray) -> np.ndarray:
    """Cut each stratum into three equal parts in the order given.

    Args:
        strata: (N,) class and source of each cell, any labels.

    Returns:
        (N,) int, 0, 1 or 2; parts differ by at most one cell.
    """
    blocks = np.zeros(len(strata), int)
    for each in np.unique(strata):
        at = np.flatnonzero(strata == each)
        blocks[at] = np.arange(len(at)) * BLOCKS // len(at)
    return blocks


def held_out_blocks(samples: Sequence[Sample], held: Collection[str]) -> dict[str, int]:
    """Tell to which of three blocks each held-out cell belongs.

    A split by image numbers keeps back three runs of consecutive images of each class and source. Two runs
    are apart where an image between them, in the order of their numbers, was not kept back; the numbers
    themselves may have gaps. Where there are not three such runs (two of them touch, a class was kept back
    whole, or the split is of another kind), the cells are cut into thirds in the order of their numbers; for
    runs that touch these are the runs again, since all three are of one length.

    Cells whose slide or patient is known stay together with all others of it, whatever their class.

    Args:
        samples: all labelled cells, those kept back and the others.
        held: the files that were kept back.

    Returns:
        0, 1 or 2 for each file that was kept back.
    """
    strata: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    grouped: list[Sample] = []
    for sample in samples:
        if not sample.group:
            strata[sample.source, sample.code].append(sample)
        elif sample.file in held:
            grouped.append(sample)
    blocks = _blocks_of_groups(grouped)
    for stratum in strata.values():
        ordered = [each.file for each in sorted(stratum, key=lambda each: (each.number, each.file))]
        blocks.update(_blocks_of_runs(ordered, held))
    return blocks


def _blocks_of_groups(samples: Sequence[Sample]) -> dict[str, int]:
    """Put each group into the block that holds the fewest cells, the largest group first."""
    sizes = Counter(sample.group for sample in samples)
    filled, block_of = [0] * BLOCKS, {}
    for group, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        block_of[group] = filled.index(min(filled))
        filled[block_of[group]] += size
    return {sample.file: block_of[sample.group] for sample in samples}


def _blocks_of_runs(ordered: list[str], held: Collection[str]) -> dict[str, int]:
    """Blocks of one class of one source; ``ordered`` are its files in the order of their numbers."""
    kept = np.array([file in held for file in ordered], bool)
    files = np.array(ordered)[kept]
    starts = kept & ~np.concatenate([[False], kept[:-1]])
    runs = np.cumsum(starts)[kept] - 1
    blocks = runs if starts.sum() == BLOCKS else thirds(np.zeros(len(files), int))
    return dict(zip(files.tolist(), blocks.tolist(), strict=True))
