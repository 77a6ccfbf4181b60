"""Which cells a study trains on and measures on, thinned out for a machine that cannot bear all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.judged import Judged
from marrowdesk.training.loop import Cells
from marrowdesk.training.metrics import measured

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from marrowdesk.training.dataset import Store
    from marrowdesk.training.samples import Sample

_RUNS = 3


def thin_out(samples: Sequence[Sample], most: int | None, seed: int) -> list[Sample]:
    """Keep at most some cells of each class of each source, in three runs of consecutive image numbers.

    Runs keep what a small data set is like: few patients, with several cells of each.

    Args:
        samples: labelled cells.
        most: how many to keep of each class of each source; all when None.
        seed: places of the runs.

    Returns:
        The cells that stay, in the order given.
    """
    if most is None:
        return list(samples)
    strata: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        strata[sample.source, sample.code].append(sample)
    rng = np.random.default_rng(seed)
    kept: set[str] = set()
    for key in sorted(strata):
        ordered = sorted(strata[key], key=lambda sample: (sample.number, sample.file))
        if len(ordered) <= most:
            kept.update(sample.file for sample in ordered)
            continue
        pieces = np.array_split(np.arange(len(ordered)), _RUNS)
        for piece, wanted in zip(pieces, np.array_split(np.arange(most), _RUNS), strict=True):
            start = int(rng.integers(0, len(piece) - len(wanted) + 1))
            kept.update(ordered[at].file for at in piece[start : start + len(wanted)])
    return [sample for sample in samples if sample.file in kept]


@dataclass(frozen=True, slots=True, eq=False)
class StudyCells:
    """The cells of a study, ready to be shown to networks.

    Attributes:
        codes: the classes trained on.
        training: the store, the cells trained on, and those measured.
        blank: what is known of the measured cells before a network has said anything about them.
    """

    codes: tuple[str, ...]
    training: Cells
    blank: Judged

    def trained(self) -> list[Sample]:
        """List the cells trained on."""
        return [self.training.store.samples[each] for each in self.training.at]

    def measured(self) -> list[Sample]:
        """List the cells measured on."""
        return [self.training.store.samples[each] for each in self.training.held]


def study_cells(store: Store, held: Collection[str]) -> StudyCells:
    """Choose from a store what is trained on, and what of the rest is measured.

    Raises:
        MarrowdeskError: there is nothing to train on, or no cell kept back is of a class trained on.
    """
    samples = store.samples
    at = [each for each, sample in enumerate(samples) if sample.file not in held]
    if not at:
        raise MarrowdeskError(
            f"All {len(samples)} cells are kept back, and none is left to train on.",
            "Give more data, or lower --fewest.",
        )
    back = [each for each, sample in enumerate(samples) if sample.file in held]
    present = {samples[each].code for each in at}
    codes = tuple(code for code in MARROW.codes if code in present)
    labels, sources, files = (
        np.array([getattr(samples[each], name) for each in back], str) for name in ("code", "source", "file")
    )
    nothing = np.zeros((len(back), len(codes)), np.float32)
    judged = Judged(codes, nothing, np.zeros(len(back), np.float32), labels, sources, files)
    own = measured(judged, {(samples[each].source, samples[each].code) for each in at})
    return StudyCells(codes, Cells(store, at, np.asarray(back)[own].tolist()), judged.only(own))
