"""When sellers are reminded that a registration ends. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

REMINDED: Final = (60, 30, 7)
"""How many days before the last day of a registration its seller is reminded."""

OVER: Final = -1
"""Stands for the first day on which it does not count any more."""

SOON: Final = timedelta(days=REMINDED[0])


def due_reminder(expires_on: date, on: date) -> int | None:
    """The reminder that is due on a day for a registration with the last day `expires_on`; None for none.

    Of several that are due, as after a night without a run, the nearest to the end: the others would say less.
    """
    left = (expires_on - on).days
    if left < 0:
        return OVER
    return next((days for days in reversed(REMINDED) if left <= days), None)
