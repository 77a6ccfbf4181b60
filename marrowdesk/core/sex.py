"""The sex of a patient as it is typed into the header, from which the ranges of the count follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from marrowdesk.core.reference import Sex

Gender = Literal["F", "M", "O", "U"]
"""Female, male, other, unknown: the letters of HL7 (v2.5.1, table 0001)."""

_WORDS: dict[Gender, str] = {
    "F": "f female woman girl ♀ w weiblich weibl frau mädchen 女 女性 女士 女孩",
    "M": "m male man boy ♂ männlich maennlich männl mann herr junge knabe 男 男性 先生 男孩",
    "O": "o other diverse x d divers 其他 其它",
    "U": "u unknown unbekannt 未知 不详 未说明",
}
_GENDERS: dict[str, Gender] = {word: gender for gender, words in _WORDS.items() for word in words.split()}


def gender_of(text: str) -> Gender | None:
    """Read a word or letter of any language that reports are printed in; None for anything else."""
    return _GENDERS.get(text.strip(" .").casefold())


def sex_of(text: str) -> Sex:
    """Read the sex whose ranges hold; unknown for anything else than a word or letter for one of the two."""
    gender = gender_of(text)
    return gender if gender == "F" or gender == "M" else ""
