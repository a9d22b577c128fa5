"""What is sent in one parcel from one place to one buyer: the unit that customs look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from moneyed import Money


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a consignment goes: ISO 3166-1 country, and what decides on special territories and provinces."""

    country: str
    region: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class ConsignmentLine:
    """Goods of one kind. `unit_price` is without tax, in the consignment's currency.

    `hs_code` has 6 to 10 digits or is empty when unknown; `origin` is ISO 3166-1; `weight_grams` is that of one
    piece and None when unknown. The two `_pct` fields are a broker's own national rates and win over the tables;
    `origin_proved` says that a proof of origin comes with the goods. `buffer` is how much of `unit_price` was added
    for the risk of the exchange rate, None where nothing was.
    """

    sku: str
    description: str
    hs_code: str
    origin: str
    quantity: int
    unit_price: Money
    weight_grams: int | None = None
    tax_category: str = "standard"
    lithium: bool = False
    duty_rate_pct: Decimal | None = None
    tax_rate_pct: Decimal | None = None
    origin_proved: bool = False
    buffer: Money | None = None

    @property
    def value(self) -> Money:
        """The price of all pieces."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Consignment:
    """One parcel: every amount is in `currency`.

    `schemes` are the point-of-sale schemes whose numbers may be used; None means all that the marketplace holds.
    `earlier_today` and `earlier_this_year` are what the buyer has had sent there before, None when nobody knows.
    """

    ship_from: str
    ship_to: Destination
    currency: str
    lines: tuple[ConsignmentLine, ...]
    shipping: Money
    insurance: Money
    channel: str = "courier"
    transport: str = "air"
    buyer: str = "consumer"
    buyer_vat_number: str = ""
    schemes: frozenset[str] | None = field(default=None)
    earlier_today: Money | None = None
    earlier_this_year: Money | None = None

    @property
    def goods(self) -> Money:
        """The price of all lines."""
        return Money(sum((line.value.amount for line in self.lines), Decimal(0)), self.currency)

    @property
    def weight_grams(self) -> int | None:
        """The net weight of all lines, or None when that of one is unknown."""
        weight = 0
        for line in self.lines:
            if line.weight_grams is None:
                return None
            weight += line.weight_grams * line.quantity
        return weight
