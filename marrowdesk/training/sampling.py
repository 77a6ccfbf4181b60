"""Which cells make up a training batch: every class as often as it is there, its sources equally often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.dataset import Sample


def source_balanced(samples: Sequence[Sample]) -> np.ndarray:
    """Give each sample its probability of being drawn.

    A class is drawn as often as its share of the samples says; within it, each source is drawn equally often,
    so that the class does not become the look of its largest source.

    Returns:
        (N,) float64, sum 1.
    """
    classes: dict[str, int] = {}
    groups: dict[tuple[str, str], int] = {}
    for each in samples:
        classes[each.code] = classes.get(each.code, 0) + 1
        groups[each.code, each.source] = groups.get((each.code, each.source), 0) + 1
    sources = {code: sum(key[0] == code for key in groups) for code in classes}
    odds = [classes[each.code] / sources[each.code] / groups[each.code, each.source] for each in samples]
    return np.asarray(odds) / np.sum(odds)
