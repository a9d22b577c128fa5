"""Today's exchange rates, rules and freight in one hand: what turns a seller's price into the shopper's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from moneyed import Money

from compliance import selectors as compliance
from compliance.rules.book import RuleBook
from logistics import quotes
from logistics import selectors as logistics
from logistics.allocation import nearest
from logistics.quotes import DeliveredPrice
from logistics.tariff import Tariff
from marketplace.kernel import clock
from marketplace.kernel.consignment import ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.region import Region
from payments import selectors as payments


@dataclass(frozen=True, slots=True)
class Goods:
    """One piece of something on sale: what decides on its price at a door. `ship_from` are the countries it lies in."""

    sku: str
    price: Money
    description: str
    hs_code: str
    origin: str
    weight_grams: int | None
    tax_category: str
    lithium: bool
    ship_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivered price as a card shows it: `total` only when it is all that the shopper will pay."""

    total: Money | None
    status: str
    collected: str


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The tables of one day. All of them live in the process: asking costs no query.

    `cards` are those that were made by these tables.
    """

    fx: FxTable
    rule_book: RuleBook
    tariff: Tariff
    on: date
    cards: dict[Any, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def today(cls) -> Prices:
        """The tables that hold now: the same object as long as none of them changes."""
        global _latest
        on = clock.today()
        tables = payments.fx_table(on), compliance.rule_book(on), logistics.tariff()
        kept = _latest
        if kept is None or kept.on != on or not kept.stands_on(*tables):
            kept = _latest = cls(*tables, on)
        return kept

    @classmethod
    def of_day(cls, on: date) -> Prices:
        """The tables of any day: its rules, its exchange rates, and the freight of the present day.

        A day to come has the rates of the present one. A day that the process has not met costs a dozen queries.
        """
        today = clock.today()
        if on == today:
            return cls.today()
        return cls(payments.fx_table(min(on, today)), compliance.rule_book(on), logistics.tariff(), on)

    def stands_on(self, fx: FxTable, rule_book: RuleBook, tariff: Tariff) -> bool:
        """Whether these are the tables themselves."""
        return self.fx is fx and self.rule_book is rule_book and self.tariff is tariff

    def shop(self, price: Money, currency: str) -> Money:
        """A seller's price in the shopper's currency. Raises `MissingRate`."""
        return self.fx.convert(price, currency)

    def node(self, countries: Sequence[str], destination: str) -> str:
        """The country from which goods that lie in `countries` would be sent."""
        return nearest(countries, destination, self.tariff.customs_areas)

    def delivered(self, goods: Sequence[Goods | None], region: Region) -> list[Delivered | None]:
        """For each of the goods what one piece costs at the reader's door; None where nothing goes there."""
        wanted = [(index, self._offer(item, region)) for index, item in enumerate(goods) if item is not None]
        found = self.landed([offer for _index, offer in wanted], Destination(region.country), region.currency)
        result: list[Delivered | None] = [None] * len(goods)
        for (index, _offer), price in zip(wanted, found, strict=True):
            if price is not None:
                assessment = price.assessment
                total = assessment.total if assessment.is_complete else None
                result[index] = Delivered(total, assessment.status, assessment.collected)
        return result

    def landed(
        self, offers: Sequence[quotes.Offer], destination: Destination, currency: str
    ) -> list[DeliveredPrice | None]:
        """The delivered prices of single offers, all None when a needed exchange rate is missing."""
        try:
            return quotes.cheapest_landed(offers, destination, currency, self.tariff, self.rule_book, self.fx, self.on)
        except MissingRate:
            return [None] * len(offers)

    def piece(self, goods: Goods, region: Region) -> DeliveredPrice | None:
        """What one piece costs at the reader's door, with every figure behind it."""
        return self.landed([self._offer(goods, region)], Destination(region.country), region.currency)[0]

    def _offer(self, goods: Goods, region: Region) -> quotes.Offer:
        line = ConsignmentLine(
            sku=goods.sku,
            description=goods.description,
            hs_code=goods.hs_code,
            origin=goods.origin,
            quantity=1,
            unit_price=self.fx.convert(goods.price, region.currency),
            weight_grams=goods.weight_grams,
            tax_category=goods.tax_category,
            lithium=goods.lithium,
        )
        return quotes.Offer(self.node(goods.ship_from, region.country), line)


_latest: Prices | None = None
