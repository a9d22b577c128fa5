"""Until when papers of a trader are kept. Pure."""

from __future__ import annotations

import calendar
from datetime import date


def kept_until(ended_on: date, months: int) -> date:
    """The last day on which papers are kept when a relation has ended: the same day of the month, or its last one."""
    years, month = divmod(ended_on.month - 1 + months, 12)
    year, month = ended_on.year + years, month + 1
    return date(year, month, min(ended_on.day, calendar.monthrange(year, month)[1]))
