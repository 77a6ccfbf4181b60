"""The images of each step: the same whoever makes them, and no memory that grows with them."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from marrowdesk.inference.preprocess import round_mask
from marrowdesk.training.augment import Strength, varied

SUPPORT = Path(__file__).resolve().parents[1] / "support"


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system forks no processes"
)
def test_that_processes_make_the_batches_that_threads_make():
    words = [sys.executable, SUPPORT / "batches_twice.py"]
    made = subprocess.run(words, capture_output=True, text=True, timeout=200)
    assert made.stdout == "the same batches\n", made.stderr


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
