"""The marketplace's own tariff as CSV files, brought into the tables: what differs is written, nothing else.

`services.csv` one service a row, its name in every language · `zones.csv` and `customs_areas.csv` countries by
group · `rates.csv` one lane a row, one column for each weight band in grams, empty where the service does not go ·
`weights.csv` what goods of unknown weight are taken to weigh. A country that stands in no zone is not served.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from moneyed import CurrencyDoesNotExist, Money, get_currency

from logistics import selectors
from logistics.models import DefaultWeight, ShippingRate, ShippingService, Zone, ZoneCountry

TARIFF_LOCK = 7_205_002
DATA = Path(__file__).parent / "data"
Row = dict[str, str]
Changes = dict[str, Counter[str]]
_NUMBERS = ("days_min", "days_max", "position")
_FLAGS = ("tracked", "accepts_lithium")


class BadFile(Exception):
    """A tariff file contradicts itself; the message says where."""


def load(folder: Path = DATA) -> Changes:
    """The tables hold what the files of `folder` say; counts of created, updated, deleted and unchanged rows.

    Rates of a service that the files don't name, and services themselves, are left alone. Two loads take turns.
    Raises `BadFile`, and then nothing is changed.
    """
    changes: Changes = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TARIFF_LOCK])
        changes["services"] = _reconcile(ShippingService, "code", _services(folder), deletes=False)
        changes["zones"] = _reconcile(Zone, "code", _zones(folder))
        zones = dict(Zone.objects.values_list("code", "pk"))
        changes["countries"] = _reconcile(ZoneCountry, "country", _countries(folder, zones))
        changes["weights"] = _reconcile(DefaultWeight, "hs_prefix", _weights(folder))
        services = dict(ShippingService.objects.values_list("code", "pk"))
        changes["rates"] = _rates_into_tables(_rates(folder, services, zones))
    selectors.forget_tariff()
    return changes


def _read(folder: Path, name: str) -> Iterator[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if None in row or None in row.values():
                raise BadFile(f"{name} line {number} has too many or too few columns.")
            yield row


def _services(folder: Path) -> dict[Hashable, dict[str, Any]]:
    wanted: dict[Hashable, dict[str, Any]] = {}
    for row in _read(folder, "services.csv"):
        values: dict[str, Any] = dict(row)
        values |= {name: _number(row, name) for name in _NUMBERS} | {name: row[name] == "1" for name in _FLAGS}
        wanted[values.pop("code")] = values
    return wanted


def _zones(folder: Path) -> dict[Hashable, dict[str, Any]]:
    return {row["code"]: {"name": row["name"]} for row in _read(folder, "zones.csv")}


def _countries(folder: Path, zones: Mapping[str, int]) -> dict[Hashable, dict[str, Any]]:
    areas = {country: row["area"] for row in _read(folder, "customs_areas.csv") for country in row["countries"].split()}
    wanted: dict[Hashable, dict[str, Any]] = {}
    for row in _read(folder, "zones.csv"):
        for country in row["countries"].split():
            if country in wanted:
                raise BadFile(f"zones.csv has {country} in two zones.")
            wanted[country] = {"zone_id": zones[row["code"]], "customs_area": areas.get(country, country)}
    return wanted


def _weights(folder: Path) -> dict[Hashable, dict[str, Any]]:
    return {
        row["hs_prefix"]: {"grams": _number(row, "grams"), "note": row["note"]} for row in _read(folder, "weights.csv")
    }


def _rates(
    folder: Path, services: Mapping[str, int], zones: Mapping[str, int]
) -> dict[tuple[int, str, str, int | None, int], Money]:
    wanted = {}
    for line, row in enumerate(_read(folder, "rates.csv"), start=2):
        service, destination = services.get(row["service"]), row["destination"]
        is_country = len(destination) == 2
        if service is None or not (is_country or destination in zones):
            raise BadFile(f"rates.csv line {line} names a service or a zone that there is not.")
        zone = None if is_country else zones[destination]
        for band, price in row.items():
            if band.isdigit() and price:
                key = (service, row["origin"], destination if is_country else "", zone, int(band))
                if key in wanted:
                    raise BadFile(f"rates.csv line {line} repeats a lane.")
                wanted[key] = _price(price, row["currency"], line)
    return wanted


def _number(row: Row, column: str) -> int:
    if not row[column].isdecimal():
        raise BadFile(f"{row[column]!r} in the column {column} is not a whole number.")
    return int(row[column])


def _price(text: str, currency: str, line: int) -> Money:
    try:
        return Money(Decimal(text), get_currency(currency))
    except (InvalidOperation, CurrencyDoesNotExist):
        raise BadFile(f"rates.csv line {line} has {text!r} {currency!r}, which is no price.") from None


def _reconcile(
    model: type[models.Model], key: str, wanted: Mapping[Hashable, dict[str, Any]], *, deletes: bool = True
) -> Counter[str]:
    present = {getattr(row, key): row for row in model._default_manager.all()}
    fields = sorted(next(iter(wanted.values()), {}))
    fresh = [model(**{key: name}, **values) for name, values in wanted.items() if name not in present]
    stale = [row.pk for name, row in present.items() if name not in wanted] if deletes else []
    changed = []
    for name, values in wanted.items():
        row = present.get(name)
        if row is not None and any(getattr(row, field) != values[field] for field in fields):
            for field in fields:
                setattr(row, field, values[field])
            changed.append(row)
    if stale:
        model._default_manager.filter(pk__in=stale).delete()
    model._default_manager.bulk_create(fresh)
    if changed:
        model._default_manager.bulk_update(changed, fields)
    return _counts(len(wanted), len(fresh), len(changed), len(stale))


def _rates_into_tables(wanted: Mapping[tuple[int, str, str, int | None, int], Money]) -> Counter[str]:
    """As `_reconcile`, for the one table whose key has five parts and which is large."""
    rows: dict[Any, ShippingRate] = {}
    in_files = ShippingRate.objects.filter(service__in={key[0] for key in wanted})
    for rate in in_files:
        rows[rate.service_id, rate.origin_country, rate.destination_country, rate.zone_id, rate.up_to_grams] = rate
    fresh = [_rate(key, price) for key, price in wanted.items() if key not in rows]
    stale = [rate.pk for key, rate in rows.items() if key not in wanted]
    changed = []
    for key, rate in rows.items():
        if key in wanted and rate.price != wanted[key]:
            rate.price = wanted[key]
            changed.append(rate)
    ShippingRate.objects.filter(pk__in=stale).delete()
    ShippingRate.objects.bulk_create(fresh, batch_size=1000)
    ShippingRate.objects.bulk_update(changed, ["price", "price_currency"], batch_size=500)
    return _counts(len(wanted), len(fresh), len(changed), len(stale))


def _rate(key: tuple[int, str, str, int | None, int], price: Money) -> ShippingRate:
    service, origin, destination, zone, grams = key
    return ShippingRate(
        service_id=service,
        origin_country=origin,
        destination_country=destination,
        zone_id=zone,
        up_to_grams=grams,
        price=price,  # type: ignore[misc]  # the stubs know the amount alone
    )


def _counts(wanted: int, created: int, updated: int, deleted: int) -> Counter[str]:
    return Counter(created=created, updated=updated, deleted=deleted, unchanged=wanted - created - updated)
