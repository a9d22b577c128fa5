"""What a change of one rule row would do to prices at the door, reckoned before anything is saved.

The typed row makes a second rule book for the day on which it would take effect. The most popular listings on sale are
priced under both, as their cards are, at every destination that the row can concern. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any, Final

from moneyed import Money

from catalog.selectors.on_sale import Listed, listings_on_sale, most_popular
from catalog.selectors.price_terms import endings
from catalog.selectors.prices import Delivered, Prices
from compliance import selectors as compliance
from compliance.models import RULE_MODELS, RuleRow
from compliance.rules.book import RuleBook, Tables
from compliance.rules.history import content_of
from compliance.rules.review import PLACES, PRICELESS
from compliance.rules.rows import PENDING
from logistics import selectors as logistics
from marketplace.kernel.fx import MissingRate
from marketplace.kernel.region import Region, currency_of
from payments import selectors as payments

MOST_PRICES: Final = 15_000  # each is reckoned twice; see docs/how-to/change-a-rule.md for the time that takes
NOT_SENT: Final = "not_sent"
Values = Mapping[str, Any]
_ONE_DAY = timedelta(days=1)
_NOT_PRICED = ("code", "effective_from", "effective_to", "status", "source", "confidence")


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row of one table as it is held (None: it would be new) and as it is typed, both with all their columns."""

    table: str
    held: Values | None
    typed: Values

    @property
    def rows(self) -> tuple[Values, ...]:
        """Those of the two that there are."""
        return (self.typed,) if self.held is None else (self.held, self.typed)

    @property
    def is_priceless(self) -> bool:
        """Whether the row decides on no price, whatever it says."""
        return self.table in PRICELESS

    def effect_day(self, today: date) -> date:
        """The day on which the typed row begins, when that is to come; else the first from today on that differs.

        Today, when no day does.
        """
        begins: date = self.typed["effective_from"]
        if begins > today:
            return begins
        ends = [row["effective_to"] for row in self.rows if row["effective_to"] not in (None, date.max)]
        days = sorted({today, *(end + _ONE_DAY for end in ends if end >= today)})
        return next((day for day in days if _says(self.held, day) != _says(self.typed, day)), today)

    def leaves_a_hole(self, today: date) -> bool:
        """Whether a row that holds today would hold only later: until then nothing would rule in its place."""
        return _says(self.held, today) is not None and self.typed["effective_from"] > today

    def applied_to(self, tables: Tables) -> Tables:
        """The rows of a day with the typed one in its place."""
        held = self.held["id"] if self.held is not None else None
        others = [row for row in tables[self.table] if row["id"] != held]
        return {**tables, self.table: [*others, self.typed]}

    def destinations(self, books: Sequence[RuleBook], served: frozenset[str]) -> tuple[str, ...]:
        """The countries served whose prices the row can concern: its own, the members of its union, or all of them."""
        if self.is_priceless:
            return ()
        places = {row[PLACES[self.table]] for row in self.rows}
        if "" in places or self.table == "group_members":  # a union also decides on what its members send
            return tuple(sorted(served))
        return tuple(sorted(code for code in served if any(places & {*book.groups_of(code)} for book in books)))


def _says(row: Values | None, day: date) -> Values | None:
    """What of a row decides on prices on a day; None when it does not count."""
    if row is None or row["status"] == PENDING or row["effective_from"] > day:
        return None
    if row["effective_to"] is not None and row["effective_to"] < day:
        return None
    return {name: value for name, value in content_of(row).items() if name not in _NOT_PRICED}


