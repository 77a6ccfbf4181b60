"""Mixed left-to-right and right-to-left text stands in the order in which it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrowdesk.report.typesetting.bidi import levels, visual_order


def shown(text: str) -> str:
    """Give the characters from left to right."""
    _, found = levels(text)
    return "".join(text[at] for at in visual_order(found))


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("plain", "plain"),
        ("אבג", "גבא"),
        ("אבג 123", "123 גבא"),  # numbers keep their order
        ("abc אבג def", "abc גבא def"),
        ("אבג abc", "abc גבא"),
        ("a (ב) ג", "a (ב) ג"),  # both brackets go with the sentence (rule N0), not one with each
        ("אב-12%", "12%-בא"),
        ("٣٤ kg", "٣٤ kg"),
    ],
)
def test_that_a_paragraph_is_ordered_as_the_standard_says(typed: str, seen: str) -> None:
    assert shown(typed) == seen


def test_that_the_first_strong_letter_gives_the_direction_of_the_paragraph() -> None:
    assert levels("12 אבג abc")[0] == 1
    assert levels("12 abc אבג")[0] == 0


def test_that_an_override_cannot_turn_text_round() -> None:
    disguised = "abc\u202edef\u202c ghi"
    assert shown(disguised) == disguised


@given(st.text("abאב12٣.,-+%()[] \u0301\u200f", max_size=30))
def test_that_ordering_loses_and_doubles_nothing(text: str) -> None:
    _, found = levels(text)
    assert sorted(visual_order(found)) == list(range(len(text)))
    assert all(0 <= each <= 2 for each in found)
