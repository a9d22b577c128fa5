"""The days whose rates laws name for their limits, by the names that the rule book gives them.

"customs_month": the last Wednesday but one of the month before (Implementing Regulation (EU) 2015/2447, art. 146).
"october": the first working day of October of the year before (delegated and implementing acts of the Union Customs
Code, for limits in the currencies of member states). Where no rate was published on the day, the one before counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from payments.target_calendar import is_open

_WEDNESDAY = 2


def customs_month(on: date) -> date:
    """The day whose rates customs use in the month of `on`."""
    last = on.replace(day=1) - timedelta(days=1)
    back = (last.weekday() - _WEDNESDAY) % 7
    return last - timedelta(days=back + 7)


def october(on: date) -> date:
    """The day whose rates fix national limits in the year of `on`."""
    day = date(on.year - 1, 10, 1)
    while not is_open(day):
        day += timedelta(days=1)
    return day


LAWFUL_DAYS: Mapping[str, Callable[[date], date]] = {"customs_month": customs_month, "october": october}