@dataclass(frozen=True, slots=True)
class Shift:
    """One listing at one destination whose price at the door changes; None where nothing is sent there."""

    listing: Listed
    destination: str
    currency: str
    before: Delivered | None
    after: Delivered | None

    @property
    def totals(self) -> tuple[Money | None, Money | None]:
        """The prices before and after; None where they are not all that is due."""
        return self.before.total if self.before else None, self.after.total if self.after else None

    @property
    def difference(self) -> Money | None:
        """By how much the price changes."""
        before, after = self.totals
        return None if before is None or after is None else after - before

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the price before, not rounded; None where there is no such figure."""
        before, difference = self.totals[0], self.difference
        return difference.amount * 100 / before.amount if before and difference is not None else None

    @property
    def statuses(self) -> tuple[str, str]:
        """The status of the price before and after."""
        return self.before.status if self.before else NOT_SENT, self.after.status if self.after else NOT_SENT


@dataclass(frozen=True, slots=True)
class Sum:
    """The changed prices in one currency, added up before and after."""

    currency: str
    count: int
    before: Money
    after: Money

    @property
    def percent(self) -> Decimal | None:
        """The difference of the sums in percent of that before."""
        return (self.after - self.before).amount * 100 / self.before.amount if self.before else None


@dataclass(frozen=True)
class Preview:
    """What would change on the day `on`; `shifts` come with the largest difference first.

    Those that gain or lose a figure stand before all others. `destinations` are those that were priced, `unpriced` the
    ones without an exchange rate; `listings` of `on_sale` listings were looked at.
    """

    on: date
    destinations: tuple[str, ...]
    unpriced: tuple[str, ...]
    listings: int
    on_sale: int
    shifts: tuple[Shift, ...]

    @property
    def looked_at(self) -> int:
        """How many prices were compared."""
        return self.listings * len(self.destinations)

    @cached_property
    def rises(self) -> list[Decimal]:
        """Every rise in percent, the smallest first."""
        return sorted(shift.percent for shift in self.shifts if shift.percent is not None and shift.percent > 0)

    @cached_property
    def falls(self) -> list[Decimal]:
        """Every fall in percent, below zero, the deepest first."""
        return sorted(shift.percent for shift in self.shifts if shift.percent is not None and shift.percent < 0)

    @cached_property
    def without_figure(self) -> int:
        """How many gain or lose their price, or change between two states without one."""
        return sum(shift.difference is None for shift in self.shifts)

    @cached_property
    def sums(self) -> list[Sum]:
        """The changed prices by currency; there is no sum across currencies."""
        pairs: dict[str, list[tuple[Money, Money]]] = {}
        for shift in self.shifts:
            before, after = shift.totals
            if before is not None and after is not None and before != after:
                pairs.setdefault(shift.currency, []).append((before, after))
        return [
            Sum(currency, len(found), _total(currency, [one for one, _other in found]),
                _total(currency, [other for _one, other in found]))
            for currency, found in sorted(pairs.items())
        ]  # fmt: skip


def middle(percents: Sequence[Decimal]) -> Decimal | None:
    """The median, None of nothing."""
    return median(percents) if percents else None


def _total(currency: str, amounts: list[Money]) -> Money:
    return sum(amounts, Money(0, currency))


def typed_row(rule: RuleRow, today: date) -> TypedRow:
    """The row as a form has it, beside the one that is saved. One query for a row that is."""
    model = type(rule)
    table = next(name for name, each in RULE_MODELS.items() if each is model)
    held = model._default_manager.filter(pk=rule.pk).values().first() if rule.pk else None
    typed = {field.attname: getattr(rule, field.attname) for field in model._meta.concrete_fields}
    typed |= {"id": rule.pk or 0, "last_reviewed": today, "reviewed_on": None}
    return TypedRow(table, compliance.tidy(dict(held)) if held else None, compliance.tidy(typed))


def preview(row: TypedRow, today: date, language: str) -> Preview:
    """The prices at the door that differ once the typed row counts, at the exchange rates of today.

    The most popular listings are looked at, as many as make `MOST_PRICES` with the destinations. About a dozen queries.
    """
    on = row.effect_day(today)
    tables = compliance.rule_tables(on)
    fx, risks, tariff = payments.fx_table(today), payments.known_risks(today), logistics.tariff()
    ends = endings()
    now, then = (Prices(fx, risks, RuleBook(on, each), tariff, on, ends) for each in (tables, row.applied_to(tables)))
    countries = row.destinations((now.rule_book, then.rule_book), tariff.served)
    listings = [] if row.is_priceless else most_popular(MOST_PRICES // max(1, len(countries)), language)
    shifts: list[Shift] = []
    unpriced = []
    for country in countries:
        try:
            shifts += _shifts(listings, Region(language, country, currency_of(country)), now, then)
        except MissingRate:
            unpriced.append(country)
    return Preview(
        on=on,
        destinations=tuple(country for country in countries if country not in unpriced),
        unpriced=tuple(unpriced),
        listings=len(listings),
        on_sale=listings_on_sale(),
        shifts=tuple(sorted(shifts, key=_by_difference)),
    )


def _shifts(listings: Sequence[Listed], region: Region, now: Prices, then: Prices) -> Iterator[Shift]:
    goods = [listing.goods for listing in listings]
    pairs = zip(listings, now.delivered(goods, region), then.delivered(goods, region), strict=True)
    return (Shift(each, region.country, region.currency, was, will) for each, was, will in pairs if was != will)


def _by_difference(shift: Shift) -> tuple[bool, Decimal]:
    return shift.difference is not None, -abs(shift.percent or Decimal(0))
