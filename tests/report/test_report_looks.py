"""The printed pages look as the stored pictures do; ``tests/support/page_pictures.py`` stores them anew."""

from __future__ import annotations

import numpy as np
import pytest
from page_pictures import STORED, difference, kinds, pictured, stored

_TOLERANCE = 25.0


@pytest.mark.parametrize("name", list(kinds()))
def test_that_each_page_looks_as_its_stored_picture(name):
    pictures = pictured(kinds()[name])
    assert len(pictures) == len(list(STORED.glob(f"{name}-*.png")))
    for number, picture in enumerate(pictures, 1):
        assert difference(picture, stored(f"{name}-{number}")) < _TOLERANCE, number


def test_that_a_line_of_text_that_is_missing_or_moved_is_seen():
    name = next(iter(kinds()))
    picture = pictured(kinds()[name])[0]
    rows = np.flatnonzero((picture < 160).any(1))
    middle = rows[len(rows) // 2]
    missing = picture.copy()
    missing[middle - 4 : middle + 4] = 255
    assert difference(missing, stored(f"{name}-1")) > _TOLERANCE
    assert difference(np.roll(picture, 6, axis=0), stored(f"{name}-1")) > _TOLERANCE


def test_that_the_stored_pictures_stay_small():
    assert sum(each.stat().st_size for each in STORED.glob("*.png")) < 400 * 1024
