"""What a paid part of an order adds to a return of tax: its assessed lines, and fees on which tax was charged.

Scheme, regime, rate and tax are those of the assessment that the order keeps; the country of taxation is that of the row
of tax rates which the assessment names, so that Northern Ireland comes as XI.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accounts.models import Seller
from compliance import selectors
from compliance.landed_cost.assessment import ON_DELIVERY
from compliance.models import Report, ReportLine
from compliance.reports.figures import tax_figures
from compliance.reports.periods import Period
from compliance.reports.returns import TaxedSale, lines_of_sale
from compliance.reports.terms import ReportTerms
from compliance.selectors import reports as compliance
from marketplace.kernel.money import round_amount
from orders.services.reporting.parts import Portion, Reader, plain
from orders.services.reporting.rates import ReturnRates

HUNDRED: Final = Decimal(100)
_SELECT: Final = """
SELECT s.id, o.id, o.paid_at, o.number || '-' || s.position, s.seller_id, seller.home_country,
    COALESCE(s.consignment->>'ship_from', ''), o.currency, COALESCE(s.assessment->>'country', o.country),
    COALESCE(s.assessment->>'collected', ''), s.assessment->'lines', s.assessment->'fee_lines',
    ARRAY[s.assessment->>'goods', s.assessment->>'shipping', s.assessment->>'insurance'],
    ARRAY(SELECT l.id FROM orders_orderline l WHERE l.seller_order_id = s.id ORDER BY l.id),
    ARRAY(SELECT l.unit_price * l.quantity FROM orders_orderline l WHERE l.seller_order_id = s.id ORDER BY l.id)
FROM orders_sellerorder s JOIN orders_order o ON o.id = s.order_id JOIN accounts_seller seller ON seller.id = s.seller_id
"""


class _Part(NamedTuple):
    part_id: int
    order_id: int
    paid_at: datetime
    reference: str
    seller_id: int
    seller_country: str
    sent_from: str
    currency: str
    country: str
    collected: str
    lines: Any
    fees: Any
    charged: list[str | None]
    line_ids: list[int]
    values: list[Decimal]


@dataclass(frozen=True, slots=True)
class _Law:
    """What is looked up once for a report: rows of tax rates by code, regimes without tax, and who is established where."""

    rates: Mapping[str, tuple[str, Decimal]]
    untaxed: frozenset[str]
    inside: frozenset[str]


class TaxSource:
    """The lines and figures of a return of tax."""

    model = ReportLine

    def __init__(self, report: Report, terms: ReportTerms, period: Period) -> None:
        self.report, self.terms = report, terms
        self.rates = ReturnRates(terms, period)
        self.period = period
        assert report.as_of is not None
        self.reader = Reader(_SELECT, _Part, terms, period, report.as_of, ReportLine._meta.db_table)
        self.law = _law(terms, period)

    def lines(self, portion: Portion) -> list[ReportLine]:
        """The lines of a portion. Raises `MissingRate`."""
        report, kind = self.report, self.terms.kind
        return [
            ReportLine(report=report, report_kind=kind, **{name: getattr(line, name) for name in line.__slots__})
            for part in portion.rows
            for sale in _sales(part, self.terms, self.law)
            for line in lines_of_sale(sale, portion.refunds.get(part.order_id, ()), self.terms, self.period, self.rates)
        ]

    def figures(self) -> dict[str, Any]:
        """The figures of all lines that were written, with the rates used and why they may still change."""
        found = tax_figures(compliance.tax_sums(self.report), self.terms.currency)
        is_open = not self.rates.is_published and compliance.has_foreign_lines(self.report)
        return {
            "currency": self.terms.currency,
            "rates": compliance.rates_used(self.report),
            "provisional": ["rate_not_published"] if is_open else [],
        } | found


def _law(terms: ReportTerms, period: Period) -> _Law:
    inside: frozenset[str] = frozenset()
    if terms.sellers_outside:
        book = selectors.rule_book(period.last)
        inside = frozenset(country for country in _home_countries() if terms.sellers_outside in book.groups_of(country))
    return _Law(compliance.tax_rates_by_code(), compliance.untaxed_regimes(), inside)


def _home_countries() -> list[str]:
    return list(Seller.objects.order_by("home_country").values_list("home_country", flat=True).distinct())


def _sales(part: _Part, terms: ReportTerms, law: _Law) -> Iterator[TaxedSale]:
    """The lines of a part that belong to the return, with their tax as it was charged at checkout."""
    if part.seller_country in law.inside:
        return
    is_paid = part.collected != ON_DELIVERY
    counted = []
    for index, line in enumerate(plain(part.lines) or ()):
        if not (is_paid or line.get("at_checkout")):
            continue
        regime = line["regime"]
        if line["tax_rate_pct"] is not None and terms.counts(line["scheme"], regime) and regime not in law.untaxed:
            counted.append(line)
            yield _sale(part, index, line, law)
    if counted and is_paid:
        yield from _fees(part, counted[0], law)


def _sale(part: _Part, index: int, line: Mapping[str, Any], law: _Law) -> TaxedSale:
    pct, tax = Decimal(line["tax_rate_pct"]), Decimal(line["tax"])
    base = Decimal(line["tax_base"]) if line.get("tax_base") is not None else _base(part, index, pct, tax)
    line_id = part.line_ids[index]
    return TaxedSale(
        source=f"line:{line_id}", reference=part.reference, part_id=part.part_id, line_id=line_id, seller_id=part.seller_id,
        country=_country(line["tax_rules"], part.country, law), sent_from=part.sent_from, rate_pct=pct, base=base, tax=tax,
        currency=part.currency, paid_at=part.paid_at,
    )  # fmt: skip


def _fees(part: _Part, line: Mapping[str, Any], law: _Law) -> Iterator[TaxedSale]:
    """Fees that were charged at checkout with tax on them; they go with the scheme of the first line that counts."""
    for fee in plain(part.fees) or ():
        tax, base = Decimal(fee["tax"]), Decimal(fee["amount"])
        stated = next((law.rates[code] for code in fee["rules"] if code in law.rates), None)
        if tax and stated is not None:
            yield TaxedSale(
                source=f"fee:{part.part_id}:{fee['code']}", reference=part.reference, part_id=part.part_id, line_id=None,
                seller_id=part.seller_id, country=stated[0], sent_from=part.sent_from, rate_pct=stated[1], base=base,
                tax=tax, currency=part.currency, paid_at=part.paid_at,
            )  # fmt: skip


def _country(codes: list[str], otherwise: str, law: _Law) -> str:
    return next((law.rates[code][0] for code in codes if code in law.rates), otherwise)


def _base(part: _Part, index: int, pct: Decimal, tax: Decimal) -> Decimal:
    """What a line was taxed on in an assessment that does not say so, as those of earlier releases do not.

    Its price with its part of shipping and insurance when that gives the tax, else what the tax says of it.
    """
    value, whole = part.values[index], sum(part.values, Decimal(0))
    extra = sum((Decimal(amount) for amount in part.charged[1:] if amount), Decimal(0))
    base = round_amount(value + (extra * value / whole if whole else extra / len(part.values)), part.currency)
    if not pct or abs(round_amount(base * pct / HUNDRED, part.currency) - tax) <= Decimal("0.01"):
        return base
    return round_amount(tax * HUNDRED / pct, part.currency)
