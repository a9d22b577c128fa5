"""Exchange rates of one day as a value, and the one place where money changes its currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from moneyed import Money

from marketplace.kernel.errors import Unavailable
from marketplace.kernel.money import round_amount


class MissingRate(Unavailable):
    """There is no exchange rate for a currency on the day asked for."""

    def __init__(self, currency: str, on: date) -> None:
        super().__init__(f"No exchange rate for {currency} on {on.isoformat()}.")
        self.currency = currency
        self.on = on


@dataclass(frozen=True, slots=True)
class FxTable:
    """Rates of one day: `rates[c]` units of currency `c` buy one unit of `base`.

    `on` is the day that was asked for; `rated_on` tells for each currency the day its rate was published.
    """

    base: str
    on: date
    rates: Mapping[str, Decimal]
    source: str = ""
    rated_on: Mapping[str, date] | None = None

    def per_base(self, currency: str) -> Decimal:
        """Units of `currency` for one unit of the base. Raises `MissingRate`."""
        if currency == self.base:
            return Decimal(1)
        try:
            return self.rates[currency]
        except KeyError:
            raise MissingRate(currency, self.on) from None

    def rate(self, source: str, target: str) -> Decimal:
        """Units of `target` for one unit of `source`, unrounded. Raises `MissingRate`."""
        if source == target:
            return Decimal(1)
        return self.per_base(target) / self.per_base(source)

    def exact(self, money: Money, currency: str) -> Money:
        """`money` in `currency`, not rounded: for tests against a threshold."""
        source = money.currency.code
        if source == currency:
            return money
        return Money(money.amount * self.per_base(currency) / self.per_base(source), currency)

    def convert(self, money: Money, currency: str) -> Money:
        """`money` in `currency`, rounded half up to its minor unit. Raises `MissingRate`."""
        source = money.currency.code
        if source == currency:
            return Money(round_amount(money.amount, currency), currency)
        return Money(round_amount(money.amount * self.per_base(currency) / self.per_base(source), currency), currency)
