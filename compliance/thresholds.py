"""When a seller has sold so much that a law asks for a report or for another verification. Pure.

What counts as a sale and as an amount is for those to say who know the sales (`orders.seller_sales`); whether limits are
reached is the same as in the reports on sellers (`compliance.reports.sellers.is_reached`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Protocol

from compliance.reports.sellers import Threshold, is_reached
from marketplace.kernel.money import round_amount

YEAR, TWELVE_MONTHS = "year", "twelve_months"
LOOKED_BACK: Final = 2  # years: twelve months in a row are looked for within the last twenty-four
REPORTED_UNTIL: Final = (1, 31)  # month and day of the next year until which a year is looked at
_ZERO: Final = Decimal(0)
_DAY: Final = timedelta(days=1)


class DatedThreshold(Threshold, Protocol):
    """A row of thresholds with its currency, the time over which it counts, and within how many days it wants its data."""

    code: str
    currency: str
    period: str
    within_days: int | None


@dataclass(frozen=True, slots=True)
class DaySales:
    """What a seller sold on a day: sales, and the amount in the currency of the law; refunds may make it negative."""

    on: date
    sales: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a seller stands to a threshold. `period` is the year, "" for any twelve months.

    `sales` and `amount` are those of the year, or of the twelve months up to the day of the count. `reached_on` is the
    first day on which the threshold was reached, None when it is not; by `due_on` the data have to be there.
    """

    code: str
    period: str
    sales: int
    amount: Decimal
    reached_on: date | None = None
    due_on: date | None = None


def standings(threshold: DatedThreshold, days: Sequence[DaySales], on: date) -> list[Standing]:
    """How a seller stands on the day `on`: to one of a year for the year, and in January for the year before as well.

    `days` are in order, each day once, from the first day of `counted_from` on.
    """
    if threshold.period == TWELVE_MONTHS:
        return [_of_twelve_months(threshold, days, on)]
    years = [on.year, *([on.year - 1] if (on.month, on.day) <= REPORTED_UNTIL else [])]
    return [_of_year(threshold, days, year, on) for year in years]


def counted_from(period: str, on: date) -> date:
    """The first day whose sales have to be known for a count on the day `on`."""
    if period == TWELVE_MONTHS:
        return _years_before(on, LOOKED_BACK) + _DAY
    return date(on.year - 1, 1, 1)


def is_current(period: str, on: date) -> bool:
    """Whether a standing still matters on a day: of a year until its report is due, of twelve months always."""
    return not period or on <= date(int(period) + 1, *REPORTED_UNTIL)


def _of_year(threshold: DatedThreshold, days: Iterable[DaySales], year: int, on: date) -> Standing:
    """The year as it stands: what went back lessens it, so a threshold may be left again."""
    sales, amount, first = 0, _ZERO, None
    for day in days:
        if day.on.year == year and day.on <= on:
            sales, amount = sales + day.sales, amount + day.amount
            if first is None and _is_reached(threshold, sales, amount):
                first = day.on
    reached_on = first if _is_reached(threshold, sales, amount) else None
    return _standing(threshold, str(year), sales, amount, reached_on)


def _of_twelve_months(threshold: DatedThreshold, days: Sequence[DaySales], on: date) -> Standing:
    known = [day for day in days if counted_from(TWELVE_MONTHS, on) <= day.on <= on]
    first = next((day for day, sales, amount in _windows(known) if _is_reached(threshold, sales, amount)), None)
    current = [day for day in known if day.on > _years_before(on, 1)]
    sales, amount = sum(day.sales for day in current), sum((day.amount for day in current), _ZERO)
    return _standing(threshold, "", sales, amount, first)


def _windows(days: Iterable[DaySales]) -> Iterator[tuple[date, int, Decimal]]:
    """The sums of the twelve months that end on each day on which something was sold."""
    window: deque[DaySales] = deque()
    sales, amount = 0, _ZERO
    for day in days:
        window.append(day)
        sales, amount = sales + day.sales, amount + day.amount
        begins = _years_before(day.on, 1)
        while window[0].on <= begins:
            gone = window.popleft()
            sales, amount = sales - gone.sales, amount - gone.amount
        yield day.on, sales, amount


def _standing(threshold: DatedThreshold, period: str, sales: int, amount: Decimal, reached_on: date | None) -> Standing:
    due_on = None
    if reached_on is not None:
        days = threshold.within_days
        due_on = date(reached_on.year, 12, 31) if days is None else reached_on + timedelta(days=days)
    return Standing(threshold.code, period, sales, round_amount(amount, threshold.currency), reached_on, due_on)


def _is_reached(threshold: DatedThreshold, sales: int, amount: Decimal) -> bool:
    """Limits are compared with whole cents, as the reports do."""
    return is_reached(threshold, sales, round_amount(amount, threshold.currency))


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; for the 29th of February the last day of that month."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
