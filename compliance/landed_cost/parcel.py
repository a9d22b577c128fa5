"""A consignment as plain numbers, with shipping and insurance shared out to the lines.

Amounts are Decimal in the consignment's currency. `exact` values are not rounded and serve threshold tests;
all others are in whole minor units, and shares add up to what was shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from moneyed import Money, get_currency

from marketplace.kernel.consignment import Consignment, ConsignmentLine
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import CurrencyMismatch, quantum

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
GRAMS = Decimal(1000)  # in a kilogram


def line_order(line: ConsignmentLine) -> tuple[str, ...]:
    """A key that depends on what a line is, not on where it stands, so that shuffled lines cost the same."""
    return (
        line.hs_code,
        line.description,
        line.origin,
        line.tax_category,
        str(line.unit_price.amount),
        str(line.quantity),
        line.sku,
        str(line.duty_rate_pct),
        str(line.tax_rate_pct),
    )


def declared_item(line: ConsignmentLine) -> tuple[str, str, str]:
    """What makes two lines one item of a customs declaration: HS code of six digits, description and origin.

    Of goods of which nobody has said what they are, each article is an item of its own.
    """
    description = line.description.strip().casefold()
    return line.hs_code[:6], description if description or line.hs_code else line.sku, line.origin


class Parcel:
    """The numbers of one consignment. Raises `CurrencyMismatch` and, for negative amounts, `ValueError`."""

    __slots__ = (
        "consignment", "currency", "exact_goods", "exact_values", "freight", "fx", "goods",
        "insurance", "insurance_total", "lines", "shipping", "unit", "values", "zero",
    )  # fmt: skip

    def __init__(self, consignment: Consignment, fx: FxTable) -> None:
        code = consignment.currency
        self.consignment = consignment
        self.fx = fx
        self.currency = get_currency(code)
        self.unit = quantum(code)
        self.zero = ZERO.quantize(self.unit)
        self.lines = consignment.lines
        self.exact_values = [self._line_value(line) for line in self.lines]
        self.exact_goods = sum(self.exact_values, ZERO)
        self.values = [self.rounded(value) for value in self.exact_values]
        self.goods = sum(self.values, self.zero)
        self.shipping = self._charge(consignment.shipping)
        self.insurance_total = self._charge(consignment.insurance)
        self.freight = self.shared(self.shipping, self.values)
        self.insurance = self.shared(self.insurance_total, self.values)

    def _line_value(self, line: ConsignmentLine) -> Decimal:
        price = line.unit_price
        if price.currency.code != self.consignment.currency:
            raise CurrencyMismatch(f"{line.sku} is priced in {price.currency.code}, not {self.consignment.currency}.")
        if line.quantity < 1 or price.amount < 0:
            raise ValueError(f"{line.sku} has a quantity below one or a negative price")
        return price.amount * line.quantity

    def _charge(self, money: Money) -> Decimal:
        if money.currency.code != self.consignment.currency:
            raise CurrencyMismatch(f"A charge is in {money.currency.code}, not {self.consignment.currency}.")
        if money.amount < 0:
            raise ValueError("shipping and insurance can't be negative")
        return self.rounded(money.amount)

    def buffer(self) -> Money | None:
        """How much of the goods was added for the risk of the exchange rate, None where nothing was.

        Raises `CurrencyMismatch` and, for a buffer below zero or above the price that it is part of, `ValueError`.
        """
        buffered = [(line, line.buffer) for line in self.lines if line.buffer is not None]
        if not buffered:
            return None
        whole = self.zero
        for line, buffer in buffered:
            if buffer.currency.code != self.consignment.currency:
                raise CurrencyMismatch(f"The buffer of {line.sku} is in {buffer.currency.code}.")
            if not 0 <= buffer.amount <= line.unit_price.amount:
                raise ValueError(f"the buffer of {line.sku} is no part of its price")
            whole += self.rounded(buffer.amount * line.quantity)
        return self.money(whole)

    def rounded(self, amount: Decimal) -> Decimal:
        """`amount` rounded half up to the minor unit."""
        return amount.quantize(self.unit, ROUND_HALF_UP)

    def money(self, amount: Decimal) -> Money:
        """`amount` as money."""
        return Money(amount, self.currency)

    def to(self, amount: Decimal, currency: str, lawful: str = "") -> Decimal:
        """`amount` in another currency, not rounded, by the rate that a law names where it does. Raises `MissingRate`."""
        if currency == self.consignment.currency:
            return amount
        fx = self.fx.lawful.get(lawful, self.fx) if lawful else self.fx
        return amount * fx.per_base(currency) / fx.per_base(self.consignment.currency)

    def of(self, amount: Decimal, currency: str) -> Decimal:
        """`amount` of another currency in the consignment's, rounded. Raises `MissingRate`."""
        return self.rounded(self.exact_of(amount, currency))

    def exact_of(self, amount: Decimal, currency: str) -> Decimal:
        """`amount` of another currency in the consignment's, not rounded. Raises `MissingRate`."""
        if currency == self.consignment.currency:
            return amount
        return amount * self.fx.per_base(self.consignment.currency) / self.fx.per_base(currency)

    def grams(self, indexes: Iterable[int] | None = None) -> Decimal | None:
        """What the lines at `indexes` (None: all of them) weigh; None when the weight of one is not known."""
        lines = self.lines if indexes is None else [self.lines[index] for index in indexes]
        if any(line.weight_grams is None for line in lines):
            return None
        return Decimal(sum((line.weight_grams or 0) * line.quantity for line in lines))

    def shared(
        self, amount: Decimal, weights: Sequence[Decimal], lines: Sequence[ConsignmentLine] | None = None
    ) -> list[Decimal]:
        """Shares of `amount` by weight (equal ones when all are zero) that add up to it exactly.

        The weights are those of `lines` (None: of all lines). Units left over go to the largest remainders; between
        equal ones the line itself decides.
        """
        count = len(weights)
        if count == 1:
            return [amount]
        if not amount:
            return [self.zero] * count
        whole = sum(weights, ZERO)
        if not whole:
            weights, whole = [ONE] * count, Decimal(count)
        units = int(amount / self.unit)
        exact = [units * weight / whole for weight in weights]
        floors = [int(share) for share in exact]
        left = units - sum(floors)
        if left:
            those = self.lines if lines is None else lines
            order = sorted(range(count), key=lambda i: (floors[i] - exact[i], line_order(those[i])))
            for index in order[:left]:
                floors[index] += 1
        return [floor * self.unit for floor in floors]
