"""Reads the tariff, kept in the process, and finds shipments."""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch
from moneyed import Money

from logistics.models import DefaultWeight, Shipment, ShippingRate, ShippingService, TariffVersion, ZoneCountry
from logistics.models import TrackingEvent as Event
from logistics.tariff import Lane, Service, Tariff

CHECK_EVERY = 5.0  # seconds
Bands = dict[int, Money]
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)


class _Memory:
    """The tariff of one version."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.checked_at = float("-inf")
        self.tariff: Tariff | None = None


_memory = _Memory()


def tariff() -> Tariff:
    """The tariff in force: services offered, lanes, countries served, assumed weights.

    It is kept in the process; whether it has changed is looked up every five seconds at most.
    """
    now = time.monotonic()
    known = _memory.tariff
    if known is not None and now - _memory.checked_at < CHECK_EVERY:
        return known
    with _memory.lock:
        version = _version()
        if _memory.tariff is None or _memory.tariff.version != version:
            _memory.tariff = _load(version)
        _memory.checked_at = now
        return _memory.tariff


def forget_tariff() -> None:
    """Makes the next `tariff` of this process read the database."""
    with _memory.lock:
        _memory.tariff, _memory.checked_at = None, float("-inf")


def destinations() -> frozenset[str]:
    """The countries that something can be sent to, as ISO 3166-1 codes."""
    return tariff().served


def shipment_for_tracking(token: str) -> Shipment | None:
    """The shipment behind a public tracking link, its events loaded with the oldest first; None for a wrong link."""
    if not _TOKEN.fullmatch(token):
        return None
    events = Prefetch("events", queryset=Event.objects.order_by("occurred_at", "pk"))
    return Shipment.objects.filter(public_token=token).prefetch_related(events).first()


def _version() -> str:
    token: UUID | None = TariffVersion.objects.values_list("token", flat=True).first()
    return str(token)


def _load(version: str) -> Tariff:
    services = {service.pk: _service(service) for service in ShippingService.objects.filter(is_active=True)}
    countries = list(ZoneCountry.objects.values_list("country", "zone_id", "customs_area"))
    members: dict[int, list[str]] = defaultdict(list)
    for country, zone, _area in countries:
        members[zone].append(country)
    served = frozenset(country for country, _zone, _area in countries)
    return Tariff(
        version=version,
        services=MappingProxyType({service.code: service for service in services.values()}),
        lanes=MappingProxyType(_lanes(services, members, served)),
        served=served,
        customs_areas=MappingProxyType({country: area for country, _zone, area in countries}),
        assumed_grams=MappingProxyType(dict(DefaultWeight.objects.values_list("hs_prefix", "grams"))),
    )


def _service(row: ShippingService) -> Service:
    names = {code: getattr(row, f"name_{code.replace('-', '_')}") or "" for code, _language in settings.LANGUAGES}
    return Service(
        code=row.code,
        names=MappingProxyType(names),
        carrier=row.carrier,
        channel=row.channel,
        transport=row.transport,
        tracked=row.tracked,
        accepts_lithium=row.accepts_lithium,
        days_min=row.days_min,
        days_max=row.days_max,
        position=row.position,
    )


def _lanes(
    services: dict[int, Service], members: dict[int, list[str]], served: frozenset[str]
) -> dict[tuple[str, str], tuple[Lane, ...]]:
    """Every lane by its two countries: a rate for the country wins over one for its zone, which never is domestic."""
    by_country: dict[tuple[str, str, int], Bands] = defaultdict(dict)
    by_zone: dict[tuple[str, int, int], Bands] = defaultdict(dict)
    rates = ShippingRate.objects.filter(service__in=services).values_list(
        "service_id", "origin_country", "destination_country", "zone_id", "up_to_grams", "price", "price_currency"
    )
    for service, origin, country, zone, grams, amount, currency in rates:
        bands = by_zone[origin, zone, service] if zone else by_country[origin, country, service]
        bands[grams] = Money(amount, currency)
    found: dict[tuple[str, str, int], Lane] = {}
    for (origin, zone, service), bands in by_zone.items():
        lane = _lane(services[service], bands)
        found |= {(origin, country, service): lane for country in members[zone] if country != origin}
    for (origin, country, service), bands in by_country.items():
        if country in served:
            found[origin, country, service] = _lane(services[service], bands)
    return _grouped(found)


def _lane(service: Service, bands: Bands) -> Lane:
    return Lane(service, tuple(sorted(bands)), tuple(bands[grams] for grams in sorted(bands)))


def _grouped(found: dict[tuple[str, str, int], Lane]) -> dict[tuple[str, str], tuple[Lane, ...]]:
    lanes: dict[tuple[str, str], list[Lane]] = defaultdict(list)
    for (origin, country, _service_id), lane in found.items():
        lanes[origin, country].append(lane)
    return {pair: _in_order(some) for pair, some in lanes.items()}


def _in_order(lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    return tuple(sorted(lanes, key=lambda lane: (lane.service.position, lane.service.code)))
