"""Paid parts of orders in the order of their payment, a portion at a time: memory stays flat however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from compliance.reports.periods import Period
from compliance.reports.returns import Refunded
from compliance.reports.terms import ReportTerms
from orders.services.reporting.refunds import refunds_of, refunds_of_earlier_sales

AT_ONCE: Final = 1000
SALES, REFUNDS = "sales", "refunds"
_COUNT: Final = """
SELECT count(*) FROM orders_sellerorder s JOIN orders_order o ON o.id = s.order_id
WHERE o.paid_at >= %s AND o.paid_at < %s
"""
_NEXT: Final = (
    "WHERE o.paid_at >= %s AND o.paid_at < %s AND (o.paid_at, s.id) > (%s, %s) ORDER BY o.paid_at, s.id LIMIT %s"
)
_OF_ORDERS: Final = "WHERE o.id = ANY(%s) ORDER BY o.paid_at, s.id"


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows of parts with the refunds of their orders that belong to the report, and where the reading has come to."""

    rows: list[Any]
    refunds: dict[int, list[Refunded]]
    position: dict[str, Any]


class Reader:
    """Reads what a report counts. `select` begins a statement on orders_sellerorder s and orders_order o.

    The first columns are s.id, o.id and o.paid_at, as `columns` names them; the others are for whoever asks.
    """

    def __init__(
        self, select: str, row: type[NamedTuple], terms: ReportTerms, period: Period, until: datetime, table: str
    ) -> None:
        self.select, self.row, self.table = select, row, table
        self.terms, self.period, self.until = terms, period, until
        begins, ends = period.moments(terms.zone)
        self.begins, self.ends = begins, min(ends, until)

    def total(self) -> int:
        """The parts of orders that were paid in the period."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [self.begins, self.ends])
            found: int = cursor.fetchone()[0]
        return found

    def portions(self, position: dict[str, Any], *, with_refunds: bool = True) -> Iterator[Portion]:
        """What is left from `position` on: the sales of the period, then the refunds of earlier ones."""
        if position.get("stage", SALES) == SALES:
            yield from self._sales(position, with_refunds)
            position = {"stage": REFUNDS, "id": 0}
        if with_refunds:
            yield from self._refunds(int(position["id"]))

    def _sales(self, position: dict[str, Any], with_refunds: bool) -> Iterator[Portion]:
        at = datetime.fromisoformat(position["at"]) if "at" in position else self.begins
        key = int(position.get("id", 0))
        while True:
            rows = self._read(_NEXT, [self.begins, self.ends, at, key, AT_ONCE])
            if not rows:
                return
            at, key = rows[-1].paid_at, rows[-1].part_id
            orders = {row.order_id for row in rows}
            refunds = refunds_of(orders, self.begins, self.ends) if with_refunds else {}
            yield Portion(rows, refunds, {"stage": SALES, "at": at.isoformat(), "id": key})

    def _refunds(self, after: int) -> Iterator[Portion]:
        while True:
            refunds = refunds_of_earlier_sales(
                self.terms, self.period, after=after, until=self.until, table=self.table, most=AT_ONCE
            )
            if not refunds:
                return
            after = max(refund.id for some in refunds.values() for refund in some)
            rows = self._read(_OF_ORDERS, [sorted(refunds)])
            yield Portion(rows, refunds, {"stage": REFUNDS, "id": after})

    def _read(self, condition: str, words: Sequence[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f"{self.select} {condition}", words)
            return [self.row._make(row) for row in cursor.fetchall()]


def plain(value: Any) -> Any:
    """JSON as a cursor hands it out, which is a text or a value already."""
    return json.loads(value) if isinstance(value, str) else value
