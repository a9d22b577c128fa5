"""Today's exchange rates, rules and freight in one hand: what turns a seller's price into the shopper's.

That happens here and nowhere else, so every price holds the buffer that the risk policy asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from moneyed import Money

from catalog.price_endings import NO_ENDINGS, Endings
from catalog.price_terms import PLAIN, PriceTerms
from catalog.selectors.price_terms import endings
from compliance import selectors as compliance
from compliance.landed_cost.assessment import Assessment, AssessmentWarning
from compliance.landed_cost.splitting import advice_on
from compliance.rules.book import RuleBook
from logistics import quotes
from logistics import selectors as logistics
from logistics.allocation import nearest
from logistics.quotes import DeliveredPrice
from logistics.tariff import Tariff
from marketplace.kernel import clock
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable, MissingRate
from marketplace.kernel.region import Region
from payments import selectors as payments
from payments.fx_risk import Assessed, Terms

ADVICE_REMEMBERED = 200  # parcels, about 1 KB for each of their lines


@dataclass(frozen=True, slots=True)
class Goods:
    """One piece of something on sale: what decides on its price at a door. `ship_from` are the countries it lies in.

    `price` is the seller's own; `terms` are what else a price depends on.
    """

    sku: str
    price: Money
    description: str
    hs_code: str
    origin: str
    weight_grams: int | None
    tax_category: str
    lithium: bool
    ship_from: tuple[str, ...]
    terms: PriceTerms = PLAIN


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivered price as a card shows it: `total` only when it is all that the shopper will pay."""

    total: Money | None
    status: str
    collected: str


class ShopPrice(NamedTuple):
    """What a shopper pays for one piece, and how much of it is the exchange-rate buffer: None where nothing is."""

    amount: Money
    buffer: Money | None


class Priced(NamedTuple):
    """What a shopper pays for one piece, how much of it is buffer, and what the seller asked for it."""

    amount: Money
    buffer: Money | None
    asked: Money


