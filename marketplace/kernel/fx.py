"""Exchange rates of one day as a value, and the one place where money changes its currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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


class StaleRate(MissingRate):
    """The newest exchange rate for a currency is too old to promise an amount on the day asked for."""

    def __init__(self, currency: str, rated_on: date, on: date) -> None:
        super().__init__(currency, on)
        self.args = (f"The exchange rate for {currency} is of {rated_on.isoformat()}, too old for {on.isoformat()}.",)
        self.rated_on = rated_on


@dataclass(frozen=True, slots=True)
class FxTable:
    """Rates of one day: `rates[c]` units of currency `c` buy one unit of `base`.

    `on` is the day that was asked for; `rated_on` tells for each currency the day its rate was published. `stale`
    names the currencies whose rate is too old on that day: prices may be shown with it, but nothing may be promised.
    `swing` is, for the currencies whose risk is known, the loss against the base in percent that 14 days exceed in
    one case of twenty. `lawful` holds the tables of other days that laws name for their thresholds, by the name of
    that choice of day.
    """

    base: str
    on: date
    rates: Mapping[str, Decimal]
    source: str = ""
    rated_on: Mapping[str, date] | None = None
    stale: frozenset[str] = frozenset()
    swing: Mapping[str, Decimal] = field(default_factory=dict)
    lawful: Mapping[str, FxTable] = field(default_factory=dict)

    def require_fresh(self, currencies: Iterable[str]) -> None:
        """Returns if an amount may be promised in all of `currencies`.

        Raises `MissingRate` for the first, in alphabetical order, without a rate, `StaleRate` for one that is too old.
        """
        for currency in sorted(set(currencies)):
            self.per_base(currency)
            if currency in self.stale:
                raise StaleRate(currency, (self.rated_on or {}).get(currency, self.on), self.on)

    def per_base(self, currency: str) -> Decimal:
        """Units of `currency` for one unit of the base. Raises `MissingRate`."""
        if currency == self.base:
            return Decimal(1)
        try:
            return self.rates[currency]
        except KeyError:
            if currency in self.stale:
                raise StaleRate(currency, (self.rated_on or {}).get(currency, self.on), self.on) from None
            raise MissingRate(currency, self.on) from None

    def only_fresh(self) -> FxTable:
        """The table without the rates that are too old: asking for one of them raises `StaleRate`."""
        fresh = {currency: rate for currency, rate in self.rates.items() if currency not in self.stale}
        return replace(self, rates=fresh)

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
