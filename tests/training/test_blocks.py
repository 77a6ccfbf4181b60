"""The three blocks of held-out cells, told from the gaps between their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training.blocks import held_out_blocks, thirds
from marrowdesk.training.samples import Sample


def cells(numbers, code="LYT", source="a", group=""):
    return [Sample(f"{source}/{code}/{code}_{at:05d}.jpg", source, code, group) for at in numbers]


def blocks_of(samples, held):
    blocks = held_out_blocks(samples, {each.file for each in held})
    return {each.number: blocks[each.file] for each in held}


def test_that_runs_apart_by_a_cell_that_was_not_kept_back_are_three_blocks():
    samples = cells(range(1, 21))
    held = [*samples[1:4], *samples[8:10], *samples[16:20]]
    assert blocks_of(samples, held) == {2: 0, 3: 0, 4: 0, 9: 1, 10: 1, 17: 2, 18: 2, 19: 2, 20: 2}


def test_that_a_gap_in_the_numbers_alone_is_no_border():
    samples = cells([1, 2, 5, 6, 7, 30, 31, 40, 41, 42])
    held = [samples[at] for at in (0, 3, 4, 5, 8)]
    # 1 | 6 7 30 | 41: between 7 and 30 no image was left in the training.
    assert blocks_of(samples, held) == {1: 0, 6: 1, 7: 1, 30: 1, 41: 2}


def test_that_runs_that_touch_are_told_apart_by_their_equal_length():
    samples = cells(range(1, 31))
    held = [*samples[6:10], *samples[10:14], *samples[20:24]]
    assert [blocks_of(samples, held)[at] for at in (7, 10, 11, 14, 21, 24)] == [0, 0, 1, 1, 2, 2]


def test_that_a_class_kept_back_whole_is_cut_into_thirds():
    samples = cells(range(1, 8))
    assert list(blocks_of(samples, samples).values()) == [0, 0, 0, 1, 1, 2, 2]


def test_that_classes_and_sources_are_taken_apart_whatever_their_order():
    samples = [*cells(range(1, 4)), *cells(range(1, 4), "BLA"), *cells(range(1, 4), source="b")]
    blocks = held_out_blocks(samples[::-1], {each.file for each in samples})
    assert [blocks[each.file] for each in samples] == [0, 1, 2] * 3


def test_that_cells_of_one_slide_stay_in_one_block():
    samples = [
        *cells(range(1, 7), group="s1"),
        *cells(range(1, 3), "BLA", group="s1"),
        *cells(range(7, 12), group="s2"),
        *cells(range(12, 15), group="s3"),
        *cells(range(15, 17), group="s4"),
    ]
    blocks = held_out_blocks(samples, {each.file for each in samples})
    of_group = {each.group: {blocks[e.file] for e in samples if e.group == each.group} for each in samples}
    assert of_group == {"s1": {0}, "s2": {1}, "s3": {2}, "s4": {2}}


def test_that_thirds_differ_by_a_cell_at_most():
    assert thirds(np.array([5, 5, 5, 5, 7])).tolist() == [0, 0, 1, 2, 0]


@pytest.mark.real_data
def test_that_the_blocks_of_the_shipped_split_are_its_runs(real_data):
    from marrowdesk.inference.bundle import shipped_bundle
    from marrowdesk.training.dataset import read_split
    from marrowdesk.training.reading import read_labelled

    samples = read_labelled([str(real_data)]).samples
    held = read_split(shipped_bundle().path / "held_out.csv")
    blocks = held_out_blocks(samples, held)
    assert set(blocks) == {each.file for each in samples if each.file in held}
    for source, code in {(each.source, each.code) for each in samples}:
        own = [blocks[e.file] for e in samples if (e.source, e.code) == (source, code) and e.file in held]
        assert np.ptp(np.bincount(own, minlength=3)) <= 1
