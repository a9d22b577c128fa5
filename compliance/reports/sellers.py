"""Reports on sellers: what each was paid in each quarter, and who has to be reported.

A sale counts when it is paid; one sale is what a shopper orders from a seller at once. What is paid back lessens what
the seller was paid in the quarter in which it goes back, and leaves the number of sales as it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from compliance.reports.periods import Period, quarter_of
from compliance.reports.returns import Refunded
from compliance.reports.terms import ReportTerms
from marketplace.kernel.fx import FxTable
from marketplace.kernel.money import round_amount

ZERO: Final = Decimal(0)
QUARTERS: Final = (1, 2, 3, 4)
Reached = Callable[[int, Decimal], bool]
_TESTS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {">=": operator.ge, ">": operator.gt}


@dataclass(frozen=True, slots=True)
class SellersSale:
    """A line of an order as the seller is paid for it; `is_first` for the first line of what was ordered at once."""

    source: str
    reference: str
    part_id: int
    line_id: int
    seller_id: int
    amount: Decimal
    currency: str
    is_first: bool
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class SellersLine:
    """What a line adds to a report on sellers; refunds have their own sign."""

    source: str
    reference: str
    part_id: int
    line_id: int
    happened_at: datetime
    seller_id: int
    quarter: int
    corrected_period: str
    refund_id: int | None
    activities: int
    consideration: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class QuarterSums:
    """The sums of the lines of a seller in one currency and quarter, or of the corrections of an earlier year."""

    seller_id: int
    currency: str
    quarter: int
    corrected_period: str
    activities: int
    consideration: Decimal
    fees: Decimal
    taxes: Decimal


def lines_of_seller(
    sale: SellersSale, refunds: Iterable[Refunded], terms: ReportTerms, period: Period
) -> Iterator[SellersLine]:
    """What a sale and its refunds add to the report of `period`."""
    sold_in = terms.period_of(sale.paid_at)
    if sold_in == period:
        yield _line(sale, sale.paid_at, terms, "", None, int(sale.is_first), sale.amount)
    for refund in refunds:
        corrected = "" if sold_in == period else sold_in.name
        yield _line(sale, refund.at, terms, corrected, refund.id, 0, -refund.part_of(sale.amount, sale.currency))


def _line(
    sale: SellersSale,
    at: datetime,
    terms: ReportTerms,
    corrected: str,
    refund_id: int | None,
    activities: int,
    consideration: Decimal,
) -> SellersLine:
    return SellersLine(
        source=f"refund:{refund_id}:{sale.source}" if refund_id else sale.source,
        reference=sale.reference,
        part_id=sale.part_id,
        line_id=sale.line_id,
        happened_at=at,
        seller_id=sale.seller_id,
        quarter=quarter_of(terms.day_of(at)),
        corrected_period=corrected,
        refund_id=refund_id,
        activities=activities,
        consideration=consideration,
        currency=sale.currency,
    )


class Threshold(Protocol):
    """A row of thresholds: limits of sales and of an amount, how each is compared, and whether one of them is enough."""

    sales: int
    sales_test: str
    amount: Decimal
    amount_test: str
    joins: str


def is_reached(threshold: Threshold, sales: int, amount: Decimal) -> bool:
    """Whether a seller with so many sales and so much paid has to be reported."""
    tests = [
        _TESTS[threshold.sales_test](Decimal(sales), Decimal(threshold.sales)),
        _TESTS[threshold.amount_test](amount, threshold.amount),
    ]
    return all(tests) if threshold.joins == "all" else any(tests)


def seller_figures(
    sums: Iterable[QuarterSums], names: Mapping[int, str], terms: ReportTerms, fx: FxTable, reached: Reached
) -> dict[str, Any]:
    """Plain JSON: `sellers` with their quarters, their sales, their amount in the currency of the threshold and whether
    they are to be reported; `corrections` of earlier years; `totals`. Raises `MissingRate`.

    `reached` is asked with the sales of the year and the amount, which is that paid to the seller, without what went back.
    """
    sellers: dict[tuple[int, str], dict[int, list[Decimal]]] = {}
    corrections = []
    for each in sums:
        if each.corrected_period:
            corrections.append(_correction(each, names))
        else:
            quarters = sellers.setdefault((each.seller_id, each.currency), {})
            quarters[each.quarter] = [Decimal(each.activities), each.consideration, each.fees, each.taxes]
    sales, amounts = _by_seller(sellers, terms.currency, fx)
    reported = {key: reached(sales[key], amounts[key]) for key in sales}
    rows = [
        {
            "seller": key,
            "name": names.get(key, ""),
            "currency": currency,
            "quarters": [_quarter(quarter, quarters.get(quarter), currency) for quarter in QUARTERS],
            "sales": sales[key],
            "amount": _text(amounts[key], terms.currency),
            "reported": reported[key],
        }
        for (key, currency), quarters in sellers.items()
    ]
    rows.sort(key=lambda row: (not row["reported"], str(row["name"]), row["currency"]))
    totals = {"sellers": len(sales), "reported": sum(reported.values()), "sales": sum(sales.values())}
    return {"sellers": rows, "corrections": corrections, "totals": totals}


def _by_seller(
    sellers: Mapping[tuple[int, str], Mapping[int, list[Decimal]]], currency: str, fx: FxTable
) -> tuple[dict[int, int], dict[int, Decimal]]:
    """Sales of each seller, and what was paid in all currencies, in `currency` and rounded once."""
    sales: dict[int, int] = {}
    exact: dict[int, Decimal] = {}
    for (key, paid_in), quarters in sellers.items():
        sales[key] = sales.get(key, 0) + int(sum((row[0] for row in quarters.values()), ZERO))
        paid = sum((row[1] for row in quarters.values()), ZERO)
        exact[key] = exact.get(key, ZERO) + paid * fx.per_base(currency) / fx.per_base(paid_in)
    return sales, {key: round_amount(amount, currency) for key, amount in exact.items()}


def _correction(sums: QuarterSums, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "seller": sums.seller_id,
        "name": names.get(sums.seller_id, ""),
        "period": sums.corrected_period,
        "quarter": sums.quarter,
        "currency": sums.currency,
        "consideration": _text(sums.consideration, sums.currency),
    }


def _quarter(quarter: int, row: list[Decimal] | None, currency: str) -> dict[str, Any]:
    activities, consideration, fees, taxes = row or [ZERO] * 4
    amounts = {"consideration": consideration, "fees": fees, "taxes": taxes}
    return {"quarter": quarter, "activities": int(activities)} | {
        name: _text(amount, currency) for name, amount in amounts.items()
    }


def _text(amount: Decimal, currency: str) -> str:
    return f"{round_amount(amount, currency):f}"
