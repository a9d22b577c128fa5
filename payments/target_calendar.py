"""The days on which TARGET, the payment system of the euro, is open: on these the ECB publishes reference rates.

Closed are weekends and, by the long-term calendar of the ECB of 14 December 2000, New Year's Day, Good Friday, Easter
Monday, 1 May, and 25 and 26 December. Rates come out at about 16:00 in Frankfurt.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FRANKFURT = ZoneInfo("Europe/Berlin")
PUBLISHED_AT = time(16)
_SATURDAY = 5


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar (the anonymous algorithm of Nature, 20 April 1876)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def closings(year: int) -> frozenset[date]:
    """The days of a year, weekends aside, on which TARGET is closed."""
    easter = easter_sunday(year)
    fixed = ((1, 1), (5, 1), (12, 25), (12, 26))
    return frozenset(
        {easter - timedelta(days=2), easter + timedelta(days=1), *(date(year, month, day) for month, day in fixed)}
    )


def is_open(day: date) -> bool:
    """Whether rates are published on the day."""
    return day.weekday() < _SATURDAY and day not in closings(day.year)


def open_days(after: date, until: date) -> list[date]:
    """The open days later than `after`, up to and with `until`."""
    days = (after + timedelta(days=number) for number in range(1, (until - after).days + 1))
    return [day for day in days if is_open(day)]


def age(rated_on: date, on: date) -> int:
    """How many open days have begun since the day of a rate; 0 for one of the newest that there can be."""
    return len(open_days(rated_on, on))


def last_publication(moment: datetime) -> date:
    """The day whose rates are the newest that can be out at `moment`."""
    there = moment.astimezone(FRANKFURT)
    day = there.date() if there.time() >= PUBLISHED_AT else there.date() - timedelta(days=1)
    while not is_open(day):
        day -= timedelta(days=1)
    return day


def next_publication(moment: datetime) -> datetime:
    """When the next rates come out after `moment`, in UTC."""
    day = last_publication(moment) + timedelta(days=1)
    while not is_open(day):
        day += timedelta(days=1)
    return datetime.combine(day, PUBLISHED_AT, tzinfo=FRANKFURT).astimezone(UTC)
