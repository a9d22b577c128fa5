"""The queue of flags: in which order it stands, what is counted above it, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from compliance.models import Appeal, Flag, FlagApproval, Severity

AGES: Final = (1, 3, 7)  # days: the bounds of the bands of age

RANK: Final = Case(
    When(escalated_at__isnull=False, then=Value(0)),
    When(severity=Severity.CRITICAL, then=Value(1)),
    When(severity=Severity.BLOCK, then=Value(2)),
    When(severity=Severity.REVIEW, then=Value(3)),
    default=Value(4),
    output_field=IntegerField(),
)
"""Escalated flags first, then the gravest."""

DUE: Final = Coalesce("due_at", "opened_at", output_field=DateTimeField())
ORDER: Final = (RANK.asc(), DUE.asc(), "pk")
"""The order of the queue: by rank, then what has to be decided first, then what was raised first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the undecided flags: by severity, by age in bands of `AGES`, and what waits for whom.

    `second` and `appeals` count upheld flags as well: a decision on them waits, too.
    """

    severities: dict[str, int]
    ages: tuple[int, ...]
    late: int
    escalated: int
    mine: int
    asked: int
    second: int
    appeals: int
    oldest: datetime | None


def counts(flags: QuerySet[Flag], viewer: User, moment: datetime) -> Counts:
    """The figures of `flags` at a moment: of the undecided, and of what waits for a verdict. Three queries."""
    bounds = [None, *(moment - timedelta(days=days) for days in AGES), None]
    bands = {
        f"age{place}": Count("pk", filter=_between(older, younger))
        for place, (younger, older) in enumerate(pairwise(bounds))
    }
    found: dict[str, Any] = (
        flags.filter(status__in=Flag.UNDECIDED)
        .order_by()
        .aggregate(
            late=Count("pk", filter=Q(due_at__lt=moment)),
            escalated=Count("pk", filter=Q(escalated_at__isnull=False)),
            mine=Count("pk", filter=Q(officer=viewer.pk, status=Flag.Status.TAKEN)),
            asked=Count("pk", filter=Q(status=Flag.Status.ASKED)),
            oldest=Min("opened_at"),
            **{name: Count("pk", filter=Q(severity=name)) for name in Severity.values},
            **bands,
        )
    )
    return Counts(
        severities={name: found[name] for name in Severity.values},
        ages=tuple(found[f"age{place}"] for place in range(len(AGES) + 1)),
        late=found["late"],
        escalated=found["escalated"],
        mine=found["mine"],
        asked=found["asked"],
        second=flags.filter(waiting_for_second()).count(),
        appeals=flags.filter(with_open_appeal()).count(),
        oldest=found["oldest"],
    )


def _between(older: datetime | None, younger: datetime | None) -> Q:
    """Opened from `older` on and before `younger`."""
    condition = Q()
    if older is not None:
        condition &= Q(opened_at__gte=older)
    if younger is not None:
        condition &= Q(opened_at__lt=younger)
    return condition


def waiting_for_second() -> Q:
    """Flags on which a decision waits for a second officer."""
    waiting = FlagApproval.objects.filter(flag=OuterRef("pk"), verdict=FlagApproval.Verdict.WAITING)
    return Q(Exists(waiting)) & Q(status__in=Flag.LIVE)


def with_open_appeal() -> Q:
    """Flags on which the seller's appeal is open."""
    return Q(Exists(Appeal.objects.filter(flag=OuterRef("pk"), state=Appeal.State.OPEN)))


def overdue_flags(officer: User, moment: datetime) -> QuerySet[Flag]:
    """The overdue flags that an officer works on or nobody does, in the order of the queue."""
    late = Flag.objects.filter(status__in=Flag.UNDECIDED, due_at__lt=moment)
    return late.filter(Q(officer=officer) | Q(officer__isnull=True)).order_by(*ORDER)


def next_in_queue(flags: QuerySet[Flag], after: Flag) -> Flag | None:
    """The flag of `flags` that follows `after` in the order of the queue, the first one when there is none behind it.

    `after` need not be among `flags` any more: it may just have been decided. Two queries at most.
    """
    others = flags.exclude(pk=after.pk).alias(rank=RANK, due=DUE)
    rank, due = _place(after)
    behind = Q(rank__gt=rank) | Q(rank=rank, due__gt=due) | Q(rank=rank, due=due, pk__gt=after.pk)
    ordered = others.order_by("rank", "due", "pk")
    return ordered.filter(behind).first() or ordered.first()


def _place(flag: Flag) -> tuple[int, datetime]:
    ranks = {Severity.CRITICAL: 1, Severity.BLOCK: 2, Severity.REVIEW: 3}
    rank = 0 if flag.escalated_at is not None else ranks.get(Severity(flag.severity), 4)
    return rank, flag.due_at or flag.opened_at
