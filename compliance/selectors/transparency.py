"""Figures of the desk for a period, as Regulation (EU) 2022/2065, articles 15 and 24 ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q

from accounts.models import Seller
from compliance.models import Appeal, Flag, FlagApproval, FlagEvent, Notice, StatementOfReasons, VerificationEvent

Restriction = StatementOfReasons.Restriction


class Median(Aggregate):
    """The middle one of the values."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class GroundRow:
    """Notices on one ground that came in the period, by what has become of them."""

    ground: str
    received: int
    acted_on: int
    rejected: int

    @property
    def waiting(self) -> int:
        return self.received - self.acted_on - self.rejected


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened at the desk from the first to the last day of a period, both of them included.

    The median times are those of what was decided in the period; None when nothing was.
    """

    since: date
    until: date
    grounds: tuple[GroundRow, ...]
    trusted: int
    notice_time: timedelta | None
    held: int
    removed: int
    suspended: int
    refused: int
    found_by_check: int
    on_notice: int
    decided_by_check: int
    decided_by_person: int
    raised: int
    released: int
    waived: int
    upheld: int
    mended: int
    overdue: int
    second_confirmed: int
    second_rejected: int
    appeals: int
    reversed: int
    confirmed: int
    appeal_time: timedelta | None

    @property
    def notices(self) -> int:
        """All notices that came in the period."""
        return sum(row.received for row in self.grounds)


def bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments between which the days of a period lie, the second one excluded; UTC."""
    after = min(until, date.max - timedelta(days=1)) + timedelta(days=1)
    return datetime.combine(since, time(), UTC), datetime.combine(after, time(), UTC)


def figures(since: date, until: date) -> Figures:
    """The figures of a period. Eight queries, whatever its length."""
    span = bounds(since, until)
    return Figures(
        since=since, until=until, **_notices(span), **_statements(span), **_sellers(span), **_flags(span), **_second(span),
        **_appeals(span),
    )  # fmt: skip


def _within(field: str, span: tuple[datetime, datetime]) -> Q:
    return Q(**{f"{field}__gte": span[0], f"{field}__lt": span[1]})


def _median(start: str, end: str) -> Any:
    return Median(ExpressionWrapper(F(end) - F(start), output_field=DurationField()), output_field=DurationField())


def _notices(span: tuple[datetime, datetime]) -> dict[str, Any]:
    states = Notice.State
    rows: dict[str, Any] = {
        row["ground"]: row
        for row in Notice.objects.filter(_within("received_at", span))
        .order_by()
        .values("ground")
        .annotate(
            received=Count("pk"),
            acted_on=Count("pk", filter=Q(state=states.ACTED_ON)),
            rejected=Count("pk", filter=Q(state=states.REJECTED)),
            trusted=Count("pk", filter=Q(is_trusted=True)),
        )
    }
    time_taken = Notice.objects.filter(_within("decided_at", span)).aggregate(
        median=_median("received_at", "decided_at")
    )
    none = {"received": 0, "acted_on": 0, "rejected": 0}
    return {
        "grounds": tuple(
            GroundRow(ground, *(rows.get(ground, none)[name] for name in none)) for ground in Notice.Ground.values
        ),
        "trusted": sum(row["trusted"] for row in rows.values()),
        "notice_time": time_taken["median"],
    }


def _statements(span: tuple[datetime, datetime]) -> dict[str, Any]:
    """Restrictions, each counted once; who decided is counted as stated, so that one that a person took up is in both."""
    first = Q(amends=None)
    return StatementOfReasons.objects.filter(_within("at", span)).aggregate(
        held=Count("pk", filter=first & Q(restriction=Restriction.HELD)),
        removed=Count("pk", filter=first & Q(restriction=Restriction.REMOVED)),
        found_by_check=Count("pk", filter=first & Q(is_automated=True)),
        on_notice=Count("pk", filter=Q(notice__isnull=False)),
        decided_by_check=Count("pk", filter=Q(is_decided_by_person=False)),
        decided_by_person=Count("pk", filter=Q(is_decided_by_person=True)),
    )


def _sellers(span: tuple[datetime, datetime]) -> dict[str, Any]:
    """How often sellers were suspended or refused, by the steps that say so; an invitation taken back is neither."""
    states = Seller.Status
    steps = VerificationEvent.objects.filter(_within("at", span)).exclude(before=F("after"))
    return steps.aggregate(
        suspended=Count("pk", filter=Q(after=states.SUSPENDED)),
        refused=Count("pk", filter=Q(after=states.REFUSED) & ~Q(before=states.INVITED)),
    )


def _flags(span: tuple[datetime, datetime]) -> dict[str, Any]:
    kinds = FlagEvent.Kind
    steps = FlagEvent.objects.filter(_within("at", span)).aggregate(
        **{
            name: Count("pk", filter=Q(kind=kind))
            for name, kind in (
                ("released", kinds.RELEASED), ("waived", kinds.WAIVED), ("upheld", kinds.UPHELD),
                ("mended", kinds.MENDED), ("overdue", kinds.OVERDUE),
            )
        }
    )  # fmt: skip
    return steps | {"raised": Flag.objects.filter(_within("opened_at", span)).count()}


def _second(span: tuple[datetime, datetime]) -> dict[str, Any]:
    verdicts = FlagApproval.Verdict
    return FlagApproval.objects.filter(_within("decided_at", span)).aggregate(
        second_confirmed=Count("pk", filter=Q(verdict=verdicts.CONFIRMED)),
        second_rejected=Count("pk", filter=Q(verdict=verdicts.REJECTED)),
    )


def _appeals(span: tuple[datetime, datetime]) -> dict[str, Any]:
    decided = _within("decided_at", span)
    return Appeal.objects.filter(_within("lodged_at", span) | decided).aggregate(
        appeals=Count("pk", filter=_within("lodged_at", span)),
        reversed=Count("pk", filter=decided & Q(state=Appeal.State.REVERSED)),
        confirmed=Count("pk", filter=decided & Q(state=Appeal.State.CONFIRMED)),
        appeal_time=Median(
            ExpressionWrapper(F("decided_at") - F("lodged_at"), output_field=DurationField()),
            filter=decided, output_field=DurationField(),
        ),
    )  # fmt: skip
