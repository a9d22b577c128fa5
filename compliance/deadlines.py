"""Until when what waits at the compliance desk has to be decided, and its other limits: `compliance/data/desk_policy.csv`."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from functools import cache

from compliance.rules.files import DATA

_SATURDAY = 5


@cache
def limits() -> dict[str, int]:
    """Every limit by its name, read once for each process; what it counts stands beside it in the file."""
    with (DATA / "desk_policy.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["value"]) for row in csv.DictReader(file)}


def due_at(severity: str, opened_at: datetime) -> datetime:
    """When a flag of a severity that was opened at a moment has to be decided. Raises KeyError for no severity."""
    return opened_at + time_for(severity)


def time_for(severity: str) -> timedelta:
    """How long the desk has to decide a flag of a severity. Raises KeyError for no severity."""
    return timedelta(days=limits()[f"flag_{severity}"])


def notice_due_at(sender: str, received_at: datetime) -> datetime:
    """When a notice of an "authority", a "trusted" flagger or the "public" has to be decided.

    Working days are counted from the day after receipt (Regulation (EEC, Euratom) No 1182/71, article 3); Saturdays
    and Sundays are not among them. Public holidays differ by country and shorten no week here, which is the stricter
    reading. The notice is due at the hour at which it came. Raises KeyError for no sender.
    """
    left, moment = limits()[f"notice_{sender}"], received_at
    while left:
        moment += timedelta(days=1)
        left -= moment.weekday() < _SATURDAY
    return moment
