"""The sex of the patient: one header field of the report, from which the ranges of the count follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication

from marrowdesk.core import sex

if TYPE_CHECKING:
    from marrowdesk.core.reference import Sex
    from marrowdesk.core.sex import Gender


def text_of(sex: str) -> str:
    """Give the word that is printed for a sex; empty for unknown."""
    words = {
        "F": QCoreApplication.translate("Sex", "female"),
        "M": QCoreApplication.translate("Sex", "male"),
    }
    return words.get(sex, "")


def sex_of(text: str) -> Sex:
    """Read the sex from what was typed or chosen; unknown for anything but a word for one of the two."""
    return _chosen(text) or sex.sex_of(text)


def gender_of(text: str) -> Gender | None:
    """Read what was typed or chosen; None for what is not understood."""
    return _chosen(text) or sex.gender_of(text)


def _chosen(text: str) -> Literal["", "F", "M"]:
    """Give the sex whose word in the language of the window this is; empty for none."""
    word = text.strip().casefold()
    for each in ("F", "M"):
        if word == text_of(each).casefold():
            return each
    return ""
