"""What a paid part of an order adds to a report on sellers: what its seller gets for each line, in the seller's currency.

The shop keeps nothing of it back, so no fees and no taxes are withheld. Only sellers established in the country or union
whose law asks for the report are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accounts.models import Seller
from compliance import selectors
from compliance.models import Report, SellerLine
from compliance.reports.periods import Period
from compliance.reports.sellers import SellersSale, is_reached, lines_of_seller, seller_figures
from compliance.reports.terms import ReportTerms
from compliance.selectors import reports as compliance
from orders.services.reporting.parts import Portion, Reader, plain
from orders.services.reporting.rates import ReturnRates

_SELECT: Final = """
SELECT s.id, o.id, o.paid_at, o.number || '-' || s.position, s.seller_id,
    s.position = (SELECT min(x.position) FROM orders_sellerorder x WHERE x.order_id = o.id AND x.seller_id = s.seller_id),
    (SELECT json_agg(json_build_array(l.id, (l.seller_price * l.quantity)::text, l.seller_price_currency) ORDER BY l.id)
     FROM orders_orderline l WHERE l.seller_order_id = s.id)
FROM orders_sellerorder s JOIN orders_order o ON o.id = s.order_id
"""


class _Part(NamedTuple):
    part_id: int
    order_id: int
    paid_at: datetime
    reference: str
    seller_id: int
    is_first: bool
    lines: Any


class SellerSource:
    """The lines and figures of a report on sellers."""

    model = SellerLine

    def __init__(self, report: Report, terms: ReportTerms, period: Period) -> None:
        self.report, self.terms, self.period = report, terms, period
        self.rates = ReturnRates(terms, period)
        assert report.as_of is not None
        self.reader = Reader(_SELECT, _Part, terms, period, report.as_of, SellerLine._meta.db_table)
        book = selectors.rule_book(period.last)
        self.names = {
            key: name
            for key, name, country in Seller.objects.values_list("pk", "legal_name", "home_country")
            if terms.jurisdiction in book.groups_of(country)
        }

    def lines(self, portion: Portion) -> list[SellerLine]:
        """The lines of a portion."""
        report, kind = self.report, self.terms.kind
        return [
            SellerLine(report=report, report_kind=kind, **{name: getattr(line, name) for name in line.__slots__})
            for part in portion.rows
            if part.seller_id in self.names
            for sale in _sales(part)
            for line in lines_of_seller(sale, portion.refunds.get(part.order_id, ()), self.terms, self.period)
        ]

    def figures(self) -> dict[str, Any]:
        """Every seller counted, with quarters and whether a threshold is reached. Raises `MissingRate`."""
        thresholds = compliance.seller_thresholds(self.terms.law, self.terms.jurisdiction, self.period.last)

        def reached(sales: int, amount: Decimal) -> bool:
            return any(is_reached(threshold, sales, amount) for threshold in thresholds)

        found = seller_figures(
            compliance.seller_sums(self.report), self.names, self.terms, self.rates.of_return(), reached
        )
        has_foreign = any(row["currency"] != self.terms.currency for row in found["sellers"])
        is_open = has_foreign and not self.rates.is_published
        return {
            "currency": self.terms.currency,
            "thresholds": [threshold.code for threshold in thresholds],
            "provisional": ["rate_not_published"] if is_open else [],
        } | found


def _sales(part: _Part) -> Iterator[SellersSale]:
    for index, (key, amount, currency) in enumerate(plain(part.lines) or ()):
        yield SellersSale(
            source=f"line:{key}", reference=part.reference, part_id=part.part_id, line_id=key, seller_id=part.seller_id,
            amount=Decimal(amount), currency=currency, is_first=part.is_first and index == 0, paid_at=part.paid_at,
        )  # fmt: skip
