"""The sex of a patient is read from the words of every language that reports are printed in."""

from __future__ import annotations

import pytest

from marrowdesk.core.sex import gender_of, sex_of


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("f", "F"), ("Female", "F"), ("W", "F"), ("w.", "F"), ("weiblich", "F"), ("Frau", "F"), ("女", "F"),
        ("女性", "F"), (" M ", "M"), ("male", "M"), ("MÄNNLICH", "M"), ("Mann", "M"), ("男", "M"),
        ("divers", "O"), ("d", "O"), ("other", "O"), ("其他", "O"), ("unbekannt", "U"), ("未知", "U"),
        ("", None), ("yes", None), ("m/w/d", None), ("47", None),
    ],
)  # fmt: skip
def test_that_the_sex_is_read_in_the_languages_of_the_report(text: str, gender: str | None) -> None:
    assert gender_of(text) == gender


def test_that_only_the_two_sexes_choose_ranges() -> None:
    typed = ("weiblich", "男", "divers", "unbekannt", "yes")
    assert [sex_of(text) for text in typed] == ["F", "M", "", "", ""]
