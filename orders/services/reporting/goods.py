"""What a paid part of an order put on a market: its goods and their packaging, as their listing stated them then.

What goods are made of is kept with each line when it is ordered (`OrderLine.made_of`); a listing that is changed later
changes nothing here. A refund takes no packaging off a market, so refunds are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

from accounts.models import Seller
from compliance import selectors
from compliance.models import Report, VolumeLine
from compliance.reports.periods import Period
from compliance.reports.terms import ReportTerms
from compliance.reports.volumes import SoldGoods, volumes_of
from compliance.rules.obligations import SchemeRule
from compliance.selectors import reports as compliance
from marketplace.kernel.consignment import Destination
from orders.services.reporting.parts import Portion, Reader, plain

_SELECT: Final = """
SELECT s.id, o.id, o.paid_at, o.number || '-' || s.position, s.seller_id, o.country,
    (SELECT json_agg(json_build_array(l.id, l.quantity, l.hs_code, l.weight_grams, l.made_of) ORDER BY l.id)
     FROM orders_orderline l WHERE l.seller_order_id = s.id)
FROM orders_sellerorder s JOIN orders_order o ON o.id = s.order_id
"""
_KILO: Final = Decimal(1000)
_GRAM: Final = Decimal("0.001")


class _Part(NamedTuple):
    part_id: int
    order_id: int
    paid_at: datetime
    reference: str
    seller_id: int
    country: str
    lines: Any


class VolumeSource:
    """The lines and figures of a report on volumes."""

    model = VolumeLine

    def __init__(self, report: Report, terms: ReportTerms, period: Period) -> None:
        self.report, self.terms, self.last = report, terms, period.last
        assert report.as_of is not None
        self.reader = Reader(_SELECT, _Part, terms, period, report.as_of, VolumeLine._meta.db_table)
        self.book = selectors.rule_book(period.last)
        self.schemes: dict[str, tuple[SchemeRule, ...]] = {}

    def lines(self, portion: Portion) -> list[VolumeLine]:
        """The lines of a portion."""
        report, kind = self.report, self.terms.kind
        return [
            VolumeLine(report=report, report_kind=kind, **{name: getattr(volume, name) for name in volume.__slots__})
            for part in portion.rows
            for goods in _goods(part)
            for volume in volumes_of(goods, self._schemes(part.country))
        ]

    def figures(self) -> dict[str, Any]:
        """Volumes by country, stream and material, and by producer with the number in the register."""
        rows = compliance.volume_sums(self.report, "country", "stream", "material")
        producers = compliance.volume_sums(self.report, "country", "stream", "seller_id", "material")
        names = dict(Seller.objects.values_list("pk", "legal_name"))
        numbers = selectors.producer_numbers(self.last)
        return {
            "provisional": [],
            "rows": [_row(row) for row in rows],
            "producers": [
                _row(row)
                | {
                    "seller": row["seller_id"],
                    "name": names.get(row["seller_id"], ""),
                    "number": numbers.get((row["seller_id"], row["country"], row["stream"]), ""),
                    "register": self._register(row["country"], row["stream"]),
                }
                for row in producers
            ],
        }

    def _schemes(self, country: str) -> tuple[SchemeRule, ...]:
        if country not in self.schemes:
            self.schemes[country] = tuple(self.book.for_destination(Destination(country)).schemes)
        return self.schemes[country]

    def _register(self, country: str, stream: str) -> str:
        return next((scheme.register for scheme in self._schemes(country) if scheme.stream == stream), "")


def _goods(part: _Part) -> Iterator[SoldGoods]:
    for key, pieces, hs_code, weight_grams, made_of in plain(part.lines) or ():
        yield SoldGoods(
            source=f"line:{key}", reference=part.reference, part_id=part.part_id, line_id=key, seller_id=part.seller_id,
            country=part.country, pieces=pieces, hs_code=hs_code, weight_grams=weight_grams, made_of=made_of or {},
            sold_at=part.paid_at,
        )  # fmt: skip


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the figures; without kilograms where of no piece the weight is known, for nothing is not a weight."""
    is_known = row["unknown"] < row["pieces_"]
    return {
        "country": row["country"],
        "stream": row["stream"],
        "material": row["material"],
        "pieces": row["pieces_"],
        "kilograms": f"{(row['grams_'] / _KILO).quantize(_GRAM, ROUND_HALF_UP):f}" if is_known else "",
        "unknown": row["unknown"],
    }
