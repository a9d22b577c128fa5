"""Reads: the numbers under which sellers are registered, which of them count on a day, and which are about to end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from compliance.models import EPRScheme, Flag, Registration, RegistrationEvent, Status
from compliance.registrations.reminders import SOON
from compliance.selectors.sellers import may_verify

Number = tuple[str, str, str]
"""What a registration is for: kind, country and stream, empty where a kind has none."""

State = Registration.State
WAITING: Final = (State.CLAIMED, State.PENDING)
_MISSING: Final = r"^epr_(missing|expired)(:|$)"


def registrations_for(viewer: Any) -> QuerySet[Registration]:
    """The registrations that a viewer may see: all for officers, a seller's own for its members."""
    found = Registration.objects.select_related("seller", "document", "verified_by")
    if may_verify(viewer):
        return found
    if not (isinstance(viewer, User) and viewer.is_active):
        return found.none()
    return found.filter(seller__in=viewer.seller_ids)


def counting(on: date) -> Q:
    """The registrations that count on a day: found valid, begun, and not over."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    return Q(state__in=Registration.FOUND_VALID) & begun & (Q(expires_on=None) | Q(expires_on__gte=on))


def registrations_that_count(seller_ids: Collection[int], on: date) -> dict[int, frozenset[Number]]:
    """The numbers of each seller that count on the day `on`; every seller asked for is in it. One query."""
    return _grouped(seller_ids, counting(on))


def registrations_that_wait(seller_ids: Collection[int]) -> dict[int, frozenset[Number]]:
    """The numbers of each seller that are being checked, or wait for their first day. One query."""
    return _grouped(seller_ids, Q(state__in=(*WAITING, State.UPCOMING)))


def registrations_that_lapsed(seller_ids: Collection[int], on: date) -> dict[int, frozenset[Number]]:
    """The numbers of each seller that counted once and do not on the day `on`, with none in their place. Two queries."""
    over = Q(state=State.ENDED) | Q(state=State.VALID, expires_on__lt=on)
    counts = registrations_that_count(seller_ids, on)
    return {key: numbers - counts[key] for key, numbers in _grouped(seller_ids, over).items()}


def producer_numbers(on: date) -> dict[tuple[int, str, str], str]:
    """The numbers in the registers of producers that counted on a day, by seller, country and stream.

    One that was ended or replaced after that day counted on it.
    """
    ended_later = RegistrationEvent.objects.filter(registration=OuterRef("pk"), after=State.ENDED, at__date__gt=on)
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    held = begun & (Q(expires_on=None) | Q(expires_on__gte=on))
    rows = Registration.objects.filter(held, kind=Registration.Kind.EPR).filter(
        Q(state__in=Registration.FOUND_VALID) | Q(Exists(ended_later), state=State.ENDED)
    )
    names = ("seller_id", "country", "stream", "number")
    return {
        (seller, country, stream): number
        for seller, country, stream, number in rows.order_by("valid_from", "pk").values_list(*names)
    }


def _grouped(seller_ids: Collection[int], condition: Q) -> dict[int, frozenset[Number]]:
    found: defaultdict[int, set[Number]] = defaultdict(set)
    rows = Registration.objects.filter(condition, seller__in=seller_ids).order_by()
    for seller_id, kind, country, stream in rows.values_list("seller_id", "kind", "country", "stream"):
        found[seller_id].add((kind, country, stream))
    return {key: frozenset(found[key]) for key in seller_ids}


def steps_of_registration(registration: Registration) -> QuerySet[RegistrationEvent]:
    """What happened to a registration, the first step first."""
    return registration.events.select_related("actor")


# Registers ----------------------------------------------------------------------------------------------------


def scheme_for(country: str, stream: str, on: date) -> EPRScheme | None:
    """The register of the producers of a stream in a country on a day; None where the rule book has none."""
    holds = Q(effective_from__lte=on) & (Q(effective_to=None) | Q(effective_to__gte=on))
    schemes = EPRScheme.objects.filter(holds, country=country, stream=stream).exclude(status=Status.PENDING)
    return schemes.order_by("-effective_from").first()


def missing_numbers(seller_ids: Collection[int]) -> list[tuple[int, str, str]]:
    """The numbers that listings lack by the flags that stand on them: (seller, country, stream), sorted.

    What is being checked already is not among them. Two queries.
    """
    waiting = registrations_that_wait(seller_ids)
    flags = Flag.objects.filter(seller__in=seller_ids, rule__regex=_MISSING, status__in=Flag.LIVE)
    found = {
        (seller_id, country, str(params.get("stream", "")))
        for seller_id, countries, params in flags.order_by().values_list("seller_id", "countries", "params")
        if seller_id is not None
        for country in countries
    }
    return sorted(each for each in found if ("epr", each[1], each[2]) not in waiting[each[0]])


# Ends ---------------------------------------------------------------------------------------------------------


def registrations_ending(on: date, within: timedelta = SOON) -> QuerySet[Registration]:
    """The valid registrations whose last day comes within a time from the day `on`, the nearest first."""
    return Registration.objects.ending(on, on + within).select_related("seller").order_by("expires_on", "pk")
