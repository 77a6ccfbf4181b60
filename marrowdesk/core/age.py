"""The age of a patient from two dates as people write them, and what is wrong with these."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marrowdesk.core.dates import is_written_as_date, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.dates import Days

OLDEST = 125.0
"""Years that nobody is old: the longest life on record is one of 122 years (Robine and Allard 1998)."""

ANY_AGE = (0.0, OLDEST)
"""The ages of a patient of whom nothing is known."""

_SOON = timedelta(days=5 * 365 + 2)
"""How long ago a specimen was taken at most whose date is not understood: five years, a line of our own."""


class DateFault(enum.StrEnum):
    """What is wrong with a date.

    Attributes:
        UNREADABLE: it is no date.
        NO_SUCH_DAY: it is written as a date, of a day that there is not.
        OPEN: it may be several days.
        LATER: it lies later than it can.
        LONG_AGO: nobody is as old as that.
    """

    UNREADABLE = "unreadable"
    NO_SUCH_DAY = "no such day"
    OPEN = "open"
    LATER = "later"
    LONG_AGO = "long ago"


@dataclass(frozen=True, slots=True)
class PatientAge:
    """What two dates say of an age.

    Attributes:
        ages: the least and the greatest age that they allow, in years: whole ones from two on, with fractions
            below; :data:`ANY_AGE` where the date of birth cannot be read; None without one.
        birth: what is wrong with the date of birth.
        collected: what is wrong with the date of collection.
    """

    ages: tuple[float, float] | None = None
    birth: DateFault | None = None
    collected: DateFault | None = None


def age_of(birth: str, collected: str, today: date) -> PatientAge:
    """Give an age at the collection.

    Args:
        birth: date of birth as typed.
        collected: when the specimen was taken, as typed; ``today`` where that has no number.
        today: the present day.
    """
    then, late = _collected(collected, today)
    if not birth.strip():
        return PatientAge(collected=late)
    born = readings(birth)
    if not born:
        return PatientAge(ANY_AGE, _unread(birth), late)
    earlier = [days for days in born if days[0] <= then[-1][1]]
    ages = {days: _ages(days, then) for days in earlier}
    possible = {days: found for days, found in ages.items() if found[0] <= OLDEST}
    if not possible:
        return PatientAge(ANY_AGE, DateFault.LONG_AGO if earlier else DateFault.LATER, late)
    youngest, oldest = zip(*possible.values(), strict=True)
    return PatientAge((min(youngest), max(oldest)), _open(tuple(possible)), late)


def _ages(born: Days, then: Sequence[Days]) -> tuple[float, float]:
    """Give the least and the greatest age at a collection on one of some days, in order."""
    return _years(born[1], then[0][0]), _years(born[0], then[-1][1])


def _collected(text: str, today: date) -> tuple[tuple[Days, ...], DateFault | None]:
    """Give the days on which a specimen may have been taken, and what is wrong with the text.

    They are those of the latest year that the text allows: specimens are counted soon. A text without any
    number, such as "-" or "n/a", means today. One that is not understood, or lies in the future, may mean any
    day of the five years up to today, a line that is ours. A year of two digits is not of the century before
    where it would be within five years from now, and a text that may lie so soon ahead means no day that is
    longer ago than five years.
    """
    if not any(each.isnumeric() for each in text):
        return ((today, today),), None
    latest = today + timedelta(days=1)  # it may be tomorrow elsewhere
    found = readings(text)
    ahead = {_day(first, -100) for first, _ in found if latest < first <= today + _SOON}
    past = [
        (first, min(last, latest)) for first, last in found if first <= latest and _day(first) not in ahead
    ]
    if not past or (ahead and max(last for _, last in past) < today - _SOON):
        return ((today - _SOON, today),), DateFault.LATER if found else _unread(text)
    year = max(first.year for first, _ in past)
    kept = tuple(sorted(each for each in past if each[0].year == year))
    return kept, _open(kept)


def _day(day: date, years: int = 0) -> tuple[int, int, int]:
    return day.year + years, day.month, day.day


def _open(found: Sequence[Days]) -> DateFault | None:
    return DateFault.OPEN if len(found) > 1 or any(first != last for first, last in found) else None


def _unread(text: str) -> DateFault:
    return DateFault.NO_SUCH_DAY if is_written_as_date(text) else DateFault.UNREADABLE


def _years(born: date, then: date) -> float:
    """Give an age; 0 where the birth lies later, which some other day of the same text rules out."""
    years = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
    return float(years) if years >= 2 else max((then - born).days / 365.25, 0.0)
