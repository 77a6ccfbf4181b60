"""Work on many cells, spread over all processors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from marrowdesk.inference.libraries import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from marrowdesk.training.samples import Sample

_Result = TypeVar("_Result")

AHEAD = 64
"""Cells that are worked on for each processor before the next are begun: their results wait in memory."""


def spread(work: Callable[[Sample], _Result], samples: Sequence[Sample]) -> Iterator[_Result]:
    """Give what a work makes of each cell, in their order; threads do it, one for each processor.

    Args:
        work: may be called by several threads at once; should spend its time in libraries that let the others
            run meanwhile, as OpenCV does.
        samples: the cells.
    """
    many = processors()
    with ThreadPoolExecutor(many) as pool:
        for start in range(0, len(samples), AHEAD * many):
            yield from pool.map(work, samples[start : start + AHEAD * many])
