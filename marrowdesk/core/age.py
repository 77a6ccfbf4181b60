"""The age of a patient from dates as people write them."""

from __future__ import annotations

import re
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def date_of(text: str) -> date | None:
    """Read a date: 1961-08-12, 1961/8/12, 1961年8月12日, 12.08.1961; None for anything else.

    12/08/1961 is a day in August for one country and in December for another: it is read only where no more
    than one of the two is possible.
    """
    text = text.strip()
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            year, month, day = (int(each) for each in found.groups())
            return date(year, month, day)
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = (int(each) for each in found.groups())
            return date(year, month, day)
        if found := _SLASHES.fullmatch(text):
            first, second, year = (int(each) for each in found.groups())
            if first == second or first > 12:
                return date(year, second, first)
            return date(year, first, second) if second > 12 else None
    except ValueError:  # no such day
        return None
    return None


def age_of(birth: str, at: str, today: date) -> float | None:
    """Give an age in years.

    Args:
        birth: date of birth as typed.
        at: when the specimen was taken, as typed; ``today`` where that cannot be read.
        today: the present day.

    Returns:
        Whole years from two on, with fractions below; None where the birth cannot be read or lies later.
    """
    born, then = date_of(birth), date_of(at) or today
    if born is None or born > then:
        return None
    years = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
    return float(years) if years >= 2 else (then - born).days / 365.25
