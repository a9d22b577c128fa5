"""Assesses every currency of the shop once a day and after each change of a rate, and opens alerts for what turned red."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.module_loading import import_string

from accounts import roles
from accounts.models import Seller, User
from marketplace.kernel import clock
from payments import fx_risk, rates, selectors
from payments.models import CurrencyRisk, ExchangeRate, RateAlert, RateFetch, RateLetter

TOLD_ROLES = (roles.FINANCE, roles.OPERATIONS)
FETCH_OVERDUE = timedelta(days=1)
_COLUMNS = ("rate", "rated_on", "level", "reasons", "volatility", "ewma", "var_1", "var_14", "historical_1",
            "historical_14", "assessed_at")  # fmt: skip


def watch(moment: datetime) -> None:
    """Assesses what has to be assessed, and opens the alerts that follow. Calls nobody; changes nothing when repeated."""
    if _is_due(moment):
        assess(moment.date())
    open_alerts(moment)


def assess(on: date) -> list[CurrencyRisk]:
    """The risk of each currency of the shop on a day, kept. A currency without any rate is left out."""
    found = selectors.rate_series(on)
    now = clock.now()
    rows = []
    for currency in settings.CURRENCIES:
        if currency != rates.BASE and currency in found:
            risk = asdict(fx_risk.assess(currency, found[currency], on))
            rows.append(CurrencyRisk(assessed_at=now, **risk | {"reasons": list(risk["reasons"])}))
    CurrencyRisk.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["currency", "on"], update_fields=_COLUMNS
    )
    selectors.forget_rates()
    return rows


def _is_due(moment: datetime) -> bool:
    assessed = CurrencyRisk.objects.filter(on=moment.date()).aggregate(at=Max("assessed_at"))["at"]
    changed = ExchangeRate.objects.aggregate(at=Max("changed_at"))["at"]
    return changed is not None and (assessed is None or assessed <= changed)


# Alerts ---------------------------------------------------------------------------------------------------------


def open_alerts(moment: datetime) -> list[RateAlert]:
    """The alerts that are new: one for each currency that turned red, one when rates could not be fetched for a day."""
    opened = [alert for alert in (*_turned_red(moment), *_fetch_overdue(moment)) if _open(alert)]
    return opened


def _turned_red(moment: datetime) -> Iterable[RateAlert]:
    on = moment.date()
    before = {risk.currency: risk.level for risk in selectors.currency_risks(on - timedelta(days=1))}
    for risk in CurrencyRisk.objects.filter(on=on, level=CurrencyRisk.Level.RED):
        if before.get(risk.currency) != CurrencyRisk.Level.RED:
            yield RateAlert(
                key=f"red:{risk.currency}:{on.isoformat()}", kind=RateAlert.Kind.RED, currency=risk.currency, on=on,
                reasons=risk.reasons, opened_at=moment,
            )  # fmt: skip


def _fetch_overdue(moment: datetime) -> Iterable[RateAlert]:
    last = RateFetch.objects.first()
    if last is None or last.state != RateFetch.State.FAILED:
        return
    good = selectors.last_good_fetch()
    failing = RateFetch.objects.filter(state=RateFetch.State.FAILED)
    failing = failing.filter(started_at__gt=good.started_at) if good else failing
    first = failing.order_by("started_at").first()
    if first is not None and first.started_at <= moment - FETCH_OVERDUE:
        yield RateAlert(
            key=f"fetch:{good.pk if good else 0}", kind=RateAlert.Kind.FETCH, on=moment.date(),
            reasons=[{"code": "fetch", "values": {"detail": last.detail}}], opened_at=moment,
        )  # fmt: skip


def _open(alert: RateAlert) -> bool:
    """Keeps the alert with a letter for each reader, unless it is known."""
    if RateAlert.objects.filter(key=alert.key).exists():
        return False
    readers = _readers(alert)
    with transaction.atomic():
        RateAlert.objects.bulk_create([alert], ignore_conflicts=True)
        kept = RateAlert.objects.get(key=alert.key)
        RateLetter.objects.bulk_create(
            [RateLetter(alert=kept, user=user, audience=audience, due_at=alert.opened_at)
             for user, audience in readers.items()],
            ignore_conflicts=True,
        )  # fmt: skip
    return True


def _readers(alert: RateAlert) -> Mapping[User, str]:
    """Who is told: finance and operations; and the members of sellers whom the currency concerns."""
    people = User.objects.filter(is_active=True)
    readers = dict.fromkeys(people.filter(groups__name__in=TOLD_ROLES).distinct(), RateLetter.Audience.STAFF.value)
    if alert.kind == RateAlert.Kind.RED:
        sellers = Seller.objects.filter(status=Seller.Status.APPROVED, pk__in=sellers_in(alert.currency))
        members = people.filter(memberships__seller__in=sellers).distinct()
        readers = dict.fromkeys(members, RateLetter.Audience.SELLER.value) | readers
    return readers


# Whom a currency concerns ---------------------------------------------------------------------------------------


def sellers_in(currency: str) -> set[int]:
    """The sellers who are paid or price in a currency; the app above us that knows listings is named by the settings."""
    return set(import_string(settings.SELLER_CURRENCIES).sellers_in(currency))


def currencies_of(seller_ids: Iterable[int]) -> set[str]:
    """The currencies in which sellers are paid or price."""
    return set(import_string(settings.SELLER_CURRENCIES).currencies_of(seller_ids))
