"""Reads payments, the exchange rates of a day and the risk in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from marketplace.kernel import clock
from marketplace.kernel.fx import FxTable
from payments import fx_risk, rates
from payments.lawful_days import LAWFUL_DAYS
from payments.models import CurrencyRisk, ExchangeRate, Payment, RateFetch, Refund
from payments.rates import RateFact, join
from payments.target_calendar import is_open

CHECK_EVERY = 5.0  # seconds
DAYS_KEPT = 32
SERIES_DAYS = 430  # calendar days that hold 250 returns and the 30 before them


class _Memory:
    """Tables and risks by day, valid for one version of the rows."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: tuple[Any, ...] = ()
        self.checked_at = float("-inf")
        self.days: dict[date, tuple[FxTable, Mapping[str, CurrencyRisk]]] = {}


_memory = _Memory()


def fx_table(on: date) -> FxTable:
    """The exchange rates of a day: base EUR, for each currency the latest published on or before `on`.

    `rated_on` names the day of each rate, `stale` the currencies in which nothing may be promised, `swing` the 14-day
    value at risk of those that have been assessed, `lawful` the tables of the days that laws name. The table is kept
    in the process; whether rates have changed is looked up every five seconds at most.
    """
    return _day(on)[0]


def fx_terms(source: str, target: str, on: date) -> fx_risk.Terms:
    """For how long a price of a seller may be promised in the shopper's currency on a day, and its buffer.

    As cheap as `fx_table`. Inside one currency there is no risk.
    """
    return terms_between(source, target, known_risks(on))


def terms_between(source: str, target: str, risks: Mapping[str, fx_risk.Assessed]) -> fx_risk.Terms:
    """The same by assessments at hand."""
    if source == target:
        return fx_risk.CALM
    return fx_risk.terms(risks.get(currency) for currency in (source, target) if currency != rates.BASE)


def known_risks(on: date) -> Mapping[str, CurrencyRisk]:
    """The latest assessment of each currency on or before a day. As cheap as `fx_table`."""
    return _day(on)[1]


def forget_rates() -> None:
    """Makes the next `fx_table` of this process read the database."""
    with _memory.lock:
        _memory.days, _memory.version, _memory.checked_at = {}, (), float("-inf")


def _day(on: date) -> tuple[FxTable, Mapping[str, CurrencyRisk]]:
    now = time.monotonic()
    if now - _memory.checked_at >= CHECK_EVERY:
        version = _version()
        with _memory.lock:
            if version != _memory.version:
                _memory.days = {}
            _memory.version, _memory.checked_at = version, now
    found = _memory.days.get(on)
    if found is None:
        found = _load(on)
        with _memory.lock:
            if len(_memory.days) >= DAYS_KEPT:  # today's table, on which every price stands, stays
                today = clock.today()
                _memory.days = {day: kept for day, kept in _memory.days.items() if day == today}
            _memory.days[on] = found
    return found


def _version() -> tuple[Any, ...]:
    kept = ExchangeRate.objects.aggregate(count=Count("id"), last=Max("id"), changed=Max("changed_at"))
    assessed = CurrencyRisk.objects.aggregate(count=Count("id"), at=Max("assessed_at"))
    return (*kept.values(), *assessed.values())


def _load(on: date) -> tuple[FxTable, Mapping[str, CurrencyRisk]]:
    risks = {risk.currency: risk for risk in currency_risks(on)}
    swing = {currency: risk.worst_14 for currency, risk in risks.items() if risk.worst_14 is not None}
    lawful = {name: join(_latest(day(on)), day(on)) for name, day in LAWFUL_DAYS.items()}
    return replace(join(_latest(on), on, swing), lawful=lawful), risks


def _latest(on: date) -> Iterator[RateFact]:
    """The latest rate of each source and pair on or before a day."""
    rows = (
        counted_rates()
        .filter(on__lte=on)
        .order_by("source", "base", "quote", "-on")
        .distinct("source", "base", "quote")
        .values_list("source", "base", "quote", "on", "rate", "is_standing")
    )
    return (RateFact(*row) for row in rows)


def first_publication(on: date) -> date | None:
    """The first day, from `on` on, for which rates against the euro were published; None when there is none yet.

    Only days on which TARGET is open count, as the European Central Bank publishes on these.
    """
    days = counted_rates().filter(base=rates.BASE, is_standing=False, on__gte=on, on__lte=on + timedelta(days=14))
    published = days.order_by("on").values_list("on", flat=True).distinct()
    return next((day for day in published if is_open(day)), None)


def counted_rates() -> QuerySet[ExchangeRate]:
    """The rates that prices may stand on; made-up ones count in the demo alone."""
    rows = ExchangeRate.objects.all()
    return rows if settings.DEMO else rows.exclude(source=rates.MADE_UP)


def rate_series(on: date, currency: str = "") -> dict[str, list[tuple[date, Decimal]]]:
    """For each currency, or one alone, its rates against the euro up to a day, the oldest first: 280 days or more."""
    rows = counted_rates().filter(Q(on__gt=on - timedelta(days=SERIES_DAYS)) | Q(is_standing=True), on__lte=on)
    if currency:
        bases = set(rows.filter(quote=currency).values_list("base", flat=True).distinct())
        rows = rows.filter(quote__in={currency, *bases})
    facts = (RateFact(*row) for row in rows.values_list("source", "base", "quote", "on", "rate", "is_standing"))
    found = rates.series(facts)
    return {currency: found[currency]} if currency and currency in found else {} if currency else found


def currency_risks(on: date) -> QuerySet[CurrencyRisk]:
    """The latest assessment of each currency on or before a day."""
    return CurrencyRisk.objects.filter(on__lte=on).newest()


def swings(on: date) -> dict[str, Decimal]:
    """By how many percent each currency may move against the euro in 14 days, as seen from a day: reckoned anew from
    its rates, for a day on which nobody did."""
    known = {risk.currency: risk.worst_14 for risk in currency_risks(on) if risk.on == on}
    if not known:
        known = {
            currency: fx_risk.assess(currency, series, on).worst_14 for currency, series in rate_series(on).items()
        }
    return {currency: worst for currency, worst in known.items() if worst is not None}


def last_good_fetch() -> RateFetch | None:
    """The latest fetch of rates that came back with the published ones."""
    return RateFetch.objects.filter(state__in=RateFetch.GOOD).first()


def payment_by_session(provider: str, session: str) -> Payment | None:
    """The payment that a provider's session belongs to, as the return page needs it; None for a foreign one."""
    if not session:
        return None
    return Payment.objects.filter(provider=provider, provider_reference=session).first()


def open_payments(before: datetime) -> QuerySet[Payment]:
    """Payments that were started before a moment and have not ended, the oldest first: work for a sweeper."""
    states = [Payment.State.STARTED, Payment.State.PENDING]
    return Payment.objects.filter(state__in=states, created_at__lt=before).order_by("created_at")


def unsent_refunds(before: datetime) -> QuerySet[Refund]:
    """Refunds that were requested before a moment and have no answer yet, the oldest first."""
    return Refund.objects.filter(state=Refund.State.REQUESTED, created_at__lt=before).order_by("created_at")
