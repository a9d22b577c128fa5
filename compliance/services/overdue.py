"""Flags that nobody decided in time: noted once on each, and told to the officers once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from compliance import selectors
from compliance.deadlines import time_for
from compliance.models import Flag, FlagEvent, Severity
from compliance.services import letters
from compliance.services.steps import AUTOMATIC

_BATCH: Final = 500
_FROM_HOUR: Final = 5  # UTC; nobody reads the letter of the day in the night


def note_overdue(moment: datetime) -> int:
    """Each flag that is overdue says so once in its history; from the morning on each officer gets one letter a day.

    The letter names the flags that the officer works on and those that nobody does. Returns the number of flags noted
    now. A flag without a day to be decided by gets one first.
    """
    _date_flags()
    late = Flag.objects.filter(status__in=Flag.UNDECIDED, due_at__lt=moment).exclude(
        pk__in=FlagEvent.objects.filter(kind=FlagEvent.Kind.OVERDUE).values("flag")
    )
    with transaction.atomic():
        flags = list(late.order_by("pk").select_for_update(skip_locked=True)[:_BATCH])
        FlagEvent.objects.bulk_create(
            [
                FlagEvent(flag=flag, kind=FlagEvent.Kind.OVERDUE, actor_label=AUTOMATIC, params=flag.params, at=moment)
                for flag in flags
            ],
            ignore_conflicts=True,
        )
    if moment.hour >= _FROM_HOUR:
        _write(moment)
    return len(flags)


def _date_flags() -> None:
    undated = Flag.objects.filter(status__in=Flag.UNDECIDED, due_at=None)
    for severity in Severity.values:
        undated.filter(severity=severity).update(due_at=F("opened_at") + time_for(severity))


def _write(moment: datetime) -> None:
    for officer in selectors.officers():
        if selectors.overdue_flags(officer, moment).exists():
            letters.post(
                key=f"overdue.{moment:%Y-%m-%d}.{officer.pk}", kind="flags_overdue", to=officer.email,
                language=officer.language, params={},
            )  # fmt: skip
