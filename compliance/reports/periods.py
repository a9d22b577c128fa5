"""The months, quarters and years that reports are made for, and where they begin and end in time."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MONTH, QUARTER, YEAR = "month", "quarter", "year"
SHAPES: Final = {MONTH: "2026-10", QUARTER: "2026-Q4", YEAR: "2026"}
_MONTHS: Final = {MONTH: 1, QUARTER: 3, YEAR: 12}
_NAME: Final = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, quarter or year of the calendar: its first and its last day. The earlier one is the smaller."""

    first: date
    last: date
    length: str

    @property
    def name(self) -> str:
        """How the period is written: 2026-10, 2026-Q4, 2026."""
        if self.length == YEAR:
            return f"{self.first.year}"
        if self.length == QUARTER:
            return f"{self.first.year}-Q{quarter_of(self.first)}"
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> Period:
        """The period that ended when this one began."""
        return containing(self.first - timedelta(days=1), self.length)

    @property
    def after(self) -> Period:
        """The period that begins when this one ends."""
        return containing(self.last + timedelta(days=1), self.length)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The moment at which the period begins, and the first that is not in it any more, in UTC."""
        begins, ends = (datetime.combine(day, time(), zone) for day in (self.first, self.last + timedelta(days=1)))
        return begins.astimezone(UTC), ends.astimezone(UTC)

    def due_on(self, months: int, days: int) -> date:
        """The last day of the month that lies `months` after the period, and `days` after that."""
        month = self.last.year * 12 + self.last.month - 1 + months
        year, month = divmod(month, 12)
        return date(year, month + 1, monthrange(year, month + 1)[1]) + timedelta(days=days)


def containing(day: date, length: str) -> Period:
    """The period of that length in which the day lies."""
    months = _MONTHS[length]
    month = (day.month - 1) // months * months + 1
    last = month + months - 1
    return Period(date(day.year, month, 1), date(day.year, last, monthrange(day.year, last)[1]), length)


def parse_period(name: str, length: str) -> Period:
    """The period written as `name`, which has to be one of that length. Raises `ValueError` for anything else."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(name)
    year, month, quarter = match.groups()
    written = MONTH if month else QUARTER if quarter else YEAR
    if written != length:
        raise ValueError(name)
    first = int(month) if month else int(quarter) * 3 - 2 if quarter else 1
    return containing(date(int(year), first, 1), length)


def quarter_of(day: date) -> int:
    """The quarter of the year in which the day lies, 1 to 4."""
    return (day.month + 2) // 3