class Reduction(NamedTuple):
    """The price before a reduction, and the lowest of the thirty days before it: None where nobody knows it."""

    before: Money
    lowest: Money | None


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The tables of one day. All of them live in the process: asking costs no query.

    `risks` are the assessments of the currencies in `fx`; `pairs` the terms that were made of them, `cards`,
    `doors` and `advised` what was made by all the tables. `endings` is how converted prices end for sellers who want it.
    """

    fx: FxTable
    risks: Mapping[str, Assessed]
    rule_book: RuleBook
    tariff: Tariff
    on: date
    endings: Endings = NO_ENDINGS
    pairs: dict[tuple[str, str], Terms] = field(default_factory=dict, repr=False)
    cards: dict[Any, Any] = field(default_factory=dict, repr=False)
    doors: dict[tuple[int, int, Region], tuple[Decimal | None, int | None]] = field(default_factory=dict, repr=False)
    advised: dict[tuple[Consignment, str, str], AssessmentWarning | None] = field(default_factory=dict, repr=False)

    @classmethod
    def today(cls) -> Prices:
        """The tables that hold now: the same object as long as none of them changes."""
        global _latest
        on = clock.today()
        tables = payments.fx_table(on), payments.known_risks(on), compliance.rule_book(on), logistics.tariff()
        kept, ends = _latest, endings()
        if kept is None or kept.on != on or kept.endings is not ends or not kept.stands_on(*tables):
            kept = _latest = cls(*tables, on, ends)
        return kept

    @classmethod
    def of_day(cls, on: date) -> Prices:
        """The tables of any day: its rules, its exchange rates, and the freight of the present day.

        A day to come has the rates of the present one. A day that the process has not met costs a dozen queries.
        """
        today = clock.today()
        if on == today:
            return cls.today()
        rated = min(on, today)
        rates, risks = payments.fx_table(rated), payments.known_risks(rated)
        return cls(rates, risks, compliance.rule_book(on), logistics.tariff(), on, endings())

    def stands_on(self, fx: FxTable, risks: Mapping[str, Assessed], rule_book: RuleBook, tariff: Tariff) -> bool:
        """Whether these are the tables themselves."""
        return self.fx is fx and self.risks is risks and self.rule_book is rule_book and self.tariff is tariff

    def terms(self, source: str, target: str) -> Terms:
        """For how long a price may be promised in another currency, and how much is added to it."""
        found = self.pairs.get((source, target))
        if found is None:
            found = self.pairs[source, target] = payments.terms_between(source, target, self.risks)
        return found

    def shop(self, price: Money, currency: str) -> Money:
        """A seller's price as the shopper pays it, in their currency. Raises `MissingRate`."""
        return self.shop_price(price, currency).amount

    def shop_price(self, price: Money, currency: str) -> ShopPrice:
        """A seller's price by the exchange rate of the day, and the buffer on top of that.

        Both are rounded half up to the minor unit, one after the other. Raises `MissingRate`.
        """
        converted = self.fx.convert(price, currency)
        terms = self.terms(price.currency.code, currency)
        if not terms.buffer_percent:
            return ShopPrice(converted, None)
        buffer = terms.buffer(converted)
        return ShopPrice(converted + buffer, buffer) if buffer else ShopPrice(converted, None)

    def price_for(self, price: Money, terms: PriceTerms, country: str, currency: str, quantity: int = 1) -> Priced:
        """What a shopper in `country` who reads `currency` pays for one of `quantity` pieces: decided here alone.

        `price` is the variant's own. A price that the seller set for the market comes before a converted one and is
        left as it is; only a converted one is rounded to a usual ending. Raises `MissingRate`.
        """
        asked, is_set = terms.asked(price, country, currency, quantity)
        amount, buffer = self.shop_price(asked, currency)
        if terms.has_native_endings and not is_set and asked.currency.code != currency:
            amount = self.endings.native(amount)
        return Priced(amount, buffer, asked)

    def reduction_for(
        self, price: Money, before: Decimal | None, terms: PriceTerms, country: str, currency: str
    ) -> Reduction | None:
        """The price that stands struck through beside that of `price_for`; None where nothing may be struck through.

        `before` is the variant's own price before. Where the law asks for the lowest price of thirty days, nothing
        is called reduced of which nobody knows it. Raises `MissingRate`.
        """
        market, lowest, own = terms.market(country, currency), terms.lowest, price.currency
        if market is not None:
            before, lowest, own = market.before, market.lowest, market.price.currency
        if before is None or (lowest is None and self.asks_for_lowest(country)):
            return None
        plain = PriceTerms(has_native_endings=terms.has_native_endings and market is None)
        shown, said = (
            None if amount is None else self.price_for(Money(amount, own), plain, country, currency).amount
            for amount in (before, lowest)
        )
        return Reduction(shown, said) if shown is not None else None

    def asks_for_lowest(self, country: str) -> bool:
        """Whether a rule of the country says that a reduction names the lowest price of the thirty days before."""
        rules = self.rule_book.market(Destination(country)).naming("", frozenset())
        return "prior_price" in rules.requirements

    def line(self, goods: Goods, quantity: int, currency: str, country: str = "") -> ConsignmentLine:
        """Pieces of something on sale as a shopper in `country` with this currency would buy them. Raises `MissingRate`."""
        price = self.price_for(goods.price, goods.terms, country, currency, quantity)
        return ConsignmentLine(
            sku=goods.sku,
            description=goods.description,
            hs_code=goods.hs_code,
            origin=goods.origin,
            quantity=quantity,
            unit_price=price.amount,
            weight_grams=goods.weight_grams,
            tax_category=goods.tax_category,
            lithium=goods.lithium,
            buffer=price.buffer,
        )

    def advice(self, assessment: Assessment, consignment: Consignment, language: str) -> AssessmentWarning | None:
        """What separate parcels would cost, see `compliance.landed_cost.splitting`; `assessment` is by these tables.

        Remembered for who looks again, from the cart to the last page of the checkout: of the address only what the
        rules look at counts.
        """
        if len(consignment.lines) < 2:
            return None
        place = consignment.ship_to
        anywhere = replace(consignment, ship_to=Destination(place.country, place.region))
        key = anywhere, self.rule_book.territory(place), language
        try:
            return self.advised[key]
        except KeyError:
            if len(self.advised) >= ADVICE_REMEMBERED:
                self.advised.clear()
            found = advice_on(assessment, consignment, self.rule_book, self.fx, self.on, language)
            self.advised[key] = found
            return found

    def node(self, countries: Sequence[str], destination: str) -> str:
        """The country from which goods that lie in `countries` would be sent."""
        return nearest(countries, destination, self.tariff.customs_areas)

    def delivered(self, goods: Sequence[Goods | None], region: Region) -> list[Delivered | None]:
        """For each of the goods what one piece costs at the reader's door; None where nothing goes there."""
        result: list[Delivered | None] = [None] * len(goods)
        for index, price in enumerate(self.at_door(goods, region)):
            if price is not None:
                assessment = price.assessment
                total = assessment.total if assessment.is_complete else None
                result[index] = Delivered(total, assessment.status, assessment.collected)
        return result

    def at_door(self, goods: Sequence[Goods | None], region: Region) -> list[DeliveredPrice | None]:
        """For each of the goods the price of one piece at the reader's door with every figure; None as above."""
        wanted = [(index, self._offer(item, region)) for index, item in enumerate(goods) if item is not None]
        found = self.landed([offer for _index, offer in wanted], Destination(region.country), region.currency)
        result: list[DeliveredPrice | None] = [None] * len(goods)
        for (index, _offer), price in zip(wanted, found, strict=True):
            result[index] = price
        return result

    def landed(
        self, offers: Sequence[quotes.Offer], destination: Destination, currency: str
    ) -> list[DeliveredPrice | None]:
        """The delivered prices of single offers, all None when a needed exchange rate is missing."""
        try:
            return quotes.cheapest_landed(offers, destination, currency, self.tariff, self.rule_book, self.fx, self.on)
        except MissingRate:
            return [None] * len(offers)

    def piece(self, goods: Goods, region: Region, quantity: int = 1) -> DeliveredPrice | None:
        """What one piece, or several in one parcel, cost at the reader's door, with every figure behind it."""
        offer = self._offer(goods, region, quantity)
        return self.landed([offer], Destination(region.country), region.currency)[0]

    def _offer(self, goods: Goods, region: Region, quantity: int = 1) -> quotes.Offer:
        line = self.line(goods, quantity, region.currency, region.country)
        return quotes.Offer(self.node(goods.ship_from, region.country), line)


_latest: Prices | None = None
