"""The images of each step: the same whoever makes them, and no memory that grows with them."""

from __future__ import annotations

import multiprocessing

import numpy as np
import pytest
from small_run import painted_cells, small_plan
from torch import equal

from marrowdesk.inference.preprocess import round_mask
from marrowdesk.training.augment import Strength, varied
from marrowdesk.training.batches import Batches
from marrowdesk.training.distributed import Group


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system forks no processes"
)
def test_that_processes_make_the_batches_that_threads_make():
    cells = painted_cells()
    batches = Batches(small_plan(strength=Strength()), cells.store, cells.at, None, Group())
    threads, processes = list(batches.by_threads(1, 6, 2)), list(batches.by_processes(1, 6, 2))
    assert len(threads) == len(processes) == 5
    for one, other in zip(threads, processes, strict=True):
        assert equal(one.images, other.images)
        assert equal(one.labels, other.labels)
    assert not equal(threads[0].images, threads[1].images)


def test_that_what_is_brighter_than_white_is_white_without_a_warning():
    glaring = np.full((83, 83, 3), 255, np.uint8)
    glaring[30:50, 30:50] = 0
    strong = Strength(mixing=30.0, stain=3.0)
    with np.errstate(over="raise", invalid="raise"):
        for seed in range(50):
            image = varied(glaring, 64, 64.0, strong, np.random.default_rng(seed))
            assert image.dtype == np.uint8


def test_that_a_long_training_keeps_no_mask_of_each_image():
    rng, crop = np.random.default_rng(0), np.full((83, 83, 3), 200, np.uint8)
    for _ in range(200):
        varied(crop, 64, 64.0, Strength(), rng)
    assert round_mask.cache_info().currsize < 100
