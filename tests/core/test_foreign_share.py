"""When so many cells are unfamiliar that the slides must be another laboratory's."""

from __future__ import annotations

import pytest

from marrowdesk.core.foreign import looks_foreign


@pytest.mark.parametrize(
    ("measured", "unfamiliar", "foreign"),
    [
        (0, 0, False),
        (19, 19, False),  # too few to tell anything of a slide
        (20, 20, True),
        (500, 25, False),  # what is usual
        (921, 62, False),  # marrow that the shipped classifier knows
        (500, 75, False),  # three times as many, but perhaps by chance
        (500, 110, True),
        (341, 175, True),  # the blood of a laboratory that no training saw
    ],
)
def test_that_a_share_far_above_the_usual_tells_another_laboratory(measured, unfamiliar, foreign):
    assert looks_foreign(measured, unfamiliar) is foreign
