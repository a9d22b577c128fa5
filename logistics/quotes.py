"""The delivered price: freight from the tariff joined with what the law asks for. Nothing else adds duty to anything.

Everything here is arithmetic on values: no table, no clock. A product card is a quote of one line, a checkout one
of many. Worked figures stand in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from moneyed import Money

from compliance.landed_cost import assess
from compliance.landed_cost.assessment import Assessment
from compliance.rules.book import RuleBook
from logistics.tariff import Lane, Service, Tariff
from marketplace.kernel.consignment import Consignment, ConsignmentLine, Destination
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import zero

REMEMBERED = 2000  # prices of cards, about 4 KB each


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """A way in which one consignment can be sent, and its freight in the consignment's currency."""

    service: Service
    price: Money

    @property
    def service_code(self) -> str:
        """The code by which the service is chosen."""
        return self.service.code

    @property
    def days(self) -> tuple[int, int]:
        """The fewest and the most days under way."""
        return self.service.days_min, self.service.days_max

    def name_in(self, language: str) -> str:
        """The name of the service in `language`."""
        return self.service.name_in(language)


@dataclass(frozen=True, slots=True)
class DeliveredPrice:
    """What one consignment costs at the door by one service, with every figure behind it."""

    option: ShippingOption
    assessment: Assessment

    @property
    def goods(self) -> Money:
        """The price of the goods."""
        return self.assessment.goods

    @property
    def shipping(self) -> Money:
        """The freight."""
        return self.assessment.shipping

    @property
    def total(self) -> Money:
        """Goods, freight, duty, tax and fees; see `Assessment.is_complete` for whether that is all."""
        return self.assessment.total

    @property
    def service_code(self) -> str:
        """The code of the service."""
        return self.option.service.code

    @property
    def days(self) -> tuple[int, int]:
        """The fewest and the most days under way."""
        return self.option.days


@dataclass(frozen=True, slots=True)
class Offer:
    """One piece or more of one thing, priced in the shopper's currency, and the country that it would be sent from."""

    ship_from: str
    line: ConsignmentLine


def shipping_options(consignment: Consignment, tariff: Tariff, fx: FxTable) -> tuple[ShippingOption, ...]:
    """Every way in which the goods can be sent, the cheapest first; between equals the faster one.

    The freight that `consignment` already names is not looked at. Empty when no service goes there, takes lithium
    batteries that are among the goods, or carries their weight. Raises `MissingRate`.
    """
    grams = tariff.grams(consignment.lines)
    lithium = any(line.lithium for line in consignment.lines)
    options = [
        ShippingOption(lane.service, fx.convert(price, consignment.currency))
        for lane in tariff.lanes_between(consignment.ship_from, consignment.ship_to.country)
        if (price := lane.price(grams)) is not None and (lane.service.accepts_lithium or not lithium)
    ]
    options.sort(key=lambda option: (option.price.amount, option.service.days_max, option.service.position))
    return tuple(options)


def quote(
    consignment: Consignment, option: ShippingOption, rule_book: RuleBook, fx: FxTable, on: date
) -> DeliveredPrice:
    """What the goods cost at the door when they are sent by `option`, on the day `on`.

    The option decides on freight, customs channel and transport of the consignment. Raises `MissingRate`.
    """
    service = option.service
    sent = replace(consignment, shipping=option.price, channel=service.channel, transport=service.transport)
    return DeliveredPrice(option, assess(sent, rule_book, fx, on))


def cheapest_landed(
    offers: Iterable[Offer],
    destination: Destination,
    currency: str,
    tariff: Tariff,
    rule_book: RuleBook,
    fx: FxTable,
    on: date,
) -> list[DeliveredPrice | None]:
    """For each offer its delivered price in `currency` by the cheapest freight; None where nothing goes there.

    The same figures as `quote` of the first of `shipping_options`, made for many cards at once; those of cards
    that were asked for lately are remembered. `on` is the day of the rule book. Raises `MissingRate`, and
    `CurrencyMismatch` for an offer in another currency: a seller's price is converted before it comes here, with the
    buffer for the risk in it.
    """
    known = _known_under(tariff, rule_book, fx)
    prices: list[DeliveredPrice | None] = []
    for offer in offers:
        key = (offer, destination, currency)
        price = known.get(key, _UNKNOWN)
        if isinstance(price, _Unknown):
            price = _landed(offer, destination, currency, tariff, rule_book, fx, on)
            if len(known) >= REMEMBERED:
                known.clear()
            known[key] = price
        prices.append(price)
    return prices


def _landed(
    offer: Offer, destination: Destination, currency: str, tariff: Tariff, rule_book: RuleBook, fx: FxTable, on: date
) -> DeliveredPrice | None:
    line = offer.line
    lanes = tariff.lanes_between(offer.ship_from, destination.country)
    option = _cheapest(lanes, tariff.piece_grams(line) * line.quantity, line.lithium, currency, fx)
    if option is None:
        return None
    consignment = Consignment(
        ship_from=offer.ship_from,
        ship_to=destination,
        currency=currency,
        lines=(line,),
        shipping=option.price,
        insurance=zero(currency),
        channel=option.service.channel,
        transport=option.service.transport,
    )
    return DeliveredPrice(option, assess(consignment, rule_book, fx, on))


class _Unknown:
    """Stands for a price that is not remembered; None is the price of what goes nowhere."""


_UNKNOWN = _Unknown()


class _Memory:
    """Prices of cards that were made under one tariff, rule book and exchange-rate table."""

    __slots__ = ("fx", "prices", "rule_book", "tariff")

    def __init__(self, tariff: Tariff | None, rule_book: RuleBook | None, fx: FxTable | None) -> None:
        self.tariff, self.rule_book, self.fx = tariff, rule_book, fx
        self.prices: dict[tuple[Offer, Destination, str], DeliveredPrice | None] = {}


_memory = _Memory(None, None, None)


def _known_under(
    tariff: Tariff, rule_book: RuleBook, fx: FxTable
) -> dict[tuple[Offer, Destination, str], DeliveredPrice | None]:
    """What is remembered under exactly these three; when one of them is new, nothing."""
    global _memory
    memory = _memory
    if memory.tariff is not tariff or memory.rule_book is not rule_book or memory.fx is not fx:
        memory = _memory = _Memory(tariff, rule_book, fx)
    return memory.prices


def _cheapest(lanes: tuple[Lane, ...], grams: int, lithium: bool, currency: str, fx: FxTable) -> ShippingOption | None:
    """The first of the options that `shipping_options` would give; lanes come in the order of position."""
    best: Lane | None = None
    best_price: Money | None = None
    best_key: tuple[Decimal, int] | None = None
    for lane in lanes:
        price = lane.price(grams)
        if price is None or (lithium and not lane.service.accepts_lithium):
            continue
        converted = fx.convert(price, currency)
        key = (converted.amount, lane.service.days_max)
        if best_key is None or key < best_key:
            best, best_price, best_key = lane, converted, key
    return None if best is None or best_price is None else ShippingOption(best.service, best_price)
