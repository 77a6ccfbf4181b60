"""Medians and percentiles by counting are those by sorting."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marrowdesk.inference.levels import counted, level_of_share, middle

PAGES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(3)))


@settings(deadline=None)
@given(PAGES, st.integers(0, 2))
def test_that_the_middle_of_the_counts_is_the_median(page, channel):
    assert np.mean(middle(counted(page, channel))) == np.median(page[..., channel])


@settings(deadline=None)
@given(PAGES, st.floats(0.01, 1))
def test_that_the_level_of_a_share_is_that_of_the_percentile(page, share):
    level = level_of_share(counted(page, 1), share)
    assert level == np.percentile(page[..., 1], 100 * share, method="higher")


def test_that_only_pixels_under_the_mask_are_counted():
    page = np.zeros((4, 6, 3), np.uint8)
    page[:, 3:] = 9
    mask = np.zeros((4, 6), np.uint8)
    mask[:2, 2:4] = 1
    counts = counted(page, 2, mask)
    assert (counts[0], counts[9], counts.sum()) == (2, 2, 4)
