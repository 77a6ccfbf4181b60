"""The sex of the patient: one header field of the report, from which the ranges of the count follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.core import sex

if TYPE_CHECKING:
    from marrowdesk.core.reference import Sex


def text_of(sex: str) -> str:
    """Give the word that is printed for a sex; empty for unknown."""
    words = {
        "F": QCoreApplication.translate("Sex", "female"),
        "M": QCoreApplication.translate("Sex", "male"),
    }
    return words.get(sex, "")


def sex_of(text: str) -> Sex:
    """Read the sex from what was typed or chosen; unknown for anything else than the plain words."""
    word = text.strip().casefold()
    for each in ("F", "M"):
        if word == text_of(each).casefold():
            return each
    return sex.sex_of(text)
