"""Reads payments and the exchange rates of a day."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet

from marketplace.kernel.fx import FxTable
from payments.models import ExchangeRate, Payment, Refund
from payments.rates import RateFact, join

CHECK_EVERY = 5.0  # seconds
DAYS_KEPT = 32
STALE_AFTER_DAYS = 5


class _Memory:
    """Tables by day, valid for one version of the rates."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: tuple[Any, ...] = ()
        self.checked_at = float("-inf")
        self.tables: dict[date, FxTable] = {}


_memory = _Memory()


def fx_table(on: date) -> FxTable:
    """The exchange rates of a day: base EUR, for each currency the latest published on or before `on`.

    `rated_on` names the day of each rate; ask `stale_currencies` whether that is too long ago. The table is kept in
    the process; whether rates have changed is looked up every five seconds at most.
    """
    now = time.monotonic()
    if now - _memory.checked_at >= CHECK_EVERY:
        version = _version()
        with _memory.lock:
            if version != _memory.version:
                _memory.tables = {}
            _memory.version, _memory.checked_at = version, now
    table = _memory.tables.get(on)
    if table is None:
        table = _load(on)
        with _memory.lock:
            if len(_memory.tables) >= DAYS_KEPT:
                _memory.tables = {}
            _memory.tables[on] = table
    return table


def forget_rates() -> None:
    """Makes the next `fx_table` of this process read the database."""
    with _memory.lock:
        _memory.tables, _memory.version, _memory.checked_at = {}, (), float("-inf")


def stale_currencies(fx: FxTable, on: date, *, days: int | None = None) -> tuple[str, ...]:
    """The currencies of `fx`, in alphabetical order, whose rate is more than `days` older than `on`.

    `days` is FX_STALE_AFTER_DAYS of the settings (5 where it is not set) unless given.
    """
    limit = getattr(settings, "FX_STALE_AFTER_DAYS", STALE_AFTER_DAYS) if days is None else days
    oldest = on - timedelta(days=limit)
    return tuple(sorted(currency for currency, rated in (fx.rated_on or {}).items() if rated < oldest))


def _version() -> tuple[Any, ...]:
    found = ExchangeRate.objects.aggregate(count=Count("id"), last=Max("id"), changed=Max("changed_at"))
    return (found["count"], found["last"], found["changed"])


def _load(on: date) -> FxTable:
    rows = (
        ExchangeRate.objects.filter(on__lte=on)
        .order_by("source", "base", "quote", "-on")
        .distinct("source", "base", "quote")
        .values_list("source", "base", "quote", "on", "rate", "is_standing")
    )
    return join((RateFact(*row) for row in rows), on)


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
