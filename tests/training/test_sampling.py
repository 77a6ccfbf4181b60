"""Which cells make up a batch."""

from __future__ import annotations

import pytest

from marrowdesk.training.dataset import Sample
from marrowdesk.training.sampling import source_balanced


def test_that_each_source_of_a_class_is_drawn_equally_often():
    samples = [
        *(Sample(f"{at}.jpg", "big", "LYT") for at in range(90)),
        *(Sample(f"{at}.jpg", "small", "LYT") for at in range(10)),
        *(Sample(f"{at}.jpg", "big", "BLA") for at in range(100)),
    ]
    odds = source_balanced(samples)
    assert odds.sum() == pytest.approx(1)
    assert odds[:90].sum() == pytest.approx(0.25)
    assert odds[90:100].sum() == pytest.approx(0.25)
    assert odds[100:].sum() == pytest.approx(0.5)
