"""Returns of tax: what each sale adds to a return, what its refunds take off it, and in which period.

Each amount is changed into the currency of the return by itself and rounded half up to its minor unit, so that the
figures are exactly the sums of their lines. Cents are kept; nothing is rounded to whole units (Implementing Regulation
(EU) No 282/2011, article 60). A refund in the period of its sale lessens the sale; a later one is a correction in the
return of the period of the refund, by the rate of the return that it corrects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from compliance.reports.periods import Period
from compliance.reports.terms import ReportTerms
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import round_amount

SUPPLY, REFUND, CORRECTION = "supply", "refund", "correction"
_DIGITS: Final = Decimal("0.0000000001")
Rates = Callable[[datetime], FxTable]


@dataclass(frozen=True, slots=True)
class TaxedSale:
    """A line of an order, or a fee, with the tax that was charged on it, in the currency of the shopper."""

    source: str
    reference: str
    part_id: int
    line_id: int | None
    seller_id: int
    country: str
    sent_from: str
    rate_pct: Decimal
    base: Decimal
    tax: Decimal
    currency: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money that went back of what was paid for an order: `amount` of `total`, after `before` had gone back already.

    Nothing says for which line it was, so each line and its tax bear their part. The parts of several refunds add up
    to the whole when everything has gone back.
    """

    id: int
    at: datetime
    before: Decimal
    amount: Decimal
    total: Decimal

    def part_of(self, value: Decimal, currency: str) -> Decimal:
        """What of `value` goes back, in whole minor units."""
        before, after = self.before, self.before + self.amount
        return round_amount(value * after / self.total, currency) - round_amount(value * before / self.total, currency)


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What a sale or a refund adds to a return; refunds and corrections have their own sign."""

    source: str
    reference: str
    part_id: int
    line_id: int | None
    happened_at: datetime
    kind: str
    corrected_period: str
    refund_id: int | None
    seller_id: int
    country: str
    sent_from: str
    rate_pct: Decimal
    base: Decimal
    tax: Decimal
    currency: str
    original_base: Decimal
    original_tax: Decimal
    original_currency: str
    exchange_rate: Decimal
    rated_on: date


def lines_of_sale(
    sale: TaxedSale, refunds: Iterable[Refunded], terms: ReportTerms, period: Period, rates: Rates
) -> Iterator[ReturnLine]:
    """What a sale and its refunds add to the return of `period`: the sale itself only when it was made in the period.

    `refunds` are those that belong to the return; `rates` gives the rates by which a sale of a moment is changed.
    Raises `MissingRate`.
    """
    fx, currency = rates(sale.paid_at), terms.currency
    base, tax = (_changed(amount, sale.currency, currency, fx) for amount in (sale.base, sale.tax))
    sold_in = terms.period_of(sale.paid_at)
    if sold_in == period:
        yield _line(sale, SUPPLY, terms, fx, (base, tax), (sale.base, sale.tax))
    for refund in refunds:
        kind = REFUND if sold_in == period else CORRECTION
        yield _line(
            sale, kind, terms, fx,
            (-refund.part_of(base, currency), -refund.part_of(tax, currency)),
            (-refund.part_of(sale.base, sale.currency), -refund.part_of(sale.tax, sale.currency)),
            refund,
        )  # fmt: skip


def _changed(amount: Decimal, source: str, currency: str, fx: FxTable) -> Decimal:
    """`amount` in the currency of the return, rounded half up to its minor unit."""
    if source == currency:
        return round_amount(amount, currency)
    return round_amount(amount * fx.per_base(currency) / fx.per_base(source), currency)


def _line(
    sale: TaxedSale,
    kind: str,
    terms: ReportTerms,
    fx: FxTable,
    amounts: tuple[Decimal, Decimal],
    charged: tuple[Decimal, Decimal],
    refund: Refunded | None = None,
) -> ReturnLine:
    rated = fx.rated_on or {}
    days = [rated[code] for code in (sale.currency, terms.currency) if code in rated]
    return ReturnLine(
        source=f"refund:{refund.id}:{sale.source}" if refund else sale.source,
        reference=sale.reference,
        part_id=sale.part_id,
        line_id=sale.line_id,
        happened_at=refund.at if refund else sale.paid_at,
        kind=kind,
        corrected_period=terms.period_of(sale.paid_at).name if kind == CORRECTION else "",
        refund_id=refund.id if refund else None,
        seller_id=sale.seller_id,
        country=sale.country,
        sent_from=sale.sent_from,
        rate_pct=sale.rate_pct,
        base=amounts[0],
        tax=amounts[1],
        currency=terms.currency,
        original_base=charged[0],
        original_tax=charged[1],
        original_currency=sale.currency,
        exchange_rate=fx.rate(sale.currency, terms.currency).quantize(_DIGITS),
        rated_on=min(days) if days and sale.currency != terms.currency else fx.on,
    )
