"""Which cells the training never sees: a hold-out, folds, or a source; slides and patients are kept whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marrowdesk.training.samples import Sample

HELD_OUT_SHARE = 0.15
"""Share of each class of each source that the training never sees."""

FEWEST = 100
"""Classes with fewer cells than this in a source are no training material there; they are all held out."""

_RUNS = 3


def hold_out(
    samples: Sequence[Sample], share: float = HELD_OUT_SHARE, fewest: int = FEWEST, seed: int = 7
) -> set[str]:
    """Choose the cells that are kept back: three runs of consecutive image numbers of each class and source.

    Neighbouring numbers are often of one patient, so runs are a more honest test than single images drawn by
    chance. Classes with fewer than ``fewest`` images in a source are kept back as a whole. Where groups
    (slides, patients) are known, whole groups are kept back instead, so that their cells come near ``share``
    of each class and source; a small class then follows its groups.

    Returns:
        The files that are kept back.
    """
    rng = np.random.default_rng(seed)
    held: set[str] = set()
    for ordered in _strata([each for each in samples if not each.group]):
        if len(ordered) < fewest:
            held.update(sample.file for sample in ordered)
            continue
        length = round(len(ordered) * share / _RUNS)
        third = len(ordered) // _RUNS
        for part in range(_RUNS):
            start = part * third + int(rng.integers(0, third - length + 1))
            held.update(sample.file for sample in ordered[start : start + length])
    parts = _share_groups(samples, (share, 1 - share), seed)
    return held | {sample.file for sample in samples if parts.get(sample.group) == 0}


def make_folds(samples: Sequence[Sample], count: int, seed: int = 7) -> dict[str, int]:
    """Put every cell into one of several folds of equal make-up, each to be kept back once.

    A fold has three runs of consecutive image numbers of each class and source, and in size the folds differ
    by one cell of a class and source at most. Where groups (slides, patients) are known, whole groups go into
    folds, as evenly as they allow.

    Args:
        samples: all cells.
        count: how many folds, at least 2.
        seed: source of chance.

    Returns:
        The fold of each file, from 0 on.

    Raises:
        MarrowdeskError: there are fewer groups, or cells, than folds.
    """
    groups = {sample.group for sample in samples}
    if len(samples) < count or ("" not in groups and len(groups) < count):
        what = "cells" if len(samples) < count else "groups (slides or patients)"
        few = min(len(samples), len(groups))
        raise MarrowdeskError(
            f"{count} folds cannot be made of {few} {what}.",
            "Ask for fewer folds, or give more data.",
        )
    rng = np.random.default_rng(seed)
    folds: dict[str, int] = {}
    for ordered in _strata([each for each in samples if not each.group]):
        sizes = [len(piece) for piece in np.array_split(np.arange(len(ordered)), _RUNS * count)]
        order = np.concatenate([rng.permutation(count) for _ in range(_RUNS)])
        folds.update(zip((each.file for each in ordered), np.repeat(order, sizes).tolist(), strict=True))
    parts = _share_groups(samples, (1 / count,) * count, seed)
    folds.update({sample.file: parts[sample.group] for sample in samples if sample.group})
    return folds


def leave_out(samples: Sequence[Sample], sources: Sequence[str]) -> set[str]:
    """Keep back all cells of some sources, and the cells elsewhere that share a group with them.

    Raises:
        MarrowdeskError: there is no such source, or none but these.
    """
    known = sorted({sample.source for sample in samples})
    for source in sources:
        if source not in known:
            raise MarrowdeskError(
                f"The data have no source {source!r} to leave out.", f"They have {', '.join(known)}."
            )
    groups = {sample.group for sample in samples if sample.source in sources} - {""}
    return {sample.file for sample in samples if sample.source in sources or sample.group in groups}


def _strata(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Give the cells of each class of each source in the order of their image numbers."""
    strata: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        strata[sample.source, sample.code].append(sample)
    return [sorted(strata[key], key=lambda sample: (sample.number, sample.file)) for key in sorted(strata)]


def _share_groups(samples: Sequence[Sample], shares: Sequence[float], seed: int) -> Mapping[str, int]:
    """Share whole groups out, the largest first, each to the part that comes nearest to its shares by it.

    Args:
        samples: cells; those without a group are not looked at.
        shares: what each of the P parts should have of every class of every source; the sum is 1.
        seed: decides between groups of one size.

    Returns:
        The part of each group, 0 to P - 1.
    """
    grouped = [sample for sample in samples if sample.group]
    names = sorted({sample.group for sample in grouped})
    strata = sorted({(sample.source, sample.code) for sample in grouped})
    row, column = ({each: at for at, each in enumerate(every)} for every in (names, strata))
    cells = np.zeros((len(names), len(strata)))
    for sample in grouped:
        cells[row[sample.group], column[sample.source, sample.code]] += 1
    wanted = np.asarray(shares)[:, None]
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-cells[order].sum(1), kind="stable")]
    portions = cells / np.maximum(cells.sum(0), 1)
    reached = np.zeros((len(shares), len(strata)))
    parts: dict[str, int] = {}
    for at in order:
        # How much the sum of squared distances from the shares grows, for each part that may take the group.
        growth = (portions[at] * (2 * (reached - wanted) + portions[at])).sum(1)
        part = int(np.argmin(growth))
        reached[part] += portions[at]
        parts[names[at]] = part
    return parts
