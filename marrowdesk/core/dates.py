"""Dates as people write them, with all that one may mean: which of them holds is not guessed."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Days = tuple[date, date]
"""The first and the last day that a text may mean; the same day where it names one."""

_MONTHS = {
    word: month
    for month, words in enumerate(
        (
            "jan january januar jänner", "feb february februar feber", "mar march mär mrz märz maerz",
            "apr april", "may mai", "jun june juni", "jul july juli", "aug august", "sep sept september",
            "oct october okt oktober", "nov november", "dec december dez dezember",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
"""Names of months in the languages of the report."""

_ZONE = (
    "(?:(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?|utc|gmt|z|[cemw]es?t|mesz?|mez|bst|ist|jst|kst|hkt|sgt"
    "|[ecmp][sd]t|a[ecw][sd]t)"
)
_CLOCK = (
    r"(?:(?:[01]?\d|2[0-4])(?:[:.]|\s?h\s?)[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|(?:[01]\d|2[0-4])[0-5]\d"
    r"|\d{1,2}\s?(?:uhr(?:\s?[0-5]\d)?|h|[ap]\.?m\b\.?)|\d{1,2}[时時点點](?:\d{1,2}分?|半)?(?:\d{1,2}秒)?)"
    rf"(?:\s?(?:uhr|hrs?|h|[ap]\.?m\b\.?|{_ZONE}(?![a-z]))){{0,3}}"
)
_TIME_BEHIND = re.compile(rf"(?:(?<=\d)t|[\s,;/–-]+)(?:(?:at|um)\s)?{_CLOCK}$")
_TIME_BEFORE = re.compile(rf"^{_CLOCK}[\s,;]+")
_STAMP = re.compile(r"(\d{8})(?:[01]\d|2[0-4])(?:[0-5]\d){0,2}(?:\.\d+)?(?:[+-]\d{4})?")
"""A time stamp as in HL7."""

_ASIDE = re.compile(
    r"[()]|星期[一二三四五六日天]|[周週][一二三四五六日天]|上午|下午|早上|早晨|清晨|凌晨|中午|晚上|傍晚|夜间|夜裡|夜里"
    r"|\b(?:mon|tues?|wednes|wed|thurs?|thu|fri|satur|sat|sun)(?:day)?\b\.?"
    r"|\b(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so)\b\.?"
    r"|\b(?:in\sthe\s|at\s|am\s)?(?:early|morning|forenoon|noon|midday|afternoon|evening|night|midnight"
    r"|früh|morgens?|(?:vor|nach)?mittags?|vorm|nachm|abends?|nachts?)\b\.?"
)
"""Days of the week and parts of the day."""

_ON = re.compile(r"^[\s,]*(?:am|den)\s")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN = re.compile(r"[\s./,–-]*")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_FIRST_YEAR = 1850
"""Eight digits that would be a year before this one are read in another order."""

_Parts = tuple[int, int | None, int | None]
"""Year, month and day; a year below 100 is one of two centuries."""


def date_of(text: str) -> date | None:
    """Read the one day that a text means: 1961-08-12, 19610812, 12.08.1961, 12 Aug 1961, 1961年8月12日.

    12/08/1961 is a day in August for one country and in December for another: it is read only where no more
    than one of the two is possible. Numbers with full stops begin with the day, unless the first can be none.
    A time of day, a time zone, a day of the week or a part of the day beside the date does not matter.
    """
    found = set(readings(text))
    if len(found) != 1:
        return None
    first, last = found.pop()
    return first if first == last else None


def readings(text: str) -> tuple[Days, ...]:
    """Give all that a text may mean, each once; a year or a month alone is all of its days."""
    return tuple(dict.fromkeys(_days(_parts(text))))


def is_written_as_date(text: str) -> bool:
    """Tell whether a text is written as a date, be it of a day that there is not."""
    return any(_parts(text))


def _days(found: Iterator[_Parts]) -> Iterator[Days]:
    for year, month, day in found:
        for whole in (year,) if year > 99 else (1900 + year, 2000 + year):
            try:
                first = date(whole, month or 1, day or 1)
            except ValueError:  # no such day
                continue
            until = month or 12
            yield first, date(whole, until, day or monthrange(whole, until)[1])


def _parts(text: str) -> Iterator[_Parts]:
    """Give year, month and day in each order that the text may have them in; nothing for what is no date.

    What stands beside a date is looked for only where the text is none as a whole, and beside whole dates.
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if found := tuple(_written(folded)):
        yield from found
        return
    if stamp := _STAMP.fullmatch(folded):
        yield from _written(stamp[1])
        return
    aside = " ".join(_ASIDE.sub(" ", folded).replace("日", " ").split()).strip(" ,")
    for bare in (aside, _TIME_BEHIND.sub("", aside), _TIME_BEFORE.sub("", aside)):
        if whole := [each for each in _written(_ON.sub("", bare)) if each[2] is not None]:
            yield from whole
            return


def _written(folded: str) -> Iterator[_Parts]:
    """Read a text that is a date and nothing else."""
    folded = re.sub("[年月]", "-", _ORDINAL.sub("", re.sub("[日号號]", " ", folded).strip())).strip("-")
    if not all(_BETWEEN.fullmatch(each) for each in _TOKEN.split(folded)):
        return
    words = _TOKEN.findall(folded)
    months = [_MONTHS[each] for each in words if each in _MONTHS]
    numbers = [each for each in words if each.isdecimal()]
    if len(months) + len(numbers) != len(words) or len(months) > 1:
        return
    if months:
        yield from _with_month(months[0], numbers)
    elif len(numbers) == 3:
        yield from _three(*numbers, stops="." in folded and not set("/-") & set(folded))
    elif [len(each) for each in numbers] == [8]:
        yield from _eight(numbers[0])
    else:
        yield from _without_day(sorted(numbers, key=len))


def _without_day(numbers: Sequence[str]) -> Iterator[_Parts]:
    """Read a year, or a month and a year."""
    if [len(each) for each in numbers] == [4]:
        yield int(numbers[0]), None, None
    elif [len(each) for each in numbers] in ([1, 4], [2, 4]):
        yield int(numbers[1]), int(numbers[0]), None


def _with_month(month: int, numbers: Sequence[str]) -> Iterator[_Parts]:
    if [len(each) for each in numbers] == [4]:
        yield int(numbers[0]), month, None
    if len(numbers) == 2:
        for year, day in (numbers, numbers[::-1]):
            if len(year) in (2, 4) and len(day) <= 2:
                yield int(year), month, int(day)


def _three(first: str, second: str, third: str, *, stops: bool) -> Iterator[_Parts]:
    a, b, c = int(first), int(second), int(third)
    if len(second) > 2 or {len(first), len(third)} - {1, 2, 4}:
        return
    if len(third) in (2, 4) and len(first) <= 2:
        yield c, b, a
        if not stops:
            yield c, a, b
    if len(first) in (2, 4) and len(third) <= 2 and not (stops and 1 <= a <= 31):
        yield a, b, c


def _eight(text: str) -> Iterator[_Parts]:
    for year, month, day in (
        (text[:4], text[4:6], text[6:]),
        (text[4:], text[2:4], text[:2]),
        (text[4:], text[:2], text[2:4]),
    ):
        if int(year) >= _FIRST_YEAR:
            yield int(year), int(month), int(day)
