"""Keeps the published exchange rates up to date: one fetch at a time, each with a row that says how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused, Unavailable
from payments import ecb, rates, selectors, target_calendar
from payments.models import ExchangeRate, RateFetch
from payments.rates import RateFact, Recorded
from payments.services import outside_transactions

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
SOON, LATER = timedelta(minutes=15), timedelta(hours=1)  # between two looks for rates that are due
PATIENCE = timedelta(hours=4)  # how long after the hour of publication it is looked for SOON
State = RateFetch.State


def fetch_due(moment: datetime) -> RateFetch | None:
    """Fetches the rates if it is time, and tells how that went; None when it is not time or somebody else does it.

    Calls the outside, so it refuses to run inside a transaction.
    """
    outside_transactions()
    row = _claimed(moment)
    if row is None:
        return None
    try:
        published = _published(row.address, moment.date())
        recorded = _record(published)
    except (Unavailable, Refused) as error:
        return _failed(row, error)
    row.state = State.DONE if recorded.created or recorded.changed else State.UNCHANGED
    row.created, row.changed, row.newest_on = recorded.created, recorded.changed, published.newest_on
    row.attempts, row.finished_at = 0, clock.now()
    row.next_at = next_attempt(row.finished_at, published.newest_on)
    row.save(update_fields=["state", "created", "changed", "newest_on", "attempts", "finished_at", "next_at"])
    selectors.forget_rates()
    return row


def next_attempt(moment: datetime, newest_on: date) -> datetime:
    """When to ask again after a fetch that brought the rates of `newest_on`.

    A little after the next publication; or soon, when rates should be out that are not there yet.
    """
    if newest_on >= (due := target_calendar.last_publication(moment)):
        return target_calendar.next_publication(moment) + timedelta(minutes=2)
    out_at = datetime.combine(due, target_calendar.PUBLISHED_AT, tzinfo=target_calendar.FRANKFURT)
    return moment + (SOON if moment - out_at < PATIENCE else LATER)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 1, 2, 4 … minutes, an hour at most."""
    return min(timedelta(minutes=2 ** min(failures - 1, 10)), LATER)


def _claimed(moment: datetime) -> RateFetch | None:
    """A new row of a fetch that is under way; None unless one is due. A constraint keeps it to one at a time."""
    last = RateFetch.objects.first()
    if last is not None and last.state == State.RUNNING and last.started_at <= moment - LEASE:
        RateFetch.objects.filter(pk=last.pk, state=State.RUNNING).update(
            state=State.FAILED, detail="The worker did not come back.", finished_at=moment, next_at=moment
        )
        last.refresh_from_db()
    if not _is_due(last, moment):
        return None
    failures = last.attempts if last is not None and last.address == settings.ECB_RATES_URL else 0
    try:
        with transaction.atomic():
            row = RateFetch.objects.create(address=settings.ECB_RATES_URL, started_at=moment, attempts=failures)
            # Another worker may have begun and ended since we looked.
            if _is_due(RateFetch.objects.exclude(pk=row.pk).first(), moment):
                return row
            transaction.set_rollback(True)
    except IntegrityError:
        pass
    return None


def _is_due(last: RateFetch | None, moment: datetime) -> bool:
    """Whether rates are to be asked for after the fetch `last`; of another address than before, they always are."""
    if last is None:
        return True
    if last.state == State.RUNNING or last.next_at is None:
        return False
    return last.address != settings.ECB_RATES_URL or last.next_at <= moment


def _published(folder: str, today: date) -> ecb.Published:
    """The latest rates, together with those of the days that we have missed."""
    latest = ecb.fetch(folder, ecb.DAILY, today)
    if latest.source == rates.MADE_UP and not settings.DEMO:
        raise Refused("made_up_rates", "Made-up rates are taken in the demo alone.")
    kept = ExchangeRate.objects.filter(source__in={rates.ECB, latest.source}).aggregate(last=Max("on"))["last"]
    if kept is not None and not target_calendar.open_days(kept, latest.newest_on - timedelta(days=1)):
        return latest
    older = ecb.fetch(folder, ecb.HISTORY, today)
    if older.source != latest.source:
        raise Refused("unknown_sender", "The two files of rates are not of the same sender.")
    known = {(fact.quote, fact.on) for fact in latest.facts}
    missed = (fact for fact in older.facts if (fact.quote, fact.on) not in known)
    return ecb.Published(latest.source, (*latest.facts, *missed))


def _record(published: ecb.Published) -> Recorded:
    with transaction.atomic():
        return ExchangeRate.objects.record(_without_doubles(published))


def _without_doubles(published: ecb.Published) -> Iterable[RateFact]:
    """All rates of the file; of made-up ones those that stand beside no published rate of the same day."""
    if published.source != rates.MADE_UP:
        return published.facts
    first = min(fact.on for fact in published.facts)
    others = ExchangeRate.objects.filter(base=rates.BASE, on__gte=first).exclude(source=rates.MADE_UP)
    taken = set(others.values_list("quote", "on"))
    return [fact for fact in published.facts if (fact.quote, fact.on) not in taken]


def _failed(row: RateFetch, error: Exception) -> RateFetch:
    row.state, row.detail, row.attempts = State.FAILED, str(error)[:300], row.attempts + 1
    row.finished_at = clock.now()
    row.next_at = row.finished_at + pause_after(row.attempts)
    row.save(update_fields=["state", "detail", "attempts", "finished_at", "next_at"])
    log.warning("rates not fetched", reason=row.detail, attempts=row.attempts, next_at=row.next_at.isoformat())
    return row
