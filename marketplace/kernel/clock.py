"""The only place that reads the time, so that rules can be asked about any day."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The present calendar day in UTC: the day on which rules and exchange rates are looked up."""
    return timezone.now().date()
